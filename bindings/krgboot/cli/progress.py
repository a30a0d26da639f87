"""Progress bars, on a terminal only. rich.progress is imported only there, since its import is slow."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.filesize import decimal

import krgboot
from krgboot import visible
from krgboot.cli import output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def changes(*, shown: bool) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar that counts the changes of apply."""
    if not (shown and output.err.is_terminal):
        yield lambda _done, _total, _what: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=output.err, transient=True) as bar:
        task = bar.add_task("apply", total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=visible(what))


@contextmanager
def entries(doing: str, *, shown: bool) -> Iterator[Callable[[krgboot.image.Progress], None]]:
    """Show how many entries and bytes of a tree are done."""
    if not (shown and output.err.is_terminal):
        yield lambda _progress: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description} {task.fields[done]}", markup=False))
    with Progress(*columns, console=output.err, transient=True) as bar:
        task = bar.add_task(doing, total=None, done="")
        yield lambda progress: bar.update(task, done=f"{progress.entries} entries, {decimal(progress.bytes)}")


@contextmanager
def phases() -> Iterator[Callable[[krgboot.image.BootstrapProgress], None]]:
    """Show the phase of a bootstrap and the last line of its programs; without a terminal write all lines."""

    def write_line(progress: krgboot.image.BootstrapProgress) -> None:
        if progress.line:
            output.write_foreign(f"{progress.line}\n")

    if not output.err.is_terminal:
        yield write_line
        return
    from rich.progress import BarColumn, Progress, TextColumn

    line = TextColumn("{task.fields[line]}", markup=False)
    columns = (TextColumn("{task.description:<12}", markup=False), BarColumn(), line)
    with Progress(*columns, console=output.err, transient=True) as bar:
        task = bar.add_task("starting", total=1.0, line="")
        yield lambda progress: bar.update(
            task, completed=progress.fraction, description=progress.phase, line=visible(progress.line)[:60]
        )
