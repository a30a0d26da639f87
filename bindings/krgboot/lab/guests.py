"""The machines that boot in a lab: nodes of the cluster, and machines that the spec does not list."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import krgboot
from krgboot.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from krgboot import Cluster, Trace


@dataclass(frozen=True)
class Guest:
    """One machine. ``text``: its name for ``trace``. ``network``: index of the cluster's network that it is in."""

    name: str
    text: str
    mac: str
    uuid: str
    network: int
    trace: Trace
    """Its trace, before it boots."""

    @property
    def file_name(self) -> str:
        """Its name in the form used for files and sockets."""
        return self.name.replace(":", "-")


def find(cluster: Cluster, texts: Sequence[str], root: Path) -> list[Guest]:
    """Return the machines in ``texts``: nodes, MAC addresses, UUIDs or addresses, as for ``trace``; empty: all nodes.

    A machine without a known MAC address or UUID gets a made-up, stable one. Raises ArgumentError, IoError.
    """
    wanted = list(texts) or [str(node.name) for node in cluster.nodes]
    traces = krgboot.tracing.trace_all(cluster, wanted, root)
    guests = [_guest(cluster, text, trace) for text, trace in zip(wanted, traces, strict=True)]
    for name in ("name", "mac"):
        seen = set()
        for guest in guests:
            value = getattr(guest, name)
            if value in seen:
                raise ArgumentError(f"{guest.text} would boot twice", "lab.twice", guest.text)
            seen.add(value)
    return guests


def _guest(cluster: Cluster, text: str, trace: Trace) -> Guest:
    machine = trace.machine
    node = next((node for node in cluster.nodes if str(node.name) == machine.name), None)
    mac = str(machine.mac) if machine.mac else _made_up_mac(machine.name)
    identity = (
        str(machine.uuid) if machine.uuid else str(uuid.uuid5(uuid.NAMESPACE_OID, mac))
    )  # in the form that loaders show
    network = cluster.networks.index(node.network) if node else _network_of_guests(cluster)
    return Guest(machine.name, text, mac, identity, network, trace)


def _made_up_mac(name: str) -> str:
    """Return a MAC address in QEMU's range, the same for the same name."""
    return "52:54:00:" + hashlib.sha256(name.encode()).digest()[:3].hex(":")


def _network_of_guests(cluster: Cluster) -> int:
    for number, network in enumerate(cluster.networks):
        if network.pool is not None and network.unknown_clients_allowed:
            return number
    return 0
