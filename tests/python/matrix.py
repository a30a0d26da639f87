"""How much of a large matrix runs: all of it by `tests/run --all`; by itself a part, the same each time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE = bool(os.environ.get("KRGBOOT_TEST_ALL"))

Case = TypeVar("Case")


def part_of(cases: Sequence[Case]) -> Sequence[Case]:
    """Return every fourth case, from the first on, unless the whole matrix is to run."""
    return cases if WHOLE else cases[::4]


def count_of(examples: int) -> int:
    """Return how many of so many random examples to try: a fifth, unless the whole matrix is to run."""
    return examples if WHOLE else max(examples // 5, 50)
