"""Names of boot files match the output of syslinux's own tool."""

from __future__ import annotations

import random
import shutil
import subprocess

import krgboot
import pytest


@pytest.mark.skipif(shutil.which("gethostip") is None, reason="gethostip (package syslinux-utils) is not installed")
def test_addresses_agree_with_gethostip() -> None:
    source = random.Random(20090401)
    addresses = [".".join(str(source.randrange(256)) for _ in range(4)) for _ in range(400)]
    addresses += ["0.0.0.0", "255.255.255.255", "10.11.12.101", "127.0.0.1", "1.2.3.4"]
    said = subprocess.run(["gethostip", "-x", *addresses], capture_output=True, text=True, check=True).stdout.split()
    assert [krgboot.pxelinux_name(address) for address in addresses] == said


def test_all_kinds_of_names() -> None:
    assert krgboot.pxelinux_name(krgboot.Ipv4Address("10.11.12.101")) == "0A0B0C65"
    assert krgboot.pxelinux_name("52:54:00:AB:CD:0E") == "01-52-54-00-ab-cd-0e"
    assert krgboot.pxelinux_name("550E8400-E29B-41D4-A716-446655440000") == "550e8400-e29b-41d4-a716-446655440000"
    assert krgboot.pxelinux_names("192.168.0.0/26") == ["C0A8000", "C0A8001", "C0A8002", "C0A8003"]
    with pytest.raises(krgboot.ArgumentError) as info:
        krgboot.pxelinux_name("192.168.0.0/24")
    assert info.value.code == "pxelinux.not_a_client"


def test_the_inverse() -> None:
    assert krgboot.parse_pxelinux_name("0A0B0C65") == krgboot.Ipv4Network("10.11.12.101/32")
    assert krgboot.parse_pxelinux_name("C0A800") == krgboot.Ipv4Network("192.168.0.0/24")
    assert krgboot.parse_pxelinux_name("default") == "default"
    assert krgboot.parse_pxelinux_name("0a0b0c65") is None


def test_search_order_of_a_machine() -> None:
    order = krgboot.pxelinux_search_order(
        mac=krgboot.MacAddress("52:54:00:12:34:01"), address=krgboot.Ipv4Address("192.168.0.101")
    )
    assert order == ["01-52-54-00-12-34-01", *("C0A80065"[:n] for n in range(8, 0, -1)), "default"]


def test_ranges() -> None:
    assert krgboot.expand_range("ssi[1-4,7]") == ["ssi1", "ssi2", "ssi3", "ssi4", "ssi7"]
    assert krgboot.expand_range("52:54:00:12:34:[09-0b]", 16)[-1] == "52:54:00:12:34:0b"
    assert krgboot.compress_range(["n08", "n09", "n10"]) == ["n[08-10]"]
