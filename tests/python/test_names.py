"""Names of boot files in Python match the output of syslinux's own tool."""

from __future__ import annotations

import random
import shutil
import subprocess

import krgboot
import pytest

UUID = "550e8400-e29b-41d4-a716-446655440000"


@pytest.mark.skipif(shutil.which("gethostip") is None, reason="gethostip (package syslinux-utils) is not installed")
def test_addresses_agree_with_gethostip() -> None:
    source = random.Random(20090401)
    addresses = [".".join(str(source.randrange(256)) for _ in range(4)) for _ in range(400)]
    addresses += ["0.0.0.0", "255.255.255.255", "10.11.12.101", "127.0.0.1", "1.2.3.4"]
    said = subprocess.run(["gethostip", "-x", *addresses], capture_output=True, text=True, check=True).stdout.split()
    assert [krgboot.pxelinux_name(address) for address in addresses] == said


def test_a_name_is_asked_for_by_a_text_or_a_value() -> None:
    for text, kind, name in (
        ("10.11.12.101", krgboot.Ipv4Address, "0A0B0C65"),
        ("52:54:00:AB:CD:0E", krgboot.MacAddress, "01-52-54-00-ab-cd-0e"),
        (UUID.upper(), krgboot.Uuid, UUID),
    ):
        assert krgboot.pxelinux_name(text) == krgboot.pxelinux_name(kind(text)) == name
        assert krgboot.pxelinux_names(text) == [name]
    network = krgboot.Ipv4Network("192.168.0.0/26")
    names = ["C0A8000", "C0A8001", "C0A8002", "C0A8003"]
    for asked in (str(network), network, network.range):
        assert krgboot.pxelinux_names(asked) == names


def test_each_kind_of_name_is_read_back_as_its_own_type() -> None:
    assert krgboot.parse_pxelinux_name(UUID) == krgboot.Uuid(UUID)
    assert krgboot.parse_pxelinux_name("01-52-54-00-ab-cd-0e") == krgboot.MacAddress("52:54:00:AB:CD:0E")
    assert krgboot.parse_pxelinux_name("0A0B0C65") == krgboot.Ipv4Network("10.11.12.101/32")
    assert krgboot.parse_pxelinux_name("default") == "default"
    assert krgboot.parse_pxelinux_name("Default") is None


def test_each_argument_of_the_search_order_comes_to_its_place() -> None:
    uuid, mac, address = krgboot.Uuid(UUID), krgboot.MacAddress("52:54:00:12:34:01"), krgboot.Ipv4Address("192.168.0.1")
    digits = ["C0A80001"[:count] for count in range(8, 0, -1)]
    order = [UUID, "01-52-54-00-12-34-01", *digits, "default"]
    assert krgboot.pxelinux_search_order(address=address, mac=mac, uuid=uuid) == order
    assert krgboot.pxelinux_search_order() == ["default"]


def test_a_range_has_a_base() -> None:
    assert krgboot.expand_range("n[8-10]") == ["n8", "n9", "n10"]
    assert krgboot.expand_range("n[9-b]", 16) == ["n9", "na", "nb"]
    assert krgboot.compress_range(["n8", "n9", "n10"]) == ["n[8-10]"]
    assert krgboot.compress_range(["n9", "na", "nb"], 16) == ["n[9-b]"]
    with pytest.raises(krgboot.ArgumentError) as info:
        krgboot.expand_range("n[1-2]", 8)
    assert info.value.code == "range.base"
