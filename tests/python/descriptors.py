"""A stand-in for any program, which tells the descriptors that it was started with."""

from __future__ import annotations

import subprocess
from pathlib import Path

from staging import SOURCE


def stand_in(path: Path, out: str, status: int) -> None:
    """A program that writes its descriptors to ``out``, a path as it sees it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = [f'-DOUT="{out}"', f"-DSTATUS={status}"]
    source = SOURCE / "tests" / "sandbox" / "tell.c"
    subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-static", *settings, "-o", path, source], check=True)


def seen(out: Path) -> set[str]:
    """Of the programs that have written there: their descriptors."""
    return {line.strip() for line in out.read_text().splitlines()}
