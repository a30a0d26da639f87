"""Findings, each with its place, and texts that are safe to show."""

from __future__ import annotations

from krgboot._core import (
    Diagnostic,
    Location,
    Position,
    Severity,
    harmless,
    visible,
)

__all__ = [
    "Diagnostic",
    "Location",
    "Position",
    "Severity",
    "harmless",
    "visible",
]
