"""The command krgbootctl: a thin face of the package, one module a group of commands."""

from __future__ import annotations

from krgboot.cli.app import main

__all__ = ["main"]
