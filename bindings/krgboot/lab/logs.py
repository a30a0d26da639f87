"""What everybody said during a lab, kept in files: one directory for each node, and one file for each daemon."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from krgboot.lab.report import LogLine


class Logs:
    """Files below a directory, which is made; nothing, where it is None. What an earlier lab left there is replaced."""

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory
        self.started = time.monotonic()
        """When the daemons' clock began."""
        self._files: dict[str, BinaryIO] = {}
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)

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

    def _append(self, name: str, data: bytes) -> None:
        if self.directory is not None:
            file = self._files.get(name) or self._open(name)
            file.write(data)
            file.flush()

    def _open(self, name: str) -> BinaryIO:
        assert self.directory is not None  # callers have looked
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        # A symbolic link that somebody put there is not followed: this may be root's process in anybody's directory.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        file = self._files[name] = os.fdopen(descriptor, "wb")
        return file
