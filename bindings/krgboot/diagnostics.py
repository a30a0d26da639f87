"""Findings with their locations, and escaping of untrusted text."""

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
