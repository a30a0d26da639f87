"""Log files of a lab: one directory per node, one file per daemon."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from io import FileIO
from typing import TYPE_CHECKING

from krgboot import visible
from krgboot.errors import IoError
from krgboot.lab import servers
from krgboot.lab.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from krgboot.lab.report import LogLine


_OF_SERVERS = tuple(f"{source}.log" for source in servers.BY_SOURCE)
_OF_A_LAB = (
    "report.json",
    "report.html",
    "timeline.svg",
    "nfs.log",
    "rpcbind.log",
    *(f"{source}.log" for source in servers.BY_SOURCE),
)
_OF_A_NODE = ("boot.log", "console.log", "screen.txt", "screen.png")


_MOST_BYTES = 64 << 20
_FULL = b"\n(krgboot: no more is kept, since it is too much)\n"


class Logs:
    """Log files below a directory, which is made if missing; None: no logs.

    The text is escaped (``krgboot.visible``), so that no node or daemon can control the reader's terminal. Each file is
    limited to 64 MiB, plus a line that reports the truncation.

    The first write to a directory removes the log files of an earlier lab or boot; other files stay. After ``close``
    nothing is written. Raises IoError "lab.logs" if a directory's path is not a directory, or a write fails.
    """

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory
        self.started = time.monotonic()
        """Start of the clock for daemon logs."""
        self._closed = directory is None
        self._files: dict[str, FileIO] = {}
        self._sizes: dict[str, int] = {}
        self._consoles: dict[str, Pieces] = {}
        self._directories: dict[str, int] = {}  # descriptors, by path below the directory
        if directory is not None:
            with _told(directory, is_directory=True):
                directory.mkdir(parents=True, exist_ok=True)

    def daemon(self, source: str, text: str) -> None:
        """Add a line to a daemon's log, with the seconds since the daemons were started."""
        self._append(f"{source}.log", f"{time.monotonic() - self.started:8.2f} {visible(text)}\n".encode())

    def line(self, node: str, line: LogLine) -> None:
        """Add a line to a node's boot.log."""
        self._append(f"{node}/boot.log", f"{visible(str(line))}\n".encode())

    def console(self, node: str, data: bytes) -> None:
        """Add data of a node's serial console."""
        pieces = self._consoles.setdefault(node, Pieces(console=True))
        self._append(f"{node}/console.log", pieces.feed(data))

    def write(self, name: str, data: bytes) -> Path | None:
        """Write a whole file; return its path, None without logs."""
        if self.directory is None or self._closed:
            return None
        self._append(name, data, anew=True)
        self._files.pop(name).close()
        return self.directory / name

    def of(self, node: str) -> str:
        """Return the directory of a node's files; empty without logs."""
        return str(self.directory / node) if self.directory is not None else ""

    def leave(self, node: str) -> None:
        """Close a node's files, to save descriptors in a large lab; a later write replaces them."""
        self._end_console(node)
        for name in [name for name in self._files if name.startswith(f"{node}/")]:
            self._files.pop(name).close()
        if node in self._directories:
            os.close(self._directories.pop(node))

    def close(self) -> None:
        """Close all files."""
        for node in list(self._consoles):
            with contextlib.suppress(IoError):  # the rest cannot be written
                self._end_console(node)
        self._closed = True
        for file in self._files.values():
            file.close()
        self._files.clear()
        for descriptor in self._directories.values():
            os.close(descriptor)
        self._directories.clear()

    def _end_console(self, node: str) -> None:
        if (pieces := self._consoles.pop(node, None)) is not None and (rest := pieces.end()):
            self._append(f"{node}/console.log", rest)

    def _append(self, name: str, data: bytes, *, anew: bool = False) -> None:
        if self.directory is None or self._closed:
            return
        with _told(self.directory / name):
            file = self._files.get(name)
            if file is None or anew:
                file = self._open(name)
                self._sizes[name] = 0
            if not anew:
                data = self._what_is_kept(name, data)
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]

    def _what_is_kept(self, name: str, data: bytes) -> bytes:
        """Return the part of ``data`` that fits into the log."""
        size = self._sizes[name]
        self._sizes[name] = size + len(data)
        if size + len(data) <= _MOST_BYTES:
            return data
        return data[: _MOST_BYTES - size] + _FULL if size <= _MOST_BYTES else b""

    def _open(self, name: str) -> FileIO:
        # The process may be root's and the directory untrusted: do not follow or write to existing files.
        parent, _, last = name.rpartition("/")
        directory = self._directory(parent)
        _remove((last,), directory)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        # Unbuffered: readers see every line at once, and a full disk raises at once.
        if name in self._files:
            self._files.pop(name).close()
        file = self._files[name] = FileIO(os.open(last, flags, 0o644, dir_fd=directory), "wb")
        return file

    def _directory(self, node: str) -> int:
        assert self.directory is not None  # checked by callers
        if node not in self._directories:
            top = None if not node else self._directory("")
            path = node or self.directory
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (os.O_NOFOLLOW if node else 0)
            with _told(self.directory / node, is_directory=True):
                with contextlib.suppress(FileExistsError):
                    os.mkdir(path, dir_fd=top)
                self._directories[node] = os.open(path, flags, dir_fd=top)
            _remove(_OF_A_NODE if node else _OF_A_LAB, self._directories[node])
        return self._directories[node]


@contextlib.contextmanager
def _told(path: Path, *, is_directory: bool = False) -> Iterator[None]:
    """Convert OSError to IoError "lab.logs"."""
    try:
        yield
    except IoError:
        raise
    except OSError as error:
        message = f"the lab's logs cannot be written to {path}: {error.strerror or error}"
        if is_directory and error.errno in (errno.EEXIST, errno.ENOTDIR, errno.ELOOP):
            message = f"{path} is no directory, which the lab's logs need there"
        raise IoError(message, "lab.logs", "open", str(path), error.errno or errno.EIO) from None


def _remove(names: Iterable[str], directory: int) -> None:
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=directory)
