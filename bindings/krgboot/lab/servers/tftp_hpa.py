"""in.tftpd(8) of tftp-hpa 5.2, at verbosity 1 or more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from krgboot.formats import TftpdSettings
from krgboot.lab import needs
from krgboot.lab.daemons import Command
from krgboot.lab.servers.events import Event, Refused, Requested
from krgboot.planning import ServiceKind

if TYPE_CHECKING:
    from pathlib import Path

    from krgboot import Cluster

SOURCE = "tftpd"
PROGRAM = "in.tftpd"
PACKAGE = "tftpd-hpa"
LOGS_TO_SYSLOG = True
SPEAKS_ON_PIPE = False
CAPABILITIES = {
    "net_bind_service": "port 69",
    "setuid": "it serves each request as the user in --user",
    "setgid": "and as that user's group",
    "sys_chroot": "--secure: it changes its root to the TFTP root",
}

_REQUEST = re.compile(r"\[(?P<pid>\d+)\]: RRQ from (?P<address>\S+) filename (?P<file>\S+)")
_REFUSAL = re.compile(r"\[(?P<pid>\d+)\]: sending NAK \((?P<why>\d+, .*)\) to (?P<address>\S+)")


def command(cluster: Cluster, root: Path) -> Command:
    """Return the command that starts in.tftpd as /etc/default/tftpd-hpa sets. It logs requests to syslog."""
    file = cluster.config_file(ServiceKind.tftp) or ""
    text = (root / file.lstrip("/")).read_text()
    settings = TftpdSettings.parse(text, cluster.server.release, file)
    argv = [needs.program(PROGRAM), "--foreground", "--verbosity", "3", *settings.options]
    if settings.address:
        argv += ["--address", settings.address]
    if settings.username:
        argv += ["--user", settings.username]
    if settings.secure:
        argv += ["--secure"]
    return Command(SOURCE, (*argv, *settings.directories), program=SOURCE, listens_on=69)


def heard(text: str, tftp_root: str = "") -> Event | None:
    """Parse a line of in.tftpd's log, which has its name and process id."""
    del tftp_root
    if refusal := _REFUSAL.search(text):
        return Refused(refusal["pid"], refusal["why"])
    request = _REQUEST.search(text)
    return Requested(request["pid"], request["address"], request["file"]) if request else None
