"""The boot of all nodes as an SVG element: one row per node, one bar per stage, seconds from left to right."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from krgboot import visible
from krgboot.diagnostics import harmless
from krgboot.lab import wording
from krgboot.lab.report import STAGES

if TYPE_CHECKING:
    from krgboot.lab.report import LabReport, NodeReport
    from krgboot.tracing import Stage

PALETTE = (
    ("#50559b", "light"),
    ("#a2c8f2", "dark"),
    ("#177a91", "light"),
    ("#63ddc3", "dark"),
    ("#a7ce79", "dark"),
    ("#6b5c32", "light"),
    ("#e98b33", "dark"),
    ("#d1a78e", "dark"),
    ("#7e4c60", "light"),
    ("#7f6dd5", "light"),
)
"""A colour for each stage, and the text colour on it. All differ, neighbours strongly, also for colour-blind eyes."""

_WIDTH = 1000.0
_MARGIN = 24.0
_RIGHT = 100.0  # for the node's result
_NARROWEST = 2.5  # minimum width of a bar
_MANY = 24  # from this number of nodes on, rows are low

_LIGHT = {
    ".paper": "fill:#ffffff",
    "text": "fill:#1f2328",
    ".dim": "fill:#59636e",
    ".bad": "fill:#c0182b",
    ".good": "fill:#1a7f37",
    ".odd": "fill:#8a5a00",
    ".line": "stroke:#d5dae0",
    ".lane": "fill:#f4f6f8",
    ".failed": "stroke:#c0182b",
    ".ground": "fill:#ffe3e5",
    ".hatch": "stroke:#d8394a",
}
_DARK = {
    ".paper": "fill:#0d1117",
    "text": "fill:#e6edf3",
    ".dim": "fill:#9da7b3",
    ".bad": "fill:#ff7b72",
    ".good": "fill:#56d364",
    ".odd": "fill:#e3b341",
    ".line": "stroke:#30363d",
    ".lane": "fill:#161b22",
    ".failed": "stroke:#ff7b72",
    ".ground": "fill:#3c1518",
    ".hatch": "stroke:#f0524f",
}


@dataclass(frozen=True)
class Bar:
    """The time that a node took to complete a stage, or until it failed in the stage."""

    stage: Stage
    start: float
    end: float
    implied: bool
    failed: bool
    tip: str


def bars_of(node: NodeReport) -> list[Bar]:
    """Return a bar for each stage of a node, from the previous sighting to its own."""
    bars: list[Bar] = []
    last = 0.0
    for sighting, duration in zip(node.sightings, wording.durations(node.sightings), strict=True):
        end = max(last, sighting.at)
        reached = f"{node.name}: {sighting.stage.name} at {sighting.at:.2f} s ({duration})"
        lines = [reached, sighting.what, str(sighting.proof)]
        bars.append(Bar(sighting.stage, last, end, sighting.implied, False, _tip(lines)))
        last = end
    if node.failure is not None:
        failure = node.failure
        lines = [f"{node.name}: stopped at {failure.stage.name}, {failure.at:.2f} s", failure.reason, failure.hint]
        lines += [str(line) for line in failure.lines[-1:]]
        bars.append(Bar(failure.stage, last, max(last, failure.at), False, True, _tip(lines)))
    return bars


def _tip(lines: list[str]) -> str:
    return "\n".join(visible(line.strip()) for line in lines if line.strip())


def edges(bars: list[Bar], scale: float) -> list[float]:
    """Return the x positions of the bar edges, ``scale`` units per second: one more than bars, the first 0.

    For an implied stage only the end of its successor is known: the two share the time evenly.
    """
    found = [0.0] + [bar.end * scale for bar in bars]
    first = 0
    for index, bar in enumerate(bars):
        if bar.end > bars[first].end or not any(one.implied for one in bars[first:index]):
            first = index
        share = (found[index + 1] - found[first]) / (index + 1 - first)
        for inner in range(first + 1, index + 1):
            found[inner] = found[first] + share * (inner - first)
    # Short bars take width from their longer neighbours, so that the row keeps its length if possible.
    for index in range(1, len(found)):
        found[index] = max(found[index], found[index - 1] + _NARROWEST)
    limit = max(bars[-1].end * scale, _NARROWEST * len(bars)) if bars else 0.0
    for index in reversed(range(1, len(found))):
        found[index] = min(found[index], limit)
        limit = found[index] - _NARROWEST
    return found


def tick_step(longest: float) -> float:
    """Return the seconds between two lines of the axis: 1, 2 or 5, times a power of ten."""
    step = 0.1
    while longest / step > 10:
        step *= 2.5 if f"{step:e}"[0] == "2" else 2
    return step


def draw(report: LabReport) -> Element:
    """Return the picture of a run."""
    return _Drawing(report).picture()


class _Drawing:
    def __init__(self, report: LabReport) -> None:
        self.report = report
        self.low = len(report.nodes) >= _MANY
        # Widths of names, and of addresses below or beside them.
        self.names = min(200.0, max([_breadth(node.name, 13.5) for node in report.nodes], default=0.0))
        self.places = min(200.0, max([_breadth(_whereabouts(node), 10) for node in report.nodes], default=0.0))
        self.left = _MARGIN + 16 + (self.names + 8 + self.places if self.low else max(self.names, self.places))
        self.longest = max([1.0, *(wording.ended(node) for node in report.nodes)])
        self.scale = (_WIDTH - self.left - _RIGHT) / self.longest
        self.svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "boot", "role": "img"})

    def picture(self) -> Element:
        report = self.report
        title = f"Boot of {report.cluster}: {wording.headline(report)}"
        below = (
            f"lab {report.lab} \N{MIDDLE DOT} QEMU with {report.accelerator} \N{MIDDLE DOT} NFS by {report.nfs_server}"
        )
        self.svg.set("aria-label", visible(title))
        SubElement(self.svg, "style").text = _style()
        self._hatching()
        self._box(self.svg, "paper", 0, 0, _WIDTH, 0)
        paper = self.svg[-1]
        self._text(_MARGIN, 36, _fit(title, _WIDTH - 2 * _MARGIN, 18), "title")
        self._text(_MARGIN, 56, _fit(below, _WIDTH - 2 * _MARGIN, 12), "dim")
        top = self._legend(82) + 34
        lanes, rows = SubElement(self.svg, "g"), Element("g")
        bottom = self._rows(lanes, rows, top)
        self._axis(top, bottom)
        self.svg.append(rows)
        height = f"{bottom + 40:g}"
        paper.set("height", height)
        self.svg.attrib |= {"width": f"{_WIDTH:g}", "height": height, "viewBox": f"0 0 {_WIDTH:g} {height}"}
        return self.svg

    def _hatching(self) -> None:
        size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
        pattern = SubElement(SubElement(self.svg, "defs"), "pattern", {"id": "boot-failed"} | size)
        self._box(pattern, "ground", 0, 0, 6, 6)
        SubElement(pattern, "line", {"class": "hatch", "x1": "0", "y1": "0", "x2": "0", "y2": "6"})

    def _legend(self, y: float) -> float:
        """Draw the legend of the colours; return the y position of its last line."""
        x = _MARGIN
        bars = [bar for node in self.report.nodes for bar in bars_of(node)]
        entries = [(f"s{number}", stage.name) for number, stage in enumerate(STAGES)]
        entries += [("s0 implied", "implied")] if any(bar.implied for bar in bars) else []
        entries += [("failed", "failed")] if any(bar.failed for bar in bars) else []
        for style, name in entries:
            breadth = _breadth(name, 11.5) + 36
            if x + breadth > _WIDTH - _MARGIN + 16:
                x, y = _MARGIN, y + 20
            self._box(self.svg, f"bar {style}", x, y - 10, 14, 12)
            self._text(x + 20, y, name, "key")
            x += breadth
        return y

    def _rows(self, lanes: Element, rows: Element, top: float) -> float:
        """Draw all nodes from ``top`` downwards; return the y position of the end."""
        y = top
        for number, node in enumerate(self.report.nodes):
            row = SubElement(rows, "g")
            notes = _notes(node)
            height = (20.0 + 15 * bool(notes)) if self.low else 38.0
            if number % 2 == 0:
                self._box(lanes, "lane", _MARGIN - 8, y, _WIDTH - 2 * _MARGIN + 16, height)
            self._node(row, node, y, notes)
            y += height
        if not self.report.nodes:
            self._text(_WIDTH / 2, y + 20, "no node took part", "dim middle", rows)
            y += 38
        return y

    def _node(self, row: Element, node: NodeReport, y: float, notes: list[str]) -> None:
        bar_y, bar_height = (y + 4, 12.0) if self.low else (y + 5, 16.0)
        words = bar_y + bar_height / 2 + 4
        self._text(_MARGIN, words, _fit(node.name, self.names, 13.5), "name", row)
        place = (_MARGIN + self.names + 8, words) if self.low else (_MARGIN, y + 33)
        self._text(*place, _fit(_whereabouts(node), self.places, 10), "small dim", row)
        bars = bars_of(node)
        meets = [self.left + x for x in edges(bars, self.scale)]
        for bar, x, end in zip(bars, meets, meets[1:], strict=False):
            self._bar(row, bar, x, bar_y, end - x, bar_height)
        mark, style = ("\N{BALLOT X}", "bad") if node.failure else ("\N{HORIZONTAL ELLIPSIS}", "dim")
        if node.booted:
            mark, style = "\N{CHECK MARK}", "odd" if notes else "good"
        self._text(meets[-1] + 7, words, f"{mark} {wording.ended(node):.1f} s", f"{style} end", row)
        if notes:
            note = _fit(" \N{MIDDLE DOT} ".join(notes), _WIDTH - _MARGIN - self.left, 10.5)
            # Start the note below its bar, or further left if it would not fit.
            x = min(meets[-2] if node.failure else self.left, _WIDTH - _MARGIN - _breadth(note, 10.5))
            self._text(
                max(x, self.left), bar_y + bar_height + 12, note, "note bad" if node.failure else "note odd", row
            )

    def _bar(self, row: Element, bar: Bar, x: float, y: float, width: float, height: float) -> None:
        group = SubElement(row, "g")
        SubElement(group, "title").text = bar.tip
        number = STAGES.index(bar.stage)
        style = "failed" if bar.failed else f"s{number} implied" if bar.implied else f"s{number}"
        gap = 0.5 if width < 8 else 1
        self._box(group, f"bar {style}", x, y, width - gap, height)
        if width > _breadth(bar.stage.name, 10) + 6 and not bar.failed and not self.low:
            on = "" if bar.implied else f" on-{PALETTE[number % len(PALETTE)][1]}"
            self._text(x + (width - gap) / 2, y + height / 2 + 3.5, bar.stage.name, f"small middle{on}", group)

    def _axis(self, top: float, bottom: float) -> None:
        step = tick_step(self.longest)
        for number in range(int(self.longest / step + 1e-9) + 1):
            x = self.left + number * step * self.scale
            place = {"x1": f"{x:.2f}", "y1": f"{top - 4:g}", "x2": f"{x:.2f}", "y2": f"{bottom + 4:g}"}
            SubElement(self.svg, "line", {"class": "line"} | place)
            for y in (top - 10, bottom + 18):
                self._text(x, y, f"{number * step:g}" + (" s" if number == 0 else ""), "small dim middle")

    def _box(self, parent: Element, style: str, x: float, y: float, width: float, height: float) -> None:
        place = {"x": f"{x:.2f}", "y": f"{y:g}", "width": f"{width:.2f}", "height": f"{height:g}"}
        SubElement(parent, "rect", {"class": style} | place)

    def _text(self, x: float, y: float, text: str, style: str, parent: Element | None = None) -> None:
        target = self.svg if parent is None else parent
        element = SubElement(target, "text", {"class": style, "x": f"{x:.2f}", "y": f"{y:g}"})
        element.text = harmless(text, lines=False)  # _fit has escaped it


def _whereabouts(node: NodeReport) -> str:
    names = [] if node.host_name in ("", node.name) else [node.host_name]
    return ", ".join([node.address or node.mac, *names])


def _notes(node: NodeReport) -> list[str]:
    """Return short notes on the problems of a node, worst first."""
    failure = [f"{node.failure.stage.name}: {node.failure.reason}"] if node.failure else []
    return [*failure, *map(str, node.differences), *filter(None, [wording.failed_units(node)])]


def _cells(character: str) -> int:
    """Width of a character in a fixed-width font: 2 in East Asian scripts, 0 for a mark on another character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "FW" else 1


def _breadth(text: str, size: float) -> float:
    """Approximate width of a text; fonts differ."""
    return sum(map(_cells, text)) * size * 0.58


def _fit(text: str, width: float, size: float) -> str:
    """Cut a text to approximately this width."""
    shown = visible(text)
    cells = int(width / size / 0.58 + 1e-9)
    ends = list(accumulate(map(_cells, shown)))
    if not ends or ends[-1] <= cells:
        return shown
    return shown[: bisect_right(ends, max(cells - 1, 0))] + "\N{HORIZONTAL ELLIPSIS}"


def _style() -> str:
    """CSS that applies only to the picture, also if it is embedded in a page."""
    fixed = {
        "text": "font:12px system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-variant-numeric:tabular-nums",
        ".title": "font-size:18px;font-weight:600",
        ".name": "font-weight:600",
        ".key": "font-size:11.5px",
        ".small": "font-size:10px",
        ".note": "font-size:10.5px",
        ".end": "font-size:11px;font-weight:600",
        ".middle": "text-anchor:middle",
        ".bar": "rx:2px",
        ".hatch": "stroke-width:5",
    }
    last = {
        ".implied": "fill-opacity:.3;stroke-width:1;stroke-dasharray:3 2",
        ".failed": "fill:url(#boot-failed);stroke-width:1",
        ".on-light": "fill:#ffffff",
        ".on-dark": "fill:#14181d",
    }
    stages: dict[str, str] = {}
    for number in range(len(STAGES)):
        colour = PALETTE[number % len(PALETTE)][0]
        stages |= {f".s{number}": f"fill:{colour}", f".s{number}.implied": f"stroke:{colour}"}
    dark = f"@media (prefers-color-scheme:dark){{\n{_rules(_DARK)}}}\n"
    return "\n" + _rules(fixed) + _rules(_LIGHT) + dark + _rules(stages) + _rules(last)


def _rules(rules: dict[str, str]) -> str:
    return "".join(f".boot {selector}{{{declarations}}}\n" for selector, declarations in rules.items())
