"""Who boots in a lab: nodes of the cluster, and machines that nobody listed."""

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
    """One machine. ``text``: as ``trace`` finds it. ``network``: which of the cluster's it is plugged into."""

    name: str
    text: str
    mac: str
    uuid: str
    network: int
    trace: Trace
    """What trace says of it, before it boots."""

    @property
    def file_name(self) -> str:
        """Its name, fit for files and sockets."""
        return self.name.replace(":", "-")


def find(cluster: Cluster, texts: Sequence[str], root: Path) -> list[Guest]:
    """Return the machines named: by node, MAC address, UUID or address, as ``trace`` takes them; all nodes, if none is.

    A machine whose MAC address or UUID is not known gets one, always the same. Raises ArgumentError, IoError.
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
    identity = str(machine.uuid) if machine.uuid else str(uuid.uuid5(uuid.NAMESPACE_OID, mac))  # as loaders show it
    network = cluster.networks.index(node.network) if node else _network_of_guests(cluster)
    return Guest(machine.name, text, mac, identity, network, trace)


def _made_up_mac(name: str) -> str:
    """Return an address of QEMU's own range, the same for the same name."""
    return "52:54:00:" + hashlib.sha256(name.encode()).digest()[:3].hex(":")


def _network_of_guests(cluster: Cluster) -> int:
    for number, network in enumerate(cluster.networks):
        if network.pool is not None and network.unknown_clients_allowed:
            return number
    return 0
