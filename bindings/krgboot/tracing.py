"""A node's boot, followed through the files as they lie."""

from __future__ import annotations

from krgboot._core import (
    Machine,
    Stage,
    Status,
    Step,
    Trace,
    trace,
    trace_all,
)

__all__ = [
    "Machine",
    "Stage",
    "Status",
    "Step",
    "Trace",
    "trace",
    "trace_all",
]
