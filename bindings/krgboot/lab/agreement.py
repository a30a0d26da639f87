"""Compares a boot with its ``trace``: address, files, command line, root and mounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krgboot.lab.report import STAGES, Difference
from krgboot.tracing import Stage, Status

if TYPE_CHECKING:
    from krgboot import Trace
    from krgboot.lab.report import NodeReport


def foretold(trace: Trace) -> Stage | None:
    """Return the stage at which the trace predicts failure; None: it predicts a complete boot."""
    return min((step.stage for step in trace.steps if step.status is Status.broken), key=STAGES.index, default=None)


def differences(trace: Trace, node: NodeReport) -> list[Difference]:
    """Return the differences between boot and trace. Skips facts that were not observed."""
    found = []
    broken = foretold(trace)
    stopped = node.failure.stage if node.failure else None
    if broken is not stopped:
        found.append(
            Difference(
                stopped or broken or Stage.dhcp,
                "the stage that it does not come through",
                _name(broken),
                _name(stopped),
            )
        )
    compared = (
        (Stage.dhcp, "address", str(trace.machine.address or ""), node.address),
        (Stage.dhcp, "host name", trace.host_name, node.host_name),
        (Stage.boot_file, "boot file", trace.boot_file, node.boot_file),
        (Stage.kernel, "kernel", trace.kernel, node.kernel.lstrip("/")),
        (Stage.initrd, "initrd", " ".join(trace.initrds), " ".join(name.lstrip("/") for name in node.initrds)),
        (Stage.command_line, "command line", trace.command_line, node.command_line),
        (Stage.root, "root", _root(trace), node.root.partition(":")[2]),
    )
    found += [
        Difference(stage, what, traced, booted)
        for stage, what, traced, booted in compared
        if traced and booted and traced != booted
    ]
    if node.root:
        found += _mounts(trace, node)
    return found


def _name(stage: Stage | None) -> str:
    return stage.name if stage else "none"


def _root(trace: Trace) -> str:
    """Return the root in the trace, such as "/srv/nfs/debian ro"; empty if the trace has none."""
    said = (step.what for step in trace.steps if step.stage is Stage.root and step.status is Status.ok)
    return next((what for what in said if what.rpartition(" ")[0] == trace.root_path), "")


def _mounts(trace: Trace, node: NodeReport) -> list[Difference]:
    """Compare the mounts of /etc/fstab. The trace's steps have the form "SOURCE on DIRECTORY, DETAILS"."""
    found = []
    for step in trace.steps:
        source, on, said = step.what.rpartition(" on ")
        directory = said.partition(", ")[0]  # drop the details
        if step.stage is Stage.mounts and step.status is Status.ok and on:
            how = node.root if directory == "/" else node.mounts.get(directory, "")
            mounted = how.rpartition(" ")[0].partition(":")[2]
            if mounted != source:
                found.append(Difference(Stage.mounts, directory, source, mounted or "not mounted"))
    return found
