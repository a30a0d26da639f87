"""krgbootctl inventory: the nodes as an Ansible inventory."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import krgboot
import pytest
from krgboot.inventory import inventory_of
from staging import EXAMPLES, krgbootctl, needs

SPEC = """
version: 1
cluster: {name: lab, domain: lab.example.org}
server: {name: server, address: 10.0.0.2, release: bookworm}
networks: [{subnet: 10.0.0.0/24}, {subnet: 10.0.1.0/24}]
images:
  a-b: {path: /srv/a, release: bookworm, shares_file_system: a test}
  a_b: {path: /srv/b, release: bookworm, shares_file_system: a test}
boot: {first: {image: a-b, kernel: vmlinuz}, second: {image: a_b, kernel: vmlinuz}}
nodes:
  - {name: n1, address: 10.0.0.3, boot: first}
  - {name: n2, address: 10.0.1.3, boot: second, mac: "52:54:00:00:00:01"}
"""


def test_groups_and_variables() -> None:
    data = inventory_of(krgboot.loads(SPEC))
    groups = {name: group["hosts"] for name, group in data.items() if name not in {"_meta", "all"}}
    images = ["a-b.images.lab", "a_b.images.lab"]
    assert groups == {
        "cluster_lab": ["server", *images, "n1", "n2"],
        "boot_servers": ["server"],
        "images": images,
        "nodes": ["n1", "n2"],
        "network_10_0_0_0_24": ["n1"],
        "network_10_0_1_0_24": ["n2"],
        "image_a_b": ["n1"],
        "image_a_b_": ["n2"],
        "boot_first": ["n1"],
        "boot_second": ["n2"],
    }
    assert set(data["all"]["children"]) == {"ungrouped", *groups}
    assert data["_meta"]["hostvars"]["n2"] == {"ansible_host": "10.0.1.3", "krgboot_mac": "52:54:00:00:00:01"}
    assert data["_meta"]["hostvars"]["a_b.images.lab"]["krgboot_image_path"] == "/srv/b"
    assert data["image_a_b_"]["vars"] == {"krgboot_image": "a_b", "krgboot_image_path": "/srv/b"}


def test_a_part_with_full_names() -> None:
    data = inventory_of(krgboot.loads(SPEC), ["server"], fqdn=True)
    assert data["_meta"]["hostvars"] == {"server.lab.example.org": {"ansible_host": "10.0.0.2"}}
    assert set(data) == {"_meta", "all", "cluster_lab", "boot_servers"}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_command_prints_it(name: str) -> None:
    data = json.loads(krgbootctl("inventory", EXAMPLES[name]).stdout)
    assert data == inventory_of(krgboot.load(EXAMPLES[name]))


@needs("ansible-inventory")
def test_ansible_reads_it(tmp_path: Path) -> None:
    script = tmp_path / "inventory"
    (tmp_path / "data.json").write_text(json.dumps(inventory_of(krgboot.loads(SPEC))))
    script.write_text(f"#!/bin/sh\ncat {tmp_path}/data.json\n")
    script.chmod(0o755)
    shown = subprocess.run(["ansible-inventory", "-i", script, "--list"], capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout)["_meta"]["hostvars"]["n1"]["ansible_host"] == "10.0.0.3"
