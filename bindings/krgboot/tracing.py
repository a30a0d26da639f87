"""A node's boot, simulated from the files under a root."""

from __future__ import annotations

from krgboot._core import (
    FIRMWARES,
    Machine,
    Stage,
    Status,
    Step,
    Trace,
    trace,
    trace_all,
)

__all__ = [
    "FIRMWARES",
    "Machine",
    "Stage",
    "Status",
    "Step",
    "Trace",
    "trace",
    "trace_all",
]
