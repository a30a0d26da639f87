"""Values follow Python's protocols: copy, pickle, hash, comparison, conversion, iteration, repr."""

from __future__ import annotations

import copy
import gc
import ipaddress
import itertools
import json
import os
import pickle
import uuid
from pathlib import Path

import krgboot
import pytest
from krgboot import _core
from krgboot.diagnostics import Diagnostic, Location, Position, Severity
from krgboot.exports import ExportsTable, ExportsView
from krgboot.formats import FstabTable, HostsFile, KernelCommandLine, NfsRoot
from krgboot.net import DomainName, HostName, Ipv4Address, Ipv4Network, Ipv4Range, MacAddress, Uuid
from krgboot.pxelinux import PxelinuxMenu
from staging import EXAMPLES, make_root

ADDRESS = "10.0.0.1"
WHERE = Location("cluster.yaml", Position(3, 14))

IMMUTABLE = [
    Ipv4Address(ADDRESS),
    Ipv4Network("10.0.0.0/24"),
    Ipv4Range(Ipv4Address(ADDRESS), Ipv4Address("10.0.0.9")),
    MacAddress("52:54:00:00:00:01"),
    Uuid("35453b06-0000-4000-8000-c0ffee000001"),
    HostName("ssi1"),
    DomainName("example.org"),
    Position(3, 14),
    WHERE,
    Diagnostic(Severity.warning, "a.code", "message", "hint", "nodes[1]", WHERE),
    NfsRoot("/srv/nfs/debian", Ipv4Address(ADDRESS), ["vers=3"]),
    HostsFile("10.0.0.1 ssi1\n"),
    PxelinuxMenu("DEFAULT a\nLABEL a\nKERNEL vmlinuz\n"),
]
MUTABLE = [
    ExportsTable("/srv 10.0.0.0/24(ro)\n", "/etc/exports"),
    KernelCommandLine("ro root=/dev/nfs"),
    FstabTable("proc /proc proc defaults 0 0\n"),
]


@pytest.mark.parametrize("value", [*IMMUTABLE, *MUTABLE], ids=repr)
def test_a_copy_is_equal(value: object) -> None:
    for made in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert type(made) is type(value)
        assert made == value
        assert repr(made) == repr(value)
    assert value != "something else"


@pytest.mark.parametrize("value", IMMUTABLE, ids=repr)
def test_equal_values_have_one_hash(value: object) -> None:
    assert hash(pickle.loads(pickle.dumps(value))) == hash(value)
    assert {value: 1}[copy.deepcopy(value)] == 1


@pytest.mark.parametrize("value", MUTABLE, ids=repr)
def test_what_can_be_changed_has_no_hash(value: object) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)


def test_a_copied_table_is_a_table_of_its_own() -> None:
    table = ExportsTable("/srv 10.0.0.1(ro)\n")
    other = copy.copy(table)
    other.add("/srv", "10.0.0.2", "ro")
    assert (len(table), len(other)) == (1, 2)


def test_conversions_to_pythons_own_classes_and_back() -> None:
    address, network = ipaddress.IPv4Address(ADDRESS), ipaddress.IPv4Network("10.0.0.0/24")
    assert Ipv4Address(address).to_ipaddress() == address
    assert Ipv4Address(int(address)) == Ipv4Address(ADDRESS)
    assert Ipv4Network(network).to_ipaddress() == network
    identity = uuid.uuid4()
    assert Uuid(identity).to_uuid() == identity
    with pytest.raises(krgboot.ArgumentError):
        Ipv4Address("10.0.0")


def test_addresses_in_networks() -> None:
    network = Ipv4Network("10.0.0.0/30")
    members = [str(address) for address in network]
    assert members == ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert [str(address) for address in network.range] == members
    for place in (network, network.range):
        assert "10.0.0.1" in place
        assert ipaddress.IPv4Address("10.0.0.1") in place
        assert Ipv4Address("10.0.0.4") not in place
        with pytest.raises(krgboot.ArgumentError):
            _ = "gateway" in place
    assert [str(a) for a in itertools.islice(Ipv4Network("0.0.0.0/0"), 2)] == ["0.0.0.0", "0.0.0.1"]
    assert [str(a) for a in Ipv4Network("255.255.255.255/32")] == ["255.255.255.255"]


def test_collections_iterate() -> None:
    table = ExportsTable("/srv 10.0.0.0/24(ro) 10.0.1.0/24(rw)\n/home *(rw)\n")
    assert [entry.client for entry in table] == ["10.0.0.0/24", "10.0.1.0/24", "*"]
    assert ("/srv", "10.0.0.0/24") in table
    assert ("/srv", "10.0.2.0/24") not in table
    view = ExportsView([table])
    assert len(list(view)) == len(view) == 3
    line = KernelCommandLine("ro root=/dev/nfs")
    assert [parameter.name for parameter in line] == ["ro", "root"]
    assert "root" in line
    assert "quiet" not in line
    assert [mount.file for mount in FstabTable("proc /proc proc defaults 0 0\n")] == ["/proc"]
    assert [label.name for label in PxelinuxMenu("LABEL a\nKERNEL k\nLABEL b\nKERNEL k\n")] == ["a", "b"]


def test_clients_are_equal_by_what_they_mean() -> None:
    table = ExportsTable("/srv 10.0.0.0/24(ro)\n")
    for client in ("10.0.0.0/24", "10.0.0.0/255.255.255.0", "10.0.0.7/24"):
        assert table.find("/srv", client) is not None
    for client in ("10.0.0.0/25", "10.0.0.0", "10.0.1.0/24"):
        assert table.find("/srv", client) is None
    with pytest.raises(krgboot.ArgumentError):
        table.add("/srv", "10.0.0.0/255.255.255.0", "rw")
    assert table.remove("/srv", "10.0.0.0/255.255.255.0")
    both = ExportsTable("/srv 10.0.0.0/24(ro) 10.0.0.0/255.255.255.0(rw)\n")
    found = both.find("/srv", "10.0.0.0/255.255.255.0")
    assert found is not None
    assert found.options == "rw"  # the canonical spelling comes first


@pytest.fixture
def cluster() -> krgboot.Cluster:
    return krgboot.load(EXAMPLES["kerrighed-lenny"])


def test_names_lead_from_a_node_to_its_image(cluster: krgboot.Cluster) -> None:
    node = cluster.nodes[0]
    assert node.boot.image is cluster.image(node.boot.image.name)
    assert node.boot is cluster.boot_entry(node.boot.name)
    assert node is cluster.node(str(node.name))
    assert node.address in node.network.subnet
    assert cluster.default_boot is not None
    assert cluster.default_boot in cluster.boot
    assert {image.name for image in cluster.images} == set(cluster.addresses_by_image())
    with pytest.raises(krgboot.ArgumentError, match="it has"):
        cluster.image("nobody")


def test_a_node_keeps_its_cluster() -> None:
    node = krgboot.load(EXAMPLES["kerrighed-lenny"]).nodes[0]
    images = [copy.copy(node).boot.image, copy.deepcopy(node).boot.image, node.boot.image]
    gc.collect()
    assert len({image.name for image in images}) == 1


def test_every_class_says_what_a_thing_is(cluster: krgboot.Cluster, tmp_path: Path) -> None:
    root = make_root(tmp_path, cluster)
    plan = krgboot.plan(cluster, root)
    trace = krgboot.trace(cluster, str(cluster.nodes[0].name), root)
    things = [
        *(cluster, cluster.server, *cluster.networks, *cluster.images, *cluster.boot, *cluster.nodes),
        *(plan, plan.changes, plan.rendering, *plan.rendering, *plan, trace, trace.machine, *trace),
        *(krgboot.verify(cluster, root), krgboot.apply(plan, dry_run=True)),
    ]
    for thing in things:
        assert " object at 0x" not in repr(thing), type(thing)
        assert "\n" not in repr(thing), type(thing)
    assert repr(cluster.images[0]) == f"<ImageEntry {cluster.images[0].name} {cluster.images[0].path}>"


def test_every_class_of_the_extension_has_a_repr() -> None:
    for name, kind in vars(_core).items():
        if type(kind) is type(_core.Cluster):
            assert "__repr__" in vars(kind), name


def test_hashes_of_items(cluster: krgboot.Cluster) -> None:
    assert {item: item for item in cluster.render()} == {item: item for item in cluster.render()}
    with pytest.raises(TypeError, match="unhashable"):
        hash(cluster.render())


def test_data_for_json(cluster: krgboot.Cluster, tmp_path: Path) -> None:
    root = make_root(tmp_path, cluster)
    plan = krgboot.plan(cluster, root)
    for thing in (plan, plan.changes, plan.rendering, krgboot.verify(cluster, root), krgboot.apply(plan, dry_run=True)):
        assert thing.to_dict() == json.loads(thing.to_json())
    assert [change.to_dict() for change in plan] == plan.to_dict()["changes"]
    assert krgboot.trace(cluster, str(cluster.nodes[0].name), root).to_dict()["steps"]
    data = json.loads(json.dumps(cluster.to_dict()))
    assert data["nodes"][0]["boot"] == cluster.nodes[0].boot.name
    assert data["boot"][0]["image"] == cluster.boot[0].image.name
    assert data["nodes"][0]["address"] == str(cluster.nodes[0].address)
    assert data["server"]["release"] == cluster.server.release.name
    assert Diagnostic(Severity.error, "a.code", "text").to_dict()["code"] == "a.code"


def test_what_will_be_there(tmp_path: Path) -> None:
    cluster = krgboot.load(EXAMPLES["debian"])
    root = make_root(tmp_path, cluster)
    changes = {change.path: change for change in krgboot.plan(cluster, root)}
    krgboot.apply(cluster, root)
    seen = 0
    for path, change in changes.items():
        if isinstance(change.item, krgboot.planning.WriteFile) and change.after is not None:
            assert change.after == (root / path.lstrip("/")).read_bytes(), path
            seen += 1
        elif isinstance(change.item, krgboot.planning.MakeLink):
            assert change.after == os.fsencode((root / path.lstrip("/")).readlink())
        else:
            assert change.after is None
    assert seen > 5


def test_hashes_of_passwords_are_nowhere(tmp_path: Path) -> None:
    hashed = "$6$saltsalt$" + "x" * 86
    spec = EXAMPLES["kerrighed-lenny"].read_text()
    assert 'password_hash: "!"' in spec
    cluster = krgboot.loads(spec.replace('password_hash: "!"', f'password_hash: "{hashed}"'))
    plan = krgboot.plan(cluster, make_root(tmp_path, cluster))
    secret = [change for change in plan if change.path.endswith("/etc/shadow")]
    assert secret
    assert all(change.after is None for change in secret)
    shown = json.dumps([cluster.to_dict(), plan.to_dict(), plan.rendering.to_dict()])
    assert hashed not in shown + repr(list(plan)) + repr(list(plan.rendering))


@pytest.mark.parametrize(
    "name",
    ["ArgumentError", "ConfigError", "ValidationError", "ConflictError", "IoError", "ArchiveError", "CommandError"],
)
def test_errors_cross_processes_and_become_data(name: str) -> None:
    with pytest.raises(krgboot.Error) as caught:
        _core._throw(name)
    error = caught.value
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is type(error)
    assert other.to_dict() == error.to_dict() == json.loads(json.dumps(error.to_dict()))
    assert error.to_dict()["class"] == name


def test_paths_are_paths(tmp_path: Path) -> None:
    (tmp_path / "image").mkdir()
    image = krgboot.Image(tmp_path / "image")
    assert image.path == Path(os.fspath(image)) == tmp_path / "image"
    assert krgboot.Image.exists(tmp_path / "image")
    assert krgboot.Image.exists("/image", tmp_path)
    assert not krgboot.Image.exists(tmp_path / "none")
