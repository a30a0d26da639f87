"""The machines of a lab, their networks and their virtual hardware."""

from __future__ import annotations

import uuid
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

import krgboot
import pytest
from krgboot.errors import ArgumentError
from krgboot.lab import guests, keys, machine, needs, network, rack
from krgboot.lab.acceleration import Accelerator
from staging import EXAMPLES, make_root

if TYPE_CHECKING:
    from collections.abc import Sequence

SPEC = """
version: 1
cluster: {name: lab, domain: lab.example.org}
server:
  name: server
  address: 10.20.0.2
  release: bookworm
  tftp_root: /srv/tftp
  dhcp: isc
  tftp: tftpd-hpa
  nfs: kernel
networks:
  - subnet: 10.20.0.0/24
    router: 10.20.0.1
  - subnet: 10.30.0.0/16
    router: 10.30.255.254
    pool: {first: 10.30.0.150, last: 10.30.0.199, host_prefix: guest}
    unknown_clients: allow
images:
  debian: {path: /srv/nfs/debian, release: bookworm, root: ro, shares_file_system: a test}
boot:
  debian: {image: debian, kernel: vmlinuz, initrd: initrd.img}
default_boot: debian
nodes:
  - {name: node1, address: 10.20.0.101, mac: "52:54:00:20:00:01", uuid: 4c4c4544-0047-3010-8050-b4c04f4a3132}
  - {name: node2, address: 10.30.0.102, mac: "52:54:00:20:00:02"}
"""


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> tuple[krgboot.Cluster, Path]:
    directory = tmp_path_factory.mktemp("guests")
    spec = directory / "cluster.yaml"
    spec.write_text(SPEC)
    cluster = krgboot.load(spec)
    root = make_root(directory / "root", cluster)
    krgboot.apply(cluster, root)
    return cluster, root


def found(applied: tuple[krgboot.Cluster, Path], *texts: str) -> list[guests.Guest]:
    return guests.find(applied[0], texts, applied[1])


def test_all_nodes(applied: tuple[krgboot.Cluster, Path]) -> None:
    one, two = found(applied)
    assert (one.name, one.text, one.mac, one.uuid, one.network) == (
        "node1",
        "node1",
        "52:54:00:20:00:01",
        "4c4c4544-0047-3010-8050-b4c04f4a3132",
        0,
    )
    assert (two.name, two.mac, two.network) == ("node2", "52:54:00:20:00:02", 1)
    assert uuid.UUID(two.uuid).version == 5
    assert one.trace.machine.name == "node1"
    assert one.file_name == "node1"
    assert [guest.uuid for guest in found(applied)] == [one.uuid, two.uuid]


def test_by_any_name(applied: tuple[krgboot.Cluster, Path]) -> None:
    for text in ("node1", "52:54:00:20:00:01", "4c4c4544-0047-3010-8050-b4c04f4a3132", "10.20.0.101"):
        (guest,) = found(applied, text)
        assert (guest.name, guest.text, guest.mac) == ("node1", text, "52:54:00:20:00:01")


def test_who_is_not_listed(applied: tuple[krgboot.Cluster, Path]) -> None:
    (by_mac,) = found(applied, "52:54:00:99:00:01")
    assert (by_mac.mac, by_mac.network) == ("52:54:00:99:00:01", 1), "where a pool takes who is not known"
    assert by_mac.file_name == "52-54-00-99-00-01"
    (by_uuid,) = found(applied, "aa6220f3-0017-51a3-b5e6-2a40d10d2dd0")
    assert by_uuid.uuid == "aa6220f3-0017-51a3-b5e6-2a40d10d2dd0"
    assert by_uuid.mac.startswith("52:54:00:")
    assert len(by_uuid.mac.split(":")) == 6
    (by_address,) = found(applied, "10.30.0.155")
    assert by_address.mac.startswith("52:54:00:")
    assert str(by_address.trace.machine.address) == "10.30.0.155"
    # Made-up values are stable, and differ between machines.
    again = found(applied, "10.30.0.155", "aa6220f3-0017-51a3-b5e6-2a40d10d2dd0", "52:54:00:99:00:01")
    assert [(one.mac, one.uuid) for one in again] == [(one.mac, one.uuid) for one in (by_address, by_uuid, by_mac)]
    assert len({one.mac for one in again}) == len({one.uuid for one in again}) == 3


@pytest.mark.parametrize(
    "texts",
    [
        ("node1", "node1"),
        ("node1", "10.20.0.101"),
        ("52:54:00:20:00:02", "node2"),
        ("52:54:00:99:00:01", "52:54:00:99:00:01"),
        ("52:54:00:99:00:0a", "52:54:00:99:00:0A"),
        ("10.30.0.155", "10.30.0.155"),
    ],
)
def test_twice_the_same(applied: tuple[krgboot.Cluster, Path], texts: Sequence[str]) -> None:
    with pytest.raises(ArgumentError, match="would boot twice") as caught:
        found(applied, *texts)
    assert (caught.value.code, caught.value.subject) == ("lab.twice", texts[1])


def test_nobody_of_that_name(applied: tuple[krgboot.Cluster, Path]) -> None:
    with pytest.raises(ArgumentError) as caught:
        found(applied, "node1", "nobody")
    assert caught.value.code == "trace.unknown_machine"


def test_a_node_without_mac(tmp_path: Path) -> None:
    spec = tmp_path / "cluster.yaml"
    spec.write_text(SPEC.replace(', mac: "52:54:00:20:00:02"', ", uuid: aa6220f3-0017-51a3-b5e6-2a40d10d2dd0"))
    cluster = krgboot.load(spec)
    root = make_root(tmp_path / "root", cluster)
    krgboot.apply(cluster, root)
    (guest,) = guests.find(cluster, ["node2"], root)
    assert guest.mac.startswith("52:54:00:")
    assert guest.mac != "52:54:00:20:00:02"
    assert guest.uuid == "aa6220f3-0017-51a3-b5e6-2a40d10d2dd0"
    assert guests.find(cluster, ["node2"], root)[0].mac == guest.mac


class Noted:
    """A rack that only records its commands."""

    def __init__(self) -> None:
        self.ran: list[tuple[list[str], str]] = []

    def run(self, argv: Sequence[str], *, text: str = "") -> str:
        self.ran.append((list(argv), text))
        return ""


def test_network(applied: tuple[krgboot.Cluster, Path]) -> None:
    noted = Noted()
    network.set_up(cast("rack.Rack", noted), applied[0], [1, 0, 1])
    ((argv, text),) = noted.ran
    assert argv == ["ip", "-batch", "-"]
    assert text.splitlines() == [
        "link set lo up",
        "link add lab0 type bridge forward_delay 0 stp_state 0",
        "address add 10.20.0.2/24 dev lab0",
        "link set lab0 up",
        # The server is not in this network: the lab uses its router's address.
        "link add lab1 type bridge forward_delay 0 stp_state 0",
        "address add 10.30.255.254/16 dev lab1",
        "link set lab1 up",
        "route replace 10.30.0.0/16 dev lab1 src 10.20.0.2",
        "tuntap add dev tap0 mode tap",
        "link set tap0 master lab1 up",
        "tuntap add dev tap1 mode tap",
        "link set tap1 master lab0 up",
        "tuntap add dev tap2 mode tap",
        "link set tap2 master lab1 up",
    ]
    assert text.endswith("\n")


def test_a_server_outside_of_all_networks(tmp_path: Path) -> None:
    spec = tmp_path / "cluster.yaml"
    spec.write_text(SPEC.replace("address: 10.20.0.2", "address: 192.0.2.7"))
    noted = Noted()
    network.set_up(cast("rack.Rack", noted), krgboot.load(spec), [])
    ((_, text),) = noted.ran
    assert text.splitlines() == [
        "link set lo up",
        "address add 192.0.2.7/32 dev lo",
        "link add lab0 type bridge forward_delay 0 stp_state 0",
        "address add 10.20.0.1/24 dev lab0",
        "link set lab0 up",
        "link add lab1 type bridge forward_delay 0 stp_state 0",
        "address add 10.30.255.254/16 dev lab1",
        "link set lab1 up",
        "route replace 10.20.0.0/24 dev lab0 src 192.0.2.7",
        "route replace 10.30.0.0/16 dev lab1 src 192.0.2.7",
    ]


def test_a_network_without_router(tmp_path: Path) -> None:
    spec = tmp_path / "cluster.yaml"
    spec.write_text(SPEC.replace("    router: 10.30.255.254\n", "").replace("    router: 10.20.0.1\n", ""))
    cluster = krgboot.load(spec)
    assert str(network.server_address(cluster, cluster.networks[0])) == "10.20.0.2"
    with pytest.raises(ArgumentError, match=r"network 10\.30\.0\.0/16 has no router") as caught:
        network.set_up(cast("rack.Rack", Noted()), cluster, [0])
    assert (caught.value.code, caught.value.subject) == ("lab.no_router", "10.30.0.0/16")


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "program", lambda name: f"/usr/bin/{name}")


@pytest.mark.usefixtures("programs")
def test_machine() -> None:
    accelerator = Accelerator("tcg", "no /dev/kvm")
    argv = machine.arguments(
        "node1",
        "52:54:00:20:00:01",
        "aa6220f3-0017-51a3-b5e6-2a40d10d2dd0",
        tap=17,
        monitor=18,
        accelerator=accelerator,
        memory=768,
    )
    assert argv[0] == "/usr/bin/qemu-system-x86_64"
    options = dict(pairwise(argv))
    # pxelinux shows the bytes of SMBIOS: the first three groups are in little-endian order.
    assert options["-uuid"] == "f32062aa-1700-a351-b5e6-2a40d10d2dd0"
    assert options["-m"] == "768"
    assert options["-name"] == "node1"
    assert options["-netdev"] == "tap,id=net,fd=17"
    assert options["-sandbox"] == "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
    assert "virtio-net-pci,netdev=net,mac=52:54:00:20:00:01" in argv
    assert "socket,id=monitor,fd=18" in argv
    assert options["-mon"] == "chardev=monitor,mode=control"
    assert set(accelerator.options) <= set(argv)
    assert options["-serial"] == "stdio"
    assert argv.count("-netdev") == 1
    assert not {"-drive", "-hda", "-cdrom", "-kernel"} & set(argv)


@pytest.mark.usefixtures("programs")
def test_ssh() -> None:
    argv = keys.ssh("10.20.0.101", ["uname -r"], options=["-t"])
    assert argv[0] == "/usr/bin/ssh"
    assert argv[-3:] == ["root@10.20.0.101", "--", "uname -r"]
    assert argv[argv.index("-i") + 1] == "/lab/ssh/id_ed25519"
    assert argv[argv.index("-F") + 1] == "/lab/ssh/config"
    given = {argv[number + 1] for number, word in enumerate(argv) if word == "-o"}
    assert given == {
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "GlobalKnownHostsFile=none",
        "BatchMode=yes",
        "ConnectTimeout=60",
    }
    assert argv.index("-t") < argv.index("root@10.20.0.101")
    assert keys.ssh("10.20.0.101")[-2:] == ["root@10.20.0.101", "--"]


def test_rack_arguments() -> None:
    argv = rack._arguments(Path("/staging"), ["/srv/tftp"], ["/srv/nfs/debian", "/srv/nfs/other"])
    assert argv[-3:] == ["/", "--", "cat"]
    text = " ".join(argv)
    for part in (
        "--unshare-pid --unshare-net --unshare-uts --unshare-ipc --die-with-parent",
        "--ro-bind /usr /usr",
        "--dev-bind /dev/net/tun /dev/net/tun",
        "--ro-bind /etc /lab/host/etc --ro-bind /staging/etc /lab/applied/etc",
        "--ro-bind /staging/srv/tftp /srv/tftp",
        "--ro-bind /staging/srv/nfs/debian /lab/lower/srv/nfs/debian --dir /srv/nfs/debian",
        "--ro-bind /staging/srv/nfs/other /lab/lower/srv/nfs/other --dir /srv/nfs/other",
        "--dir /lab/etc/upper --dir /lab/etc/work",
        "--dir /lab/image0/upper --dir /lab/image0/work --dir /lab/image1/upper --dir /lab/image1/work",
    ):
        assert part in text
    # Nothing of this machine and of the root is writable.
    writable = [argv[number + 1] for number, word in enumerate(argv) if word in ("--bind", "--bind-try", "--dev-bind")]
    assert writable == ["/dev/net/tun"]
    assert "--ro-bind /srv/tftp /srv/tftp" in " ".join(rack._arguments(Path("/"), ["/srv/tftp"], []))


@pytest.mark.usefixtures("programs")
def test_into_the_rack() -> None:
    assert rack.enter(77, ["ls", "-l"]) == [
        "/usr/bin/nsenter",
        "--target=77",
        "--mount",
        "--net",
        "--uts",
        "--ipc",
        "--pid",
        "--root",
        "--wd",
        "--",
        "ls",
        "-l",
    ]


def test_the_example_of_a_server_elsewhere() -> None:
    cluster = krgboot.load(EXAMPLES["debian"])
    assert [str(network.server_address(cluster, one)) for one in cluster.networks] == [str(cluster.server.address)]
