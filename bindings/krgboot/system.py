"""The local machine: directories that confine path lookups, installed programs."""

from __future__ import annotations

from krgboot._core import (
    Root,
    find_program,
)

__all__ = [
    "Root",
    "find_program",
]
