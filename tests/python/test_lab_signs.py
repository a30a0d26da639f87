"""Detects completed stages from a node's console."""

from __future__ import annotations

import pytest
from krgboot import Stage
from krgboot.lab import signs
from krgboot.lab.report import STAGES, LogLine
from lab_watches import node


@pytest.mark.parametrize(
    ("line", "stage", "what"),
    [
        ("[    0.000000] Kernel command line: root=/dev/nfs ro", Stage.command_line, "root=/dev/nfs ro"),
        ("Linux version 2.6.30-krg (gcc version 4.3.2)", Stage.command_line, "Linux version 2.6.30-krg"),
        ("Begin: Loading essential drivers... ...", Stage.command_line, "Begin: Loading essential drivers"),
        ("[    2.1] dracut: dracut-059-4", Stage.command_line, "dracut-059-4"),
        ("VFS: Mounted root (nfs filesystem) readonly on device 0:12.", Stage.root, "nfs filesystem"),
        (
            "dracut: Mounted root filesystem 10.20.0.2:/srv/nfs/debian",
            Stage.root,
            "Mounted root filesystem 10.20.0.2:/srv/nfs/debian",
        ),
        ("INIT: version 2.86 booting", Stage.init, "INIT: version 2.86"),
        (
            "\x1b[1;32mWelcome to Debian GNU/Linux 12 (bookworm)\x1b[0m!",
            Stage.init,
            "Welcome to Debian GNU/Linux 12 (bookworm)!",
        ),
        (
            "[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39mssh.service\x1b[0m - OpenBSD",
            Stage.init,
            "Started ssh.service",
        ),
        ("[  OK  ] Reached target remote-fs.target - Remote File Systems.", Stage.mounts, "Remote File Systems"),
        ("[  OK  ] Reached target Remote File Systems.", Stage.mounts, "Remote File Systems"),
        ("INIT: Entering runlevel: 2", Stage.mounts, "Entering runlevel: 2"),
        ("node1 login: ", Stage.login, "login:"),
        ("login: ", Stage.login, "login:"),
    ],
)
def test_progress(line: str, stage: Stage, what: str) -> None:
    watch = node(None)
    watch.feed(LogLine(2.0, "console", signs.plain(line)))
    assert (watch.sightings[-1].stage, watch.sightings[-1].what) == (stage, what)
    assert all(one.implied for one in watch.sightings[:-1])
    assert [one.stage for one in watch.sightings] == list(STAGES[: len(watch.sightings)])


@pytest.mark.parametrize(
    "line",
    [
        "[  OK  ] Reached target remote-fs-p…eparation for Remote File Systems.",
        "[  OK  ] Reached target remote-fs-pre.target - Preparation for Remote File Systems.",
        "[  OK  ] Reached target Remote File Systems (Pre).",
        "[  OK  ] Stopped target remote-fs.target - Remote File Systems.",
        "INIT: Entering runlevel: S",
        "INIT: Switching to runlevel: 2",
        "Using makefile-style concurrent boot in runlevel S.",
    ],
)
def test_mounts_are_not_yet_there(line: str) -> None:
    watch = node(None)
    watch.feed(LogLine(2.0, "console", line))
    assert watch.stage is not None
    assert STAGES.index(watch.stage) <= STAGES.index(Stage.mounts)


@pytest.mark.parametrize(
    "line",
    [
        "Last login: Mon Nov 23 09:12:07 UTC 2026 on ttyS0",
        "node1 login: root",
        "Welcome to Wonderland",
        "Please login: here or there",
        "Linux version numbers are odd",
        "systemd[1]: Reached some target",
    ],
)
def test_no_progress(line: str) -> None:
    watch = node(None)
    watch.feed(LogLine(2.0, "console", line))
    assert watch.sightings == []


@pytest.mark.parametrize(
    "begin",
    [
        "Welcome to Debian GNU/Linux 12 (bookworm) dracut-059-4 (Initramfs)!",
        "[    2.2] systemd[1]: Running in initrd.",
        "Booting initrd of Debian GNU/Linux 13 (trixie) dracut-106-6 (Initramfs).",
    ],
)
def test_an_initramfs_with_systemd(begin: str) -> None:
    # dracut's systemd prints the same lines as the root's, before the root is mounted.
    watch = node(Stage.command_line)
    for line in (
        "[    2.1] systemd[1]: systemd 252.39-1~deb12u1 running in system mode (+PAM)",
        begin,
        "[  OK  ] Reached target remote-fs.target - Remote File Systems.",
        "[  OK  ] Reached target basic.target - Basic System.",
    ):
        watch.feed(LogLine(2.0, "console", line))
    assert watch.stage is Stage.root
    watch.feed(LogLine(3.0, "console", "dracut: Mounted root filesystem 10.20.0.2:/srv/nfs/debian"))
    assert watch.stage is Stage.init
    watch.feed(LogLine(3.5, "console", "[  OK  ] Reached target initrd-root-fs.target - Initrd Root File System."))
    assert watch.stage is Stage.init
    for end in ("[    4.1] systemd[1]: Switching root.", "Welcome to Debian GNU/Linux 12 (bookworm)!"):
        watch.feed(LogLine(4.0, "console", end))
    watch.feed(LogLine(5.0, "console", "[  OK  ] Reached target remote-fs.target - Remote File Systems."))
    assert watch.stage is Stage.login


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("No DEFAULT or UI co\x1b[25;19H\x1b[25;20Hnfiguration", "No DEFAULT or UI configuration"),
        ("\x1bc\x1b[?7l\x1b[2J\x1b[0mSeaBIOS (version 1.16.2)\r", "SeaBIOS (version 1.16.2)"),
        ("line...\b \b\b \b\b \bdone", "linedone"),
        ("ab\b\b\b\b\bxyz", "xyz"),
        ("\b\b", ""),
        ("tab\there  ", "tab\there"),
        ("caf\xe9 \x07\x00", "caf\xe9"),
        ("\x1b", ""),
    ],
)
def test_plain(raw: str, shown: str) -> None:
    assert signs.plain(raw) == shown
