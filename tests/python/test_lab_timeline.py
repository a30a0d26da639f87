"""The SVG picture and the HTML page of a lab."""

from __future__ import annotations

import itertools
import math
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import krgboot
import lab_reports
import pytest
from hypothesis import given
from hypothesis import strategies as st
from krgboot import Stage
from krgboot.lab import wording
from krgboot.lab.drawing import PALETTE, Bar, edges, tick_step
from krgboot.lab.report import STAGES, LabReport, LogLine, Sighting
from krgboot.lab.timeline import report_html, timeline_svg
from staging import GOLDENS, held_against

SVG = "{http://www.w3.org/2000/svg}"
REPORTS = {
    "good": lab_reports.good(),
    "mixed": lab_reports.mixed(),
    "hostile": lab_reports.hostile(),
    "many": lab_reports.many(60),
    "empty": LabReport("debian-0", "debian", "kvm", "NFS-Ganesha 4.3"),
}
every_report = pytest.mark.parametrize("name", sorted(REPORTS))


def texts(picture: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


def bars(picture: ElementTree.Element) -> list[tuple[str, str]]:
    """Return class and tooltip of each bar in the rows."""
    groups = [group for group in picture.iter(f"{SVG}g") if group.find(f"{SVG}title") is not None]
    return [(group.find(f"{SVG}rect").attrib["class"], group.findtext(f"{SVG}title") or "") for group in groups]


def test_goldens() -> None:
    actual = {}
    for name in ("good", "mixed"):
        actual[f"{name}.svg"] = timeline_svg(REPORTS[name]).encode()
        actual[f"{name}.html"] = report_html(REPORTS[name]).encode()
    held_against(GOLDENS / "lab" / "timeline", actual)


@every_report
def test_every_node_and_stage_is_there(name: str) -> None:
    report = REPORTS[name]
    picture = ElementTree.fromstring(timeline_svg(report))
    shown = texts(picture)
    assert {stage.name for stage in STAGES} <= set(shown)
    assert wording.headline(report) in picture.attrib["aria-label"]
    if name != "hostile":
        assert {node.name for node in report.nodes} <= set(shown)
        assert {node.address or node.mac for node in report.nodes} <= {text.partition(",")[0] for text in shown}
    expected = [sighting for node in report.nodes for sighting in node.sightings]
    found = bars(picture)
    assert len(found) == len(expected) + sum(node.failure is not None for node in report.nodes)
    reached = [(style, tip) for style, tip in found if "failed" not in style]
    for sighting, (style, tip) in zip(expected, reached, strict=True):
        assert f"s{STAGES.index(sighting.stage)}" in style.split()
        assert ("implied" in style.split()) == sighting.implied == ("(implied)" in tip)
        assert f"{sighting.stage.name} at {sighting.at:.2f} s" in tip
        assert krgboot.visible(str(sighting.proof)).strip() in tip


def test_failures_are_told_in_the_picture() -> None:
    picture = ElementTree.fromstring(timeline_svg(REPORTS["mixed"]))
    assert "root: the root was not mounted" in texts(picture)
    assert "dhcp: nobody answered the node's DHCP request" in texts(picture)
    failed = [tip for style, tip in bars(picture) if style == "bar failed"]
    assert [tip.splitlines()[0] for tip in failed] == [
        "node3: stopped at root, 31.50 s",
        "node5: stopped at dhcp, 45.00 s",
    ]
    assert "mount call failed - server replied: Permission denied." in failed[0]
    note = next(
        text for text in texts(picture) if text.startswith("boot file: trace says '0A140068', it was 'default'")
    )
    assert note.endswith("failed units: home.mount, ssh.service")


def test_what_became_of_each_node_stands_at_the_end_of_its_row() -> None:
    def ends(report: LabReport) -> list[tuple[str, str]]:
        found = ElementTree.fromstring(timeline_svg(report)).iter(f"{SVG}text")
        return [(text.attrib["class"], text.text or "") for text in found if "end" in text.attrib["class"].split()]

    assert ends(REPORTS["mixed"]) == [
        ("good end", "✓ 41.8 s"),
        ("good end", "✓ 47.2 s"),
        ("bad end", "✗ 31.5 s"),
        ("odd end", "✓ 50.5 s"),  # it booted, but not as its trace predicts
        ("bad end", "✗ 45.0 s"),
    ]
    # Neither complete nor failed: the lab was stopped.
    stopped = LabReport("debian-1", "debian", "kvm", "NFS-Ganesha 4.3", [lab_reports.node(1, last=Stage.kernel)])
    assert ends(stopped) == [("dim end", "… 7.4 s")]


def test_nothing_is_drawn_outside_of_the_paper() -> None:
    for report in REPORTS.values():
        picture = ElementTree.fromstring(timeline_svg(report))
        _, _, width, height = map(float, picture.attrib["viewBox"].split())
        for box in picture.findall(f".//{SVG}g//{SVG}rect"):
            x, y, breadth, tall = (float(box.attrib[key]) for key in ("x", "y", "width", "height"))
            assert 0 <= x < x + breadth <= width
            assert 0 <= y < y + tall <= height
        for text in picture.iter(f"{SVG}text"):
            assert 0 <= float(text.attrib["x"]) <= width
            assert 0 <= float(text.attrib["y"]) <= height


class Page(HTMLParser):
    """Parse a page like a browser: its elements, references and text."""

    VOID = ("meta",)

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@every_report
def test_pages_need_and_run_nothing_else(name: str) -> None:
    text = report_html(REPORTS[name])
    page = Page(text)
    assert "svg" in page.tags
    assert not {"script", "link", "img", "iframe", "object", "image", "use", "a"} & set(page.tags)
    names = {attribute for attribute, _ in page.attributes}
    assert not {attribute for attribute in names if attribute.startswith("on") or attribute in ("src", "href", "style")}
    assert {value for _, value in page.attributes if "//" in (value or "")} == {"http://www.w3.org/2000/svg"}
    assert re.findall(r"url\([^)]*\)|@import", text) == ["url(#boot-failed)"]


def test_pages_tell_all() -> None:
    page = Page(report_html(REPORTS["mixed"])).text
    for told in (
        "image debian: its files changed while the lab ran",
        "node3: stopped at root",
        "What to do: look at the export",
        "  31.50 console mount call failed - server replied: Permission denied.",
        "failed units: home.mount, ssh.service",
        "0A140068",
        "(11.86)",
        "4c4c4544-0000-4000-8000-000000000004",
        "10.20.0.2:/srv/nfs/debian/home rw on /home",
        "lab-logs/node4",
    ):
        assert told in page
    assert "Failures" not in Page(report_html(REPORTS["good"])).text


def test_hostile_texts_are_text() -> None:
    svg, html = timeline_svg(REPORTS["hostile"]), report_html(REPORTS["hostile"])
    picture = ElementTree.fromstring(svg.encode())
    assert {element.tag.removeprefix(SVG) for element in picture.iter()} == {
        *("svg", "style", "defs", "pattern", "rect", "line", "text", "g", "title"),
    }
    assert all(lab_reports.SEEN in tip for _, tip in bars(picture))
    page = Page(html)
    assert "script" not in page.tags
    assert lab_reports.SEEN in page.text
    for text in (svg, html):
        assert all(character.isprintable() or character == "\n" for character in text)
        text.encode()  # no half of a surrogate pair


def test_how_long_stages_took() -> None:
    proof = LogLine(0, "console", "")
    times = ((1.5, False), (4.0, True), (4.0, True), (4.0, False), (4.0, False), (9.25, True))
    sightings = [Sighting(stage, at, "", proof, implied) for stage, (at, implied) in zip(STAGES, times, strict=False)]
    assert wording.durations(sightings) == [
        *("1.50 s", "implied", "implied", "2.50 s with loader, boot_file", "0.00 s", "implied"),
    ]


def row(*stages: tuple[float, bool]) -> list[Bar]:
    """Make bars that end at these times, implied or not."""
    starts = [0.0] + [end for end, _ in stages]
    return [
        Bar(Stage.dhcp, start, end, implied, False, "") for start, (end, implied) in zip(starts, stages, strict=False)
    ]


@pytest.mark.parametrize(
    ("stages", "found"),
    [
        ([], [0]),
        ([(4, False)], [0, 40]),
        ([(4, False), (10, False)], [0, 40, 100]),
        # The end of implied stages is unknown: they share the time up to the next observed stage evenly.
        ([(4, False), (10, True), (10, False)], [0, 40, 70, 100]),
        ([(9, True), (9, True), (9, False), (10, False)], [0, 30, 60, 90, 100]),
        # An implied stage with its own time needs no share.
        ([(4, True), (10, False)], [0, 40, 100]),
        # Observed stages without duration stay short, and take their width from the stages before.
        ([(4, False), (4, False), (10, False)], [0, 40, 42.5, 100]),
        ([(4, False), (10, False), (10, False)], [0, 40, 97.5, 100]),
        ([(0, False), (0, False), (10, False)], [0, 2.5, 5, 100]),
    ],
)
def test_where_bars_meet(stages: list[tuple[float, bool]], found: list[float]) -> None:
    assert edges(row(*stages), 10) == pytest.approx(found)


@given(
    st.lists(st.tuples(st.floats(0, 50), st.booleans()), min_size=1, max_size=10),
    st.floats(1, 100),
)
def test_no_bar_hides_and_rows_keep_their_length(steps: list[tuple[float, bool]], scale: float) -> None:
    ends = itertools.accumulate(step for step, _ in steps)
    bars = row(*zip(ends, (implied for _, implied in steps), strict=True))
    found = edges(bars, scale)
    assert found[0] == 0
    assert all(after - before >= 2.5 - 1e-6 for before, after in itertools.pairwise(found))
    assert found[-1] == pytest.approx(max(bars[-1].end * scale, 2.5 * len(bars)))


@pytest.mark.parametrize(
    ("longest", "step"),
    [(1, 0.1), (1.01, 0.2), (2.1, 0.5), (5.1, 1), (10, 1), (10.5, 2), (41.77, 5), (50.5, 10), (300, 50), (1801, 200)],
)
def test_lines_of_the_axis(longest: float, step: float) -> None:
    assert tick_step(longest) == pytest.approx(step)


# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency (2009), full
# severity, for linear RGB.
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue))


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def lab(colour: str, eye: str) -> tuple[float, float, float]:
    """Return CIE L*a*b* of a colour as an eye with this deficiency sees it."""
    seen = [sum(part * c for part, c in zip(line, linear(colour), strict=True)) for line in EYES[eye]]
    red, green, blue = (min(1.0, max(0.0, c)) for c in seen)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("eye", sorted(EYES))
def test_colours_are_told_apart_by_every_eye(eye: str) -> None:
    seen = [lab(colour, eye) for colour, _ in PALETTE]
    for (one, first), (other, second) in itertools.combinations(enumerate(seen), 2):
        assert math.dist(first, second) > (30 if other - one == 1 else 14), (PALETTE[one], PALETTE[other])
    assert len(PALETTE) >= len(STAGES)


def test_text_on_bars_is_readable() -> None:
    for colour, text in PALETTE:
        bright, dark = sorted((luminance(colour), luminance("#ffffff" if text == "light" else "#14181d")), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4, colour
