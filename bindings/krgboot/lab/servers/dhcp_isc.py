"""ISC dhcpd 4.4: dhcpd(8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from krgboot.lab import needs, network
from krgboot.lab.daemons import Command
from krgboot.lab.servers.events import Event, Talked
from krgboot.planning import ServiceKind

if TYPE_CHECKING:
    from pathlib import Path

    from krgboot import Cluster

SOURCE = "dhcpd"
PROGRAM = "dhcpd"
PACKAGE = "isc-dhcp-server"
LOGS_TO_SYSLOG = True
SPEAKS_ON_PIPE = True
CAPABILITIES = {
    "net_bind_service": "port 67",
    "net_raw": "it answers machines without an address through packet sockets",
}

_LEASES = "/var/lib/dhcp/dhcpd.leases"
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)
_ACK = re.compile(r"DHCPACK on (?P<address>\S+) to ")


def command(cluster: Cluster, root: Path) -> Command:
    """Return the command that starts dhcpd on all bridges."""
    del root
    conf = cluster.config_file(ServiceKind.dhcp) or ""
    argv = [needs.program(PROGRAM), "-f", "-d", "-cf", conf, "-lf", _LEASES, "-pf", "/run/dhcpd.pid"]
    argv += [network.bridge(number) for number in range(len(cluster.networks))]
    return Command(SOURCE, tuple(argv), "Server starting service.", program=SOURCE, creates=(_LEASES,))


def heard(text: str, tftp_root: str = "") -> Event | None:
    """Parse a line of dhcpd's log."""
    del tftp_root
    mac = _MAC.search(text)
    if mac is None:
        return None
    ack = _ACK.search(text)
    return Talked(mac[0].lower(), ack["address"] if ack else "")
