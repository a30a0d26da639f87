"""A cluster as an Ansible inventory, in the output format of inventory scripts called with --list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from krgboot.cluster import Cluster, ImageEntry, Node

__all__ = ["PARTS", "inventory_of"]

PARTS = ("nodes", "server", "images")
"""What an inventory can hold."""


def inventory_of(cluster: Cluster, include: Collection[str] = PARTS, *, fqdn: bool = False) -> dict[str, Any]:
    """Return the inventory as data for JSON.

    include: some of PARTS. fqdn: name nodes and server with the cluster's domain.

    Groups: "cluster_NAME" holds every host, "nodes" every node, "boot_servers" the server, and "images" each image as
    the host IMAGE.images.CLUSTER, for the connection plugin krgboot.cluster.image. "network_10_0_0_0_24", "image_NAME"
    and "boot_NAME" hold the nodes of each network, image and boot entry; they may be empty. Characters that group names
    do not allow become "_". "_meta" has each host's variables: ansible_host, which is its address, and variables that
    begin with krgboot_.
    """
    groups = _Groups()
    whole = groups.add(
        "cluster", cluster.name, {"krgboot_cluster": cluster.name, "krgboot_domain": str(cluster.domain)}
    )
    hosts: dict[str, dict[str, Any]] = {}
    suffix = f".{cluster.domain}" if fqdn else ""
    if "server" in include:
        name = f"{cluster.server.name}{suffix}"
        hosts[name] = {"ansible_host": str(cluster.server.address)}
        groups.add("boot_servers")["hosts"].append(name)
    if "images" in include:
        members = groups.add("images")["hosts"]
        for image in cluster.images:
            name = f"{image.name}.images.{cluster.name}"
            hosts[name] = _variables_of_image(cluster, image)
            members.append(name)
    if "nodes" in include:
        _enter_nodes(cluster, groups, hosts, suffix)
    whole["hosts"] += hosts
    return {"_meta": {"hostvars": hosts}, "all": {"children": ["ungrouped", *groups.by_name]}, **groups.by_name}


def _enter_nodes(cluster: Cluster, groups: _Groups, hosts: dict[str, dict[str, Any]], suffix: str) -> None:
    nodes = groups.add("nodes")["hosts"]
    networks = {
        str(network.subnet): groups.add("network", str(network.subnet), {"krgboot_subnet": str(network.subnet)})
        for network in cluster.networks
    }
    images = {
        image.name: groups.add("image", image.name, {"krgboot_image": image.name, "krgboot_image_path": image.path})
        for image in cluster.images
    }
    entries = {entry.name: groups.add("boot", entry.name, {"krgboot_boot": entry.name}) for entry in cluster.boot}
    for node in cluster.nodes:
        name = f"{node.name}{suffix}"
        hosts[name] = _variables_of_node(node)
        nodes.append(name)
        networks[str(node.network.subnet)]["hosts"].append(name)
        images[node.boot.image.name]["hosts"].append(name)
        entries[node.boot.name]["hosts"].append(name)


def _variables_of_node(node: Node) -> dict[str, Any]:
    optional = {"mac": node.mac, "uuid": node.uuid}
    variables: dict[str, Any] = {"ansible_host": str(node.address)}
    variables |= {f"krgboot_{name}": str(value) for name, value in optional.items() if value is not None}
    if node.node_id is not None:
        variables["krgboot_node_id"] = node.node_id
    return variables


def _variables_of_image(cluster: Cluster, image: ImageEntry) -> dict[str, Any]:
    return {
        "ansible_host": str(cluster.server.address),
        "ansible_connection": "krgboot.cluster.image",
        "ansible_become": False,  # programs inside an image run as root
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_remote_tmp": "/tmp/.ansible",
        "krgboot_image": image.name,
        "krgboot_image_path": image.path,
        "krgboot_server": str(cluster.server.name),
    }


class _Groups:
    """Groups by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, dict[str, Any]] = {}

    def add(self, kind: str, what: str = "", variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make the group of this kind for `what`, a name in the spec; return it."""
        name = f"{kind}_{re.sub('[^A-Za-z0-9_]', '_', what)}" if what else kind
        while name in self.by_name:  # the images "a-b" and "a_b" both give image_a_b
            name += "_"
        self.by_name[name] = {"hosts": [], "vars": variables or {}}
        return self.by_name[name]
