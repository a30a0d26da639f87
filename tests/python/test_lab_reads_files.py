"""Files whose names nodes and images choose: menus that a node requests, and keys of an image."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from krgboot.lab import boot, keys

MENU = "DEFAULT a\nLABEL a\nKERNEL boot/a/vmlinuz\n"


@pytest.fixture
def tftp(tmp_path: Path) -> Path:
    """Make a TFTP root below ``tmp_path``, with a menu, and files that must not be read."""
    root = tmp_path / "srv/tftp"
    (root / "pxelinux.cfg").mkdir(parents=True)
    (root / "pxelinux.cfg/default").write_text(MENU)
    (root / "pxelinux.cfg/0A000003").symlink_to("default")
    (tmp_path / "secret").write_text(MENU)
    (root / "out").symlink_to("../../secret")
    (root / "absolute").symlink_to(tmp_path / "secret")
    (root / "folder").symlink_to("..")
    (root / "zero").symlink_to("/dev/zero")
    os.mkfifo(root / "fifo")
    return root


def read(root: Path, name: str) -> Any:
    """Return the menu that a booting node's watch reads for a name."""
    one: Any = SimpleNamespace(_root=root, _cluster=SimpleNamespace(server=SimpleNamespace(tftp_root="/srv/tftp")))
    return boot.Boot._boot_file(one, name)


def test_a_menu_is_read_by_its_name_and_by_a_link_beside_it(tmp_path: Path, tftp: Path) -> None:
    assert tftp.is_dir()
    for name in ("pxelinux.cfg/default", "/pxelinux.cfg/default", "pxelinux.cfg/0A000003"):
        assert read(tmp_path, name) is not None, name


@pytest.mark.parametrize(
    "name",
    [
        "../../secret",
        "pxelinux.cfg/../../../secret",
        "/../../secret",
        "out",
        "absolute",
        "folder/tftp/pxelinux.cfg/../../../secret",
        "zero",
        "fifo",
        "pxelinux.cfg",
        "a\0b",
        "x" * 5000,
        "missing",
    ],
)
def test_nothing_else_is_read_whatever_a_node_names(tmp_path: Path, tftp: Path, name: str) -> None:
    assert tftp.is_dir()
    assert read(tmp_path, name) is None


def test_of_a_large_file_only_the_beginning_is_read(tmp_path: Path, tftp: Path) -> None:
    with (tftp / "large").open("wb") as file:
        file.write(MENU.encode())
        file.truncate(1 << 40)
    assert len(boot._read_beneath(tftp, "large")) == 64 << 10
    assert read(tmp_path, "large") is not None


def test_a_host_key_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "etc/ssh"
    folder.mkdir(parents=True)
    (folder / "ssh_host_rsa_key.pub").write_bytes(b"ssh-rsa \xff\xfe\x80AAAA host\n")
    (folder / "ssh_host_ecdsa_key.pub").write_bytes(b"")
    (folder / "ssh_host_dsa_key.pub").write_bytes(b"\x80\n\nssh-dss BBBB host\n")
    (folder / "ssh_host_ed25519_key.pub").write_text("ssh-ed25519 AAAA root@host\n")
    assert sorted(keys._host_keys(tmp_path)) == ["* ssh-dss BBBB\n", "* ssh-ed25519 AAAA\n"]
