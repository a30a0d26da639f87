"""A node boots from dnsmasq's TFTP server."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import krgboot
import labs
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = labs.BUILD / "tftp_dnsmasq-root"
SPEC = labs.BUILD / "tftp_dnsmasq.yaml"
NODE = "spare"


@pytest.fixture(scope="module")
def lab() -> Iterator[labs.RunningLab]:
    labs.need_a_lab()
    if krgboot.system.find_program("dnsmasq") is None:
        pytest.skip("NOT TESTED: not installed: dnsmasq")
    shutil.rmtree(ROOT, ignore_errors=True)
    labs.stage_root(ROOT)
    image = labs.DEBIAN_IMAGE.lstrip("/")
    (ROOT / image).parent.mkdir(parents=True)
    labs.krgbootctl("image", "clone", labs.QUICKSTART_ROOT / image, ROOT / image)
    SPEC.write_text(labs.DEBIAN.read_text().replace("tftp: tftpd-hpa", "tftp: dnsmasq"))
    labs.krgbootctl("apply", "--root", ROOT, SPEC)
    with labs.running_lab("tftp_dnsmasq", SPEC, ROOT, NODE) as lab:
        yield lab


def test_a_node_boots(lab: labs.RunningLab) -> None:
    node = lab.node(NODE)
    assert node["failure"] is None
    assert node["differences"] == [], "as trace foretold"
    assert (ROOT / "etc/dnsmasq.d/krgboot-tftp.conf").exists()
    assert not (ROOT / "etc/default/tftpd-hpa").exists()
    log = (labs.BUILD / "tftp_dnsmasq" / "dnsmasq.log").read_text()
    assert "sent /srv/tftp/pxelinux.0 to" in log
