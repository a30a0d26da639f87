"""The lab's network: a bridge with the boot server's address for each of the cluster's networks, a tap per node."""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import threading
from typing import TYPE_CHECKING, TypeVar

from krgboot.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from krgboot import Cluster
    from krgboot.cluster import Network
    from krgboot.lab.rack import Rack
    from krgboot.net import Ipv4Address


Made = TypeVar("Made")

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000  # linux/sched.h
_TUNSETIFF, _IFF_TAP, _IFF_NO_PI, _IFF_VNET_HDR = 0x400454CA, 0x0002, 0x1000, 0x4000  # linux/if_tun.h


def bridge(network: int) -> str:
    """Return the name of the bridge of a network, by its index in the spec."""
    return f"lab{network}"


def tap(node: int) -> str:
    """Return the name of the TAP device of a node, by its index from 0."""
    return f"tap{node}"


def server_address(cluster: Cluster, network: Network) -> Ipv4Address:
    """Return the boot server's address on a network.

    In a network without the server's address, the lab uses the router's address, and so acts as its DHCP relay.
    Raises ArgumentError "lab.no_router" if that network has no router: its nodes could not reach the server.
    """
    if cluster.server.address in network.subnet:
        return cluster.server.address
    if network.router is None:
        message = f"network {network.subnet} has no router: its nodes cannot reach the server {cluster.server.address}"
        raise ArgumentError(message, "lab.no_router", str(network.subnet))
    return network.router


def inside(rack: Rack, act: Callable[[], Made]) -> Made:
    """Call a function in the rack's network namespace: a socket or interface that it opens belongs to that network."""
    made: list[Made] = []
    failure: list[BaseException] = []

    def enter_and_act() -> None:  # setns(2) affects only this thread, which ends afterwards
        try:
            _enter(rack)
            made.append(act())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=enter_and_act)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return made[0]


def _enter(rack: Rack) -> None:
    with (rack.proc / "ns/net").open() as namespace:
        if _libc.setns(namespace.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def open_tap(rack: Rack, name: str) -> int:
    """Return the descriptor of a tap of the rack, so that QEMU needs no right to open one. Raises OSError."""

    def open_it() -> int:
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        try:
            flags = _IFF_TAP | _IFF_NO_PI | _IFF_VNET_HDR
            fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    return inside(rack, open_it)


def set_up(rack: Rack, cluster: Cluster, networks: Sequence[int]) -> None:
    """Make the bridges of all networks, and one tap per node, attached to the bridge with the index in ``networks``."""
    server = cluster.server.address
    commands = ["link set lo up"]
    if not any(server in network.subnet for network in cluster.networks):
        commands += [f"address add {server}/32 dev lo"]
    for number, network in enumerate(cluster.networks):
        name = bridge(number)
        address = f"{server_address(cluster, network)}/{network.subnet.prefix_length}"
        # Without spanning tree and forward delay, a port forwards immediately.
        commands += [f"link add {name} type bridge forward_delay 0 stp_state 0"]
        commands += [f"address add {address} dev {name}", f"link set {name} up"]
    for number, network in enumerate(cluster.networks):
        if server not in network.subnet:
            # The server answers from its own address behind a router too: with the iPXE of Debian 13's QEMU, pxelinux
            # ignores answers from other addresses.
            commands += [f"route replace {network.subnet} dev {bridge(number)} src {server}"]
    for node, plugged_into in enumerate(networks):
        commands += [f"tuntap add dev {tap(node)} mode tap", f"link set {tap(node)} master {bridge(plugged_into)} up"]
    rack.run(["ip", "-batch", "-"], text="\n".join(commands) + "\n")
