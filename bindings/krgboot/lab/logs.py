"""What everybody said during a lab, kept in files: one directory for each node, and one file for each daemon."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from typing import TYPE_CHECKING, BinaryIO

from krgboot.errors import IoError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from krgboot.lab.report import LogLine


_OF_A_LAB = ("report.json", "report.html", "timeline.svg", "dhcpd.log", "tftpd.log", "nfs.log", "rpcbind.log")
_OF_A_NODE = ("boot.log", "console.log", "screen.txt", "screen.png")


class Logs:
    """Files below a directory, which is made; nothing, where it is None.

    What an earlier lab left there of its own or of a node that boots again is replaced or removed when something is
    first written; all else stays. Raises IoError "lab.logs" where a directory of it is something else.
    """

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory
        self.started = time.monotonic()
        """When the daemons' clock began."""
        self._files: dict[str, BinaryIO] = {}
        self._directories: dict[str, int] = {}  # descriptors, by path below the directory
        if directory is not None:
            try:
                directory.mkdir(parents=True, exist_ok=True)
            except FileExistsError as error:
                raise _no_directory(directory, error) from None

    def daemon(self, source: str, text: str) -> None:
        """Add a line to a daemon's log, with the seconds since the daemons were started."""
        self._append(f"{source}.log", f"{time.monotonic() - self.started:8.2f} {text}\n".encode())

    def line(self, node: str, line: LogLine) -> None:
        """Add to what the boot server said about a node."""
        self._append(f"{node}/boot.log", f"{line}\n".encode())

    def console(self, node: str, data: bytes) -> None:
        """Add to a node's serial console, byte for byte."""
        self._append(f"{node}/console.log", data)

    def write(self, name: str, data: bytes) -> Path | None:
        """Write a file at once; return its path."""
        if self.directory is None:
            return None
        self._open(name).write(data)
        self._files.pop(name).close()
        return self.directory / name

    def of(self, node: str) -> str:
        """Return the directory of a node's files; empty where nothing is kept."""
        return str(self.directory / node) if self.directory is not None else ""

    def close(self) -> None:
        """Close all files."""
        for file in self._files.values():
            file.close()
        self._files.clear()
        for descriptor in self._directories.values():
            os.close(descriptor)
        self._directories.clear()

    def _append(self, name: str, data: bytes) -> None:
        if self.directory is not None:
            file = self._files.get(name) or self._open(name)
            file.write(data)
            file.flush()

    def _open(self, name: str) -> BinaryIO:
        # Nothing that somebody put there is followed or written to: this may be root's process in anybody's directory.
        parent, _, last = name.rpartition("/")
        directory = self._directory(parent)
        _remove((last,), directory)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        file = self._files[name] = os.fdopen(os.open(last, flags, 0o644, dir_fd=directory), "wb")
        return file

    def _directory(self, node: str) -> int:
        assert self.directory is not None  # callers have looked
        if node not in self._directories:
            top = None if not node else self._directory("")
            path = node or self.directory
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (os.O_NOFOLLOW if node else 0)
            with contextlib.suppress(FileExistsError):
                os.mkdir(path, dir_fd=top)
            try:
                self._directories[node] = os.open(path, flags, dir_fd=top)
            except NotADirectoryError as error:
                raise _no_directory(self.directory / node, error) from None
            _remove(_OF_A_NODE if node else _OF_A_LAB, self._directories[node])
        return self._directories[node]


def _no_directory(path: Path, error: OSError) -> IoError:
    message = f"{path} is no directory, which the lab's logs need there"
    return IoError(message, "lab.logs", "open", str(path), error.errno or errno.ENOTDIR)


def _remove(names: Iterable[str], directory: int) -> None:
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=directory)
