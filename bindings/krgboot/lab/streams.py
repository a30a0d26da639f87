"""Lines from many writers, as they come: pipes of processes, and what daemons say to syslog."""

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
# RFC 3164 as syslog(3) writes it: <priority>, the date, then the program's tag.
_SYSLOG = re.compile(rb"^<\d{1,3}>(?:[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} )?")
# A console's line may also end in carriage returns, and a prompt without any end.
_LINE_END = re.compile(rb"\r*\n|\r+(?!\n)")


class Streams:
    """Waits for all of them at once. ``close`` closes what it was given."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def add_pipe(
        self, pipe: IO[bytes] | None, on_line: Callable[[str], None], on_bytes: Callable[[bytes], object] = bytes
    ) -> None:
        """Read ``pipe``, which is closed at its end: each line without its end, a prompt as soon as it stands.

        ``on_bytes`` gets all bytes as they are.
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
                self._selector.unregister(pipe)
                pipe.close()
            on_bytes(data)
            *lines, rest = _LINE_END.split(rest + data)
            for line in lines:
                on_line(line.decode(errors="replace"))
            if rest and (not data or rest.rstrip().endswith((b":", b"#", b"$", b")"))):
                on_line(rest.decode(errors="replace"))

        self._selector.register(pipe, selectors.EVENT_READ, read)

    def add_syslog(self, path: Path, on_line: Callable[[str], None]) -> None:
        """Be the syslog daemon at ``path``, which is made: each message without priority and date."""
        log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        log.bind(str(path))
        path.chmod(0o666)  # whoever logs, as tftpd does without root's rights; its directory exists in the lab only

        def read() -> None:
            on_line(_SYSLOG.sub(b"", log.recv(_CHUNK)).rstrip(b"\0\n").decode(errors="replace"))

        self._selector.register(log, selectors.EVENT_READ, read)

    def add_server(self, listening: socket.socket, on_connection: Callable[[socket.socket], None]) -> None:
        """Hand over each connection that comes in; it is closed afterwards."""

        def accept() -> None:
            connection, _ = listening.accept()
            with connection:
                on_connection(connection)

        self._selector.register(listening, selectors.EVENT_READ, accept)

    def poll(self, timeout: float) -> None:
        """Wait up to ``timeout`` s and deal with what there is."""
        for key, _ in self._selector.select(timeout):
            key.data()

    def close(self) -> None:
        """Stop reading and close everything."""
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            if not isinstance(key.fileobj, int):
                key.fileobj.close()
        self._selector.close()
