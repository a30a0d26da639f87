"""Network services that would reconfigure or stop the card do not take away a node's root."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import krgboot
import labs
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPEC = labs.SOURCE / "tests" / "boot" / "networks.yaml"
CLUSTER = krgboot.load(SPEC)
ROOT = labs.BUILD / "networks-root"


@dataclass(frozen=True)
class Service:
    """``files``: the administrator's; ``told``: krgboot's file; ``state``: node command; ``says``: its result."""

    unit: str
    files: Mapping[str, str]
    told: str
    state: tuple[str, ...]
    says: str


DHCP = "[Match]\nName=en* eth*\n[Network]\nDHCP=ipv4\n"
INTERFACES = "auto /en*=lan /eth*=lan\niface lan inet dhcp\n"
SERVICES = {
    "networkd": Service(
        "systemd-networkd",
        {"etc/systemd/network/lan.network": DHCP},
        "etc/systemd/network/lan.network.d/zzz-krgboot.conf",
        ("sh", "-c", "cat /run/systemd/netif/links/2"),
        "ADMIN_STATE=configured",
    ),
    "ifupdown": Service(
        "networking",
        {"etc/network/interfaces": INTERFACES},
        "etc/systemd/system/networking.service.d/krgboot.conf",
        ("cat", "/run/network/ifstate"),
        "ens3=ens3",
    ),
    "manager": Service(
        "NetworkManager",
        {},
        "etc/udev/rules.d/86-krgboot.rules",
        ("nmcli", "-t", "-f", "TYPE,STATE", "device"),
        "ethernet:unmanaged",
    ),
    # Its unit needs a directory in /var, which is empty at each boot here.
    "dhcpcd": Service(
        "dhcpcd",
        {"etc/dhcpcd.conf": "hostname\n", "etc/tmpfiles.d/dhcpcd.conf": "d /var/lib/dhcpcd 0755 root root\n"},
        "etc/dhcpcd.conf",
        ("pgrep", "--count", "dhcpcd"),
        "",
    ),
}


@pytest.fixture(scope="module")
def lab() -> Iterator[labs.RunningLab]:
    labs.need_a_lab()
    shutil.rmtree(ROOT, ignore_errors=True)
    labs.stage_root(ROOT)
    for image in CLUSTER.images:
        tree = ROOT / image.path.lstrip("/")
        tree.parent.mkdir(parents=True, exist_ok=True)
        labs.krgbootctl("image", "clone", labs.QUICKSTART_ROOT / labs.DEBIAN_IMAGE.lstrip("/"), tree)
        labs.krgbootctl("image", "configure", "--root", ROOT, SPEC, image.name)
        service = SERVICES[image.name]
        for path, text in service.files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text)
        unit = f"{service.unit}.service"
        wants = tree / "etc/systemd/system/multi-user.target.wants"
        if not (wants / unit).is_symlink():
            (wants / unit).symlink_to(f"/lib/systemd/system/{unit}")
        labs.krgbootctl("image", "configure", "--root", ROOT, SPEC, image.name)
        assert "krgboot" in (tree / service.told).read_text()
    labs.krgbootctl("apply", "--root", ROOT, SPEC)
    labs.krgbootctl("verify", "--root", ROOT, SPEC)
    with labs.running_lab("networks", SPEC, ROOT) as lab:
        yield lab
    assert lab.process.returncode == 0


@pytest.mark.parametrize("name", SERVICES)
def test_it_boots_with_the_service(lab: labs.RunningLab, name: str) -> None:
    labs.check_agreement(lab.node(name))
    service = SERVICES[name]
    assert lab.on(name, "systemctl", "is-active", service.unit) == "active\n"
    assert service.says in lab.on(name, *service.state)


@pytest.mark.parametrize("verb", ["restart", "stop"])
@pytest.mark.parametrize("name", SERVICES)
def test_the_root_stays(lab: labs.RunningLab, name: str, verb: str) -> None:
    """As in an upgrade of the service, and as in a shutdown before the root is unmounted."""
    lab.on(name, "systemctl", verb, SERVICES[name].unit)
    address = next(node.address for node in CLUSTER.nodes if str(node.name) == name)
    assert f"|-- {address}\n" in lab.on(name, "cat", "/proc/net/fib_trie")
    lab.on(name, "sh", "-c", "echo 1 >/proc/sys/vm/drop_caches; ls -R /usr/share/doc >/dev/null")
