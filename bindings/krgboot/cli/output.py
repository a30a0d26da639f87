"""What krgbootctl shows: colours on a terminal, plain lines elsewhere, JSON where asked for.

All output of every command passes here. What is not krgboot's own text (names, files' contents, what programs say)
goes through ``krgboot.visible`` where it is put into a line, and each line through ``harmless`` before it leaves, which
escapes what was forgotten: nothing foreign acts on a terminal, and no markup in it is interpreted.
"""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.segment import Segment
from rich.text import Text

from krgboot import errors, visible
from krgboot.diagnostics import Severity, harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import ConsoleOptions, RenderableType
    from typer.exceptions import TyperException

    from krgboot.diagnostics import Diagnostic

OK, FAILED, PENDING, USAGE = 0, 1, 2, 64
"""Exit codes: fine; failed; changes pending, drift, or a node that would not boot; wrong usage."""

# Who pipes us wants whole lines.
_PLAIN_WIDTH = 100_000


class _Gate(Console):
    """A console that lets nothing out which acts on a terminal, but for its own colours and cursor movements."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Give the segments of what is to be shown, as rich does."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(harmless(segment.text), segment.style)


def _console(*, stderr: bool = False) -> _Gate:
    width = None if (sys.stderr if stderr else sys.stdout).isatty() else _PLAIN_WIDTH
    return _Gate(stderr=stderr, soft_wrap=True, highlight=False, markup=False, emoji=False, width=width)


for _stream in (sys.stdout, sys.stderr):
    if isinstance(_stream, io.TextIOWrapper):
        _stream.reconfigure(errors="backslashreplace")  # what a charset of old does not have

out = _console()
err = _console(stderr=True)

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def say(*parts: str | tuple[str, str], to: Console = out, lines: bool = False) -> None:
    """Print a line of these parts: a text, or a text and its style. What may hold foreign names is made harmless.

    It stays one line, whatever they hold; ``lines``: a part may be many.
    """
    texts = [(part, "") if isinstance(part, str) else part for part in parts]
    to.print(Text.assemble(*((harmless(text, lines=lines), style) for text, style in texts)))


def write(text: str) -> None:
    """Print lines that are complete already, without colours."""
    sys.stdout.write(harmless(text))


def write_foreign(text: str) -> None:
    """Print lines of which no word is krgboot's own, as what a program says while it is waited for."""
    write(visible(text, lines=True))
    sys.stdout.flush()


def pass_on(content: bytes) -> None:
    """Print what somebody asked for and nothing else: byte for byte into a pipe or file, visibly on a terminal."""
    if sys.stdout.isatty():
        write_foreign(content.decode(errors="surrogateescape"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def pass_on_line(line: str) -> None:
    """Print a line of a program's output as ``pass_on`` does."""
    pass_on(line.encode(errors="surrogateescape") + b"\n")


def show_json(data: str | dict[str, Any] | list[Any]) -> None:
    """Print JSON, given as text or as data. It is ASCII: what else it holds is escaped as JSON does it."""
    write((data if isinstance(data, str) else json.dumps(_as_json_has_it(data), indent=2)) + "\n")


def _as_json_has_it(value: Any) -> Any:
    r"""Bytes that are not UTF-8, which JSON cannot hold, become ``\xff``."""
    if isinstance(value, str):
        return value.encode(errors="surrogateescape").decode(errors="backslashreplace")
    if isinstance(value, dict):
        return {_as_json_has_it(key): _as_json_has_it(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json_has_it(each) for each in value]
    return value


def plain(text: str) -> dict[str, Any]:
    """Return an object of the library's JSON as data."""
    data: dict[str, Any] = json.loads(text)
    return data


def diagnostics_data(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return findings as plain data."""
    return [finding.to_dict() for finding in diagnostics]


def show_diagnostics(diagnostics: Iterable[Diagnostic], console: Console = err) -> None:
    """Print findings, one a line: place, severity, message, hint, code."""
    for finding in diagnostics:
        error = finding.severity is Severity.error
        place = f"{finding.where}: " if str(finding.where) else ""
        parts: list[str | tuple[str, str]] = [place]
        parts.append(("error: ", "bold red") if error else ("warning: ", "bold yellow"))
        parts.append(harmless(finding.message, lines=False))
        if finding.hint:
            parts.append((f" ({harmless(finding.hint, lines=False)})", "dim"))
        say(*parts, (f" [{finding.code}]", "dim"), to=console)


def show_diff(diff: str) -> None:
    """Print a unified diff, which may hold anything: what is in the files is in it."""
    for line in diff.removesuffix("\n").split("\n") if diff else ():
        bold = line.startswith(("+++", "---"))
        say((visible(line, lines=True), "bold" if bold else _DIFF_STYLES.get(line[:1], "")), lines=True)


def show_usage_error(error: TyperException) -> None:
    """Print what is wrong with the call, and where to read how it is done."""
    context = getattr(error, "ctx", None)
    if context is not None:
        say(context.get_usage(), to=err, lines=True)
        say((f"Try '{context.command_path} --help'.", "dim"), to=err)
    say(("error:", "bold red"), " ", visible(error.format_message(), lines=True), to=err, lines=True)


def show_error(error: errors.Error, *, as_json: bool) -> None:
    """Print an error as one readable line, or as one line for each finding it carries."""
    if as_json:
        show_json({"error": error.to_dict()})
    elif isinstance(error, errors.ConfigError | errors.ValidationError):
        show_diagnostics(error.diagnostics)
    else:
        say(("error:", "bold red"), " ", error.message, " ", (f"[{error.code}]", "dim"), to=err, lines=True)
