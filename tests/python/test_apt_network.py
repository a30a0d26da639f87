"""The network of apt-get in an image. The image's own sources, which nodes can write, do not influence it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import krgboot
import pytest
from busybox_image import make_busybox_image
from staging import krgbootctl

SPEC = """
version: 1
cluster: {{name: lab, domain: lab.example.org}}
server: {{name: server, address: 10.0.0.2, release: bookworm}}
networks: [{{subnet: 10.0.0.0/24, router: 10.0.0.1}}]
images: {{small: {{path: /srv/small, release: bookworm, shares_file_system: a test{mirror}}}}}
boot: {{a: {{image: small, kernel: vmlinuz-6.1, initrd: initrd.img-6.1}}}}
default_boot: a
nodes: [{{name: n1, address: 10.0.0.3}}]
"""
LOOPBACK = "http://127.0.0.1:3142/debian"
# Reports the interfaces that it sees, and installs nothing.
APT_GET = "#!/bin/sh\n[ -e /tmp/seen ] || ls /sys/class/net >/tmp/seen\n"
STATUS = "Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root gives an image a network"),
    pytest.mark.skipif(krgboot.find_program("slirp4netns") is None, reason="NOT TESTED: slirp4netns is not installed"),
]


def configured(root: Path, mirror: str = "") -> tuple[set[str], str]:
    """Return the interfaces that apt-get sees in an image whose sources name the loopback, and the output."""
    make_busybox_image(root)
    image = root / "srv" / "small"
    busybox = image / "bin" / "busybox"
    for name in ("ls", "cat"):
        (image / "bin" / name).symlink_to("busybox")
    assert busybox.exists()
    (image / "usr" / "bin").mkdir(parents=True)
    (image / "usr" / "bin" / "apt-get").write_text(APT_GET)
    (image / "usr" / "bin" / "apt-get").chmod(0o755)
    (image / "usr" / "bin" / "dpkg").symlink_to("/bin/busybox")
    (image / "var" / "lib" / "dpkg").mkdir(parents=True)
    (image / "var" / "lib" / "dpkg" / "status").write_text(STATUS)
    (image / "etc" / "apt").mkdir()
    (image / "etc" / "apt" / "sources.list").write_text(f"deb {LOOPBACK} bookworm main\n")
    spec = root / "cluster.yaml"
    spec.write_text(SPEC.format(mirror=f", mirror: {mirror!r}" if mirror else ""))
    done = krgbootctl("image", "configure", spec, "small", "--root", root, status=1)  # nothing was installed
    return set((image / "tmp" / "seen").read_text().split()), done.stdout + done.stderr


def hosts() -> set[str]:
    return set(subprocess.run(["ls", "/sys/class/net"], check=True, capture_output=True, text=True).stdout.split())


def test_an_image_that_names_the_loopback_gets_no_network_of_the_host_by_that(tmp_path: Path) -> None:
    seen, said = configured(tmp_path)
    assert seen == {"lo", "tap0"}
    assert f"does not reach its source {LOOPBACK}, which is on this machine's loopback" in said


def test_a_spec_that_names_it_does(tmp_path: Path) -> None:
    seen, said = configured(tmp_path, LOOPBACK)
    assert seen == hosts()
    assert "uses this machine's own network" in said
