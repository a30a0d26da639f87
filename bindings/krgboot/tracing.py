"""A node's boot, simulated from the files under a root."""

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
