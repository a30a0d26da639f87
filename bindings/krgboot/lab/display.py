"""Shows a lab on a terminal: live progress, and the report at the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from krgboot import visible
from krgboot.lab import wording
from krgboot.lab.report import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from rich.console import Console, RenderableType

    from krgboot.lab.report import Failure, LabReport, NodeReport, Sighting

_GOOD, _ODD, _BAD = "green", "yellow", "bold red"  # the colours of ok, warning and broken in trace
_ROUND_THE_TABLE = 4  # terminal lines for headings, the line of omitted nodes, and the prompt
_MOST_REASONS = 3  # maximum of failures below the live table; print_report shows all
_NARROW = 72  # minimum terminal width for a table
_WIDE = 120  # minimum terminal width for long headings and hundredths of seconds


class LiveTable:
    """Live progress of all nodes while the lab runs.

    On a terminal that is wide enough: a table in place, with a row per node and a column per stage, removed at the end
    of the ``with`` block. Elsewhere: a line for each new sighting and failure. Call ``refresh`` a few times per second.
    """

    def __init__(
        self, node_names: Sequence[str], console: Console, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._clock = clock
        self._rows = {name: _Row(name) for name in node_names}
        self._live: Live | None = None
        if console.is_terminal and console.width >= _NARROW:
            self._live = Live(get_renderable=self._table, console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, node_name: str, sightings: Sequence[Sighting], failure: Failure | None) -> None:
        """Update the state of a node; KeyError if it is not part of the run.

        The first call for a node marks it as just switched on.
        """
        row = self._rows[node_name]
        if row.switched_on is None:
            row.switched_on = self._clock()
        new = sightings[len(row.sightings) :]
        if new:
            row.switched_on = self._clock() - new[-1].at
        failed = failure is not None and row.failure is None
        row.sightings, row.failure = tuple(sightings), failure
        if self._live is not None:
            return
        breadth = max(len(visible(name)) for name in self._rows)
        for sighting in new:
            self._console.print(_plain_line(node_name, breadth, sighting), soft_wrap=True)
        if failed and failure is not None:
            start = f"{visible(node_name):<{breadth}}  {failure.at:7.2f} s  "
            self._console.print(Text.assemble(start, f"{failure.stage.name:<13} ", _why(failure)), soft_wrap=True)
            _print_lines(failure, self._console)

    def refresh(self) -> None:
        """Redraw the table, with new spinner frames and times."""
        if self._live is not None:
            self._live.refresh()

    def _table(self) -> RenderableType:
        table = _stage_table("node", wide=False)
        rows = list(self._rows.values())
        reasons = [row.reason() for row in rows if row.failure is not None]
        # Nodes that are done yield their rows to others; failures are listed below.
        room = max(self._console.height - _ROUND_THE_TABLE - len(reasons[:_MOST_REASONS]), 1)
        shown = {row.name for row in sorted(rows, key=_Row.interest)[:room]}
        for row in rows:
            if row.name in shown:
                table.add_row(Text(visible(row.name)), *row.cells(self._clock()))
        below = [Text("and " + _counts([row for row in rows if row.name not in shown]), style="dim")]
        return Group(table, *(below if len(shown) < len(rows) else []), *reasons[-_MOST_REASONS:])


class _Row:
    """One node in the live table."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.switched_on: float | None = None
        """Time by our clock, computed from the last sighting; None: not yet switched on."""
        self.sightings: tuple[Sighting, ...] = ()
        self.failure: Failure | None = None
        self._spinner = Spinner("dots", style="cyan")

    @property
    def done(self) -> bool:
        return len(self.sightings) == len(STAGES)

    def interest(self) -> int:
        """Sort key for the rows to show if there is no room for all; lowest first."""
        if self.switched_on is None:
            return 3
        return 2 if self.done else 1 if self.failure is not None else 0

    def cells(self, now: float) -> list[RenderableType]:
        """Return a cell for each stage."""
        seen = {sighting.stage: sighting for sighting in self.sightings}
        cells: list[RenderableType] = []
        running = self.failure is None and self.switched_on is not None
        for stage in STAGES:
            if self.failure is not None and self.failure.stage is stage:
                cells.append(Text(f"\N{BALLOT X} {self.failure.at:.0f}", style=_BAD))
            elif stage in seen:
                cells.append(Text(f"{seen[stage].at:.1f}", style="dim green" if seen[stage].implied else _GOOD))
            elif running:
                running = False
                since = (self.switched_on or 0.0) + (self.sightings[-1].at if self.sightings else 0.0)
                self._spinner.update(text=Text(f"{max(now - since, 0.0):.0f}", style="cyan"))
                cells.append(self._spinner)
            else:
                cells.append("")
        return cells

    def reason(self) -> Text:
        """Return why the node failed."""
        assert self.failure is not None
        line = Text.assemble(visible(self.name), f": {self.failure.stage.name} ", _why(self.failure))
        # A line that the terminal wraps would make Live's cursor position wrong.
        line.no_wrap, line.overflow = True, "ellipsis"
        return line


def _counts(rows: list[_Row]) -> str:
    """Return a summary of the omitted rows: "12 more: 10 booted, 2 failed"."""
    booted = sum(row.done for row in rows)
    failed = sum(row.failure is not None for row in rows)
    waiting = sum(row.switched_on is None for row in rows)
    on_their_way = len(rows) - booted - failed - waiting
    counts = {"booted": booted, "failed": failed, "on their way": on_their_way, "to be switched on": waiting}
    return f"{len(rows)} more: " + ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _why(failure: Failure) -> Text:
    """Return why a node failed, and how to fix it."""
    why = Text.assemble(("failed: ", _BAD), visible(failure.reason))
    if failure.hint:
        why.append(f" ({visible(failure.hint)})", style="dim")
    return why


def _plain_line(node_name: str, breadth: int, sighting: Sighting) -> Text:
    start = f"{visible(node_name):<{breadth}}  {sighting.at:7.2f} s  {sighting.stage.name:<13} "
    line = Text(start + visible(sighting.what))
    if sighting.implied:
        line.append("  (implied)", style="dim")
    line.rstrip()
    return line


def _print_lines(failure: Failure, console: Console) -> None:
    for line in failure.lines:
        console.print(Text(f"    {visible(str(line))}", style="dim"), soft_wrap=True)


def print_report(report: LabReport, console: Console) -> None:
    """Print the result of each node, its problems, and the times of its stages."""
    for node in report.nodes:
        _print_node(node, console)
    for image in report.changed_images:
        console.print(Text.assemble(("warning: ", "bold yellow"), visible(wording.changed(image))), soft_wrap=True)
    console.print()
    _print_times(report, console)
    console.print(Text(wording.headline(report), style=_GOOD if report.ok and not report.changed_images else _ODD))


def _print_node(node: NodeReport, console: Console) -> None:
    style = _GOOD if node.ok else _ODD if node.booted else _BAD
    line = Text.assemble((visible(node.name), "bold"), " ", (wording.verdict(node), style))
    if node.failure or node.sightings:
        line.append(f" after {wording.ended(node):.2f} s")
    console.print(line, soft_wrap=True)
    for one in node.differences:
        _print_step("warning", _ODD, one.stage.name, Text(visible(str(one))), console)
    if units := wording.failed_units(node):
        _print_step("warning", _ODD, "", Text(visible(units)), console)
    if node.failure is not None:
        text = Text(visible(node.failure.reason))
        if node.failure.hint:
            text.append(f" ({visible(node.failure.hint)})", style="dim")
        _print_step("broken", _BAD, node.failure.stage.name, text, console)
        _print_lines(node.failure, console)


def _print_step(status: str, style: str, stage: str, what: Text, console: Console) -> None:
    """Print a line in the format of a trace step."""
    console.print(Text.assemble("  ", (f"{status:<8}", style), f"{stage:<13}", what), soft_wrap=True)


def _stage_table(heading: str, *, wide: bool) -> Table:
    """Return a table with a column for each stage, which fits into 80 columns unless ``wide``."""
    table = Table(box=None, pad_edge=False, padding=(0, 2 if wide else 1, 0, 0))
    table.add_column(heading, no_wrap=True, vertical="bottom")
    for stage in STAGES:
        name = stage.name if wide else stage.name.replace("_", "_\n")
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _print_times(report: LabReport, console: Console) -> None:
    """Print the times of the stages: as a table with as many digits as fit, or else as lines."""
    for wide, digits in ((True, 2), (False, 1), (False, 0)):
        table = _times(report, wide=wide, digits=digits)
        room = console.measure(table, options=console.options.update_width(100_000)).maximum
        if (console.width >= _WIDE or not wide) and room <= console.width:
            console.print(table)
            return
    for node in report.nodes:
        times = [f"{sighting.stage.name} {wording.cell(sighting, digits=1)}" for sighting in node.sightings]
        times += [f"{node.failure.stage.name} failed"] if node.failure else []
        console.print(Text.assemble((visible(node.name), "bold"), ": ", ", ".join(times)), soft_wrap=True)


def _times(report: LabReport, *, wide: bool, digits: int) -> Table:
    table = _stage_table("seconds", wide=wide)
    for node in report.nodes:
        cells = []
        for stage in STAGES:
            if node.failure is not None and node.failure.stage is stage:
                cells.append(Text("failed", style=_BAD))
            elif (sighting := node.sighting(stage)) is not None:
                text = wording.cell(sighting, digits=digits)
                cells.append(Text(text, style="dim" if sighting.implied else ""))
            else:
                cells.append(Text())
        table.add_row(Text(visible(node.name)), *cells)
    return table
