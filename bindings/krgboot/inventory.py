"""A cluster's nodes as an Ansible inventory, in the output format of inventory scripts called with --list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from krgboot.cluster import Cluster, Node

__all__ = ["inventory_of"]


def inventory_of(cluster: Cluster) -> dict[str, Any]:
    """Return the inventory as data for JSON.

    Groups: "nodes" holds every node; "network_10_0_0_0_24", "image_NAME" and "boot_NAME" hold the nodes of each
    network, image and boot entry; groups may be empty. Characters that group names do not allow become "_". "_meta"
    has each host's variables: ansible_host, which is its address, and variables that begin with krgboot_.
    """
    groups = _Groups()
    groups.add("nodes", "all", {"krgboot_cluster": cluster.name, "krgboot_domain": str(cluster.domain)})
    for network in cluster.networks:
        groups.add("network", str(network.subnet), {"krgboot_subnet": str(network.subnet)})
    for image in cluster.images:
        groups.add("image", image.name, {"krgboot_image": image.name, "krgboot_image_path": image.path})
    for entry in cluster.boot:
        groups.add("boot", entry.name, {"krgboot_boot": entry.name})
    for node in cluster.nodes:
        name = str(node.name)
        groups.enter(name, "nodes", "all")
        groups.enter(name, "network", str(node.network.subnet))
        groups.enter(name, "image", node.boot.image.name)
        groups.enter(name, "boot", node.boot.name)
    hosts = {str(node.name): _variables_of(node) for node in cluster.nodes}
    return {"_meta": {"hostvars": hosts}, "all": {"children": ["ungrouped", *groups.by_name]}, **groups.by_name}


def _variables_of(node: Node) -> dict[str, Any]:
    optional = {"mac": node.mac, "uuid": node.uuid}
    variables: dict[str, Any] = {"ansible_host": str(node.address)}
    variables |= {f"krgboot_{name}": str(value) for name, value in optional.items() if value is not None}
    if node.node_id is not None:
        variables["krgboot_node_id"] = node.node_id
    return variables


class _Groups:
    """Groups by name, and the group name for each kind and name in the spec."""

    def __init__(self) -> None:
        self.by_name: dict[str, dict[str, Any]] = {}
        self._names: dict[tuple[str, str], str] = {}

    def add(self, kind: str, what: str, variables: dict[str, Any]) -> None:
        name = kind if kind == "nodes" else f"{kind}_{re.sub('[^A-Za-z0-9_]', '_', what)}"
        while name in self.by_name:  # the images "a-b" and "a_b" both give image_a_b
            name += "_"
        self._names[kind, what] = name
        self.by_name[name] = {"hosts": [], "vars": variables}

    def enter(self, host: str, kind: str, what: str) -> None:
        self.by_name[self._names[kind, what]]["hosts"].append(host)
