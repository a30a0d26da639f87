"""The command krgbootctl: a thin layer over the package, one module per group of commands.

It needs the packages of the extra "cli" (see pyproject.toml), which the rest of ``krgboot`` does not.
"""

from __future__ import annotations

import sys

__all__ = ["main"]

_LIBRARIES = ("rich", "typer")


def main() -> None:
    """Run krgbootctl and exit with its exit code."""
    try:
        from krgboot.cli import app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        # A name such as typer.exceptions: the installed version is too old.
        sys.exit(
            f"error: krgbootctl needs more Python packages, {error.name} is missing: pip install 'krgboot[cli]' "
            "(on Debian: install the package krgboot, and run krgbootctl)"
        )
    app.main()
