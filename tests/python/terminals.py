"""Runs programs on a pseudo terminal, with typed input."""

from __future__ import annotations

import os
import pty
import select
import termios
import time

import pytest

_LIMIT = 60.0  # seconds


class Terminal:
    """One program. Every wait has a timeout, after which the test fails with the output so far."""

    def __init__(self, *command: str, environment: dict[str, str] | None = None, raw: bool = False) -> None:
        """``raw``: the terminal does not translate newlines, and its lines are long."""
        self.process, self.end = pty.fork()
        if self.process == 0:
            try:
                if raw:
                    termios.tcsetwinsize(0, (50, 2000))
                    attributes = termios.tcgetattr(0)
                    attributes[1] &= ~termios.OPOST
                    termios.tcsetattr(0, termios.TCSANOW, attributes)
                os.execvpe(command[0], command, environment or dict(os.environ))
            finally:
                os._exit(127)
        self.seen = b""

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + _LIMIT
        while text.encode() not in self.seen:
            if not self._read(deadline, text):
                pytest.fail(f"it ended without {text!r}: {self.seen!r}")

    def resize(self, rows: int, columns: int) -> None:
        termios.tcsetwinsize(self.end, (rows, columns))

    def status(self) -> int:
        """Wait for its end."""
        deadline = time.monotonic() + _LIMIT
        while self._read(deadline, "end"):
            pass
        while (ended := os.waitpid(self.process, os.WNOHANG))[0] == 0:
            if time.monotonic() > deadline:
                pytest.fail(f"it has left the terminal and goes on: {self.seen!r}")
            time.sleep(0.01)
        return os.waitstatus_to_exitcode(ended[1])

    def _read(self, deadline: float, what: str) -> bool:
        """Read more output; False: the terminal is closed."""
        if not select.select([self.end], [], [], max(0.0, deadline - time.monotonic()))[0]:
            pytest.fail(f"no {what!r} within {_LIMIT:.0f} s: {self.seen!r}")
        try:
            data = os.read(self.end, 4096)
        except OSError:  # EIO
            return False
        self.seen += data
        return data != b""

    def close(self) -> None:
        """Close the terminal: a program that still runs gets SIGHUP."""
        os.close(self.end)
