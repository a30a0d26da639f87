"""krgbootctl image kernels, and the same through krgboot.Image."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import krgboot
import pytest

VERSION = "6.1.0-18-amd64"
SPEC = f"""
version: 1
cluster: {{name: lab, domain: lab.example.org}}
server: {{name: server, address: 10.0.0.2, release: bookworm}}
networks: [{{subnet: 10.0.0.0/24, router: 10.0.0.1}}]
images: {{a: {{path: /srv/a, release: bookworm, shares_file_system: a test}}}}
boot:
  a: {{image: a, kernel: vmlinuz-{VERSION}, initrd: initrd.img-{VERSION}}}
default_boot: a
nodes: [{{name: n1, address: 10.0.0.3}}]
"""
MODULES = f"usr/lib/modules/{VERSION}/kernel"
GOOD = (
    "scripts/nfs",
    "usr/bin/nfsmount",
    "usr/bin/ipconfig",
    f"{MODULES}/fs/nfs/nfs.ko",
    f"{MODULES}/drivers/net/virtio_net.ko",
)


def initrd(folder: Path, names: tuple[str, ...]) -> bytes:
    """Return a compressed cpio archive of empty files with these names."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    listing = "\n".join(names).encode()
    made = subprocess.run(
        ["cpio", "--quiet", "-o", "-H", "newc"], cwd=folder, input=listing, capture_output=True, check=True
    )
    return gzip.compress(made.stdout)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    boot = tmp_path / "root" / "srv" / "a" / "boot"
    boot.mkdir(parents=True)
    (boot / f"vmlinuz-{VERSION}").write_bytes(b"no boot header: the version is in the name")
    (boot / f"config-{VERSION}").write_text("CONFIG_NFS_FS=m\nCONFIG_OVERLAY_FS=m\n")
    modules = tmp_path / "root" / "srv" / "a" / "lib" / "modules" / VERSION
    modules.mkdir(parents=True)
    (modules / "modules.dep").touch()
    (modules / "modules.builtin").write_text("kernel/fs/ext4/ext4.ko\n")
    (tmp_path / "cluster.yaml").write_text(SPEC)
    return tmp_path / "root"


def give_initrd(root: Path, names: tuple[str, ...]) -> None:
    folder = root.parent / f"initrd-{len(names)}"
    folder.mkdir()
    (root / "srv/a/boot" / f"initrd.img-{VERSION}").write_bytes(initrd(folder, names))


def kernels(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "krgboot",
        "image",
        "kernels",
        str(root.parent / "cluster.yaml"),
        "--root",
        str(root),
    ]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False)


def test_a_kernel_that_boots(root: Path) -> None:
    give_initrd(root, GOOD)
    shown = kernels(root)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.split()[-6:] == [VERSION, f"initrd.img-{VERSION}", "yes", "1", "(initramfs)", "initramfs"]
    [data] = json.loads(kernels(root, "--json").stdout)
    assert data["support"]["drivers"] == ["virtio_net"]
    assert data["boot"] == "a"


def test_what_is_missing_is_told_with_its_place(root: Path) -> None:
    give_initrd(root, GOOD[:-1])
    shown = kernels(root, "a")
    assert shown.returncode == 2
    assert shown.stderr.startswith(
        f"/boot/initrd.img-{VERSION}: error: neither the initrd nor the kernel has a network"
    )
    assert "MODULES=netboot" in shown.stderr


def test_an_initrd_that_cannot_be_unpacked_is_told_beside_all_others(root: Path) -> None:
    give_initrd(root, GOOD)
    (root / "srv/a/boot" / f"initrd.img-{VERSION}").write_bytes(b"x" * 100)
    shown = kernels(root)
    assert shown.returncode == 2
    assert VERSION in shown.stdout
    assert shown.stderr.startswith(f"/boot/initrd.img-{VERSION}: error: ")
    assert "[initramfs.damaged]" in shown.stderr


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda root: (root / "srv/a/boot" / f"vmlinuz-{VERSION}").unlink(), "kernel.missing"),
        (lambda root: (root / "srv/a").rename(root / "srv/b"), "io.open"),
    ],
)
def test_mistakes_are_one_line(root: Path, spoil: object, code: str) -> None:
    give_initrd(root, GOOD)
    assert callable(spoil)
    spoil(root)
    shown = kernels(root)
    assert shown.returncode == 1
    assert shown.stderr.startswith("error: ")
    assert shown.stderr.rstrip().endswith(f"[{code}]")
    assert len(shown.stderr.splitlines()) == 1


def test_an_image_is_confined(root: Path) -> None:
    (root / "srv" / "link").symlink_to(root.parent)  # an absolute symlink, which is resolved inside the root
    with pytest.raises(krgboot.IoError):
        krgboot.Image("/srv/link", root)
    image = krgboot.Image("/srv/a", root)
    assert [kernel.version for kernel in image.kernels()] == [VERSION]
    (root / "srv/a/boot" / "vmlinuz").symlink_to(root.parent / "cluster.yaml")
    assert image.find_kernel("vmlinuz") is None
