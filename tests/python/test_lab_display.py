"""The display of a lab on a terminal, and without one."""

from __future__ import annotations

import io
import re

import lab_reports
import pytest
from krgboot import Stage
from krgboot.lab.display import LiveTable, print_report
from krgboot.lab.report import STAGES, LabReport
from rich.console import Console
from staging import GOLDENS, held_against

SPINNER = "[\u2800-\u28ff]"  # any spinner frame of rich


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def plain_console() -> tuple[Console, io.StringIO]:
    """A console like krgbootctl's with its output in a file."""
    file = io.StringIO()
    return Console(file=file, soft_wrap=True, highlight=False, width=100_000), file


def terminal(clock: Clock, width: int = 80, height: int = 24) -> tuple[Console, io.StringIO]:
    """A terminal whose spinners turn by `clock`."""
    file = io.StringIO()
    console = Console(
        file=file,
        soft_wrap=True,
        highlight=False,
        width=width,
        height=height,
        force_terminal=True,
        color_system="standard",
        record=True,
        get_time=clock,
        _environ={"TERM": "xterm"},
    )
    return console, file


def feed(table: LiveTable, report: LabReport, seconds: float) -> None:
    """Update the table with all facts known at that time."""
    for node in report.nodes:
        failure = node.failure if node.failure and node.failure.at <= seconds else None
        table.update(node.name, [one for one in node.sightings if one.at <= seconds], failure)


def names(report: LabReport) -> list[str]:
    return [node.name for node in report.nodes]


def live(report: LabReport, seconds: list[float], width: int = 80, height: int = 24) -> list[str]:
    """Return the table's lines on a terminal at the last of these times plus 2.5 s of silence."""
    clock = Clock()
    console, _ = terminal(clock, width, height)
    with LiveTable(names(report), console, clock) as table:
        for second in seconds:
            clock.now = 1000.0 + second
            feed(table, report, second)
        clock.now += 2.5
        console.export_text(clear=True)
        table.refresh()
        shown = console.export_text()
    return [line.rstrip() for line in shown.splitlines()]


def without_ends(text: str) -> bytes:
    """Strip the invisible blanks that tables add to their last column."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines()).encode()


def test_goldens() -> None:
    report = lab_reports.mixed()
    actual = {}
    console, file = plain_console()
    with LiveTable(names(report), console) as table:
        for second in range(0, 60, 2):
            feed(table, report, second)
            table.refresh()
    actual["lines.txt"] = without_ends(file.getvalue())
    console, file = plain_console()
    print_report(report, console)
    actual["report.txt"] = without_ends(file.getvalue())
    console, file = terminal(Clock())
    print_report(report, console)
    actual["report-80-columns.txt"] = without_ends(console.export_text())
    for name, shown in {"": live(report, [0, 12, 40]), "-40-nodes": live(lab_reports.many(40), [0, 30, 60])}.items():
        actual[f"live{name}.txt"] = re.sub(SPINNER, "⠋", without_ends("\n".join(shown)).decode()).encode()
    held_against(GOLDENS / "lab" / "display", actual)


def test_plain_lines_come_once_each_and_as_they_are_seen() -> None:
    report = lab_reports.mixed()
    console, file = plain_console()
    with LiveTable(["node3", "a-long-name"], console) as table:
        third = report.node("node3")
        table.update("node3", third.sightings[:1], None)
        assert file.getvalue() == "node3           4.42 s  dhcp          10.20.0.103\n"
        table.update("node3", third.sightings[:1], None)
        table.refresh()
        assert len(file.getvalue().splitlines()) == 1
        table.update("node3", third.sightings, third.failure)
        table.update("node3", third.sightings, third.failure)
        lines = file.getvalue().splitlines()
        assert lines[3] == "node3           7.77 s  kernel        boot/debian/vmlinuz"
        assert lines[4] == "node3          12.46 s  initrd        boot/debian/initrd.img  (implied)"
        assert lines[6].startswith("node3          31.50 s  root          failed: the root was not mounted (look at")
        assert third.failure is not None
        assert lines[7:] == [f"    {line}" for line in third.failure.lines]
        with pytest.raises(KeyError):
            table.update("node4", [], None)


def test_the_running_stage_gets_older_from_the_last_sighting_on() -> None:
    report = LabReport("debian-1", "debian", "kvm", "NFS-Ganesha 4.3", [lab_reports.node(1)])
    # No sighting yet: the time counts from the first update.
    assert live(report, [0])[-1].split()[0] == "node1"
    assert live(report, [0])[-1].split()[2:] == ["2"]
    # dhcp was complete at 4.213 s and reported at 5 s: the next stage has run for 2.5 s since.
    assert live(report, [0, 5])[-1].split()[1:2] == ["4.2"]
    assert live(report, [0, 5])[-1].split()[3:] == ["2"]
    # Without news at 5.4 s: 0.4 s more.
    assert live(report, [0, 4.6, 5.4])[-1].split()[3:] == ["3"]
    assert re.search(f"{SPINNER} 3$", live(report, [0, 4.6, 5.4])[-1])
    assert not re.search(SPINNER, live(report, [0, 42])[-1])
    assert len(live(report, [0, 42])[-1].split()) == 1 + len(STAGES)


def test_nodes_that_are_not_switched_on_yet_do_not_run() -> None:
    report = lab_reports.many(40)
    clock = Clock()
    console, _ = terminal(clock)
    with LiveTable(names(report), console, clock) as table:
        for node in report.nodes[2:10]:
            table.update(node.name, [], None)
        clock.now += 5
        console.export_text(clear=True)
        table.refresh()
        rows = {line.split()[0]: line.split()[1:] for line in console.export_text().splitlines()}
    assert rows["node1"] == rows["node2"] == rows["node11"] == []
    assert [rows[f"node{number}"][1:] for number in range(3, 11)] == [["5"]] * 8
    assert rows["and"] == ["20", "more:", "20", "to", "be", "switched", "on"]


def test_switched_on_late() -> None:
    # Its dhcp was complete 100 s after the table began, 4 s after it was switched on.
    node = lab_reports.node(1)
    clock = Clock()
    console, _ = terminal(clock)
    with LiveTable([node.name], console, clock) as table:
        clock.now += 100
        table.update(node.name, node.sightings[:1], None)
        clock.now += 7
        console.export_text(clear=True)
        table.refresh()
        assert console.export_text().splitlines()[-1].split()[3:] == ["7"]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (80, 8), (72, 10), (200, 60)])
def test_the_live_table_keeps_to_the_screen(width: int, height: int) -> None:
    for report in (lab_reports.mixed(), lab_reports.many(40), lab_reports.hostile()):
        for seconds in ([0.0], [0.0, 30.0], [0.0, 30.0, 70.0]):
            lines = live(report, seconds, width, height)
            assert len(lines) < height
            assert all(len(line) <= width for line in lines)


def test_failures_stay_in_sight() -> None:
    lines = live(lab_reports.many(40), [0, 30, 60])
    assert lines[-3:] == [f"node{number}: root failed: no root (is it exported?)" for number in (18, 27, 36)]
    assert next(line for line in lines if line.startswith("node27 ")).endswith("✗ 60")
    assert "and 23 more: 23 booted" in lines


def test_colours() -> None:
    clock = Clock()
    console, file = terminal(clock)
    report = lab_reports.mixed()
    with LiveTable(names(report), console, clock) as table:
        feed(table, report, 60)
        table.refresh()
    assert re.search(r"\x1b\[32m *41\.8\x1b\[0m", file.getvalue())
    assert re.search(r"\x1b\[2;32m *11\.9\x1b\[0m \x1b\[32m *11\.9\x1b\[0m", file.getvalue()), "implied ones are dim"
    assert re.search(r"\x1b\[1;31m✗ 32\x1b\[0m", file.getvalue())
    assert file.getvalue().count("\x1b[?25l") == file.getvalue().count("\x1b[?25h") == 1, "the cursor is shown again"


def test_the_table_is_gone_after_an_error() -> None:
    console, file = terminal(Clock())

    def run() -> None:
        with LiveTable(["node1"], console) as table:
            table.refresh()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run()
    assert file.getvalue().rstrip().endswith(("\x1b[2K", "\x1b[?25h"))


def test_hostile_texts_move_no_cursor() -> None:
    report = lab_reports.hostile()
    console, file = plain_console()
    with LiveTable(names(report), console) as table:
        feed(table, report, 60)
    print_report(report, console)
    assert all(character.isprintable() or character == "\n" for character in file.getvalue())
    assert file.getvalue().count(lab_reports.SEEN) > 10
    # Text that looks like rich's markup is not interpreted.
    report.nodes[0].name = "[bold]node[/]"
    console, file = plain_console()
    print_report(report, console)
    assert file.getvalue().startswith("[bold]node[/] stopped at loader after 2.00 s\n")
    assert live(report, [0.0])[-1].startswith("[bold]node[/]")


def test_what_became_of_each_node() -> None:
    def first_line(report: LabReport) -> str:
        console, file = plain_console()
        print_report(report, console)
        return file.getvalue().splitlines()[0]

    report = lab_reports.good()
    assert first_line(report) == "node1 booted after 41.77 s"
    report.nodes = [lab_reports.node(1, last=Stage.kernel)]
    assert first_line(report) == "node1 came as far as kernel after 7.40 s"
    report.nodes[0].sightings = []
    assert first_line(report) == "node1 not heard of"


@pytest.mark.parametrize("width", [40, 60, 71, 80, 100, 120])
@pytest.mark.parametrize("stretch", [1.0, 30.0])
def test_no_time_is_cut_off_however_narrow_the_terminal(width: int, stretch: float) -> None:
    report = lab_reports.mixed()
    report.nodes.append(lab_reports.node(9, stretch))
    report.nodes[-1].name = "52:54:00:99:00:01"
    console, file = terminal(Clock(), width)
    print_report(report, console)
    said = file.getvalue()
    assert "\N{HORIZONTAL ELLIPSIS}" not in said
    for node in report.nodes:
        for sighting in node.sightings:
            assert f"{sighting.at:.0f}" in said or f"{sighting.at:.1f}" in said or f"{sighting.at:.2f}" in said


def test_a_terminal_without_room_for_a_table_gets_lines() -> None:
    report = lab_reports.good()
    console, file = terminal(Clock(), 40)
    with LiveTable(names(report), console) as table:
        feed(table, report, 100.0)
        table.refresh()
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert lines[0] == "node1     4.21 s  dhcp          10.20.0.101"
    assert len(lines) == len(STAGES)
    console, file = terminal(Clock(), 40)
    print_report(report, console)
    times = "node1: dhcp 4.2, loader 5.5, boot_file 5.9, kernel 7.4, initrd (11.9), command_line 11.9, "
    times += "root 21.4, init 24.9, mounts 33.1, login 41.8\n"
    assert times in re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue())
