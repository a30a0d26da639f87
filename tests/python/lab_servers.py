"""A boot server in a rack, for tests that start its daemons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krgboot.lab import daemons, network, nfs
from krgboot.lab.rack import Rack
from krgboot.lab.streams import Streams
from lab_racks import TFTP

if TYPE_CHECKING:
    from pathlib import Path

    import krgboot

PROGRAMS = ("bwrap", "nsenter", "setpriv", "ip", "dhcpd", "in.tftpd", "rpcbind", "ganesha.nfsd")


class Server:
    """A rack with the example's network, and the output of its daemons."""

    def __init__(self, cluster: krgboot.Cluster, root: Path, images: list[str]) -> None:
        self.cluster = cluster
        self.streams = Streams()
        self.said: list[tuple[str, str]] = []
        self.rack = Rack(root, [TFTP], images)
        network.set_up(self.rack, cluster, [0])
        self.rack.path("/var/lib/dhcp/dhcpd.leases").touch()
        self.streams.add_syslog(self.rack.path("/dev/log"), lambda text: self.said.append(("syslog", text)))
        self.daemons: list[daemons.Daemon] = []

    def start(self, command: daemons.Command) -> daemons.Daemon:
        daemon = daemons.Daemon(self.rack, self.streams, command, lambda *line: self.said.append(line))
        self.daemons.append(daemon)
        return daemon

    def serve(self, *commands: daemons.Command) -> None:
        started = [self.start(command) for command in commands]
        daemons.wait_until_serving(started, self.rack, self.streams)

    def close(self) -> None:
        self.streams.close()
        self.rack.close()
        for daemon in self.daemons:
            daemon.process.wait()


def ganesha(server: Server, root: Path, images: list[str]) -> tuple[daemons.Command, str]:
    """NFS-Ganesha for these images, and its configuration."""
    if not server.daemons:
        daemons.wait_for_portmapper(server.start(daemons.rpcbind()), server.rack, server.streams)
    command = nfs.Ganesha(server.cluster, root).start(server.rack, images, print)
    return command, server.rack.path(nfs.GANESHA_CONF).read_text()
