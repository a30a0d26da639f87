"""dnsmasq(8) 2.90 as TFTP server only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from krgboot.lab import needs
from krgboot.lab.daemons import Command
from krgboot.lab.servers.events import Event, Refused, Requested

if TYPE_CHECKING:
    from pathlib import Path

    from krgboot import Cluster

SOURCE = "dnsmasq"
PROGRAM = "dnsmasq"
PACKAGE = "dnsmasq-base"
LOGS_TO_SYSLOG = False
SPEAKS_ON_PIPE = True
CAPABILITIES = {
    "net_bind_service": "port 69",
    "setgid": "it drops all groups but one",
}

_MAIN = "/etc/dnsmasq.conf"
_SENT = re.compile(r"sent (?P<file>/\S+) to (?P<address>[0-9.]+)$")
_MISSING = re.compile(r"file (?P<file>/\S+) not found for (?P<address>[0-9.]+)$")


def command(cluster: Cluster, root: Path) -> Command:
    """Return the command that starts dnsmasq with the main file, if it exists, and all of /etc/dnsmasq.d.

    It runs as root without capabilities, because other users of the machine cannot enter the rack's directories.
    """
    del cluster
    main = _MAIN if (root / _MAIN.lstrip("/")).exists() else "/dev/null"
    argv = [needs.program(PROGRAM), "--keep-in-foreground", "--log-facility=-", f"--conf-file={main}"]
    argv += ["--conf-dir=/etc/dnsmasq.d,.dpkg-dist,.dpkg-old,.dpkg-new", "--user=root", "--group=root", "--pid-file"]
    return Command(SOURCE, tuple(argv), program=SOURCE, listens_on=69)


def heard(text: str, tftp_root: str = "") -> Event | None:
    """Parse a line of dnsmasq's log. dnsmasq logs a file after it has been sent."""

    def name_of(path: str) -> str:
        return path.removeprefix(tftp_root.rstrip("/") + "/")

    if sent := _SENT.search(text):
        return Requested(sent["address"], sent["address"], name_of(sent["file"]))
    if missing := _MISSING.search(text):
        return Refused(missing["address"], "not found", missing["address"], name_of(missing["file"]))
    return None
