"""Labs as people start them: by krgbootctl, on a root that krgbootctl made."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from krgboot.errors import Error
from krgboot.lab import needs

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("KRGBOOT_BUILD_DIR", SOURCE / "build" / "release")) / "boot"
QUICKSTART_ROOT = SOURCE / "build" / "quickstart" / "root"
DEBIAN = SOURCE / "examples" / "debian" / "cluster.yaml"
DEBIAN_IMAGE = "/srv/nfs/debian"

KRGBOOTCTL = (sys.executable, "-m", "krgboot")
# Nodes under emulation on a machine that others use as well take their time.
TIME_LIMIT = ("--time-limit", "600")


def need_a_lab() -> None:
    """Skip the test, loudly, where no lab can run."""
    try:
        needs.check()
    except Error as error:
        pytest.skip(f"NOT TESTED: {error}")
    if not QUICKSTART_ROOT.is_dir():
        pytest.skip("NOT TESTED: examples/quickstart has not been run, which makes the image")


def krgbootctl(*arguments: str | Path, status: int = 0, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end and insist on its exit status."""
    done = subprocess.run(
        [*KRGBOOTCTL, *map(str, arguments)], input=text, capture_output=True, text=True, errors="replace", check=False
    )
    assert done.returncode == status, f"{arguments}: exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def stage_root(root: Path) -> Path:
    """Make a root with what the packages of a boot server would have put there."""
    for file in ("usr/lib/PXELINUX/pxelinux.0", "usr/lib/syslinux/modules/bios/ldlinux.c32"):
        target = root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path("/", file).read_bytes())
    return root


@dataclass
class RunningLab:
    """A lab that `krgbootctl lab run --stay` keeps up. ``said``: what that printed before it stayed."""

    name: str
    report: dict[str, Any]
    said: str
    process: subprocess.Popen[str]

    def node(self, name: str) -> dict[str, Any]:
        return next(node for node in self.report["nodes"] if node["name"] == name)

    def on(self, node: str, *command: str, status: int = 0) -> str:
        """Run a program on a node, or on the server, by `krgbootctl lab exec`."""
        return krgbootctl("lab", "exec", "--lab", self.name, node, "--", *command, status=status).stdout


@contextmanager
def running_lab(case: str, spec: Path, root: Path, *machines: str) -> Iterator[RunningLab]:
    """Boot machines, and keep them up until the context is left: then `krgbootctl lab stop` ends the lab.

    What the command said is left in BUILD as session.txt, beside its logs and report.
    """
    name = f"test-{case}-{os.getpid()}"
    logs = BUILD / case
    arguments = ["lab", "run", "--stay", "--name", name, "--logs", logs, "--root", root, *TIME_LIMIT, spec, *machines]
    process = subprocess.Popen(
        [*KRGBOOTCTL, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        said = _read_until_it_stays(process)
        (logs / "session.txt").write_text(said)
        lab = RunningLab(name, json.loads((logs / "report.json").read_text()), said, process)
        yield lab
        krgbootctl("lab", "stop", name)
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _read_until_it_stays(process: subprocess.Popen[str]) -> str:
    """Return what `lab run` says until all nodes are up, or have failed, and it goes on running."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        if line.startswith("krgbootctl lab shell NODE logs in"):
            return said
        said += line
    raise AssertionError(f"krgbootctl lab run ended with {process.wait()}: {said}")


def check_documentation(lab: RunningLab, command: str, picture: str) -> None:
    """docs/lab.md shows such a session behind ``command``, and such a picture: the same nodes, stages and ends.

    Times differ from run to run, and so may which of several signs is seen first. KRGBOOT_APPROVE=1 writes this session
    and picture there.
    """
    documentation = SOURCE / "libkrgboot" / "docs" / "lab.md"
    timeline = documentation.with_name("lab") / picture
    text = documentation.read_text()
    start = text.index(f"$ {command}\n") + len(f"$ {command}\n")
    end = text.index("```", start)
    if os.environ.get("KRGBOOT_APPROVE") == "1":
        said = lab.said.replace(str(BUILD), "krgboot-lab")
        said = said.replace(lab.name, lab.report["cluster"])
        said = "".join(f"{line.rstrip()}\n" for line in said.splitlines())
        text = text[:start] + said + text[end:]
        documentation.write_text(text)
        end = start + len(said)
        timeline.parent.mkdir(exist_ok=True)
        timeline.write_bytes((BUILD / lab.name.split("-")[1] / "timeline.svg").read_bytes())
    assert _skeleton(text[start:end]) == _skeleton(lab.said)
    drawn = timeline.read_text()
    for node in lab.report["nodes"]:
        assert f">{node['name']}<" in drawn


def _skeleton(said: str) -> list[str]:
    """What does not change from run to run: who came through which stage, and the verdicts."""
    lines = [re.match(r"(\S+) +[0-9.]+ s +(\w+)", line) for line in said.splitlines()]
    verdicts = [re.match(r"\S+ (?:booted|stopped at \w+)|\d+ of \d+ nodes.*", line) for line in said.splitlines()]
    return sorted([" ".join(line.groups()) for line in lines if line] + [line[0] for line in verdicts if line])


def check_agreement(node: dict[str, Any]) -> None:
    """The node is up, in every stage as trace says, and nothing failed on it."""
    assert node["failure"] is None
    assert node["differences"] == []
    assert node["failed_units"] == []
    assert node["ok"]
    times = [stage["at"] for stage in node["stages"]]
    assert times == sorted(times)
    assert [stage["stage"] for stage in node["stages"]][-1] == "login"


@dataclass(frozen=True)
class Traces:
    """What a lab could leave behind on the machine."""

    mounts: str
    links: str
    namespaces: str
    labs: str

    @staticmethod
    def now() -> Traces:
        unix = Path("/proc/net/unix").read_text().splitlines()
        return Traces(
            mounts=Path("/proc/self/mounts").read_text(),
            links=_output("ip", "-oneline", "-details", "link"),
            namespaces=_output("ip", "netns"),
            labs="\n".join(line.rpartition(" ")[2] for line in unix if "krgboot-lab" in line),
        )


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def processes_in(namespace: str) -> list[int]:
    """Return the processes of a PID namespace, as /proc names it."""
    found = []
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit():
            try:
                if (directory / "ns" / "pid").readlink().name == namespace:
                    found.append(int(directory.name))
            except OSError:
                continue
    return found


def wait_until(condition: Any, seconds: float = 30.0) -> None:
    """Wait until something is so; a machine that others use as well may take long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.1)


def end(process: subprocess.Popen[str], how: signal.Signals) -> int:
    """Send a signal and return the exit status."""
    process.send_signal(how)
    return process.wait(60)
