"""Results of a lab: the stages that each node reached, when, and the proof. Plain data; ``to_json`` gives JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from krgboot.tracing import Stage

STAGES: tuple[Stage, ...] = tuple(Stage)
"""All stages in boot order; the same as in ``trace``."""


@dataclass(frozen=True)
class LogLine:
    """One log line about a node.

    ``at``: seconds since the node was switched on. ``source``: a daemon such as "nfs", "console" (the serial line),
    "screen" (the text on its VGA card), "ssh" or "lab".
    """

    at: float
    source: str
    text: str

    def __str__(self) -> str:
        return f"{self.at:7.2f} {self.source:<7} {self.text}"


@dataclass(frozen=True)
class Sighting:
    """A node has completed a stage.

    ``at``: seconds since the node was switched on. ``what``: the result of the stage, such as "10.20.0.101" or
    "default". ``proof``: the log line that shows it. ``implied``: only the proof of a later stage shows this one.
    """

    stage: Stage
    at: float
    what: str
    proof: LogLine
    implied: bool = False


@dataclass(frozen=True)
class Failure:
    """A node failed to boot.

    ``stage``: the stage that it did not complete. ``reason``: the probable cause. ``hint``: how to fix it; may be
    empty. ``lines``: the last log lines about the node, oldest first.
    """

    stage: Stage
    at: float
    reason: str
    hint: str
    lines: tuple[LogLine, ...]


@dataclass(frozen=True)
class Difference:
    """A difference between boot and ``trace``: ``traced`` is the predicted value, ``booted`` the observed one."""

    stage: Stage
    what: str
    traced: str
    booted: str

    def __str__(self) -> str:
        return f"{self.what}: trace says {self.traced!r}, it was {self.booted!r}"


@dataclass
class NodeReport:
    """One node's boot. Facts that were not observed are empty."""

    name: str
    mac: str
    uuid: str
    sightings: list[Sighting] = field(default_factory=list)
    failure: Failure | None = None
    differences: list[Difference] = field(default_factory=list)
    address: str = ""
    host_name: str = ""
    boot_file: str = ""
    kernel: str = ""
    initrds: list[str] = field(default_factory=list)
    command_line: str = ""
    root: str = ""
    """Source and mode of the root file system: "10.20.0.2:/srv/nfs/debian ro"."""
    mounts: dict[str, str] = field(default_factory=dict)
    """Other NFS mounts by directory, each with its source and "ro" or "rw"."""
    failed_units: list[str] = field(default_factory=list)
    """The units in `systemctl --failed`; with sysvinit, the init scripts that the console reports as failed."""
    logs: str = ""
    """Directory with its console, DHCP and TFTP logs."""

    def sighting(self, stage: Stage) -> Sighting | None:
        """Return the sighting of a stage; None: the node did not complete it."""
        return next((sighting for sighting in self.sightings if sighting.stage is stage), None)

    @property
    def stage(self) -> Stage | None:
        """The last completed stage; None: none."""
        return self.sightings[-1].stage if self.sightings else None

    @property
    def booted(self) -> bool:
        """Whether the node accepts logins."""
        return self.failure is None and self.sighting(Stage.login) is not None

    @property
    def ok(self) -> bool:
        """Whether the node booted as trace predicts, without failed units."""
        return self.booted and not self.differences and not self.failed_units


@dataclass
class LabReport:
    """All nodes of one run."""

    lab: str
    cluster: str
    accelerator: str
    """"tcg" (emulation) or "kvm"."""
    nfs_server: str
    nodes: list[NodeReport] = field(default_factory=list)
    changed_images: list[str] = field(default_factory=list)
    """Images whose files changed while the lab ran. The lab itself cannot write to them."""

    @property
    def ok(self) -> bool:
        """Whether every node is ok, and no image changed."""
        return all(node.ok for node in self.nodes) and not self.changed_images

    def node(self, name: str) -> NodeReport:
        """Return the report of a node; KeyError if it was not part of the run."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)

    def to_data(self) -> dict[str, Any]:
        """Return the report as plain data, as ``to_json`` writes it."""
        return {
            "lab": self.lab,
            "cluster": self.cluster,
            "ok": self.ok,
            "accelerator": self.accelerator,
            "nfs_server": self.nfs_server,
            "changed_images": self.changed_images,
            "nodes": [_node_data(node) for node in self.nodes],
        }

    def to_json(self) -> str:
        """Return the report as JSON."""
        return json.dumps(self.to_data(), indent=2) + "\n"


def _node_data(node: NodeReport) -> dict[str, Any]:
    return {
        "name": node.name,
        "mac": node.mac,
        "uuid": node.uuid,
        "ok": node.ok,
        "booted": node.booted,
        "stage": node.stage.name if node.stage else None,
        "stages": [
            {
                "stage": sighting.stage.name,
                "at": round(sighting.at, 3),
                "what": sighting.what,
                "implied": sighting.implied,
                "proof": _line_data(sighting.proof),
            }
            for sighting in node.sightings
        ],
        "failure": node.failure
        and {
            "stage": node.failure.stage.name,
            "at": round(node.failure.at, 3),
            "reason": node.failure.reason,
            "hint": node.failure.hint,
            "lines": [_line_data(line) for line in node.failure.lines],
        },
        "differences": [
            {"stage": one.stage.name, "what": one.what, "traced": one.traced, "booted": one.booted}
            for one in node.differences
        ],
        "address": node.address,
        "host_name": node.host_name,
        "boot_file": node.boot_file,
        "kernel": node.kernel,
        "initrds": node.initrds,
        "command_line": node.command_line,
        "root": node.root,
        "mounts": node.mounts,
        "failed_units": node.failed_units,
        "logs": node.logs,
    }


def _line_data(line: LogLine) -> dict[str, Any]:
    return {"at": round(line.at, 3), "source": line.source, "text": line.text}
