"""A sign on a node's console, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass

from krgboot.tracing import Stage


@dataclass(frozen=True)
class Progress:
    """``pattern``, found in a line: the node is through ``stage``. Its first group, if any, says what it came to."""

    stage: Stage
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Fault:
    """``pattern``, found in a line: the node does not come through ``stage``. Its first group, if any, says why.

    ``later``: it also stops a node that is through ``stage`` already, wherever it is. ``denies``: it says that the node
    is not through ``stage``, whatever seemed to show it.
    """

    stage: Stage
    pattern: re.Pattern[str]
    reason: str
    hint: str = ""
    later: bool = False
    denies: bool = False


def progress(stage: Stage, pattern: str) -> Progress:
    """Return the sign of progress that is found by a regular expression."""
    return Progress(stage, re.compile(pattern))


def fault(
    stage: Stage, pattern: str, reason: str, hint: str = "", *, later: bool = False, denies: bool = False
) -> Fault:
    """Return the sign of failure that is found by a regular expression."""
    return Fault(stage, re.compile(pattern), reason, hint, later, denies)
