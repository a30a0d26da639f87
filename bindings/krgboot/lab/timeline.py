"""Renders the report of a lab: an SVG picture, and an HTML page with all details."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from krgboot import visible
from krgboot.lab import wording
from krgboot.lab.drawing import draw
from krgboot.lab.report import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krgboot.lab.report import LabReport, NodeReport

_PAGE_STYLE = """
:root{color-scheme:light dark}
body{margin:2rem auto;max-width:1060px;padding:0 1rem;background:#fff;color:#1f2328;
  font:15px/1.5 system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
h2{margin-top:2.2rem;font-size:1.2rem}h3{margin-bottom:.2rem;font-size:1rem}
svg{max-width:100%;height:auto}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .45rem;border-bottom:1px solid #d5dae0;text-align:left;vertical-align:top}
th.time,td.time{text-align:right;white-space:nowrap}
pre,code{font:12.5px/1.45 ui-monospace,'DejaVu Sans Mono',monospace;overflow-wrap:anywhere}
details{margin:.6rem 0}summary{cursor:pointer}
pre{padding:.6rem .8rem;background:#f4f6f8;overflow-x:auto}
.good{color:#1a7f37}.bad{color:#c0182b}.odd{color:#8a5a00}.dim{color:#59636e}
@media (prefers-color-scheme:dark){
  body{background:#0d1117;color:#e6edf3}
  th,td{border-color:#30363d}pre{background:#161b22}
  .good{color:#56d364}.bad{color:#ff7b72}.odd{color:#e3b341}.dim{color:#9da7b3}
}
"""
_NUMBERS = {"at", *(stage.name for stage in STAGES)}


def timeline_svg(report: LabReport) -> str:
    """Return the picture of a run: when each node completed each stage. The same report gives the same bytes."""
    picture = draw(report)
    ElementTree.indent(picture)
    return ElementTree.tostring(picture, encoding="unicode") + "\n"


def report_html(report: LabReport) -> str:
    """Return the report as one self-contained HTML page, without scripts or other files."""
    page = Element("html", {"lang": "en"})
    head = SubElement(page, "head")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    _add(head, "title", f"Boot of {report.cluster}: {wording.headline(report)}")
    SubElement(head, "style").text = _PAGE_STYLE
    body = SubElement(page, "body")
    _add(body, "div", "", "wide").append(draw(report))
    for image in report.changed_images:
        _add(body, "p", wording.changed(image), "bad")
    _failures(body, report)
    _differences(body, report)
    _times(body, report)
    _add(body, "h2", "How it is known")
    for node in report.nodes:
        _node(body, node)
    ElementTree.indent(page)
    return "<!DOCTYPE html>\n" + ElementTree.tostring(page, encoding="unicode", method="html") + "\n"


def _add(parent: Element, tag: str, text: str, style: str = "") -> Element:
    element = SubElement(parent, tag, {"class": style} if style else {})
    element.text = visible(text)
    return element


def _log(parent: Element, lines: Iterable[object]) -> None:
    SubElement(parent, "pre").text = "\n".join(visible(str(line)) for line in lines)


def _table(parent: Element, headings: Iterable[str]) -> Element:
    """Add a table with its headings; return the element for its rows."""
    table = SubElement(_add(parent, "div", "", "wide"), "table")
    row = SubElement(SubElement(table, "thead"), "tr")
    for heading in headings:
        _add(row, "th", heading, "time" if heading in _NUMBERS else "")
    return SubElement(table, "tbody")


def _failures(body: Element, report: LabReport) -> None:
    failed = [node for node in report.nodes if node.failure or node.failed_units]
    if not failed:
        return
    _add(body, "h2", "Failures")
    for node in failed:
        _add(body, "h3", f"{node.name}: {wording.verdict(node)}", "bad" if node.failure else "odd")
        if failure := node.failure:
            _add(body, "p", f"After {failure.at:.2f} s: {failure.reason}.")
            if failure.hint:
                _add(body, "p", f"What to do: {failure.hint}", "dim")
            if failure.lines:
                _log(body, failure.lines)
        if node.failed_units:
            _add(body, "p", wording.failed_units(node))


def _differences(body: Element, report: LabReport) -> None:
    if not any(node.differences for node in report.nodes):
        return
    _add(body, "h2", "Differences between boot and trace")
    rows = _table(body, ("node", "stage", "what", "trace says", "it was"))
    for node in report.nodes:
        for one in node.differences:
            row = SubElement(rows, "tr")
            for text in (node.name, one.stage.name, one.what, one.traced, one.booted):
                _add(row, "td", text)


def _times(body: Element, report: LabReport) -> None:
    _add(body, "h2", "Seconds until each stage was complete")
    _add(body, "p", "In parentheses: only a later stage shows it.", "dim")
    rows = _table(body, ("node", "", *(stage.name for stage in STAGES)))
    for node in report.nodes:
        row = SubElement(rows, "tr")
        _add(row, "td", node.name)
        _add(row, "td", wording.verdict(node), "good" if node.ok else "odd" if node.booted else "bad")
        for stage in STAGES:
            sighting = node.sighting(stage)
            if node.failure and node.failure.stage is stage:
                _add(row, "td", "failed", "time bad")
            elif sighting is None:
                _add(row, "td", "", "time")
            else:
                _add(row, "td", wording.cell(sighting), "time dim" if sighting.implied else "time")


def _node(body: Element, node: NodeReport) -> None:
    """Add the details of one node, collapsed."""
    details = SubElement(body, "details")
    _add(details, "summary", node.name)
    rows = _table(details, ("stage", "at", "took", "what", "shown by"))
    for sighting, duration in zip(node.sightings, wording.durations(node.sightings), strict=True):
        row = SubElement(rows, "tr")
        _add(row, "td", sighting.stage.name)
        _add(row, "td", f"{sighting.at:.2f}", "time")
        _add(row, "td", duration)
        _add(row, "td", sighting.what)
        _add(SubElement(row, "td"), "code", str(sighting.proof))
    facts = {
        "MAC": node.mac,
        "UUID": node.uuid,
        "address": node.address,
        "host name": node.host_name,
        "boot file": node.boot_file,
        "kernel": node.kernel,
        "initrd": ", ".join(node.initrds),
        "command line": node.command_line,
        "root": node.root,
        "mounts": ", ".join(f"{source} on {place}" for place, source in node.mounts.items()),
        "logs": node.logs,
    }
    rows = _table(details, ("", ""))
    for name, value in facts.items():
        if value:
            row = SubElement(rows, "tr")
            _add(row, "td", name)
            _add(SubElement(row, "td"), "code", value)
