"""One node's boot in a lab: its virtual machine, the log lines about it, and the facts that it reports over ssh."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import krgboot
from krgboot import visible
from krgboot.lab import agreement, facts, keys, machine, signs
from krgboot.lab.report import Failure, LogLine, NodeReport
from krgboot.lab.watch import Watch
from krgboot.pxelinux import PxelinuxMenu
from krgboot.tracing import Stage

if TYPE_CHECKING:
    from collections.abc import Set

    from krgboot import Cluster
    from krgboot.lab.acceleration import Accelerator
    from krgboot.lab.guests import Guest
    from krgboot.lab.logs import Logs
    from krgboot.lab.rack import Rack
    from krgboot.lab.streams import Streams

_SCREEN_INTERVAL = 1.0  # seconds
_SCREEN_REST = 9.0  # pause after reading the screen, as a multiple of the time that the reading took
_SSH_INTERVAL = 2.0
_LARGEST_BOOT_FILE = 64 << 10  # bytes
# Rate limit for the parsed console lines: burst size, and lines per second. A kernel and its init write 2000 in all.
_MOST_LINES = 20_000.0
_LINES_A_SECOND = 500.0
# Fractions of the time limit: how long a node with an sshd and a login prompt may take to answer by ssh, and how long a
# node that accepts logins may take to finish starting its services.
_SSH_PATIENCE = 1 / 2
_SETTLE_PATIENCE = 2 / 3


def _read_beneath(directory: Path, name: str) -> bytes:
    """Return the beginning of a regular file that a node requested by TFTP. Raises OSError.

    The name is untrusted: files outside the directory are not read, and no device or FIFO is opened.
    """
    path = name.lstrip("/")
    if ".." in path.split("/") or "\0" in path:
        raise OSError(errno.EACCES, "it leads out of the TFTP root", name)
    held = os.open(directory / path, os.O_PATH | os.O_CLOEXEC)
    found = Path(f"/proc/self/fd/{held}")
    try:
        if not found.readlink().is_relative_to(directory.resolve()):
            raise OSError(errno.EACCES, "it leads out of the TFTP root", name)
        if not stat.S_ISREG(os.fstat(held).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", name)
        with found.open("rb") as file:
            return file.read(_LARGEST_BOOT_FILE)
    finally:
        os.close(held)


class Boot:
    """The boot of one node. The constructor switches the machine on.

    ``tap``: the TAP device of its network card. ``user``: the uid that runs the virtual machine.
    """

    def __init__(
        self,
        rack: Rack,
        streams: Streams,
        logs: Logs,
        guest: Guest,
        tap: str,
        cluster: Cluster,
        *,
        root: Path,
        user: int,
        accelerator: Accelerator,
        memory: int,
    ) -> None:
        self.guest = guest
        self.watch = Watch(guest.mac, self._boot_file, cluster.server.tftp_root)
        self._rack = rack
        self._streams = streams
        self._logs = logs
        self._cluster = cluster
        self._root = root
        self._node = NodeReport(guest.name, guest.mac, guest.uuid, logs=logs.of(guest.file_name))
        self._differences_known = False
        self._screen: set[str] = set()
        self._next_screen = 0.0
        self._clients: Set[str] = frozenset()
        self._ssh: keys.Question | None = None
        self._next_ssh = 0.0
        self._settled = False
        self._put_away = False
        self._patience_left = _MOST_LINES
        self._last_line = time.monotonic()
        self._started = time.monotonic()
        settings: dict[str, Any] = {"user": user, "accelerator": accelerator, "memory": memory}
        self._machine = machine.switch_on(rack, guest.file_name, guest.mac, guest.uuid, tap, **settings)
        streams.add_pipe(
            self._machine.process.stdout,
            self._showed,
            self._wrote,
        )

    @property
    def age(self) -> float:
        """Seconds since the machine was switched on."""
        return time.monotonic() - self._started

    @property
    def booted(self) -> bool:
        """Whether the node accepts logins."""
        return self.watch.failure is None and self.watch.stage is None

    @property
    def finished(self) -> bool:
        """Whether the boot is over: failed, or complete and settled."""
        return self.watch.failure is not None or (self.booted and self._settled)

    def hear(self, source: str, text: str) -> None:
        """Process a log line of a daemon, which may concern any node."""
        if self._put_away:
            return
        before = self.watch.lines
        self._said(source, text)
        if self.watch.lines != before:
            self._logs.line(self.guest.file_name, self.watch.lines[-1])

    def look(self, nfs_clients: Set[str], time_limit: float) -> None:
        """Check the progress: screen, NFS connection, ssh. The caller calls this a few times per second."""
        age = self.age
        if not self._machine.running and self.watch.failure is None:
            self._streams.poll(0)  # process its last output
            self.watch.fail(age, self.watch.stage or Stage.login, "the virtual machine ended")
        if age >= self._next_screen:
            self._read_screen()
            # A machine whose screen is slow to read must not delay the others.
            self._next_screen = self.age + max(_SCREEN_INTERVAL, _SCREEN_REST * (self.age - age))
        self._look_at_nfs(nfs_clients)
        self._look_by_ssh(time_limit)
        self.watch.tick(age, time_limit)
        if self.watch.failure is not None:
            self._note_failure(self.watch.failure)

    def report(self) -> NodeReport:
        """Return the node's report."""
        node, watch = self._node, self.watch
        node.sightings, node.failure = list(watch.sightings), watch.failure
        node.address, node.boot_file, node.kernel, node.initrds = (
            watch.address,
            watch.boot_file,
            watch.kernel,
            watch.initrds,
        )
        node.command_line = node.command_line or watch.command_line
        node.failed_units = node.failed_units or list(watch.failed_scripts)
        if self.finished and not self._differences_known:
            self._differences_known = True
            node.differences = agreement.differences(self._trace(), node)
        return node

    def switch_off(self) -> None:
        """Kill the virtual machine and the node's ssh process."""
        self._end_ssh()
        self._machine.switch_off()

    def put_away(self) -> None:
        """Switch the machine off, close its logs, and ignore all later log lines."""
        self.switch_off()
        self._streams.poll(0)  # process its last output
        self._put_away = True
        self._logs.leave(self.guest.file_name)

    def _boot_file(self, name: str) -> PxelinuxMenu | None:
        tftp_root = self._root / self._cluster.server.tftp_root.lstrip("/")
        try:
            return PxelinuxMenu.parse(_read_beneath(tftp_root, name).decode(errors="backslashreplace"))
        except OSError:
            return None

    def _wrote(self, data: bytes) -> None:
        if not self._put_away:
            self._logs.console(self.guest.file_name, data)

    def _showed(self, text: str) -> None:
        """Parse a console line, within the rate limit: a node may write without end."""
        now = time.monotonic()
        self._patience_left = min(_MOST_LINES, self._patience_left + (now - self._last_line) * _LINES_A_SECOND)
        self._last_line = now
        if self._patience_left >= 1:
            self._patience_left -= 1
            self._said("console", signs.plain(text))

    def _said(self, source: str, text: str) -> None:
        if text:
            self.watch.feed(LogLine(self.age, source, text))

    def _read_screen(self) -> None:
        rows = self._machine.screen()
        if rows is None:
            return
        self._streams.poll(0)  # process the log lines that precede this screen first
        for row in rows:
            if row not in self._screen:
                self._said("screen", row)
        self._screen = set(rows)

    def _look_at_nfs(self, clients: Set[str]) -> None:
        """Treat a connection that exists in two successive checks as the mounted root: the kernel is then up."""
        watch = self.watch
        lasts = watch.address in clients and watch.address in self._clients
        if lasts and watch.kernel and watch.stage is not None and not self._root_is_mounted():
            line = LogLine(self.age, "nfs", f"{watch.address} is connected")
            watch.reached(Stage.root, self._trace().root_path, line)
        self._clients = clients

    def _look_by_ssh(self, time_limit: float) -> None:
        if self._settled or self.watch.failure is not None or not self._root_is_mounted():
            return
        if self._ssh is None:
            if self.age >= self._next_ssh:
                self._ssh = keys.Question(self._rack, self._streams, self.watch.address, facts.SCRIPT)
        elif self._ssh.over:
            if (answer := self._ssh.answer) is not None:
                self._answered(facts.parse(answer))
            else:
                self._logs.line(self.guest.file_name, LogLine(self.age, "ssh", self._ssh.complaint))
            self._ssh = None
            self._next_ssh = self.age + _SSH_INTERVAL
        if self.booted:
            patience = _SETTLE_PATIENCE if self._node.root else self._patience()
            if self.age - self.watch.last_progress > patience * time_limit:
                self._settled = True

    def _answered(self, parts: dict[str, str]) -> None:
        facts.note(parts, self._node)
        self.watch.reached(Stage.login, "ssh", LogLine(self.age, "ssh", f"{self._node.host_name} answers"))
        self._settled = not facts.starting(parts)

    def _patience(self) -> float:
        """Fraction of the time limit that sshd may need after the login prompt; 0 if the image has no sshd."""
        path = self._trace().root_path
        return _SSH_PATIENCE if path and self._rack.path(f"{path}/usr/sbin/sshd").exists() else 0.0

    def _root_is_mounted(self) -> bool:
        return any(sighting.stage is Stage.root for sighting in self.watch.sightings)

    def _end_ssh(self) -> None:
        if self._ssh is not None:
            self._ssh.end()
            self._ssh = None

    def _trace(self) -> krgboot.Trace:
        """Return the trace of the node, for the address that DHCP gave it (which may be from a pool)."""
        if self.guest.trace.machine.address and str(self.guest.trace.machine.address) == self.watch.address:
            return self.guest.trace
        address = krgboot.net.Ipv4Address.parse(self.watch.address)
        return krgboot.trace(self._cluster, self.guest.text, self._root, address=address)

    def _note_failure(self, failure: Failure) -> None:
        """Save the screen, and add what trace predicted for this stage to the failure."""
        self._logs.write(
            f"{self.guest.file_name}/screen.txt",
            "".join(f"{visible(row)}\n" for row in self._machine.screen() or []).encode(),
        )
        if picture := self._machine.picture():
            self._logs.write(f"{self.guest.file_name}/screen.png", picture)
        for step in self._trace().steps:
            if step.stage is failure.stage and step.status is krgboot.tracing.Status.broken:
                said = f"{step.what}: {step.why}" if step.why else step.what
                reason = f"{failure.reason}; trace says: {said}"
                self.watch.failure = Failure(
                    failure.stage, failure.at, reason, step.hint or failure.hint, failure.lines
                )
                break
