"""Watches of booting nodes."""

from __future__ import annotations

from krgboot import PxelinuxMenu, Stage
from krgboot.lab.report import LogLine
from krgboot.lab.watch import Watch
from staging import GOLDENS

RECORDINGS = GOLDENS / "lab" / "recordings"
"""*.txt: log lines of whole boots. *.console: raw serial output of failed boots."""

MAC = "52:54:00:20:00:20"
MENU = (
    "DEFAULT debian\nLABEL debian\n  LINUX boot/debian/vmlinuz\n"
    "  APPEND initrd=boot/debian/initrd.img root=/dev/nfs nfsroot=10.20.0.2:/srv/nfs/debian ro\n"
)


def watch_of(mac: str = MAC, menu: str | None = MENU) -> Watch:
    """Watch the node with a MAC address; every boot file has the same content."""
    return Watch(mac, lambda _: PxelinuxMenu.parse(menu) if menu else None)


def node(through: Stage | None, source: str = "console") -> Watch:
    """A node that has completed a stage and all before it."""
    watch = watch_of()
    if through is not None:
        watch.reached(through, "it", LogLine(1.0, source, "proof"))
    return watch
