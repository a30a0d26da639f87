"""A lab: a cluster's boot server and its nodes, for real, on one machine."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import krgboot
from krgboot.errors import ArgumentError, IoError
from krgboot.lab import acceleration, claim, daemons, guests, keys, needs, network, servers
from krgboot.lab.acceleration import Accelerator, find_accelerator
from krgboot.lab.boot import Boot
from krgboot.lab.confinement import free_user
from krgboot.lab.logs import Logs
from krgboot.lab.nfs import find_nfs_server
from krgboot.lab.rack import Rack
from krgboot.lab.report import LabReport
from krgboot.lab.streams import Streams
from krgboot.lab.timeline import report_html, timeline_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from socket import socket
    from subprocess import CompletedProcess

    from krgboot import Cluster
    from krgboot.lab.guests import Guest

_POLL = 0.2  # seconds between two looks at what no stream tells


class Lab:
    """The cluster's boot server, running on the files that krgboot applied beneath ``root``, and its nodes.

    A context manager; what it started ends with it, and with the process that made it, however that ends. The images
    stay as they are: what nodes write goes into memory.

    ``machines``: nodes, MAC addresses, UUIDs or addresses, as ``trace`` takes them; all nodes, if none is named.
    ``name``: of the lab, unique on this machine; the cluster's, if none is given. ``logs``: a directory for what
    everybody said; None: nothing is kept. ``memory``: of each node, MiB. ``accelerator``: "kvm", "tcg" (emulation), or
    None: kvm where it works. ``nfs``: the NFS server, "ganesha", "kernel" (nfsd, in the lab's network, apart from the
    machine's own), or None: Ganesha where it is installed, else the kernel's. Ganesha comes first as it is an ordinary
    process, which needs nothing of the kernel and leaves nothing there.

    Raises IoError "lab.program", "lab.privilege", "lab.tun", "lab.nfsd", "lab.rack", "lab.not_applied", "lab.logs";
    ArgumentError "lab.name", "lab.nfs", "lab.no_server", "lab.no_router", "trace.unknown_machine"; ConflictError
    "lab.name_taken"; CommandError where a daemon does not start.
    """

    def __init__(
        self,
        cluster: Cluster,
        machines: Sequence[str] = (),
        *,
        root: str | os.PathLike[str] = "/",
        name: str | None = None,
        logs: str | os.PathLike[str] | None = None,
        memory: int = 1024,
        accelerator: str | None = None,
        nfs: str | None = None,
    ) -> None:
        self._cluster = cluster
        self._root = Path(root).resolve()
        self.name = name if name is not None else cluster.name
        self._memory = memory
        _check_served(cluster)
        needs.check(nfs, [server.PROGRAM for server in servers.of(cluster)])
        self._nfs = find_nfs_server(nfs, cluster, self._root)
        self.accelerator: Accelerator = find_accelerator(accelerator)
        self.guests: list[Guest] = guests.find(cluster, machines, self._root)
        self._images = self._images_there()
        self._fingerprints = {image: fingerprint(self._root / image.lstrip("/")) for image in self._images}
        self._boots: dict[str, Boot] = {}
        self._stop = False
        self._streams = Streams()
        self._daemons: list[daemons.Daemon] = []
        self._rack: Rack | None = None
        self._logs = Logs(None)
        self._claim: socket = claim.take(self.name)
        try:
            self._logs = Logs(Path(logs) if logs is not None else None)
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def rack(self) -> Rack:
        """Where the boot server runs."""
        if self._rack is None:
            raise ArgumentError("the lab is closed", "lab.closed", self.name)
        return self._rack

    def boot(
        self,
        *,
        time_limit: float = 180.0,
        at_once: int | None = None,
        stay: bool = True,
        on_change: Callable[[list[Boot]], None] = lambda _: None,
    ) -> LabReport:
        """Switch the nodes on, and follow them until each can be logged in to, or comes no further.

        ``time_limit``: seconds that a node may take for one stage. ``at_once``: how many boot at a time; None: as many
        as this machine has processors, two at least. ``stay``: nodes that came up stay switched on. ``on_change``:
        called a few times a second with all that are on their way, and those that have just come to their end.
        """
        limit = at_once or max(2, len(os.sched_getaffinity(0)))
        waiting = list(self.guests)
        on_their_way: list[Boot] = []
        while (waiting or on_their_way) and not self._stop:
            while waiting and len(on_their_way) < limit:
                guest = waiting.pop(0)
                if guest.name in self._boots:  # booted before by this lab
                    self._boots[guest.name].put_away()
                boot = Boot(
                    self.rack,
                    self._streams,
                    self._logs,
                    guest,
                    network.tap(self.guests.index(guest)),
                    self._cluster,
                    root=self._root,
                    user=free_user(self.guests.index(guest)),
                    accelerator=self.accelerator,
                    memory=self._memory,
                )
                self._boots[guest.name] = boot
                on_their_way.append(boot)
            self._streams.poll(_POLL)
            self._check_daemons()
            clients = daemons.nfs_clients(self.rack)
            for boot in on_their_way:
                boot.look(clients, time_limit)
            on_change(on_their_way)
            for boot in on_their_way:
                if boot.finished and not (stay and boot.watch.failure is None):
                    boot.put_away()
            on_their_way = [boot for boot in on_their_way if not boot.finished]
        return self.report()

    def serve(self) -> None:
        """Keep everything running until somebody asks for the end (`krgbootctl lab stop`)."""
        while not self._stop:
            self._streams.poll(1.0)
            self._check_daemons()

    def report(self) -> LabReport:
        """Return what was seen so far; written to the logs, too, as report.json, report.html and timeline.svg."""
        report = LabReport(
            lab=self.name,
            cluster=self._cluster.name,
            accelerator=self.accelerator.name,
            nfs_server=self._nfs.name,
            nodes=[self._boots[guest.name].report() for guest in self.guests if guest.name in self._boots],
            changed_images=[
                image
                for image, before in self._fingerprints.items()
                if fingerprint(self._root / image.lstrip("/")) != before
            ],
        )
        for name, text in (
            ("report.json", report.to_json()),
            ("report.html", report_html(report)),
            ("timeline.svg", timeline_svg(report)),
        ):
            self._logs.write(name, text.encode())
        return report

    def run(self, node: str, argv: Sequence[str], *, text: str = "", check: bool = True) -> CompletedProcess[str]:
        """Run a program on a node as root, by ssh, and return its outcome, as ``subprocess.run`` does.

        ``text``: its input. Raises ArgumentError "lab.no_node" for a node that is not switched on or has no address
        yet; CommandError "lab.command" where the node says more than 64 MiB; subprocess.CalledProcessError, if
        ``check``.
        """
        boot = self._boots.get(node)
        if boot is None or not boot.watch.address:
            raise ArgumentError(f"node {node} is not there to log in to", "lab.no_node", node)
        return keys.run(self.rack, boot.watch.address, argv, text=text, check=check)

    def server_path(self, path: str) -> Path:
        """Return where this machine sees a path of the boot server, also what nodes wrote there."""
        return self.rack.path(path)

    def close(self) -> None:
        """End everything. What was logged stays."""
        # Last in, first out; where one step fails the others are taken all the same.
        with contextlib.ExitStack() as ending:
            ending.callback(self._logs.close)
            ending.callback(self._claim.close)
            ending.callback(self._nfs.close)
            if self._rack is not None:
                ending.callback(self._rack.close)
                self._rack = None
            ending.callback(self._streams.close)
            for boot in self._boots.values():
                ending.callback(boot.switch_off)

    def _start(self) -> None:
        self._streams.add_server(self._claim, self._answer)
        served = [self._cluster.server.tftp_root]
        self._rack = rack = Rack(self._root, served, self._images)
        if self.accelerator.name == "kvm":
            rack.give_device(acceleration.DEVICE)
        network.set_up(rack, self._cluster, [guest.network for guest in self.guests])
        keys.make(rack, self._images)
        self._streams.add_syslog(rack.path("/dev/log"), self._heard_by_syslog)
        portmapper = self._start_daemon(daemons.rpcbind())
        daemons.wait_for_portmapper(portmapper, rack, self._streams)
        nfs = self._nfs.start(rack, self._images, lambda text: self._logs.daemon("nfs", text))
        self._start_daemon(nfs)
        for server in servers.of(self._cluster):
            self._start_daemon(server.command(self._cluster, self._root))
        daemons.wait_until_serving(self._daemons, rack, self._streams)

    def _start_daemon(self, command: daemons.Command) -> daemons.Daemon:
        for path in command.creates:
            self.rack.path(path).touch()
        daemon = daemons.Daemon(self.rack, self._streams, command, self._heard)
        self._daemons.append(daemon)
        return daemon

    def _heard(self, source: str, text: str) -> None:
        """Take a line that a daemon writes itself. What it says to syslog as well is told to the boots from there."""
        self._logs.daemon(source, text)
        server = servers.BY_SOURCE.get(source)
        if server is not None and not server.LOGS_TO_SYSLOG:
            self._tell_boots(source, text)

    def _images_there(self) -> list[str]:
        """Return the paths of the images that the guests boot, or may boot. Raises IoError "lab.not_applied"."""
        kinds = (krgboot.planning.ServiceKind.dhcp, krgboot.planning.ServiceKind.tftp)
        files = [self._cluster.config_file(kind) or "" for kind in kinds]
        for path in [*files, self._cluster.server.tftp_root]:
            if not (self._root / path.lstrip("/")).exists():
                message = f"{path} is not there below {self._root}: apply the spec first (krgbootctl apply --root)"
                raise IoError(message, "lab.not_applied", "open", path, errno.ENOENT)
        return [image.path for image in self._cluster.images if (self._root / image.path.lstrip("/")).is_dir()]

    def _heard_by_syslog(self, text: str) -> None:
        # In one row, whoever says it: a daemon's own pipe may be behind or ahead.
        program, _, said = text.partition(": ")
        server = servers.by_log_name(program)
        if server is None or not server.LOGS_TO_SYSLOG:
            return
        if server.SPEAKS_ON_PIPE:
            self._tell_boots(server.SOURCE, said)
        else:
            self._logs.daemon(server.SOURCE, text)
            self._tell_boots(server.SOURCE, text)

    def _tell_boots(self, source: str, text: str) -> None:
        for boot in self._boots.values():
            boot.hear(source, text)

    def _check_daemons(self) -> None:
        for daemon in self._daemons:
            daemon.check()

    def _answer(self, connection: socket) -> None:
        nodes = [
            {"name": boot.guest.name, "address": boot.watch.address, "booted": boot.booted}
            for boot in self._boots.values()
        ]
        state: dict[str, Any] = {
            "lab": self.name,
            "cluster": self._cluster.name,
            "server": str(self._cluster.server.name),
            "pid": self.rack.pid,
            "nodes": nodes,
        }
        if claim.answer(connection, state) == "stop":
            self._stop = True


def _check_served(cluster: Cluster) -> None:
    """Raise ArgumentError "lab.no_server" where a daemon of somebody else's is to serve: the lab has none of those."""
    server = cluster.server
    for key, value in (("dhcp", server.dhcp), ("tftp", server.tftp), ("nfs", server.nfs)):
        if value == "none":
            message = f"server.{key} is none: in the lab nobody else would serve it"
            raise ArgumentError(message, "lab.no_server", f"server.{key}")


def fingerprint(directory: Path) -> int:
    """Return a number that changes when anything beneath ``directory`` is written, renamed, added or removed."""
    found = []
    stack = [str(directory)]
    while stack:
        with contextlib.suppress(FileNotFoundError), os.scandir(stack.pop()) as entries:  # what has just gone, has gone
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    state = entry.stat(follow_symlinks=False)
                    found.append(
                        (entry.path, state.st_ino, state.st_mode, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
                    )
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
    return hash(tuple(sorted(found)))
