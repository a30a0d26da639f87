"""This machine, with scratch directories in the place of all that krgboot writes to, and stand-ins for its services.

No systemd runs where tests do. What is mounted is mounted in a namespace of its own; but a directory that the machine
has not is made for that, and taken away again: ctest lets one of these tests run at a time (host_directories).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from staging import in_own_mounts

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = ("/etc/dhcp", "/etc/default", "/etc/exports.d", "/srv", "/var/lib/krgboot", "/var/lib/nfs")
# Only a file that the machine has can be mounted over: the package nfs-kernel-server brings it.
EXPORTS = "/etc/exports"


class Machine:
    """``scratch``: what is seen in the place of /, so far as OWN goes. ``mounted``: by sh, after that is there."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.programs = scratch / "programs"
        self.programs.mkdir()
        self._log = scratch / "services.log"
        self.mounted = "true"

    def seen(self, path: str) -> Path:
        return self.scratch / path.lstrip("/")

    def stand_in(self, name: str, body: str = "exit 0") -> None:
        """A program that writes down how it was called, and does this."""
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >>{self._log}\n{body}\n')
        program.chmod(0o755)

    def called(self) -> list[str]:
        """How the stand-ins were called."""
        return self._log.read_text().splitlines() if self._log.exists() else []

    def krgbootctl(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        mounts = " && ".join(f"mount --bind {self.seen(path)} {path}" for path in (*OWN, EXPORTS))
        command = [sys.executable, "-m", "krgboot", *arguments]
        return subprocess.run(
            in_own_mounts(f'{mounts} && {self.mounted}; exec "$@"', *command),
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}:/usr/sbin:/sbin"},
        )


@contextlib.contextmanager
def own_directories(scratch: Path) -> Iterator[Machine]:
    made: list[Path] = []
    for path in map(Path, OWN):
        (scratch / str(path).lstrip("/")).mkdir(parents=True)
        if not path.exists():
            path.mkdir()
            made.append(path)
    (scratch / EXPORTS.lstrip("/")).touch()
    try:
        yield Machine(scratch)
    finally:
        for path in made:
            path.rmdir()
