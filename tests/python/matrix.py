"""Selects the part of a large test matrix to run: all with `tests/run --all`, else a fixed part."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE = bool(os.environ.get("KRGBOOT_TEST_ALL"))

Case = TypeVar("Case")


def part_of(cases: Sequence[Case]) -> Sequence[Case]:
    """Return every fourth case, starting with the first, or all if the whole matrix is to run."""
    return cases if WHOLE else cases[::4]


def count_of(examples: int) -> int:
    """Return the number of random examples to try: a fifth, or all if the whole matrix is to run."""
    return examples if WHOLE else max(examples // 5, 50)
