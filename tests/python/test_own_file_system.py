"""An image's dedicated file system: made by mkfs, mounted, and a boundary for file handles."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import krgboot
import pytest
from staging import below, krgbootctl, make_root, needs, needs_root

SPEC = """
version: 1
cluster: {{name: lab, domain: lab.example.org}}
server: {{name: server, address: 10.20.0.2, release: bookworm}}
networks: [{{subnet: 10.20.0.0/24, router: 10.20.0.1}}]
images:
  debian:
    path: /srv/nfs/debian
    release: bookworm
    source: {source}
    {keys}
    writable: [{{path: /home, squash: root_squash}}]
boot:
  debian: {{image: debian, kernel: vmlinuz-6.1, initrd: initrd.img-6.1}}
default_boot: debian
nodes:
  - {{name: node1, address: 10.20.0.101, mac: "52:54:00:20:00:01"}}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a minimal root tree: see krgboot/image/bootstrap.hpp."""
    tree = tmp_path / "source"
    for name in ("bin/sh", "usr/bin/dpkg", "var/lib/dpkg/status", "etc/passwd", "etc/shadow"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("x\n")
    for name in ("dev", "proc", "sys", "etc", "usr", "var", "tmp", "home", "lost+found"):
        (tree / name).mkdir(exist_ok=True)
    (tree / "etc/shadow").chmod(0o640)
    (tree / "bin/sh").chmod(0o4755)
    return tree


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    """A root that is removed afterwards, with all its mounts."""
    root = tmp_path / "server"
    root.mkdir()
    yield root
    while True:
        mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        below_root = [mount for mount in mounts if mount.startswith(f"{root}/")]
        if not below_root:
            return
        subprocess.run(["umount", below_root[-1]], check=True)


def names_in(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


def write_spec(tmp_path: Path, source: Path, keys: str) -> Path:
    spec = tmp_path / "cluster.yaml"
    spec.write_text(SPEC.format(source=source, keys=keys))
    return spec


def path_of_handle(exported: Path) -> str | None:
    """Return the target of the handle "inode 2, generation 0", which anybody can forge: the root of any ext4."""

    class Handle(ctypes.Structure):
        _fields_ = (("size", ctypes.c_uint), ("type", ctypes.c_int), ("bytes", ctypes.c_uint32 * 2))

    library = ctypes.CDLL(None, use_errno=True)
    directory = os.open(exported, os.O_RDONLY | os.O_DIRECTORY)
    try:
        handle = Handle(8, 1, (ctypes.c_uint32 * 2)(2, 0))
        found = library.open_by_handle_at(directory, ctypes.byref(handle), os.O_RDONLY)
        if found < 0:
            return None
        try:
            return str(Path(f"/proc/self/fd/{found}").readlink())
        finally:
            os.close(found)
    finally:
        os.close(directory)


@needs("systemd-escape")
@pytest.mark.parametrize(
    "path",
    ["/srv/nfs/debian", "/NFSROOT/kerrighed", "/srv/nfs/debian-12", "/.a/.b", "/a_b/c.d:e", "/a+b@c=d~e", "/ä/x"],
)
def test_names_of_mount_units_are_systemds(path: str) -> None:
    argv = ["systemd-escape", "--path", "--suffix=mount", path]
    name = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.rstrip("\n")
    assert krgboot.mount_unit_name(path) == name
    assert krgboot.parse_mount_unit_name(name) == path


@needs_root
@pytest.mark.parametrize("kind", [pytest.param(kind, marks=needs(f"mkfs.{kind}")) for kind in ("ext4", "xfs", "btrfs")])
def test_made_mounted_and_verified(kind: str, tmp_path: Path, source: Path, server: Path) -> None:
    os.setxattr(source, "user.note", b"of the top")
    spec = write_spec(tmp_path, source, f"filesystem: {{size: 512M, type: {kind}}}")
    # Leftovers of a killed command do not get in the way.
    parent = server / "srv/nfs"
    parent.mkdir(parents=True)
    parent.chmod(0o700)
    (parent / ".krgboot.filesystem.debian").mkdir()
    (parent / ".krgboot.filesystem.debian.img").write_text("half")
    said = krgbootctl("image", "bootstrap", "--root", server, spec, "debian")
    if "filesystem.plain_directory" in said.stderr:
        pytest.skip(f"NOT TESTED: this machine cannot mount a {kind} in a file: {said.stderr}")

    image, file = below(server, "/srv/nfs/debian"), below(server, "/srv/nfs/debian.img")
    assert image.is_mount()
    flags = os.statvfs(image).f_flag
    assert flags & os.ST_NOSUID
    assert flags & os.ST_NODEV
    assert stat.S_IMODE(parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_size == 512 << 20
    assert file.stat().st_blocks * 512 < 256 << 20, "it takes up only what is written"
    assert stat.S_IMODE((image / "bin/sh").stat().st_mode) == 0o4755, "the bits stay on the disk"
    assert stat.S_IMODE(image.stat().st_mode) == stat.S_IMODE(source.stat().st_mode)
    assert os.getxattr(image, "user.note") == b"of the top"
    assert sorted({*names_in(image), "lost+found"}) == names_in(source)
    assert names_in(parent) == ["debian", "debian.img"], "nothing is left over"

    cluster = krgboot.load(spec)
    make_root(server, cluster)
    krgbootctl("apply", "--root", server, spec)
    verified = krgbootctl("verify", "--root", server, spec, status=2)
    assert "filesystem." not in verified.stderr + verified.stdout
    assert "exports." not in verified.stderr + verified.stdout
    unit = below(server, "/etc/systemd/system/srv-nfs-debian.mount").read_text()
    assert f"Type={kind}\n" in unit
    assert "What=/srv/nfs/debian.img\nWhere=/srv/nfs/debian\n" in unit
    wanted = below(server, "/etc/systemd/system/nfs-server.service.wants/srv-nfs-debian.mount")
    assert wanted.resolve().read_text() == unit

    again = krgbootctl("image", "bootstrap", "--root", server, spec, "debian", status=1)
    assert "staging.exists" in again.stderr

    if kind == "ext4":
        # The attack: from a writable directory of the node, by a forged handle.
        assert path_of_handle(image / "home") == str(image)


@needs_root
def test_files_that_hold_something_are_never_overwritten(tmp_path: Path, source: Path, server: Path) -> None:
    spec = write_spec(tmp_path, source, "filesystem: {size: 512M}")
    parent = server / "srv/nfs"
    parent.mkdir(parents=True)
    krgbootctl("image", "bootstrap", "--root", server, spec, "debian", status=1)  # 0755: any user may enter
    parent.chmod(0o700)
    (parent / "debian.img").write_text("precious")
    said = krgbootctl("image", "bootstrap", "--root", server, spec, "debian", status=1)
    assert "filesystem.exists" in said.stderr
    assert (parent / "debian.img").read_text() == "precious"
    assert names_in(parent) == ["debian.img"]


@needs_root
def test_a_failure_leaves_nothing(tmp_path: Path, source: Path, server: Path) -> None:
    shutil.rmtree(source / "var")
    spec = write_spec(tmp_path, source, "filesystem: {size: 512M}")
    krgbootctl("image", "bootstrap", "--root", server, spec, "debian", status=1)
    assert names_in(server / "srv/nfs") == []


@needs_root
def test_a_plain_directory_where_one_is_wanted(tmp_path: Path, source: Path, server: Path) -> None:
    spec = write_spec(tmp_path, source, "filesystem: {size: 512M}")
    krgbootctl("image", "bootstrap", "--plain", "--root", server, spec, "debian")
    assert names_in(server / "srv/nfs") == ["debian"]
    refused = krgbootctl("image", "bootstrap", "--plain", spec, "debian", status=1)
    assert "bootstrap.plain" in refused.stderr


@needs_root
def test_export_of_a_part(tmp_path: Path, source: Path, server: Path) -> None:
    """An image on the server's own file system is not exported."""
    spec = write_spec(tmp_path, source, "root: ro")
    krgbootctl("image", "bootstrap", "--root", server, spec, "debian")
    make_root(server, krgboot.load(spec))
    reached = path_of_handle(below(server, "/srv/nfs/debian/home"))
    if reached is not None:  # on ext4
        image = below(server, "/srv/nfs/debian").resolve()
        assert image.is_relative_to(reached)
        assert reached != str(image), "all of the file system that it lies on"
        assert Path(reached).stat().st_dev == image.stat().st_dev
    for command in ("plan", "verify"):
        said = krgbootctl(command, "--root", server, spec, status=2)
        assert "[exports.reaches_server]" in said.stderr
    refused = krgbootctl("apply", "--root", server, spec, status=1)
    assert "[exports.reaches_server]" in refused.stderr
    assert not below(server, "/etc/exports.d").exists()

    accepted = write_spec(tmp_path, source, "shares_file_system: it is a test")
    krgbootctl("apply", "--root", server, accepted)
    said = krgbootctl("verify", "--root", server, accepted, status=2)
    assert "accepted: it is a test" in said.stderr
    # If it is exported anyway, a node boots; a warning says that it can reach more.
    traced = krgbootctl("trace", "--root", server, spec, "node1")
    assert "every file of the server's own file system" in traced.stdout
