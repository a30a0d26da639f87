"""The programs of a boot server that a lab can run, one module each: its command, and the parser of its log.

To add a program, add a module here and an entry to DHCP or TFTP. The keys are the words of cluster.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from krgboot.lab.servers import dhcp_isc, tftp_dnsmasq, tftp_hpa

if TYPE_CHECKING:
    from pathlib import Path

    from krgboot import Cluster
    from krgboot.lab.daemons import Command
    from krgboot.lab.servers.events import Event


class Server(Protocol):
    """Interface of the modules in this package."""

    SOURCE: str
    """Its name in logs and reports."""
    PROGRAM: str
    """The program to start; PACKAGE is its Debian package."""
    PACKAGE: str
    LOGS_TO_SYSLOG: bool
    """Whether it logs requests to syslog; SPEAKS_ON_PIPE: whether it logs to its standard output or error."""
    SPEAKS_ON_PIPE: bool
    CAPABILITIES: dict[str, str]
    """Its capabilities(7), with the reasons."""

    def command(self, cluster: Cluster, root: Path) -> Command:
        """Return the command that starts it on the files that krgboot applied below ``root``."""

    def heard(self, text: str, tftp_root: str) -> Event | None:
        """Parse a line of its log; None: the line has no event."""


DHCP: dict[str, Server] = {"isc": dhcp_isc}
TFTP: dict[str, Server] = {"tftpd-hpa": tftp_hpa, "dnsmasq": tftp_dnsmasq}

_ALL = (*DHCP.values(), *TFTP.values())
BY_SOURCE: dict[str, Server] = {server.SOURCE: server for server in _ALL}
PACKAGES: dict[str, str] = {server.PROGRAM: server.PACKAGE for server in _ALL}
CAPABILITIES: dict[str, dict[str, str]] = {server.SOURCE: server.CAPABILITIES for server in _ALL}


def of(cluster: Cluster) -> tuple[Server, Server]:
    """Return the DHCP and TFTP servers of the cluster. Raises KeyError if a server is not in this package."""
    return DHCP[cluster.server.dhcp], TFTP[cluster.server.tftp]


def by_log_name(name: str) -> Server | None:
    """Return the program whose syslog tag is ``name``: "in.tftpd[123]"."""
    return next((server for server in _ALL if name.startswith(server.PROGRAM)), None)


def event(source: str, text: str, tftp_root: str = "") -> Event | None:
    """Parse a log line of the program with this ``source``; None: the line has no event."""
    server = BY_SOURCE.get(source)
    return server.heard(text, tftp_root) if server else None
