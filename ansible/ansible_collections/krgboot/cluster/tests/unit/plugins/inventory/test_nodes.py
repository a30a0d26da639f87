# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit tests of the inventory plugin."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader
from ansible_collections.krgboot.cluster.plugins.inventory.nodes import InventoryModule

SPEC = """
version: 1
cluster: {name: CLUSTER, domain: lab.example.org}
server: {name: server, address: 10.20.0.2, release: bookworm}
networks: [{subnet: 10.20.0.0/24}]
images: {debian: {path: /srv/nfs/debian, release: bookworm, shares_file_system: a test}}
boot: {debian: {image: debian, kernel: vmlinuz, initrd: initrd.img}}
default_boot: debian
nodes: [{name: "NODE[1-3]", address: "10.20.0.[101-103]"}]
"""


def read(tmp_path, *names):
    """Return the inventory of these clusters; each is (name, prefix of its nodes)."""
    for name, node in names:
        (tmp_path / f"{name}.yaml").write_text(SPEC.replace("CLUSTER", name).replace("NODE", node))
    path = tmp_path / "lab.krgboot.yml"
    specs = ", ".join(f"{name}.yaml" for name, node in names)
    path.write_text(f"plugin: krgboot.cluster.nodes\nspec: [{specs}]\n")
    plugin = inventory_loader.get("krgboot.cluster.nodes")  # with its documentation, which has the options
    inventory = InventoryData()
    plugin.parse(inventory, DataLoader(), str(path))
    return inventory


@pytest.mark.parametrize(
    ("name", "is_read"),
    [
        ("krgboot.yml", True),
        ("lab.krgboot.yaml", True),
        ("cluster.yaml", True),
        ("hosts.yml", False),
        ("notkrgboot.yml", False),
    ],
)
def test_files_that_it_reads(tmp_path, name, is_read):
    (tmp_path / name).touch()
    assert InventoryModule().verify_file(str(tmp_path / name)) is is_read


def test_two_clusters_may_share_a_server(tmp_path):
    inventory = read(tmp_path, ("lab", "n"), ("hall", "m"))
    assert inventory.get_host("n2").vars["ansible_host"] == "10.20.0.102"
    assert [len(inventory.get_host("server").vars["krgboot_specs"]), "m3" in inventory.hosts] == [2, True]
    assert {"debian.images.lab", "debian.images.hall"} <= set(inventory.hosts)


def test_two_clusters_must_not_have_one_node(tmp_path):
    with pytest.raises(AnsibleParserError, match="have the host n1"):
        read(tmp_path, ("lab", "n"), ("hall", "n"))


def test_a_mistake_in_a_spec_names_the_file(tmp_path):
    with pytest.raises(AnsibleParserError, match=r"cannot read the spec .*lab\.yaml"):
        read(tmp_path, ("lab", "n[1-"))
