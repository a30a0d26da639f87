"""The command krgbootctl: a thin layer over the package, one module per group of commands."""

from __future__ import annotations

from krgboot.cli.app import main

__all__ = ["main"]
