"""Boots Debian 13 with each of its initrd generators."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import labs
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = labs.SOURCE / "tests" / "boot" / "trixie.yaml"
ROOT = labs.BUILD / "trixie-root"


@pytest.fixture(scope="module")
def lab() -> Iterator[labs.RunningLab]:
    labs.need_a_lab()
    shutil.rmtree(ROOT, ignore_errors=True)
    labs.stage_root(ROOT)
    for image in ("trixie", "dracut"):
        labs.krgbootctl("image", "bootstrap", "--root", ROOT, SPEC, image)
        labs.krgbootctl("image", "configure", "--root", ROOT, SPEC, image)
    labs.krgbootctl("apply", "--root", ROOT, SPEC)
    with labs.running_lab("trixie", SPEC, ROOT) as lab:
        yield lab
    assert lab.process.returncode == 0


@pytest.mark.parametrize("name", ["thirteen", "other"])
def test_it_boots(lab: labs.RunningLab, name: str) -> None:
    labs.check_agreement(lab.node(name))
    assert "VERSION_CODENAME=trixie\n" in lab.on(name, "cat", "/etc/os-release")
    assert lab.on(name, "hostname").strip() == name
    assert " ro," in lab.on(name, "grep", " / nfs", "/proc/mounts")
    lab.on(name, "touch", "/home/here")
    assert lab.on(name, "systemctl", "--failed", "--plain", "--no-legend") == ""


def test_dracut_is_what_the_other_one_booted(lab: labs.RunningLab) -> None:
    assert "dracut" in (labs.BUILD / "trixie" / "other" / "console.log").read_text(errors="replace")
