"""Starts the boot server's daemons on the files that krgboot applied, and detects when they serve."""

from __future__ import annotations

import re
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from krgboot.errors import CommandError
from krgboot.lab import needs
from krgboot.lab.confinement import confined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from subprocess import Popen

    from krgboot.lab.rack import Rack
    from krgboot.lab.streams import Streams

_START_LIMIT = 60.0  # seconds; NFS-Ganesha takes two on a quiet machine
_LAST_WORDS_LIMIT = 1.0
_LINES_KEPT = 40
_PLACE = re.compile(r" line \d+: ")
_ABOUT_BUGS = "If you think you have received this message due to a bug"
_UDP_PORTMAPPER = 111
_TCP_NFS = 2049
_ESTABLISHED = "01"


@dataclass(frozen=True)
class Command:
    """How to start a daemon.

    ``source``: its name in logs. ``ready``: part of the line that it prints when it serves. ``refuses``: part of the
    line that it prints when it drops some exports. ``program``: its key in ``confinement.CAPABILITIES``; empty: no
    capabilities. ``root``: its root directory; empty: the rack's. ``listens_on``: UDP port that is open when it serves;
    0: none. ``creates``: files to make before the start.
    """

    source: str
    argv: tuple[str, ...]
    ready: str = ""
    refuses: str = ""
    program: str = ""
    root: str = ""
    listens_on: int = 0
    creates: tuple[str, ...] = ()


def rpcbind() -> Command:
    """Return the command that starts rpcbind, which tells clients the ports of NFS and MOUNT."""
    return Command("rpcbind", (needs.program("rpcbind"), "-f"), program="rpcbind")


class Daemon:
    """A daemon in the rack; ``on_line`` gets its output."""

    def __init__(self, rack: Rack, streams: Streams, command: Command, on_line: Callable[[str, str], None]) -> None:
        self.command = command
        self.serves = not command.ready
        self.refusal: list[str] = []
        self._last: list[str] = []
        self._on_line = on_line
        self._streams = streams
        argv = confined(command.argv, command.program)
        if command.root:
            argv = [needs.program("chroot"), command.root, *argv]
        self.process: Popen[bytes] = rack.start(argv)
        streams.add_pipe(self.process.stdout, self._line)

    def _line(self, line: str) -> None:
        self._last = [*self._last[1 - _LINES_KEPT :], line]
        if self.command.ready and self.command.ready in line:
            self.serves = True
        if self.command.refuses and self.command.refuses in line and not self.refusal:
            self.refusal = self._last[-2:]
        self._on_line(self.command.source, line)

    def check(self) -> None:
        """Raise CommandError "lab.daemon" with its last lines if it has ended."""
        status = self.process.poll()
        if status is not None:
            self._hear_it_out()
            message = f"{self.command.argv[0]} ended in the lab: {_reason(self._last, status)}"
            raise CommandError(message, "lab.daemon", list(self.command.argv), status, "\n".join(self._last))

    def _hear_it_out(self) -> None:
        """Read the rest of its output."""
        deadline = time.monotonic() + _LAST_WORDS_LIMIT
        while self.process.stdout is not None and not self.process.stdout.closed and time.monotonic() < deadline:
            self._streams.poll(0.1)


def _reason(lines: Sequence[str], status: int = 1) -> str:
    """Return the reason of a daemon's end: the signal that killed it, or one of its last lines.

    That is the first line with a place in a file, else the last line before the text about bug reports.
    """
    if status in (-signal.SIGKILL, -signal.SIGTERM):
        memory = " (is there too little memory?)" if status == -signal.SIGKILL else ""
        return f"{signal.Signals(-status).name} came from outside{memory}"
    for line in lines:
        if _PLACE.search(line):
            return line
    said = [line for line in lines if line.strip()]
    about_bugs = next((number for number, line in enumerate(said) if line.startswith(_ABOUT_BUGS)), len(said))
    return said[about_bugs - 1] if about_bugs else "it said nothing"


def wait_until_serving(daemons: Sequence[Daemon], rack: Rack, streams: Streams) -> None:
    """Wait until all daemons serve. Raises CommandError "lab.daemon" if one ends, or does not serve within a minute."""
    deadline = time.monotonic() + _START_LIMIT
    ports = [daemon.command.listens_on for daemon in daemons if daemon.command.listens_on]
    while not (all(daemon.serves for daemon in daemons) and all(_listens(rack, port) for port in ports)):
        streams.poll(0.1)
        for daemon in daemons:
            daemon.check()
            if daemon.refusal:
                message = f"{daemon.command.argv[0]} does not serve all exports: {daemon.refusal[0]}"
                raise CommandError(message, "lab.daemon", list(daemon.command.argv), 0, "\n".join(daemon.refusal))
        if time.monotonic() > deadline:
            slow = next((daemon for daemon in daemons if not daemon.serves), daemons[-1])
            message = f"{slow.command.argv[0]} does not serve after {_START_LIMIT:.0f} s"
            raise CommandError(message, "lab.daemon", list(slow.command.argv), 0, "")


def wait_for_portmapper(daemon: Daemon, rack: Rack, streams: Streams) -> None:
    """Wait until rpcbind listens; it prints no ready line. Raises CommandError "lab.daemon"."""
    deadline = time.monotonic() + _START_LIMIT
    while not _listens(rack, _UDP_PORTMAPPER) and time.monotonic() < deadline:
        streams.poll(0.05)
        daemon.check()


def _listens(rack: Rack, port: int) -> bool:
    """Whether a UDP port of the rack is open, for daemons without a ready line."""
    lines = (rack.proc / "net/udp").read_text().splitlines()[1:]
    return any(int(line.split()[1].rpartition(":")[2], 16) == port for line in lines)


def nfs_clients(rack: Rack) -> set[str]:
    """Return the addresses that have a connection to the NFS server."""
    found = set()
    for name in ("tcp", "tcp6"):
        for line in (rack.proc / "net" / name).read_text().splitlines()[1:]:
            _, local, remote, state, *_ = line.split()
            if state == _ESTABLISHED and int(local.rpartition(":")[2], 16) == _TCP_NFS:
                number = bytes.fromhex(remote.partition(":")[0][-8:])
                found.add(".".join(str(octet) for octet in reversed(number)))
    return found
