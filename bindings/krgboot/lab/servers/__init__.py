"""The programs of a boot server that a lab can run, one module each: how it is started, and what its log tells.

Who adds a program writes a module here and a line in DHCP or TFTP. The words are those of cluster.yaml.
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
    """A module of this package."""

    SOURCE: str
    """Its name in logs and reports."""
    PROGRAM: str
    """The program that is started, and the Debian package that has it."""
    PACKAGE: str
    LOGS_TO_SYSLOG: bool
    """Does it tell of requests in the system log, and does it log on its own output as well, or alone?"""
    SPEAKS_ON_PIPE: bool
    CAPABILITIES: dict[str, str]
    """What it may do, of capabilities(7), and what for."""

    def command(self, cluster: Cluster, root: Path) -> Command:
        """Return how it is started on the files that krgboot applied below ``root``."""

    def heard(self, text: str, tftp_root: str) -> Event | None:
        """Return what a line of its log tells of a node; None: nothing."""


DHCP: dict[str, Server] = {"isc": dhcp_isc}
TFTP: dict[str, Server] = {"tftpd-hpa": tftp_hpa, "dnsmasq": tftp_dnsmasq}

_ALL = (*DHCP.values(), *TFTP.values())
BY_SOURCE: dict[str, Server] = {server.SOURCE: server for server in _ALL}
PACKAGES: dict[str, str] = {server.PROGRAM: server.PACKAGE for server in _ALL}
CAPABILITIES: dict[str, dict[str, str]] = {server.SOURCE: server.CAPABILITIES for server in _ALL}


def of(cluster: Cluster) -> tuple[Server, Server]:
    """Return what serves the cluster's machines with DHCP and TFTP. Raises KeyError where nothing of ours does."""
    return DHCP[cluster.server.dhcp], TFTP[cluster.server.tftp]


def by_log_name(name: str) -> Server | None:
    """Return the program that calls itself ``name`` in the system log: "in.tftpd[123]"."""
    return next((server for server in _ALL if name.startswith(server.PROGRAM)), None)


def event(source: str, text: str, tftp_root: str = "") -> Event | None:
    """Return what a line of the program that logs as ``source`` tells of a node; None: nothing."""
    server = BY_SOURCE.get(source)
    return server.heard(text, tftp_root) if server else None
