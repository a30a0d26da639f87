"""Programs that krgboot starts inherit only descriptors 0 to 2, whatever krgboot or its caller has open."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import pytest
from busybox_image import make_busybox_image
from descriptors import inheritable, seen, stand_in
from staging import EXAMPLES, make_root, needs, needs_root

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = EXAMPLES["debian"]


@pytest.fixture
def opened() -> Iterator[list[int]]:
    with inheritable() as descriptors:
        yield descriptors


def krgbootctl(opened: list[int], *arguments: str | Path, path: Path | None = None) -> None:
    places = f"{path}:{os.environ['PATH']}:/usr/sbin:/sbin" if path else os.environ["PATH"]
    subprocess.run(
        [sys.executable, "-m", "krgboot", *map(str, arguments)],
        pass_fds=opened,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PATH": places},
        check=False,
    )


def test_the_daemons_checks(tmp_path: Path, opened: list[int]) -> None:
    cluster = krgboot.load(SPEC)
    root = make_root(tmp_path / "root", cluster)
    for name in ("dhcpd", "exportfs"):
        stand_in(tmp_path / "bin" / name, str(tmp_path / name), 0)
    krgbootctl(opened, "apply", "--root", root, SPEC, path=tmp_path / "bin")
    for name in ("dhcpd", "exportfs"):
        assert seen(tmp_path / name) == ["0 1 2"], name


@needs_root
def test_the_steps_of_configure(tmp_path: Path, opened: list[int]) -> None:
    """An image with an interrupted package installation, which makes krgboot run dpkg."""
    spec = tmp_path / "cluster.yaml"
    spec.write_text(re.sub("(kernel: vmlinuz|initrd: initrd.img)", r"\1-6.1", SPEC.read_text()))
    cluster = krgboot.load(spec)
    root = make_root(tmp_path, cluster)
    make_busybox_image(tmp_path / "other")
    image = root / cluster.images[0].path.lstrip("/")
    (image / "bin").mkdir(exist_ok=True)
    for program in (tmp_path / "other" / "srv" / "small" / "bin").iterdir():
        program.rename(image / "bin" / program.name)
    stand_in(image / "usr" / "bin" / "dpkg", "/tmp/out", 1)
    status = image / "var" / "lib" / "dpkg" / "status"
    status.parent.mkdir(parents=True, exist_ok=True)
    status.write_text("Package: half\nStatus: install ok half-configured\nVersion: 1\nArchitecture: all\n\n")
    krgbootctl(opened, "image", "configure", "--root", root, spec, "debian")
    assert seen(image / "tmp" / "out") == ["0 1 2"]


@needs_root
@pytest.mark.parametrize("network", ["none", pytest.param("outbound", marks=needs("slirp4netns")), "host"])
def test_what_runs_in_an_image(tmp_path: Path, opened: list[int], network: str) -> None:
    small = make_busybox_image(tmp_path)
    image = tmp_path / "srv" / "small"
    stand_in(image / "bin" / "tell", "/tmp/out", 0)
    krgbootctl(opened, *small, "--network", network, "--", "tell")
    assert seen(image / "tmp" / "out") == ["0 1 2"]
