"""The boot server's daemons, each on exactly the files that krgboot applied, and how one knows that it serves."""

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
    """How a daemon is started.

    ``source``: its name in logs. ``ready``: a part of the line that says that it serves. ``refuses``: a part of a line
    by which it goes on without some of what it is to serve. ``program``: as ``confinement.CAPABILITIES`` has it;
    none of them where it is empty. ``root``: the directory that it takes for /; empty: the rack's.
    ``listens_on``: the UDP port by which one knows that it serves; 0: none. ``creates``: files that must be there.
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
    """Return how rpcbind is started, which tells clients on which ports NFS and MOUNT listen."""
    return Command("rpcbind", (needs.program("rpcbind"), "-f"), program="rpcbind")


class Daemon:
    """A daemon that runs in the rack; what it says goes to ``on_line``."""

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
        """Raise CommandError "lab.daemon" with its last lines where it has ended."""
        status = self.process.poll()
        if status is not None:
            self._hear_it_out()
            message = f"{self.command.argv[0]} ended in the lab: {_reason(self._last, status)}"
            raise CommandError(message, "lab.daemon", list(self.command.argv), status, "\n".join(self._last))

    def _hear_it_out(self) -> None:
        """Read what it said before it ended."""
        deadline = time.monotonic() + _LAST_WORDS_LIMIT
        while self.process.stdout is not None and not self.process.stdout.closed and time.monotonic() < deadline:
            self._streams.poll(0.1)


def _reason(lines: Sequence[str], status: int = 1) -> str:
    """Return of a daemon's last lines the one that says why it ended; who was ended from outside does not know.

    That is the first that names a place in a file, or else the last; after that, some tell only where to report bugs.
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
    """Wait until all daemons serve. Raises CommandError "lab.daemon" where one ends, or does not begin in a minute."""
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
    """Wait until rpcbind serves, which does not say so. Raises CommandError "lab.daemon"."""
    deadline = time.monotonic() + _START_LIMIT
    while not _listens(rack, _UDP_PORTMAPPER) and time.monotonic() < deadline:
        streams.poll(0.05)
        daemon.check()


def _listens(rack: Rack, port: int) -> bool:
    """Whether somebody listens on a UDP port of the rack, for daemons that do not say when they serve."""
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
