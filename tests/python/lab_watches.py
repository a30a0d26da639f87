"""Nodes on their way, as a lab watches them."""

from __future__ import annotations

from krgboot import PxelinuxMenu, Stage
from krgboot.lab.report import LogLine
from krgboot.lab.watch import Watch
from staging import GOLDENS

RECORDINGS = GOLDENS / "lab" / "recordings"
"""*.txt: what was heard during whole boots. *.console: what a serial line said in boots that failed, byte for byte."""

MAC = "52:54:00:20:00:20"
MENU = (
    "DEFAULT debian\nLABEL debian\n  LINUX boot/debian/vmlinuz\n"
    "  APPEND initrd=boot/debian/initrd.img root=/dev/nfs nfsroot=10.20.0.2:/srv/nfs/debian ro\n"
)


def watch_of(mac: str = MAC, menu: str | None = MENU) -> Watch:
    """Watch the node with a MAC address; every boot file that it asks for says the same."""
    return Watch(mac, lambda _: PxelinuxMenu.parse(menu) if menu else None)


def node(through: Stage | None, source: str = "console") -> Watch:
    """A node that is through a stage and all before it."""
    watch = watch_of()
    if through is not None:
        watch.reached(through, "it", LogLine(1.0, source, "proof"))
    return watch
