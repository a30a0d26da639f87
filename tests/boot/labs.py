"""Labs as people start them: by krgbootctl, on a root that krgbootctl made."""

from __future__ import annotations

import json
import os
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
    """A lab that `krgbootctl lab run --stay` keeps up. ``report``: what that printed."""

    name: str
    report: dict[str, Any]
    process: subprocess.Popen[str]

    def node(self, name: str) -> dict[str, Any]:
        return next(node for node in self.report["nodes"] if node["name"] == name)

    def on(self, node: str, *command: str, status: int = 0) -> str:
        """Run a program on a node, or on the server, by `krgbootctl lab exec`."""
        return krgbootctl("lab", "exec", "--lab", self.name, node, "--", *command, status=status).stdout


@contextmanager
def running_lab(case: str, spec: Path, root: Path, *machines: str) -> Iterator[RunningLab]:
    """Boot machines, and keep them up. The report is left in BUILD; the lab is ended by `krgbootctl lab stop`."""
    name = f"test-{case}-{os.getpid()}"
    arguments = ["lab", "run", "--json", "--stay", "--name", name, "--logs", BUILD / case, "--root", root, *TIME_LIMIT]
    process = subprocess.Popen(
        [*KRGBOOTCTL, *map(str, arguments), str(spec), *machines], stdout=subprocess.PIPE, text=True
    )
    try:
        lab = RunningLab(name, _read_json(process), process)
        yield lab
        krgbootctl("lab", "stop", name)
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _read_json(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the object that a process prints, which goes on running."""
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            data: dict[str, Any] = json.loads(text)
            return data
    raise AssertionError(f"krgbootctl lab run ended with {process.wait()} and without a report: {text}")


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
