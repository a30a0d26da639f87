"""Facts of a booted node: a script that runs there over ssh, and the parser of its output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krgboot.formats import FstabTable

if TYPE_CHECKING:
    from krgboot.lab.report import NodeReport

_PARTS = {
    "host_name": "uname -n",
    "command_line": "cat /proc/cmdline",
    "mounts": "cat /proc/mounts",
    "failed": "test ! -d /run/systemd/system || systemctl --failed --plain --no-legend --full",
    "state": "if test -d /run/systemd/system; then systemctl is-system-running;"
    # sysvinit runs this program while the init scripts of a runlevel start.
    " elif grep -qsz '^/etc/init\\.d/rc$' /proc/[0-9]*/cmdline; then echo starting; fi",
}
_MARK = "== "

SCRIPT = "; ".join(f"echo '{_MARK}{name}'; {command}" for name, command in _PARTS.items()) + "; true"
"""Script for the node's shell. It ignores the status of the parts, since their output has the same information."""


def parse(answer: str) -> dict[str, str]:
    """Return the parts of SCRIPT's output by name."""
    parts: dict[str, str] = {}
    name = ""
    for line in answer.splitlines():
        if line.startswith(_MARK) and line.removeprefix(_MARK) in _PARTS:
            name = line.removeprefix(_MARK)
            parts[name] = ""
        elif name:
            parts[name] += line + "\n"
    return parts


def starting(parts: dict[str, str]) -> bool:
    """Whether systemd or sysvinit is still starting services."""
    return parts.get("state", "").strip() in ("initializing", "starting")


def note(parts: dict[str, str], node: NodeReport) -> None:
    """Copy the facts to the report."""
    node.host_name = parts.get("host_name", "").strip()
    node.command_line = parts.get("command_line", "").strip()
    node.failed_units = [line.split()[0] for line in parts.get("failed", "").splitlines() if line.strip()]
    node.mounts = {}
    for mount in FstabTable.parse(parts.get("mounts", "")).list():
        if mount.vfstype not in ("nfs", "nfs4"):
            continue
        how = f"{mount.spec} {'ro' if 'ro' in mount.options.split(',') else 'rw'}"
        if mount.file == "/":
            node.root = how
        else:
            node.mounts[mount.file] = how
