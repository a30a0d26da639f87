"""Escaping of foreign text, for any text; the lab's logs and reports use it."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import krgboot
import pytest
from acting import acting
from hypothesis import given
from hypothesis import strategies as st
from krgboot import Stage
from krgboot.lab.logs import Logs
from krgboot.lab.pieces import Pieces
from krgboot.lab.report import Difference, Failure, LabReport, LogLine, NodeReport, Sighting
from krgboot.lab.timeline import report_html, timeline_svg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Likely faults, beside harmless texts.
odd = st.sampled_from(
    [*"\\xunt\n\t\r\x1b\x07\x7f\x80\x9b\u200b\u202e\u2028\ufeff\U000e0041\uffff\udcff\udc80e0[]/ a", "\\x1b", "\\\\"]
)
texts = st.lists(odd | st.characters(), max_size=20).map("".join)
data = st.lists(odd.map(lambda text: text.encode(errors="surrogateescape")) | st.binary(max_size=3), max_size=20)

_ESCAPE = re.compile(r"(\\+)(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([nt]))?")


def undone(shown: str, *, lines: bool) -> bytes:
    """Invert the escaping, as a reader would do."""

    def undo(found: re.Match[str]) -> str:
        backslashes, byte, short, long, letter = found.groups()
        behind = shown[found.start() + len(backslashes) :][:1]
        starts = behind in (set("xuU") if lines else set("xuUnt")) and behind != ""
        if not starts:
            return found[0]
        kept = "\\" * (len(backslashes) // 2)
        rest = found[0][len(backslashes) :]
        if len(backslashes) % 2 == 0:
            return kept + rest
        if letter:
            return kept + {"n": "\n", "t": "\t"}[letter]
        number = int(byte or short or long, 16)
        return kept + (chr(0xDC00 + number) if byte and number >= 0x80 else chr(number))

    return _ESCAPE.sub(undo, shown).encode(errors="surrogateescape")


@given(data.map(b"".join), st.booleans())
def test_it_can_be_undone(content: bytes, lines: bool) -> None:
    shown = krgboot.visible(os.fsdecode(content), lines=lines)
    assert undone(shown, lines=lines) == content
    assert lines or "\n" not in shown


@given(texts, st.booleans())
def test_it_is_harmless_and_stays_so(text: str, lines: bool) -> None:
    shown = krgboot.visible(text, lines=lines)
    assert acting(shown, lines=lines) == []
    assert krgboot.harmless(shown, lines=lines) == shown
    once = krgboot.harmless(text, lines=lines)
    assert acting(once, lines=lines) == []
    assert krgboot.harmless(once, lines=lines) == once
    shown.encode()  # no surrogate is left


@pytest.mark.parametrize("lines", [True, False])
def test_each_character_there_is(lines: bool) -> None:
    for number in range(0x110000):
        if not 0xD800 <= number <= 0xDFFF or 0xDC80 <= number <= 0xDCFF:  # the halves are bytes, or invalid
            assert acting(krgboot.visible(chr(number), lines=lines), lines=lines) == [], hex(number)


@given(st.lists(data.map(b"".join), max_size=6))
def test_in_pieces_it_is_the_same(pieces: list[bytes]) -> None:
    whole, parts = Pieces(), Pieces()
    shown = whole.feed(b"".join(pieces)) + whole.end()
    assert b"".join(map(parts.feed, pieces)) + parts.end() == shown
    assert shown.decode() == krgboot.visible(os.fsdecode(b"".join(pieces)), lines=True)


def test_whoever_writes_the_beginning_of_something_without_end_is_not_waited_for() -> None:
    pieces = Pieces()
    shown = b"".join(pieces.feed(b"\\" * 1000) for _ in range(100))
    assert len(shown) > 90_000
    assert len(pieces._held) < 5000


def test_bytes_come_back_from_the_library_as_they_are(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\x1b\xc3(")
    with pytest.raises(krgboot.IoError) as caught:
        krgboot.load(tmp_path / name)
    assert caught.value.path == str(tmp_path / name)
    assert str(caught.value).endswith(r"/\xff\x1b\xc3(: No such file or directory")
    with pytest.raises(krgboot.ArgumentError) as refused:
        krgboot.Ipv4Address(name)
    assert refused.value.subject == name
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / name).touch()
    (tmp_path / "empty").mkdir()
    report = krgboot.diff_images(tmp_path / "etc", tmp_path / "empty")
    assert [each.path for each in report.differences if each.path != "."] == [name]


EVIL = "MARK\x1b]0;t\x07\r\x9b5m\u202e\u2028\udcff</text><script>alert(1)</script>&amp;\ufffe"
SHOWN = r"MARK\x1b]0;t\x07\x0d\u009b5m\u202e\u2028\xff</text><script>alert(1)</script>&amp;\ufffe"


def evil_report() -> LabReport:
    line = LogLine(1.0, "console", EVIL)
    node = NodeReport(EVIL, EVIL, EVIL, logs=EVIL, address=EVIL, host_name=EVIL, boot_file=EVIL, kernel=EVIL)
    node.initrds, node.command_line, node.root, node.mounts = [EVIL], EVIL, EVIL, {EVIL: EVIL}
    node.sightings = [Sighting(Stage.dhcp, 1.0, EVIL, line)]
    node.failure = Failure(Stage.loader, 2.0, EVIL, EVIL, (line, line))
    node.differences = [Difference(Stage.dhcp, EVIL, EVIL, EVIL)]
    node.failed_units = [EVIL]
    return LabReport(EVIL, EVIL, EVIL, EVIL, [node], [EVIL])


class Page(HTMLParser):
    """Return the elements and texts of a page or picture."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize("made", [report_html, timeline_svg])
def test_reports_show_what_nodes_say_and_do_not_obey_it(made: Callable[[LabReport], str]) -> None:
    text = made(evil_report())
    assert acting(text, lines=True) == []
    page = Page(text)
    assert "script" not in page.tags
    assert SHOWN in page.said
    if made is timeline_svg:
        assert SHOWN in "".join(ElementTree.fromstring(text).itertext())


def test_logs_can_be_read_on_a_terminal(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    raw = EVIL.encode(errors="surrogateescape")
    for piece in (raw[:5], raw[5:13], raw[13:], b"\r\r", b"\nnext \xe2", b"\x80\xae line\r\n", b"\\", b"x1b"):
        logs.console("node1", piece)
    logs.daemon("dhcpd", f"{EVIL}\nforged")
    logs.line("node1", LogLine(1.0, "ssh", f"{EVIL}\nforged"))
    logs.close()
    assert (tmp_path / "node1/console.log").read_text() == f"{SHOWN}\nnext \\u202e line\n\\\\x1b"
    for name in ("dhcpd.log", "node1/boot.log"):
        (line,) = (tmp_path / name).read_text().splitlines()
        assert line.endswith(f"{SHOWN}\\nforged")


def test_of_a_flood_so_much_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krgboot.lab.logs._MOST_BYTES", 1000)
    logs = Logs(tmp_path)
    for _ in range(300):
        logs.console("node1", b"a line of it\r\n")
        logs.daemon("tftpd", "asked again")
    logs.close()
    for name in ("node1/console.log", "tftpd.log"):
        kept = (tmp_path / name).read_bytes()
        assert len(kept) < 1100
        assert kept.endswith(b"\n(krgboot: no more is kept, since it is too much)\n")
