"""Output of krgbootctl: colours on a terminal, plain lines elsewhere, JSON on request.

Every command writes all its output through this module. Foreign text (names, file contents, output of programs) is
escaped by ``krgboot.visible`` when it is put into a line. Each line passes ``harmless`` before it is written, which
escapes what a caller forgot. So no foreign text controls the terminal, and no markup in it is interpreted.
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
"""Exit codes: success; failure; changes pending, drift, or a node that would not boot; wrong usage."""

# Do not wrap lines in a pipe or file.
_PLAIN_WIDTH = 100_000


class _Gate(Console):
    """A console that escapes control characters, except for its own colours and cursor movements."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield the segments of rich, with their text escaped."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(harmless(segment.text), segment.style)


def _console(*, stderr: bool = False) -> _Gate:
    width = None if (sys.stderr if stderr else sys.stdout).isatty() else _PLAIN_WIDTH
    return _Gate(stderr=stderr, soft_wrap=True, highlight=False, markup=False, emoji=False, width=width)


for _stream in (sys.stdout, sys.stderr):
    if isinstance(_stream, io.TextIOWrapper):
        _stream.reconfigure(errors="backslashreplace")  # for characters that a legacy charset lacks

out = _console()
err = _console(stderr=True)

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def say(*parts: str | tuple[str, str], to: Console = out, lines: bool = False) -> None:
    """Print a line of these parts: a text, or a text and its style. Foreign names in them are escaped.

    Newlines are escaped too, so that the output is one line; ``lines``: keep them.
    """
    texts = [(part, "") if isinstance(part, str) else part for part in parts]
    to.print(Text.assemble(*((harmless(text, lines=lines), style) for text, style in texts)))


def write(text: str) -> None:
    """Print complete lines, without colours."""
    sys.stdout.write(harmless(text))


def write_foreign(text: str) -> None:
    """Print foreign lines, such as the output of a running program."""
    write(visible(text, lines=True))
    sys.stdout.flush()


def pass_on(content: bytes) -> None:
    """Print the requested content only: unchanged into a pipe or file, escaped on a terminal."""
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
    """Print JSON, given as text or as data. The output is ASCII, with JSON escapes for other characters."""
    write((data if isinstance(data, str) else json.dumps(_as_json_has_it(data), indent=2)) + "\n")


def _as_json_has_it(value: Any) -> Any:
    r"""Replace bytes that are not UTF-8, which JSON cannot hold, by ``\xff``."""
    if isinstance(value, str):
        return value.encode(errors="surrogateescape").decode(errors="backslashreplace")
    if isinstance(value, dict):
        return {_as_json_has_it(key): _as_json_has_it(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json_has_it(each) for each in value]
    return value


def plain(text: str) -> dict[str, Any]:
    """Return a JSON object of the library as data."""
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
    """Print a unified diff, escaped: file contents are untrusted."""
    for line in diff.removesuffix("\n").split("\n") if diff else ():
        bold = line.startswith(("+++", "---"))
        say((visible(line, lines=True), "bold" if bold else _DIFF_STYLES.get(line[:1], "")), lines=True)


def show_usage_error(error: TyperException) -> None:
    """Print a usage error, with the usage line and a pointer to --help."""
    context = getattr(error, "ctx", None)
    if context is not None:
        say(context.get_usage(), to=err, lines=True)
        say((f"Try '{context.command_path} --help'.", "dim"), to=err)
    if message := error.format_message():  # a missing command has none: the help text is printed instead
        say(("error:", "bold red"), " ", visible(message, lines=True), to=err, lines=True)


# Advice for a conflict that an option overrides, by ConflictError.overridden_by. `image configure` has --adopt alone.
_OVERRIDES = {
    "adopt": "--adopt takes over these files",
    "allow_missing": "apply --allow-missing writes the files all the same",
    "kerrighed_at_once": "apply --kerrighed-at-once writes the files all the same",
    "skip_bad_images": "apply --skip-bad-images leaves these images unchanged and writes everything else",
}


def show_error(error: errors.Error, *, as_json: bool) -> None:
    """Print an error as one readable line, or as one line for each finding it carries."""
    if as_json:
        show_json({"error": error.to_dict()})
    elif isinstance(error, errors.ConfigError | errors.ValidationError):
        show_diagnostics(error.diagnostics)
    else:
        say(("error:", "bold red"), " ", error.message, " ", (f"[{error.code}]", "dim"), to=err, lines=True)
        if isinstance(error, errors.ConflictError) and error.overridden_by:
            say(_OVERRIDES[error.overridden_by], to=err)
