"""An image with invalid files in place of a text, kernel or initrd gives a finding for that image only.

Root users of nodes can make such files. The other images are still processed; each command ends in bounded time and
memory, and reports the fault. tests/cpp/apply/test_bad_images.cpp tests every kind of file in every place; this file
tests the messages for administrators.
"""

from __future__ import annotations

import json
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import krgboot
import pytest
from krgboot.lab import keys
from staging import EXAMPLES, kernel_bytes, krgbootctl, make_root

BAD = "srv/nfs/debian"
GOOD = "srv/nfs/other"

STATUS = "Package: dpkg\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """The example with a second image, which two of its nodes boot."""
    text = EXAMPLES["debian"].read_text()
    images, boot = text.index("images:\n"), text.index("# What a node can boot.")
    block = text[images:boot].partition("\n")[2]
    other = block.replace("  debian:", "  other:").replace("/srv/nfs/debian", "/srv/nfs/other")
    text = text[:boot] + other + text[boot:]
    text = text.replace("boot:\n", "boot:\n  other: {image: other, kernel: vmlinuz, initrd: initrd.img}\n", 1)
    text = text.replace("    boot: debian-console\n", "    boot: other\n")
    made = tmp_path / "cluster.yaml"
    made.write_text(text)
    return made


@pytest.fixture
def root(tmp_path: Path, spec: Path) -> Path:
    """A staged boot server with the spec applied, and a pending change for the other image."""
    cluster = krgboot.load(spec)
    made = make_root(tmp_path / "root", cluster)
    for name in (BAD, GOOD):
        dpkg = made / name / "var/lib/dpkg"
        dpkg.mkdir(parents=True)
        (dpkg / "status").write_text(STATUS)
        (made / name / "boot/vmlinuz").write_bytes(kernel_bytes("vmlinuz", "6.1.0"))
    krgboot.apply(cluster, made, check=False)
    (made / GOOD / "etc/hosts").write_text("127.0.0.1 localhost\n")
    return made


def sparse(path: Path, size: int) -> None:
    path.unlink(missing_ok=True)
    path.touch()
    os.truncate(path, size)


def initrd_of_zeros(image: Path) -> None:
    sparse(image / "boot/initrd.img", 4 << 40)


def kernel_of_zeros(image: Path) -> None:
    sparse(image / "boot/vmlinuz", 4 << 40)


def kernel_without_version(image: Path) -> None:
    (image / "boot/vmlinuz").write_text("x\n")


def dpkg_status_fifo(image: Path) -> None:
    (image / "var/lib/dpkg/status").unlink()
    os.mkfifo(image / "var/lib/dpkg/status")


def fstab_device(image: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root makes device nodes")
    (image / "etc/fstab").unlink()
    os.mknod(image / "etc/fstab", 0o644 | stat.S_IFCHR, os.makedev(1, 5))


def hosts_nul(image: Path) -> None:
    (image / "etc/hosts").write_bytes(b"a\0b\n")


def hosts_of_zeros(image: Path) -> None:
    sparse(image / "etc/hosts", 1 << 40)


# The kind of file; its path; the message of plan and verify; the message of trace (empty: none).
CASES: dict[str, tuple[Callable[[Path], None], str, str, str]] = {
    "initrd-of-zeros": (initrd_of_zeros, "boot/initrd.img", "image.too_large", "holds more than 4 GiB"),
    "kernel-of-zeros": (kernel_of_zeros, "boot/vmlinuz", "image.too_large", ""),
    "kernel-without-version": (kernel_without_version, "boot/vmlinuz", "kernel.no_version", "tells a version"),
    "dpkg-status-fifo": (dpkg_status_fifo, "var/lib/dpkg/status", "image.unreadable", "a socket or a FIFO"),
    "fstab-device": (fstab_device, "etc/fstab", "file.kind", "it is a device"),
    "hosts-nul": (hosts_nul, "etc/hosts", "file.binary", ""),
    "hosts-of-zeros": (hosts_of_zeros, "etc/hosts", "file.too_large", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_each_command_goes_on(root: Path, spec: Path, case: str) -> None:
    plant, file, code, in_trace = CASES[case]
    good_before = str(krgboot.trace(krgboot.load(spec), "spare", root))
    plant(root / BAD)
    place = f"/{BAD}/{file}"

    for command in ("plan", "verify"):
        seen = krgbootctl(command, "--root", root, spec, status=2)
        assert f"{place}: error: " in seen.stderr, seen.stderr
        assert f"[{code}]" in seen.stderr
        assert f"update /{GOOD}/etc/hosts" in seen.stdout, "the other image was not looked at"
        data = json.loads(krgbootctl(command, "--root", root, spec, "--json", status=2).stdout)
        findings = [finding for finding in data["findings"] if finding["code"] == code]
        assert [finding["file"] for finding in findings] == [place]
        assert findings[0]["severity"] == "error"

    traced = krgbootctl("trace", "--root", root, spec, status=None)
    assert traced.returncode == 2, traced.stderr  # without a real kernel none of these nodes boots
    machines = [line.split()[0] for line in traced.stdout.splitlines() if line and not line.startswith(" ")]
    assert machines == ["node1", "node2", "node3", "node4", "console", "spare"]
    assert in_trace in traced.stdout
    assert str(krgboot.trace(krgboot.load(spec), "spare", root)) == good_before

    refused = krgbootctl("apply", "--root", root, spec, status=1)
    assert "nothing was written" in refused.stderr
    assert "--skip-bad-images" in refused.stderr
    assert (root / GOOD / "etc/hosts").read_text() == "127.0.0.1 localhost\n"

    applied = krgbootctl("apply", "--root", root, spec, "--skip-bad-images")
    assert f"[{code}]" in applied.stderr
    assert "warning: " in applied.stderr
    assert "krgboot" in (root / GOOD / "etc/hosts").read_text()
    assert str(krgboot.trace(krgboot.load(spec), "spare", root)) == good_before


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


@pytest.mark.parametrize("name", ["etc/hosts", "etc/fstab", "var/lib/dpkg/status", "boot/config-6.1.0", "etc/inittab"])
def test_a_text_of_nothing_but_lines_fits_into_the_memory(root: Path, spec: Path, name: str) -> None:
    """The largest file that krgboot reads, with the maximum number of lines."""
    size = {"var/lib/dpkg/status": 32 << 20, "etc/fstab": 1 << 20}.get(name, 4 << 20)
    (root / BAD / name).write_bytes(b"\n" * size)
    for command in ("verify", "trace"):
        ended = subprocess.run(
            [sys.executable, "-m", "krgboot", command, "--root", str(root), str(spec)],
            capture_output=True,
            check=False,
            preexec_fn=limited,
        )
        assert ended.returncode == 2, ended.stderr.decode()


def test_every_image_may_be_bad_at_once(root: Path, spec: Path) -> None:
    dpkg_status_fifo(root / BAD)
    hosts_nul(root / GOOD)
    seen = krgbootctl("verify", "--root", root, spec, status=2)
    assert f"/{BAD}/var/lib/dpkg/status: error: " in seen.stderr
    assert f"/{GOOD}/etc/hosts: error: " in seen.stderr


@pytest.mark.parametrize("what", ["fifo", "device", "directory", "link", "sparse"])
def test_the_lab_is_not_held_up_by_what_lies_where_its_key_goes(tmp_path: Path, what: str) -> None:
    """The key goes into the image's own file, or nowhere; the lab neither blocks nor opens a device."""
    place = tmp_path / "root/.ssh/authorized_keys"
    place.parent.mkdir(parents=True)
    if what == "fifo":
        os.mkfifo(place)
    elif what == "device":
        if os.geteuid() != 0:
            pytest.skip("NOT TESTED: only root makes device nodes")
        os.mknod(place, 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    elif what == "directory":
        place.mkdir()
    elif what == "link":
        place.symlink_to(tmp_path / "elsewhere")
    else:
        sparse(place, 1 << 40)
        keys._authorize(tmp_path, b"key\n")
        with place.open("rb") as file:
            file.seek(1 << 40)
            assert file.read() == b"\nkey\n"
        return
    with pytest.raises(OSError, match=r"no regular file|Invalid argument|symbolic links|directory"):
        keys._authorize(tmp_path, b"key\n")
    assert not (tmp_path / "elsewhere").exists()
