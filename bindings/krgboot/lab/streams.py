"""Reads lines from many sources as they arrive: pipes of processes, and syslog messages of daemons."""

from __future__ import annotations

import os
import re
import selectors
import socket
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHUNK = 65536
_MOST_MESSAGES = 1000  # per read
_LONGEST_LINE = 8192  # longer lines are split, to bound the memory
# RFC 3164 as syslog(3) writes it: <priority>, date, tag of the program.
_SYSLOG = re.compile(rb"^<\d{1,3}>(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} )?")
_PROMPT_ENDS = (b":", b"#", b"$", b")")


class Streams:
    """Waits for all sources at once. ``close`` closes all of them."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._open: dict[int, IO[bytes] | socket.socket] = {}  # by descriptor

    def add_pipe(
        self, pipe: IO[bytes] | None, on_line: Callable[[str], None], on_bytes: Callable[[bytes], object] = bytes
    ) -> None:
        """Read ``pipe`` until its end, then close it.

        ``on_line`` gets each line without its end, and a prompt as soon as it is complete. ``on_bytes`` gets the raw
        bytes.
        """
        if pipe is None:
            raise ValueError("the process has no pipe")
        descriptor = pipe.fileno()
        os.set_blocking(descriptor, False)
        rest = b""

        def read() -> None:
            nonlocal rest
            try:
                data = os.read(descriptor, _CHUNK)
            except BlockingIOError:
                return
            if not data:
                self._end(pipe)
            on_bytes(data)
            lines, rest = _split(rest + data)
            if rest and (not data or rest.rstrip().endswith(_PROMPT_ENDS)):
                lines.append(rest.rstrip(b"\r"))
            for line in lines:
                on_line(line.decode(errors="backslashreplace"))

        self._begin(pipe, read)

    def add_syslog(self, path: Path, on_line: Callable[[str], None]) -> None:
        """Make the syslog socket ``path``; ``on_line`` gets each message without priority and date.

        Messages are processed before pipes, so that the boot server's line about a file precedes the node's.
        """
        log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        try:
            log.bind(str(path))
            path.chmod(0o666)  # for daemons that do not run as root; the directory exists in the lab only
        except BaseException:
            log.close()
            raise

        def read() -> None:
            for _ in range(_MOST_MESSAGES):  # drain the queue: a full queue blocks the daemons
                try:
                    message = log.recv(_CHUNK, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    return
                on_line(_SYSLOG.sub(b"", message).rstrip(b"\0\n").decode(errors="backslashreplace"))

        self._begin(log, read, first=True)

    def add_server(self, listening: socket.socket, on_connection: Callable[[socket.socket], None]) -> None:
        """Accept connections: call ``on_connection`` with each, then close it."""

        def accept() -> None:
            connection, _ = listening.accept()
            with connection:
                on_connection(connection)

        self._begin(listening, accept)

    def poll(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds and process the available data."""
        ready = [key.data for key, _ in self._selector.select(timeout)]
        for _, read in sorted(ready, key=lambda data: not data[0]):
            read()

    def close(self) -> None:
        """Stop reading and close everything."""
        for source in list(self._open.values()):
            self._end(source)
        self._selector.close()

    def _begin(self, source: IO[bytes] | socket.socket, read: Callable[[], None], *, first: bool = False) -> None:
        self._selector.register(source, selectors.EVENT_READ, (first, read))
        self._open[source.fileno()] = source

    def _end(self, source: IO[bytes] | socket.socket) -> None:
        self._selector.unregister(source)
        del self._open[source.fileno()]
        source.close()


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the complete lines, and the rest.

    A console line ends with a line feed after any number of carriage returns. It also ends with carriage returns
    followed by other text, which overwrites it.
    """
    lines = []
    *complete, rest = data.split(b"\n")
    for line in complete:
        lines += [part for part in line.split(b"\r") if part] or [b""]
    written_over, _, last = rest.rstrip(b"\r").rpartition(b"\r")
    lines += [part for part in written_over.split(b"\r") if part]
    rest = last + (b"\r" if rest.endswith(b"\r") else b"")
    while len(rest) > _LONGEST_LINE:
        lines.append(rest[:_LONGEST_LINE])
        rest = rest[_LONGEST_LINE:]
    return lines, rest
