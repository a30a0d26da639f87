"""A lab: runs a cluster's boot server and nodes on one machine."""

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

_POLL = 0.2  # seconds between two checks of the facts that no stream reports


class Lab:
    """The cluster's boot server, running on the files that krgboot applied below ``root``, and its nodes.

    A context manager. All its processes end with it, and with the process that made it, for any reason. The images do
    not change: writes of nodes go to memory.

    ``machines``: nodes, MAC addresses, UUIDs or IP addresses, as for ``trace``; empty: all nodes. ``name``: name of
    the lab, unique on this machine; None: the cluster's name. ``logs``: directory for the logs; None: no logs.
    ``memory``: memory of each node, in MiB. ``accelerator``: "kvm", "tcg" (emulation), or None: kvm if it works.
    ``nfs``: the NFS server: "ganesha", "kernel" (nfsd in the lab's network, separate from the machine's own), or None:
    Ganesha if installed, else the kernel's. Ganesha is preferred because it is an ordinary process that needs no
    kernel module.

    Raises IoError "lab.program", "lab.privilege", "lab.tun", "lab.nfsd", "lab.rack", "lab.not_applied", "lab.logs";
    ArgumentError "lab.name", "lab.nfs", "lab.no_server", "lab.no_router", "trace.unknown_machine"; ConflictError
    "lab.name_taken"; CommandError if a daemon does not start.
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
        """The namespaces in which the boot server runs."""
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
        """Switch the nodes on, and watch each until it accepts logins or fails.

        ``time_limit``: seconds for each stage of a node. ``at_once``: how many nodes boot at a time; None: one per
        processor of this machine, at least two. ``stay``: keep booted nodes running. ``on_change``: called a few times
        per second with the running boots and those that have just finished.
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
        """Keep everything running until a stop request (`krgbootctl lab stop`)."""
        while not self._stop:
            self._streams.poll(1.0)
            self._check_daemons()

    def report(self) -> LabReport:
        """Return the report so far; also write it to the logs as report.json, report.html and timeline.svg."""
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
        """Run a program on a node as root, by ssh, and return its result like ``subprocess.run``.

        ``text``: its standard input. Raises ArgumentError "lab.no_node" for a node that is not switched on or has no
        address yet; CommandError "lab.command" if the output exceeds 64 MiB; subprocess.CalledProcessError, if
        ``check``.
        """
        boot = self._boots.get(node)
        if boot is None or not boot.watch.address:
            raise ArgumentError(f"node {node} is not there to log in to", "lab.no_node", node)
        return keys.run(self.rack, boot.watch.address, argv, text=text, check=check)

    def server_path(self, path: str) -> Path:
        """Return this machine's path for a path of the boot server, which shows the nodes' writes too."""
        return self.rack.path(path)

    def close(self) -> None:
        """End everything. The logs stay."""
        # Runs in reverse order; if one step raises, the others still run.
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
        """Process a line of a daemon's output. Boots get the lines of daemons that use syslog from there instead."""
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
        # Syslog keeps the order between daemons; the daemons' pipes may be behind or ahead.
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
    """Raise ArgumentError "lab.no_server" if the spec leaves a service to a foreign server, which the lab lacks."""
    server = cluster.server
    for key, value in (("dhcp", server.dhcp), ("tftp", server.tftp), ("nfs", server.nfs)):
        if value == "none":
            message = f"server.{key} is none: in the lab nobody else would serve it"
            raise ArgumentError(message, "lab.no_server", f"server.{key}")


def fingerprint(directory: Path) -> int:
    """Return a number that changes when a file below ``directory`` is written, renamed, added or removed."""
    found = []
    stack = [str(directory)]
    while stack:
        with (
            contextlib.suppress(FileNotFoundError),
            os.scandir(stack.pop()) as entries,
        ):  # the directory may have just been removed
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    state = entry.stat(follow_symlinks=False)
                    found.append(
                        (entry.path, state.st_ino, state.st_mode, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
                    )
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
    return hash(tuple(sorted(found)))
