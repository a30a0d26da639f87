"""A stand-in for any program, which reports the descriptors that it inherited."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from staging import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def inheritable() -> Iterator[list[int]]:
    """Inheritable descriptors, low and high, that a careless caller may leave open."""
    descriptors = [os.open("/", os.O_RDONLY | os.O_DIRECTORY) for _ in range(3)]
    descriptors.append(os.dup2(descriptors[0], 250))
    try:
        for descriptor in descriptors:
            os.set_inheritable(descriptor, True)
        yield descriptors
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def stand_in(path: Path, out: str, status: int) -> None:
    """Make a program that writes its descriptors to ``out``, a path as it sees it; empty: to its standard output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = [f"-DSTATUS={status}"]
    if out:
        settings.append(f'-DOUT="{out}"')
    source = SOURCE / "tests" / "sandbox" / "tell.c"
    subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-static", *settings, "-o", path, source], check=True)


def seen(out: Path) -> list[str]:
    """Return the descriptors of each start of the program that writes there."""
    return [line.strip() for line in out.read_text().splitlines()]
