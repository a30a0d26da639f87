"""Detects the boot stages of one node in the lines of daemons and console. Pure: lines in, stages out."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from krgboot.formats import KernelCommandLine
from krgboot.lab import loaders, servers, signs
from krgboot.lab.report import STAGES, Failure, LogLine, Sighting
from krgboot.lab.servers.events import Refused, Requested, Talked
from krgboot.lab.sign import Fault
from krgboot.tracing import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from krgboot.pxelinux import PxelinuxMenu


_LINES_KEPT = 10
_MOST_SCRIPTS = 200
# Seconds. A client that was refused a file requests its next candidate immediately, if it has one.
_PATIENCE_AFTER_REFUSAL = 6.0

_CONSOLES = ("console", "screen")


class Watch:
    """State of one node's boot.

    ``menu_of``: reads a boot file by its requested path; returns None if it does not exist. ``tftp_root``: path on the
    server.
    """

    def __init__(
        self, mac: str, menu_of: Callable[[str], PxelinuxMenu | None] = lambda _: None, tftp_root: str = ""
    ) -> None:
        self._mac = mac.lower()
        self._menu_of = menu_of
        self._tftp_root = tftp_root
        self.sightings: list[Sighting] = []
        self.failure: Failure | None = None
        self.address = ""
        self._loader = ""
        self.boot_file = ""
        self.kernel = ""
        self.initrds: list[str] = []
        self.command_line = ""
        self.failed_scripts: list[str] = []  # of sysvinit's
        self._lines: deque[LogLine] = deque(maxlen=_LINES_KEPT)
        self._trouble: tuple[Stage, str, str] | None = None  # stage, reason, hint
        self._in_initramfs = False
        self._wanted_initrds: tuple[str, ...] = ()
        self._last_request: tuple[str, str, LogLine] | None = None  # key, file, line
        self._refused: tuple[float, str, str, LogLine] | None = None  # time of the refusal, file, why

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """The last log lines about the node, oldest first."""
        return tuple(self._lines)

    @property
    def stage(self) -> Stage | None:
        """The current stage: the first that the node has not completed; None: all are complete."""
        done = len(self.sightings)
        return STAGES[done] if done < len(STAGES) else None

    @property
    def last_progress(self) -> float:
        """Time of the last completed stage, in seconds; 0 before the first."""
        return self.sightings[-1].at if self.sightings else 0.0

    def feed(self, line: LogLine) -> None:
        """Process one line; ignores lines about other nodes."""
        if line.source in _CONSOLES:
            self._console(line)
            return
        event = servers.event(line.source, line.text, self._tftp_root)
        if isinstance(event, Talked):
            self._talked(event, line)
        elif isinstance(event, Requested):
            self._requested(event, line)
        elif isinstance(event, Refused):
            self._refused_file(event, line)

    def reached(self, stage: Stage, what: str, proof: LogLine) -> None:
        """Record that the node has completed ``stage``, and so all stages before it."""
        self._remember(proof)
        if self.failure is None:
            self._through(stage, what, proof)

    def fail(self, at: float, stage: Stage, reason: str, hint: str = "") -> None:
        """Record that the boot has failed; only the first failure counts."""
        if self.failure is None:
            self.failure = Failure(stage, at, reason, hint, self.lines)

    def tick(self, at: float, time_limit: float) -> None:
        """Detect timeouts: a refused file without a further request, a stage that exceeds ``time_limit`` seconds."""
        stage = self.stage
        if self.failure is not None or stage is None:
            return
        if self._refused is not None and at - self._refused[0] > _PATIENCE_AFTER_REFUSAL:
            _, file, why, _ = self._refused
            refused_stage = self._stage_of(file)
            reason = f"the TFTP server has no {file} for it ({why})"
            if refused_stage is Stage.boot_file:
                reason = f"none of the boot files that it asked for is there, {file} the last of them ({why})"
            self.fail(at, max(refused_stage, stage, key=STAGES.index), reason)
        elif at - self.last_progress > time_limit:
            reason = f"no sign of this stage for {time_limit:.0f} s"
            hint = ""
            if self._trouble is not None and STAGES.index(self._trouble[0]) >= STAGES.index(stage):
                reason, hint = f"{reason}: {self._trouble[1]}", self._trouble[2]
            self.fail(at, stage, reason, hint)

    def _remember(self, line: LogLine) -> None:
        if line.text and not (self._lines and self._lines[-1] is line):
            self._lines.append(line)

    def _through(self, stage: Stage, what: str, proof: LogLine) -> None:
        position = STAGES.index(stage)
        for before in STAGES[len(self.sightings) : position]:
            self.sightings.append(Sighting(before, proof.at, self._come_to(before), proof, implied=True))
        if len(self.sightings) == position:
            self.sightings.append(Sighting(stage, proof.at, what, proof))

    def _come_to(self, stage: Stage) -> str:
        """Return the result of an implied stage, as far as it is known."""
        known = {
            Stage.dhcp: self.address,
            Stage.boot_file: self.boot_file,
            Stage.kernel: self.kernel,
            Stage.initrd: " ".join(self.initrds),
            Stage.command_line: self.command_line,
        }
        return known.get(stage, "")

    def _talked(self, event: Talked, line: LogLine) -> None:
        if event.mac != self._mac:
            return
        self._remember(line)
        if not event.address:
            return
        self.address = event.address
        self.reached(Stage.dhcp, self.address, line)
        # A loader sends one DHCP request. After all files were fetched, a further one is from the kernel or initramfs.
        fetched = self.kernel and self._refused is None and len(self.initrds) >= len(self._wanted_initrds)
        if fetched and self.stage in (Stage.kernel, Stage.initrd, Stage.command_line):
            self._settle(line)
            self.reached(Stage.command_line, f"asks for {self.address} again", line)

    def _refused_file(self, event: Refused, line: LogLine) -> None:
        if event.file and event.address == self.address:
            self._requested(Requested(event.key, event.address, event.file), line)
        if self._last_request is not None and self._last_request[0] == event.key:
            self._remember(line)
            self._refused = (line.at, self._last_request[1], event.why, line)

    def _requested(self, event: Requested, line: LogLine) -> None:
        if not self.address or event.address != self.address:
            return
        self._remember(line)
        if self._refused is None:
            self._settle(line)
        self._refused = None
        self._last_request = (event.key, event.file, line)
        stage = self._stage_of(event.file)
        if stage is Stage.loader and not self._loader:
            self._loader = event.file
        elif stage is Stage.boot_file:
            self.reached(Stage.loader, self._loader, line)
        elif stage in (Stage.kernel, Stage.initrd):
            self._wants(stage, event.file)

    def _stage_of(self, file: str) -> Stage:
        if loaders.name_of_boot_file(file):
            return Stage.boot_file
        if loaders.is_loader(file):
            return Stage.loader
        return Stage.initrd if file.lstrip("/") in self._wanted_initrds else Stage.kernel

    def _wants(self, stage: Stage, file: str) -> None:
        if stage is Stage.kernel:
            self.kernel = file
        elif file not in self.initrds:
            self.initrds.append(file)

    def _settle(self, proof: LogLine) -> None:
        """Treat the last requested file as fetched: it was not refused, and the node continues."""
        if self._last_request is None:
            return
        file = self._last_request[1]
        stage = self._stage_of(file)
        if stage is Stage.boot_file:
            self.boot_file = loaders.name_of_boot_file(file)
            menu = self._menu_of(file)
            label = menu.boots if menu else None
            if label is not None:
                initrd = label.initrd or KernelCommandLine(label.append or "").get("initrd") or ""
                self._wanted_initrds = tuple(name.lstrip("/") for name in initrd.split(",") if name)
            self.reached(Stage.boot_file, self.boot_file, proof)
        elif stage is Stage.kernel:
            self.reached(Stage.kernel, file, proof)
        elif stage is Stage.initrd and len(self.initrds) >= len(self._wanted_initrds):
            self.reached(Stage.initrd, " ".join(self.initrds), proof)

    def _console(self, line: LogLine) -> None:
        self._remember(line)
        for fault in signs.FAULTS:
            if (found := fault.pattern.search(line.text)) is not None:
                self._stopped(fault, _what(found), line)
                break
        for trouble in signs.TROUBLES:
            if (found := trouble.pattern.search(line.text)) is not None:
                self._trouble = (trouble.stage, _with(trouble.reason, _what(found)), trouble.hint)
        if (failed := signs.FAILED_SCRIPTS.search(line.text)) is not None:
            new = [name for name in failed[1].split() if name not in self.failed_scripts]
            self.failed_scripts += new[: _MOST_SCRIPTS - len(self.failed_scripts)]
        if signs.INITRAMFS_BEGINS.search(line.text):
            self._in_initramfs = True
            return
        if signs.INITRAMFS_ENDS.search(line.text):
            self._in_initramfs = False
        for sign in signs.PROGRESS:
            if self._in_initramfs and STAGES.index(sign.stage) > STAGES.index(Stage.root):
                continue
            if (found := sign.pattern.search(line.text)) is not None:
                self._shown(sign.stage, _what(found), line)
                return

    def _stopped(self, fault: Fault, what: str, line: LogLine) -> None:
        """Process a fault sign, unless the node has already passed its stage."""
        stage, here = fault.stage, self.stage
        if here is None:
            return
        if stage is Stage.kernel and what.lstrip("/") in self._wanted_initrds:
            stage = Stage.initrd
        if STAGES.index(stage) < STAGES.index(here):
            last = self.sightings[-1]
            if fault.later:
                stage = here
            elif fault.denies or (last.stage is stage and last.proof.source == "nfs"):
                del self.sightings[STAGES.index(stage) :]  # An NFS connection alone does not prove a mounted root.
            else:
                return
        reason = _with(fault.reason, what)
        if self._trouble is not None and self._trouble[0] is stage:
            reason = f"{reason} ({self._trouble[1]})"
        self.fail(line.at, stage, reason, fault.hint)

    def _shown(self, stage: Stage, what: str, line: LogLine) -> None:
        if stage is Stage.command_line and "ommand line:" in line.text:
            self.command_line = what
        if self._refused is None:
            self._settle(line)
        if self.failure is None:
            self._through(stage, what, line)


def _what(found: re.Match[str]) -> str:
    """Return the first group that matched."""
    return next((group.strip() for group in found.groups() if group), "")


def _with(reason: str, what: str) -> str:
    return f"{reason}: {what}" if what else reason
