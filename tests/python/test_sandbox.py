"""Nobody gets out of an image: what a hostile program tries in it, and what the admin's terminal is spared."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from contextlib import closing
from fcntl import ioctl
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import pytest
from busybox_image import make_busybox_image
from matrix import WHOLE
from staging import SOURCE, krgbootctl

if TYPE_CHECKING:
    from collections.abc import Iterator

CASE = "krgboot-case"
NOBODY = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a sandbox that is worth attacking takes root")


@pytest.fixture(scope="session")
def escapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("escapes") / "escapes"
    source = SOURCE / "tests" / "sandbox" / "escapes.c"
    subprocess.run(["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-o", program, source], check=True)
    return program


@pytest.fixture
def small(tmp_path: Path) -> tuple[str, ...]:
    return make_busybox_image(tmp_path)


@pytest.fixture
def hostile(tmp_path: Path, small: tuple[str, ...], escapes: Path) -> Iterator[list[str]]:
    """An image that tries to get out; what it is told of the host, where somebody listens and a file is secret."""
    image = tmp_path / "srv" / "small"
    shutil.copy(escapes, image / "bin" / "escapes")
    (image / "laid").mkdir()
    os.mknod(image / "laid" / "zero", 0o20666, os.makedev(1, 5))
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    with closing(socket.socket(socket.AF_UNIX)) as abstract, closing(socket.socket()) as loopback:
        name = f"{CASE}-{os.getpid()}"
        abstract.bind(f"\0{name}")
        loopback.bind(("127.0.0.1", 0))
        for listening in (abstract, loopback):
            listening.listen()
        yield ["escapes", str(os.getpid()), name, str(loopback.getsockname()[1]), str(secret)]


@pytest.mark.parametrize("network", ["none", "outbound"])
def test_every_try_is_refused_for_its_own_reason(
    small: tuple[str, ...], hostile: list[str], network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if network == "outbound" and not shutil.which("slirp4netns"):
        pytest.skip("slirp4netns is not installed")
    monkeypatch.setenv("KRGBOOT_CASE_TOKEN", "secret")
    shown = krgbootctl(*small, "--network", network, "--", *hostile, status=None)
    *tries, verdict = shown.stdout.splitlines()
    assert [line for line in tries if not line.startswith("refused")] == []
    assert verdict == f"{len(tries)} tries, 0 not refused"
    assert len(tries) >= 90
    assert shown.returncode == 0


def test_no_key_of_the_caller_is_read_inside(small: tuple[str, ...]) -> None:
    script = 'key=$(keyctl add user krgboot-case secret-of-the-admin @u); "$@"; keyctl unlink $key @u >/dev/null 2>&1'
    if shutil.which("keyctl") is None:
        pytest.skip("keyctl (package keyutils) is not installed")
    inside = [sys.executable, "-m", "krgboot", *small, "--", "busybox", "cat", "/proc/keys"]
    shown = subprocess.run(["sh", "-c", script, "sh", *inside], capture_output=True, text=True, check=True)
    assert "krgboot-case" not in shown.stdout


def test_no_descriptor_of_the_host_leads_out_under_load(tmp_path: Path, small: tuple[str, ...]) -> None:
    """While the processors are busy, process 1 long remained a copy of the caller with all that it had open."""
    image = tmp_path / "srv" / "small"
    source = SOURCE / "tests" / "sandbox" / "descriptors.c"
    subprocess.run(["cc", "-O2", "-static", "-o", image / "bin" / "descriptors", source], check=True)
    mark = tmp_path / "mark"
    mark.touch()
    busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(3)]
    try:
        tree = krgboot.Image("/srv/small", tmp_path)
        statuses = {tree.run(["descriptors", str(mark)]).status for _ in range(10_000 if WHOLE else 100)}
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert statuses == {0}
    assert mark.read_text() == ""


def test_nothing_is_left_by_a_kill_before_the_program_starts(tmp_path: Path, small: tuple[str, ...]) -> None:
    """At each call by which the placeholder for /usr/sbin/policy-rc.d comes and goes."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    image = tmp_path / "srv" / "small"
    command = [sys.executable, "-m", "krgboot", *small, "--", "busybox", "true"]
    for call in ("flock", "pipe2", "execveat", "clone"):
        killed = [
            "strace",
            "-f",
            "-o",
            "/dev/null",
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:signal=SIGKILL:when=1",
        ]
        subprocess.run([*killed, *command], capture_output=True)
        deadline = time.monotonic() + 10
        while any((image / "usr" / "sbin").iterdir()) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert list((image / "usr" / "sbin").iterdir()) == [], call
    subprocess.run(command, check=True)
    assert list((image / "usr" / "sbin").iterdir()) == []


class Terminal:
    """A program on a pseudo terminal, and somebody who types."""

    def __init__(self, *command: str) -> None:
        self.process, self.end = pty.fork()
        if self.process == 0:
            os.execvp(command[0], command)
        self.seen = b""

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())

    def wait_for(self, text: str) -> None:
        while text.encode() not in self.seen:
            self.seen += os.read(self.end, 4096)  # EIO where the program has ended without it

    def resize(self, rows: int, columns: int) -> None:
        ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def status(self) -> int:
        try:
            while True:
                self.seen += os.read(self.end, 4096)
        except OSError:
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def close(self) -> None:
        os.close(self.end)


@pytest.fixture
def shell(small: tuple[str, ...]) -> Iterator[Terminal]:
    """A login shell in the image."""
    terminal = Terminal(sys.executable, "-m", "krgboot", *small)
    yield terminal
    terminal.close()


def test_a_login_shell_has_a_terminal_of_its_own(shell: Terminal) -> None:
    shell.resize(33, 101)
    shell.type("busybox tty; busybox stty size; echo $((6*7))\n")
    shell.wait_for("42\r\n")
    assert b"/dev/pts/0\r\n" in shell.seen
    assert b"33 101\r\n" in shell.seen
    shell.resize(20, 70)
    shell.type("until busybox stty size | busybox grep -x '20 70'; do busybox sleep 0.05; done; echo $((6*8))\n")
    shell.wait_for("48\r\n")
    # Job control: Ctrl-Z gives the shell back, and Ctrl-C ends the program, not us.
    shell.type("busybox sleep 1000\n")
    time.sleep(0.5)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    shell.type("fg\n")
    shell.wait_for("fg\r\n")
    time.sleep(0.5)
    shell.type("\x03")
    shell.type("echo $((6*9))\n")
    shell.wait_for("54\r\n")
    shell.type("exit 7\n")
    assert shell.status() == 7


def test_what_an_image_types_reaches_no_shell_of_the_admin(
    tmp_path: Path, small: tuple[str, ...], escapes: Path
) -> None:
    """TIOCSTI is refused, and so is the answer that a terminal gives to a question (ESC [ 6 n and the like)."""
    profile = tmp_path / "srv" / "small" / "root" / ".profile"
    profile.parent.mkdir()
    shutil.copy(escapes, tmp_path / "srv" / "small" / "bin" / "escapes")
    profile.write_text("echo asked; busybox sleep 1; exit 3\n")
    command = " ".join([sys.executable, "-m", "krgboot", *small])
    terminal = Terminal("sh", "-i")
    terminal.type(f"PS1=; {command}; echo status=$?\n")
    terminal.wait_for("asked")
    terminal.type(f"touch {tmp_path}/typed\n")  # what a terminal would answer
    terminal.wait_for("status=3")
    terminal.type("echo $((6*7))\n")
    terminal.wait_for("42")
    assert not (tmp_path / "typed").exists()
    terminal.type("exit\n")
    terminal.status()
    terminal.close()


def test_the_admins_terminal_is_as_it_was(small: tuple[str, ...]) -> None:
    for end in ("exit\n", "signal"):
        terminal = Terminal(sys.executable, "-m", "krgboot", *small)
        before = termios.tcgetattr(terminal.end)
        terminal.type("echo $((6*7))\n")
        terminal.wait_for("42\r\n")
        assert termios.tcgetattr(terminal.end) != before, "raw while the program has it"
        if end == "signal":
            os.kill(terminal.process, signal.SIGTERM)
            assert terminal.status() == -signal.SIGTERM
        else:
            terminal.type(end)
            assert terminal.status() == 0
        assert termios.tcgetattr(terminal.end) == before
        terminal.close()


def test_without_a_terminal_one_is_not_made(small: tuple[str, ...]) -> None:
    refused = krgbootctl(*small, "--terminal", "--", "sh", status=1)
    assert len(refused.stderr.splitlines()) == 1
    assert "[io.open]" in refused.stderr


def test_outbound_takes_slirp4netns(small: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Never a weaker sandbox in silence."""
    hidden = ["unshare", "--mount", "sh", "-euc", 'mount --bind /dev/null /usr/bin/slirp4netns; exec "$@"', "sh"]
    if shutil.which("slirp4netns") != "/usr/bin/slirp4netns":
        pytest.skip("slirp4netns is not installed")
    command = [sys.executable, "-m", "krgboot", *small, "--network", "outbound", "--", "busybox", "true"]
    shown = subprocess.run([*hidden, *command], capture_output=True, text=True)
    assert shown.returncode == 1
    assert re.fullmatch(r"error: .*slirp4netns.*install it, or use the host's network.*\n", shown.stderr)
