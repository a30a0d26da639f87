"""Watches of nodes, with lines of real boots."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from krgboot import Stage
from krgboot.lab import signs
from krgboot.lab.display import LiveTable, print_report
from krgboot.lab.report import STAGES, LabReport, LogLine, NodeReport
from lab_watches import MAC, MENU, RECORDINGS, node, watch_of
from rich.console import Console

if TYPE_CHECKING:
    from krgboot.lab.watch import Watch


def recording(name: str) -> list[LogLine]:
    """Return the lines of a boot from its logs."""
    lines = []
    for line in (RECORDINGS / f"{name}.txt").read_text().splitlines():
        found = re.fullmatch(r" *(\d+\.\d\d) (\S+) +(.*)", line)
        assert found, line
        lines.append(LogLine(float(found[1]), found[2], found[3]))
    return lines


def replay(watch: Watch, lines: list[LogLine], until: float = 1000.0) -> Watch:
    """Feed lines and other events: connections to the NFS server, and answers by ssh."""
    for line in lines:
        if line.at > until:
            break
        if line.source == "nfs":
            watch.reached(Stage.root, "/srv/nfs/debian", line)
        elif line.source == "ssh":
            watch.reached(Stage.login, "ssh", line)
        else:
            watch.feed(line)
        watch.tick(line.at, 60.0)
    return watch


def seen(watch: Watch) -> list[tuple[str, float, str, bool]]:
    return [(one.stage.name, one.at, one.what[:30], one.implied) for one in watch.sightings]


def test_a_serial_console() -> None:
    watch = replay(watch_of(), recording("serial-console"))
    assert watch.failure is None
    assert watch.stage is None
    assert seen(watch) == [
        ("dhcp", 5.74, "10.20.0.120", False),
        ("loader", 19.27, "pxelinux.0", False),
        ("boot_file", 19.34, "0A140078", False),
        ("kernel", 25.87, "boot/debian/vmlinuz", False),
        ("initrd", 32.18, "boot/debian/initrd.img", False),
        ("command_line", 32.18, "Linux version 6.1.0-56-cloud-a", False),
        ("root", 52.15, "Running /scripts/nfs-bottom", False),
        ("init", 53.93, "Welcome to Debian GNU/Linux 12", False),
        ("mounts", 84.59, "Remote File Systems", False),
        ("login", 92.92, "login:", False),
    ]
    assert watch.address == "10.20.0.120"
    assert watch.boot_file == "0A140078"
    assert watch.kernel == "boot/debian/vmlinuz"
    assert watch.initrds == ["boot/debian/initrd.img"]
    assert watch.command_line.startswith("BOOT_IMAGE=boot/debian/vmlinuz initrd=boot/debian/initrd.img ip=dhcp")
    assert watch.command_line.endswith("BOOTIF=01-52-54-00-20-00-20")
    # The proof is the line itself.
    by_stage = {one.stage: one.proof.text for one in watch.sightings}
    assert by_stage[Stage.boot_file] == "in.tftpd[61]: RRQ from 10.20.0.120 filename boot/debian/vmlinuz"
    assert by_stage[Stage.mounts] == "[  OK  ] Reached target remote-fs.target - Remote File Systems."


def test_init_scripts_that_failed() -> None:
    # Output of Debian 12's startpar, on a serial line and on a screen of 80 columns.
    watch = node(Stage.root)
    for line in (
        "INIT: version 3.06 booting",
        "Cleaning up temporary files....",
        "startpar: service(s) returned failure: checkroot-bootclean.sh nfs-common ... \x1b[31mfailed!\x1b[0m",
        "INIT: Entering runlevel: 2",
        "startpar: service(s) returned failure: nfs-common",
        "startpar: services returned",
    ):
        watch.feed(LogLine(2.0, "console", signs.plain(line)))
    watch.feed(LogLine(2.0, "screen", "startpar: service(s) returned failure: nfs-common kerrighed-host ... fai"))
    assert watch.failed_scripts == ["checkroot-bootclean.sh", "nfs-common", "kerrighed-host"]
    assert (watch.stage, watch.failure) == (Stage.login, None)


def test_a_quiet_guest_whose_address_changes() -> None:
    # Its loader has the pool's first address, its initramfs the second; its console is silent.
    watch = replay(watch_of("52:54:00:99:00:01"), recording("quiet-guest"))
    assert watch.failure is None
    assert seen(watch) == [
        ("dhcp", 5.59, "10.20.0.150", False),
        ("loader", 18.91, "pxelinux.0", False),
        ("boot_file", 19.25, "default", False),
        ("kernel", 25.68, "boot/debian/vmlinuz", False),
        ("initrd", 40.9, "boot/debian/initrd.img", False),
        ("command_line", 40.9, "IP-Config: ens3 hardware addre", False),
        ("root", 53.7, "/srv/nfs/debian", False),
        ("init", 92.92, "", True),
        ("mounts", 92.92, "", True),
        ("login", 92.92, "login:", False),
    ]
    assert watch.address == "10.20.0.151"


def test_only_the_boot_server_tells() -> None:
    # Neither console nor screen: the second DHCP request shows that kernel and initrd run.
    lines = [line for line in recording("quiet-guest") if line.source not in ("console", "screen")]
    watch = replay(watch_of("52:54:00:99:00:01"), lines, until=52.5)
    assert seen(watch)[3:] == [
        ("kernel", 25.68, "boot/debian/vmlinuz", False),
        ("initrd", 52.38, "boot/debian/initrd.img", False),
        ("command_line", 52.38, "asks for 10.20.0.151 again", False),
    ]
    assert watch.stage is Stage.root


def test_two_nodes_at_once() -> None:
    # Each recording has the boot server's lines about both.
    serial, quiet = recording("serial-console"), recording("quiet-guest")
    merged = sorted((line for line in serial if line.source in ("dhcpd", "tftpd")), key=lambda line: line.at)
    one, other = replay(watch_of(), merged), replay(watch_of("52:54:00:99:00:01", MENU), merged)
    assert (one.address, other.address) == ("10.20.0.120", "10.20.0.151")
    assert (one.boot_file, other.boot_file) == ("0A140078", "default")
    assert all("10.20.0.120" in line.text or MAC in line.text for line in one.lines)
    assert not any("10.20.0.120" in line.text or MAC in line.text for line in other.lines)
    assert one.kernel == other.kernel == "boot/debian/vmlinuz"
    assert not any(line.text.startswith("reuse_lease") for line in (*one.lines, *other.lines))
    assert {line.source for line in quiet} == {"dhcpd", "tftpd", "screen", "console", "nfs", "ssh"}


def test_mac_in_capitals() -> None:
    assert replay(watch_of(MAC.upper()), recording("serial-console")).stage is None


def test_who_is_not_asked_for_is_not_heard() -> None:
    lines = [line for line in recording("quiet-guest") if line.source in ("dhcpd", "tftpd")]
    watch = replay(watch_of("52:54:00:99:00:99"), lines)
    assert watch.lines == ()
    # (A prefix of an address is a different address.)
    watch = watch_of()
    watch.feed(LogLine(1.0, "dhcpd", f"DHCPACK on 10.20.0.12 to {MAC} via lab0"))
    watch.feed(LogLine(2.0, "tftpd", "in.tftpd[47]: RRQ from 10.20.0.120 filename pxelinux.cfg/default"))
    assert watch.stage is Stage.loader


@pytest.mark.parametrize(
    ("until", "stage", "reason"),
    [
        (1.0, Stage.dhcp, "no sign of this stage for 60 s"),
        (6.0, Stage.loader, "no sign of this stage for 60 s"),
        (19.3, Stage.boot_file, "no sign of this stage for 60 s"),
        (19.4, Stage.kernel, "no sign of this stage for 60 s"),
        (26.0, Stage.initrd, "no sign of this stage for 60 s"),
        (40.5, Stage.root, "no sign of this stage for 60 s"),
        (53.0, Stage.init, "no sign of this stage for 60 s"),
        (54.0, Stage.mounts, "no sign of this stage for 60 s"),
        (90.0, Stage.login, "no sign of this stage for 60 s"),
    ],
)
def test_silence(until: float, stage: Stage, reason: str) -> None:
    watch = replay(watch_of(), recording("serial-console"), until)
    last = watch.last_progress
    assert last == (watch.sightings[-1].at if watch.sightings else 0.0)
    watch.tick(last + 59.5, 60.0)
    assert watch.failure is None
    watch.tick(last + 60.5, 60.0)
    assert watch.failure is not None
    assert (watch.failure.stage, watch.failure.reason) == (stage, reason)
    assert watch.failure.lines == watch.lines
    assert len(watch.lines) == 10
    assert len(set(map(id, watch.lines))) == 10, "each line once"
    # Later lines do not change it.
    sightings = list(watch.sightings)
    replay(watch, [line for line in recording("serial-console") if line.at > until])
    watch.fail(500.0, Stage.login, "something else")
    assert watch.failure.stage is stage
    assert watch.sightings == sightings


def test_silence_after_all_is_none() -> None:
    watch = replay(watch_of(), recording("serial-console"))
    watch.tick(10_000.0, 60.0)
    watch.feed(LogLine(10_001.0, "console", "[10001.1] Kernel panic - not syncing: Fatal exception"))
    assert watch.failure is None


def dhcp(watch: Watch) -> Watch:
    watch.feed(LogLine(5.0, "dhcpd", f"DHCPACK on 10.20.0.120 to {MAC} via lab0"))
    return watch


def asks(watch: Watch, at: float, *files: str, refused: bool = False) -> Watch:
    for number, file in enumerate(files):
        watch.feed(LogLine(at, "tftpd", f"in.tftpd[{number + 7}]: RRQ from 10.20.0.120 filename {file}"))
        if refused:
            watch.feed(LogLine(at, "tftpd", f"in.tftpd[{number + 7}]: sending NAK (1, File not found) to 10.20.0.120"))
    return watch


def refusal(watch: Watch, at: float) -> tuple[Stage, str]:
    """Return the report of a refusal at `at` without a further request; the watch waits a few seconds first."""
    watch.tick(at + 5, 180.0)
    assert watch.failure is None
    watch.tick(at + 7, 180.0)
    assert watch.failure is not None
    return watch.failure.stage, watch.failure.reason


def test_refused_loader() -> None:
    watch = asks(dhcp(watch_of()), 6.0, "pxelinux.0", refused=True)
    assert refusal(watch, 6.0) == (Stage.loader, "the TFTP server has no pxelinux.0 for it (1, File not found)")
    watch = asks(dhcp(watch_of()), 6.0, "pxelinux.0")
    asks(watch, 7.0, "ldlinux.c32", "/boot/isolinux/ldlinux.c32", refused=True)
    reason = "the TFTP server has no /boot/isolinux/ldlinux.c32 for it (1, File not found)"
    assert refusal(watch, 7.0) == (Stage.loader, reason)


def test_refused_boot_files() -> None:
    watch = asks(dhcp(watch_of()), 6.0, "pxelinux.0", "ldlinux.c32")
    names = ("aa6220f3-0017-51a3-b5e6-2a40d10d2dd0", "01-52-54-00-20-00-20", "0A140078", "0A", "default")
    asks(watch, 7.0, *(f"pxelinux.cfg/{name}" for name in names), refused=True)
    assert watch.stage is Stage.boot_file
    stage, reason = refusal(watch, 7.0)
    assert stage is Stage.boot_file
    assert reason == (
        "none of the boot files that it asked for is there, pxelinux.cfg/default the last of them (1, File not found)"
    )


def test_refused_kernel() -> None:
    watch = asks(dhcp(watch_of()), 6.0, "pxelinux.0", "ldlinux.c32", "pxelinux.cfg/default")
    asks(watch, 7.0, "boot/debian/vmlinuz", refused=True)
    assert watch.boot_file == "default"
    assert refusal(watch, 7.0) == (
        Stage.kernel,
        "the TFTP server has no boot/debian/vmlinuz for it (1, File not found)",
    )


@pytest.mark.parametrize("slash", ["", "/"])
def test_refused_initrd(slash: str) -> None:
    watch = asks(dhcp(watch_of()), 6.0, "pxelinux.cfg/default", "boot/debian/vmlinuz")
    asks(watch, 7.0, f"{slash}boot/debian/initrd.img", refused=True)
    assert watch.stage is Stage.initrd
    assert refusal(watch, 7.0)[0] is Stage.initrd


def test_not_refused_after_all() -> None:
    # A refusal for another node, and one that another request follows.
    watch = asks(dhcp(watch_of()), 6.0, "pxelinux.0", "pxelinux.cfg/default")
    watch.feed(LogLine(6.5, "tftpd", "in.tftpd[99]: sending NAK (1, File not found) to 10.20.0.101"))
    watch.tick(30.0, 180.0)
    asks(watch, 30.0, "pxelinux.cfg/01-52-54-00-20-00-20", refused=True)
    asks(watch, 31.0, "pxelinux.cfg/default", "boot/debian/vmlinuz")
    watch.tick(60.0, 180.0)
    assert watch.failure is None
    assert watch.boot_file == "default"


def test_an_entry_without_initrd() -> None:
    menu = "DEFAULT k\nLABEL k\n  LINUX boot/lenny/vmlinuz\n  APPEND root=/dev/nfs ip=dhcp session_id=1\n"
    watch = asks(dhcp(watch_of(menu=menu)), 6.0, "pxelinux.cfg/default", "boot/lenny/vmlinuz")
    assert watch.stage is Stage.kernel
    watch.feed(LogLine(9.0, "dhcpd", f"DHCPACK on 10.20.0.120 to {MAC} via lab0"))
    assert seen(watch)[3:] == [
        ("kernel", 9.0, "boot/lenny/vmlinuz", False),
        ("initrd", 9.0, "", True),
        ("command_line", 9.0, "asks for 10.20.0.120 again", False),
    ]
    # With an initrd that it has not requested, a DHCP request means a restart.
    watch = asks(dhcp(watch_of()), 6.0, "pxelinux.cfg/default", "boot/debian/vmlinuz")
    watch.feed(LogLine(9.0, "dhcpd", f"DHCPACK on 10.20.0.120 to {MAC} via lab0"))
    assert watch.stage is Stage.kernel


def test_two_initrds() -> None:
    menu = "DEFAULT k\nLABEL k\n  LINUX vmlinuz\n  INITRD one.img,/two.img\n"
    watch = asks(dhcp(watch_of(menu=menu)), 6.0, "pxelinux.cfg/default", "vmlinuz", "one.img")
    assert watch.stage is Stage.initrd
    asks(watch, 7.0, "two.img")
    assert watch.stage is Stage.initrd
    watch.feed(LogLine(8.0, "console", "[    0.000000] Linux version 6.1.0-37-amd64 (debian-kernel)"))
    assert seen(watch)[4] == ("initrd", 8.0, "one.img two.img", False)


def test_all_stages_are_known() -> None:
    assert len(STAGES) == len({one.stage for one in replay(watch_of(), recording("serial-console")).sightings})


def test_on_a_terminal_and_in_the_report() -> None:
    file = io.StringIO()
    console = Console(file=file, soft_wrap=True, highlight=False, width=100_000)
    watch = watch_of()
    with LiveTable(["spare"], console) as table:
        for line in recording("serial-console"):
            replay(watch, [line])
            table.update("spare", watch.sightings, watch.failure)
    lines = file.getvalue().splitlines()
    assert len(lines) == len(STAGES)
    assert lines[0] == "spare     5.74 s  dhcp          10.20.0.120"
    assert lines[8] == "spare    84.59 s  mounts        Remote File Systems"
    failed = replay(watch_of("52:54:00:99:00:01"), recording("quiet-guest"), until=60.0)
    failed.tick(120.0, 60.0)
    nodes = [
        NodeReport("spare", MAC, "", watch.sightings),
        NodeReport("guest", MAC, "", failed.sightings, failed.failure),
    ]
    file.truncate(0)
    print_report(LabReport("lab", "lab", "tcg", "NFS-Ganesha", nodes), console)
    shown = file.getvalue()
    assert "spare booted after 92.92 s" in shown
    assert "guest stopped at init after 120.00 s" in shown
    assert "broken  init         no sign of this stage for 60 s" in shown
    assert "   52.66 screen  host   : guest151" in shown
    assert "1 of 2 nodes booted" in shown
