"""A clone shares its blocks if the file system supports it, and is an equal tree on any file system.

File systems with reflinks are made in a file and mounted in a new mount namespace, in which this file runs as a
program.
"""

from __future__ import annotations

import array
import fcntl
import json
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from test_image_faults import DRIVER, make_tree, view_of

pytestmark = pytest.mark.skipif(
    not DRIVER.exists(), reason="KRGBOOT_BUILD_DIR does not name a build with tests/fault/image_driver"
)

FIEMAP = 0xC020660B  # linux/fiemap.h
FIEMAP_SYNC, FIEMAP_LAST, FIEMAP_SHARED = 1, 1, 0x2000


def is_shared(path: Path) -> bool:
    """Does the file share all its extents with another file?"""
    most = 64
    request = array.array("B", struct.pack("=QQLLLL", 0, (1 << 64) - 1, FIEMAP_SYNC, 0, most, 0) + bytes(56 * most))
    with path.open("rb") as file:
        fcntl.ioctl(file, FIEMAP, request)
    mapped = struct.unpack_from("=L", request, 20)[0]
    flags = [struct.unpack_from("=L", request, 32 + 56 * extent + 40)[0] for extent in range(mapped)]
    return bool(flags) and bool(flags[-1] & FIEMAP_LAST) and all(flag & FIEMAP_SHARED for flag in flags)


def clone_within(kind: str, image: Path, place: Path, driver: str) -> None:
    subprocess.run(["mount", "-t", kind, "-o", "loop", image, place], check=True)
    tree = make_tree(place / "tree")
    assert not is_shared(tree / "boot" / "initrd")
    subprocess.run(["sync", "-f", place], check=True)  # else its blocks are counted only after writeback
    free = os.statvfs(place).f_bfree
    subprocess.run([driver, "clone", tree, place], check=True)
    grown = (free - os.statvfs(place).f_bfree) * os.statvfs(place).f_frsize
    copy = place / "target"
    print(
        json.dumps(
            {
                "different": sorted(name for name, what in view_of(tree).items() if view_of(copy).get(name) != what),
                "names": view_of(tree).keys() == view_of(copy).keys(),
                "shared": [name for name in ("boot/initrd", "usr/bin/program") if is_shared(copy / name)],
                "grown": grown,
            }
        )
    )
    # A write to one copy does not show in the other.
    with (copy / "boot" / "initrd").open("r+b") as file:
        file.write(b"changed")
    assert (tree / "boot" / "initrd").read_bytes()[:7] != b"changed"


@pytest.mark.parametrize("kind", ["btrfs", "xfs"])
def test_blocks_are_shared(tmp_path: Path, kind: str) -> None:
    if os.geteuid() != 0:
        pytest.skip(f"SKIPPED: only root can mount a {kind}")
    make = shutil.which(f"mkfs.{kind}")
    if make is None:
        pytest.skip(f"SKIPPED: mkfs.{kind} is not installed")
    image, place = tmp_path / "image", tmp_path / "place"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(400 << 20)
    subprocess.run([make, "-q", image], check=True, capture_output=True)
    mounted = f"mount -t {kind} -o loop {image} {place}"
    namespace = ["unshare", "--mount", "--propagation", "private"]
    tried = subprocess.run([*namespace, "sh", "-c", mounted], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"SKIPPED: no {kind} can be mounted here: {tried.stderr.strip()}")
    inside = [sys.executable, __file__, kind, str(image), str(place), str(DRIVER)]
    done = subprocess.run([*namespace, *inside], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["different"] == []
    assert seen["names"]
    assert seen["shared"] == ["boot/initrd", "usr/bin/program"]
    assert seen["grown"] < 1_000_000  # of nearly three million bytes
    assert list(place.iterdir()) == []


def test_elsewhere_they_are_copied(tmp_path: Path) -> None:
    """Clone to another file system if there is one, and within the same one."""
    tree = make_tree(tmp_path / "tree")
    for place in (tmp_path / "place", Path("/dev/shm") / f"krgboot-test-{os.getpid()}"):
        try:
            place.mkdir()
            log = tmp_path / "log"
            subprocess.run(["strace", "-f", "-qq", "-o", log, DRIVER, "clone", tree, place], check=True)
            assert "FICLONE" in log.read_text()
            assert "copy_file_range(" in log.read_text()
            assert view_of(place / "target") == view_of(tree)
        finally:
            shutil.rmtree(place)


if __name__ == "__main__":
    clone_within(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
