"""The inventory plugin krgboot.cluster.nodes, in ansible-inventory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_site import SPEC, Site
from staging import EXAMPLES, needs

pytestmark = needs("ansible-inventory")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def hall(number: int) -> dict[str, Any]:
    """A cluster with a boot server of its own."""
    network = f"10.{30 + number}.0"
    return SPEC | {
        "cluster": {"name": f"hall{number}", "domain": "lab.example.org"},
        "server": SPEC["server"] | {"name": f"server{number}", "address": f"{network}.2"},
        "networks": [{"subnet": f"{network}.0/24"}],
        "nodes": [{"name": f"h{number}n[1-2]", "address": f"{network}.[11-12]"}],
    }


def configure(site: Site, *specs: dict[str, Any], **options: Any) -> None:
    names = [f"spec{number}.yaml" for number in range(len(specs))]
    for name, spec in zip(names, specs, strict=True):
        (site.directory / name).write_text(yaml.safe_dump(spec))
    configuration = {"plugin": "krgboot.cluster.nodes", "spec": names} | options
    (site.directory / "lab.krgboot.yml").write_text(yaml.safe_dump(configuration))


def inventory(site: Site, *options: str, source: str = "lab.krgboot.yml") -> dict[str, Any]:
    shown = site.run(["ansible-inventory", "-i", source, *options, "--list"])
    # Text from outside is marked, since it is not a template.
    data: dict[str, Any] = json.loads(shown.stdout, object_hook=lambda each: each.get("__ansible_unsafe", each))
    return data


def refusal(site: Site) -> str:
    return site.run(["ansible-inventory", "-i", "lab.krgboot.yml", "--list"]).said


def test_groups_and_variables(site: Site) -> None:
    configure(site, hall(1))
    data = inventory(site)
    hosts = data["_meta"]["hostvars"]
    assert hosts.keys() == {"server1", "debian.images.hall1", "h1n1", "h1n2"}
    assert data["nodes"]["hosts"] == data["network_10_31_0_0_24"]["hosts"] == ["h1n1", "h1n2"]
    assert data["boot_debian"]["hosts"] == data["image_debian"]["hosts"] == ["h1n1", "h1n2"]
    assert set(data["cluster_hall1"]["hosts"]) == hosts.keys()
    assert hosts["server1"]["krgboot_specs"] == [str(site.directory / "spec0.yaml")]
    assert hosts["h1n1"]["ansible_host"] == "10.31.0.11"
    assert hosts["debian.images.hall1"]["ansible_connection"] == "krgboot.cluster.image"
    assert hosts["debian.images.hall1"]["krgboot_image_path"] == "/srv/nfs/debian"


def test_several_clusters(site: Site) -> None:
    configure(site, hall(1), hall(2), hostname="fqdn", include=["nodes", "server"])
    data = inventory(site)
    assert data["boot_servers"]["hosts"] == ["server1.lab.example.org", "server2.lab.example.org"]
    assert data["cluster_hall2"]["hosts"] == [
        "server2.lab.example.org", "h2n1.lab.example.org", "h2n2.lab.example.org"
    ]  # fmt: skip
    assert "images" not in data


def test_two_clusters_on_one_server(site: Site) -> None:
    second = hall(2) | {"server": hall(1)["server"]}
    configure(site, hall(1), second)
    specs = inventory(site)["_meta"]["hostvars"]["server1"]["krgboot_specs"]
    assert specs == [str(site.directory / "spec0.yaml"), str(site.directory / "spec1.yaml")]


def test_names_that_clash(site: Site) -> None:
    configure(site, hall(1), hall(2) | {"nodes": hall(1)["nodes"], "networks": hall(1)["networks"]})
    said = refusal(site)
    assert "spec0.yaml and" in said
    assert "spec1.yaml have the host h1n1" in said
    configure(site, hall(1), hall(1))
    assert "have the cluster hall1" in refusal(site)
    configure(site, hall(1), hall(2) | {"server": hall(2)["server"] | {"name": "server1"}})
    assert "have the host server1" in refusal(site)


def test_mistakes(site: Site) -> None:
    configure(site, SPEC | {"default_boot": "nothing"})
    said = refusal(site)
    assert "spec0.yaml:" in said
    assert "nothing" in said
    (site.directory / "spec0.yaml").unlink()
    assert "cannot read the spec" in refusal(site)
    configure(site, SPEC, hostname="long")
    assert "hostname" in refusal(site)


def test_constructed_groups(site: Site) -> None:
    keyed = [{"key": "ansible_host.split('.')[3]", "prefix": "last"}]
    configure(site, hall(1), keyed_groups=keyed, groups={"first": "inventory_hostname == 'h1n1'"}, strict=True)
    data = inventory(site)
    assert data["first"]["hosts"] == ["h1n1"]
    assert data["last_12"]["hosts"] == ["h1n2"]


def test_a_spec_alone_and_an_encrypted_one(site: Site) -> None:
    (site.directory / "cluster.yaml").write_text(EXAMPLES["debian"].read_text())
    (site.directory / "ansible.cfg").write_text("[inventory]\nenable_plugins = krgboot.cluster.nodes\n")
    assert "node1" in inventory(site, source="cluster.yaml")["nodes"]["hosts"]
    (site.directory / "ansible.cfg").unlink()
    configure(site, hall(1))
    (site.directory / "password").write_text("vault password")
    vault = ("--vault-password-file", "password")
    site.run(["ansible-vault", "encrypt", *vault, "spec0.yaml"])
    assert "h1n1" in inventory(site, *vault)["nodes"]["hosts"]
    assert "10.31.0" not in (site.directory / "spec0.yaml").read_text()


def test_many_nodes(site: Site) -> None:
    nodes = [{"name": "n[1-10000]", "address": "10.20.[10-49].[1-250]"}]
    configure(site, SPEC | {"nodes": nodes})
    data = inventory(site)
    assert len(data["boot_debian"]["hosts"]) == 10_000
    assert data["_meta"]["hostvars"]["n10000"]["ansible_host"] == "10.20.49.250"
