"""Labs as users start them: by krgbootctl, on a root that krgbootctl made."""

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
# Kerrighed's own init helper cannot be built for current kernels.
KERRIGHED_HOST = """#!/bin/sh
### BEGIN INIT INFO
# Provides: kerrighed-host
# Required-Start: $local_fs
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop:
### END INIT INFO
echo "$1" >/run/kerrighed-host
"""
# Nodes under emulation are slow on a shared machine.
TIME_LIMIT = ("--time-limit", "600")
_LAST_LINES = 40  # length of the quoted output of a failed command


def need_a_lab() -> None:
    """Skip the test, with a reason, if no lab can run."""
    try:
        needs.check(programs=["dhcpd", "in.tftpd"])
    except Error as error:
        pytest.skip(f"NOT TESTED: {error}")
    if not QUICKSTART_ROOT.is_dir():
        pytest.skip("NOT TESTED: examples/quickstart has not been run, which makes the image")
    BUILD.mkdir(parents=True, exist_ok=True)


def krgbootctl(*arguments: str | Path, status: int = 0, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end and check its exit status."""
    done = subprocess.run(
        [*KRGBOOTCTL, *map(str, arguments)], input=text, capture_output=True, text=True, errors="replace", check=False
    )
    said = "\n".join([*done.stdout.splitlines()[-_LAST_LINES:], *done.stderr.splitlines()[-_LAST_LINES:]])
    assert done.returncode == status, f"{arguments}: exit status {done.returncode}\n{said}"
    return done


def stage_root(root: Path) -> Path:
    """Make a root with the files that the packages of a boot server would install."""
    for file in ("usr/lib/PXELINUX/pxelinux.0", "usr/lib/syslinux/modules/bios/ldlinux.c32"):
        target = root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path("/", file).read_bytes())
    return root


def install_kerrighed_host(tree: Path) -> None:
    """Give an image an init script in place of Kerrighed's, which writes its arguments to /run/kerrighed-host."""
    script = tree / "etc/init.d/kerrighed-host"
    script.write_text(KERRIGHED_HOST)
    script.chmod(0o755)


@dataclass
class RunningLab:
    """A lab that `krgbootctl lab run --stay` keeps running. ``said``: the output of the command so far."""

    name: str
    case: str
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
    """Boot machines, and keep them running until the end of the block: then `krgbootctl lab stop` ends the lab.

    Its logs and report stay in BUILD.
    """
    name = f"test-{case}-{os.getpid()}"
    logs = BUILD / case
    logs.mkdir(parents=True, exist_ok=True)
    arguments = ["lab", "run", "--stay", "--name", name, "--logs", logs, "--root", root, *TIME_LIMIT, spec, *machines]
    with (BUILD / f"{case}.log").open("w") as log:
        process = subprocess.Popen(
            [*KRGBOOTCTL, *map(str, arguments)], stdout=subprocess.PIPE, stderr=log, text=True, errors="replace"
        )
    try:
        said = _read_report(process, BUILD / f"{case}.log")
        yield RunningLab(name, case, json.loads((logs / "report.json").read_text()), said, process)
        krgbootctl("lab", "stop", name)
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _read_report(process: subprocess.Popen[str], log: Path) -> str:
    """Return the final terminal output when all nodes are up or have failed, without the live table."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if re.match(r"\d+ of \d+ nodes? booted", line):
            head = next(line for line in log.read_text().splitlines() if line.startswith("lab "))
            return f"{head}\n{said}"
    raise AssertionError(f"krgbootctl lab run ended with {process.wait()}: {log.read_text()}{said}")


def check_documentation(lab: RunningLab, command: str, picture: str) -> None:
    """Check that the report and the picture in the documentation after ``command`` match, except for the times.

    KRGBOOT_APPROVE=1 updates them there.
    """
    shown = 0
    for document in (SOURCE / "README.md", SOURCE / "libkrgboot" / "docs" / "lab.md"):
        before, found, after = document.read_text().partition(f"$ {command}\n")
        if not found:
            continue
        shown += 1
        report, _, rest = after.partition("```")
        if os.environ.get("KRGBOOT_APPROVE") == "1":
            report = lab.said.replace(f"{BUILD}/{lab.case}", f"krgboot-lab/{lab.report['cluster']}")
            report = report.replace(lab.name, lab.report["cluster"])
            report = "".join(f"{line.rstrip()}\n" for line in report.splitlines())
            document.write_text(f"{before}{found}{report}```{rest}")
        assert _skeleton(report) == _skeleton(lab.said)
    assert shown
    timeline = SOURCE / "libkrgboot" / "docs" / "lab" / picture
    if os.environ.get("KRGBOOT_APPROVE") == "1":
        timeline.parent.mkdir(exist_ok=True)
        drawn = (BUILD / lab.case / "timeline.svg").read_text()
        timeline.write_text(drawn.replace(lab.name, lab.report["cluster"]))
    drawn = timeline.read_text()
    for node in lab.report["nodes"]:
        assert f">{node['name']}<" in drawn


def _skeleton(said: str) -> list[str]:
    """Return the parts that are equal in each run: the verdicts, and the number of completed stages per node."""
    lines = [re.sub(r"\(?\d+\.\d+\)?", "#", line) for line in said.splitlines()[1:]]
    return [" ".join(line.split()) for line in lines if not line.startswith(" ")]


def check_agreement(node: dict[str, Any]) -> None:
    """Check that the node is up, every stage as its trace predicts, without failed units."""
    assert node["failure"] is None
    assert node["differences"] == []
    assert node["failed_units"] == []
    assert node["ok"]
    times = [stage["at"] for stage in node["stages"]]
    assert times == sorted(times)
    assert [stage["stage"] for stage in node["stages"]][-1] == "login"


@dataclass(frozen=True)
class Traces:
    """Return everything that a lab could leave behind on the machine."""

    mounts: str
    links: str
    namespaces: str
    labs: str

    @staticmethod
    def now() -> Traces:
        unix = Path("/proc/net/unix").read_text(errors="replace").splitlines()
        return Traces(
            mounts=Path("/proc/self/mounts").read_text(),
            links=_output("ip", "-oneline", "link"),  # (-details includes the timers of bridges, which change)
            namespaces=_output("ip", "netns"),
            labs="\n".join(
                line.rpartition(" ")[2] for line in unix if re.search(rf"krgboot-lab/test-.*-{os.getpid()}", line)
            ),
        )


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def processes_in(namespace: str) -> list[int]:
    """Return the processes of a PID namespace, named as in /proc."""
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
    """Wait until a condition is true; this may take long on a shared machine."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.1)


def end(process: subprocess.Popen[str], how: signal.Signals) -> int:
    """Send a signal and return the exit status."""
    process.send_signal(how)
    return process.wait(60)
