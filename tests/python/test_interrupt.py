"""Ctrl-C at any moment, even while Python starts, gives one line and status 130, without a traceback."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import pytest
from matrix import part_of
from staging import EXAMPLES, make_root

if TYPE_CHECKING:
    from collections.abc import Sequence

SPEC = str(EXAMPLES["debian"])
DELAYS = part_of([number * 0.012 for number in range(25)])

COMMANDS = {
    "version": ["--version"],
    "help": ["lab", "run", "--help"],
    "check": ["check", SPEC],
    "render": ["render", SPEC],
    "trace": ["trace", SPEC, "--root", "{root}"],
    "lab": ["lab", "list"],
}


def krgbootctl() -> str:
    """The installed command."""
    found = shutil.which("krgbootctl", path=sysconfig.get_path("scripts"))
    assert found is not None
    return found


def as_a_shell_has_it() -> None:
    """Unblock SIGINT and reset its handler: the test runner may ignore or block it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))


def interrupted(arguments: Sequence[str], delay: float) -> tuple[int, str]:
    """Press Ctrl-C after that time; return status and output."""
    process = subprocess.Popen(
        [krgbootctl(), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_a_shell_has_it,
    )
    wait_for_the_first_line(process.pid)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    return process.returncode, said


def wait_for_the_first_line(pid: int) -> None:
    """Wait until the command has started: its first action is to block SIGINT."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        masks = [int(line.split()[1], 16) for line in lines if line.startswith(("SigBlk", "SigCgt"))]
        if any(mask >> (signal.SIGINT - 1) & 1 for mask in masks) or len(masks) < 2:
            return
    pytest.fail("krgbootctl does not put off Ctrl-C within 60 s")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A boot server's root for trace, independent of this machine."""
    cluster = krgboot.load(SPEC)
    made = make_root(tmp_path_factory.mktemp("server") / "root", cluster)
    krgboot.apply(cluster, made, check=False)
    return made


@pytest.mark.parametrize("name", COMMANDS)
def test_it_is_one_line(name: str, root: Path) -> None:
    ended = 0
    for delay in DELAYS:
        status, said = interrupted([word.format(root=root) for word in COMMANDS[name]], delay)
        # Python itself dies by the signal if it catches it; a shell reports 130 for both.
        if status in (128 + signal.SIGINT, -signal.SIGINT):
            assert said.splitlines() == ["interrupted"], (delay, said)
            ended += 1
        else:  # it had ended before
            assert status in (0, 2), (delay, status, said)
            assert "Traceback" not in said, (delay, said)
    assert ended > 0


def test_it_comes_through_where_code_in_c_could_not_pass_it_on() -> None:
    code = """
import os, signal, time
from krgboot import _interrupt

class Pressed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(10**9):
            pass

_interrupt.install(_interrupt.raise_it)
try:
    Pressed()
    time.sleep(60)
except KeyboardInterrupt:
    print("raised")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, preexec_fn=as_a_shell_has_it
    )
    assert (done.stdout, done.stderr) == ("raised\n", "")


def test_where_it_is_ignored_it_stays_so() -> None:
    """SIGINT is ignored, as in a shell's background job."""
    argv = [krgbootctl(), "check", SPEC]
    process = subprocess.Popen(
        argv, stdout=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
    )
    for _ in range(20):
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    assert process.wait() == 0


def test_it_is_not_for_others() -> None:
    """A program that imports krgboot keeps Python's handling of Ctrl-C."""
    code = "import signal, krgboot; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    for argv in (["-c", code], ["-", "krgboot"]):
        done = subprocess.run(
            [sys.executable, *argv],
            input=code,
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=as_a_shell_has_it,
        )
        assert done.stdout == "True\n"


def test_words_are_passed_on_and_nothing_is_loaded_from_the_directory_one_works_in(tmp_path: Path) -> None:
    for name in ("krgboot", "typer", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('mine')")
    argv = [krgbootctl(), "pxename", "10.11.12.101"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0A0B0C65\n", "")
    (tmp_path / "ctl").symlink_to(krgbootctl())
    done = subprocess.run([tmp_path / "ctl", "nonsense", ""], capture_output=True, text=True, check=False)
    assert done.returncode == 64
    assert "No such command 'nonsense'" in done.stderr
