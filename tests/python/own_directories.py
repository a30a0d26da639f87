"""The machine's root, with scratch directories over every directory that krgboot writes, and stand-ins for services.

Tests run without systemd. The mounts are in a new mount namespace. Mount points that the machine lacks are made and
removed on the machine itself, so ctest runs only one of these tests at a time (host_directories).
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
# A file can be mounted only over an existing one: the package nfs-kernel-server has it.
EXPORTS = "/etc/exports"


class Machine:
    """``scratch``: replaces the paths in OWN. ``mounted``: sh commands to run after these mounts."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.programs = scratch / "programs"
        self.programs.mkdir()
        self._log = scratch / "services.log"
        self.mounted = "true"

    def seen(self, path: str) -> Path:
        return self.scratch / path.lstrip("/")

    def stand_in(self, name: str, body: str = "exit 0") -> None:
        """Make a program that records its arguments and runs these commands."""
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >>{self._log}\n{body}\n')
        program.chmod(0o755)

    def called(self) -> list[str]:
        """The recorded calls of the stand-ins."""
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
