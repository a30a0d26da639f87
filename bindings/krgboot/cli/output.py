"""What krgbootctl shows: colours on a terminal, plain lines elsewhere, JSON where asked for."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from krgboot import Severity, errors
from krgboot._core import _diagnostics_to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer.exceptions import TyperException

    from krgboot import Diagnostic

OK, FAILED, PENDING, USAGE = 0, 1, 2, 64
"""Exit codes: fine; failed; changes pending, drift, or a node that would not boot; wrong usage."""

# Who pipes us wants whole lines.
_PLAIN_WIDTH = 100_000

out = Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
err = Console(stderr=True, soft_wrap=True, highlight=False, width=None if sys.stderr.isatty() else _PLAIN_WIDTH)

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show_json(data: str | dict[str, Any] | list[Any]) -> None:
    """Print JSON, given as text or as data."""
    print(data if isinstance(data, str) else json.dumps(data, indent=2))


def plain(text: str) -> dict[str, Any]:
    """Return an object of the library's JSON as data."""
    data: dict[str, Any] = json.loads(text)
    return data


def diagnostics_data(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return findings as plain data."""
    data: list[dict[str, Any]] = json.loads(_diagnostics_to_json(list(diagnostics)))
    return data


def show_diagnostics(diagnostics: Iterable[Diagnostic], console: Console = err) -> None:
    """Print findings, one a line: place, severity, message, hint, code."""
    for finding in diagnostics:
        error = finding.severity is Severity.error
        place = f"{finding.where}: " if str(finding.where) else ""
        line = Text(place)
        line.append("error: " if error else "warning: ", style="bold red" if error else "bold yellow")
        line.append(finding.message)
        if finding.hint:
            line.append(f" ({finding.hint})", style="dim")
        line.append(f" [{finding.code}]", style="dim")
        console.print(line)


def show_diff(diff: str) -> None:
    """Print a unified diff."""
    for line in diff.splitlines():
        bold = line.startswith(("+++", "---"))
        out.print(Text(line, style="bold" if bold else _DIFF_STYLES.get(line[:1], "")))


def show_usage_error(error: TyperException) -> None:
    """Print what is wrong with the call, and where to read how it is done."""
    context = getattr(error, "ctx", None)
    if context is not None:
        err.print(escape(context.get_usage()))
        err.print(f"Try '{context.command_path} --help'.", style="dim")
    err.print(f"[bold red]error:[/] {escape(error.format_message())}")


def show_error(error: errors.Error, *, as_json: bool) -> None:
    """Print an error as one readable line, or as one line for each finding it carries."""
    if as_json:
        data: dict[str, Any] = {
            "class": type(error).__name__,
            "code": error.code,
            "subject": error.subject,
            "message": error.message,
        }
        if isinstance(error, errors.ConfigError | errors.ValidationError):
            data["diagnostics"] = diagnostics_data(error.diagnostics)
        if isinstance(error, errors.CommandError):
            data |= {"argv": error.argv, "status": error.status, "output": error.output}
        if isinstance(error, errors.IoError):
            data |= {"operation": error.operation, "path": error.path, "errno": error.errno}
        show_json({"error": data})
    elif isinstance(error, errors.ConfigError | errors.ValidationError):
        show_diagnostics(error.diagnostics)
    else:
        err.print(f"[bold red]error:[/] {escape(error.message)} [dim]\\[{escape(error.code)}][/]")
