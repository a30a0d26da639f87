"""Patterns of console messages, with their meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass

from krgboot.tracing import Stage


@dataclass(frozen=True)
class Progress:
    """A line that matches ``pattern`` shows that ``stage`` is complete. The first group, if any, is its result."""

    stage: Stage
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Fault:
    """A line that matches ``pattern`` shows that the node cannot complete ``stage``. The first group, if any, says why.

    ``later``: it also stops a node that has completed ``stage``, at any later stage. ``denies``: it cancels earlier
    signs that ``stage`` was complete.
    """

    stage: Stage
    pattern: re.Pattern[str]
    reason: str
    hint: str = ""
    later: bool = False
    denies: bool = False


def progress(stage: Stage, pattern: str) -> Progress:
    """Return a progress sign for a regular expression."""
    return Progress(stage, re.compile(pattern))


def fault(
    stage: Stage, pattern: str, reason: str, hint: str = "", *, later: bool = False, denies: bool = False
) -> Fault:
    """Return a fault for a regular expression."""
    return Fault(stage, re.compile(pattern), reason, hint, later, denies)
