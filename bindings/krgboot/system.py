"""The machine itself: directories that confine, programs that are installed."""

from __future__ import annotations

from krgboot._core import (
    Root,
    find_program,
)

__all__ = [
    "Root",
    "find_program",
]
