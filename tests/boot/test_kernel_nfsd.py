"""The kernel's NFS server in a lab, on a boot server that has one: a virtual machine, with a lab in it."""

from __future__ import annotations

import compileall
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import krgboot
import labs
import pytest
import rich

SPEC = labs.SOURCE / "tests" / "boot" / "kernel_nfsd.yaml"
INSIDE = labs.SOURCE / "tests" / "boot" / "inside"
ROOT = labs.BUILD / "kernel-nfsd-root"
IMAGE = ROOT / "srv" / "nfs" / "server"
# Where krgboot lies on that server, with the libraries that it is linked with.
KRGBOOT = "/opt/krgboot"
STAGED = "/opt/staged"

PYTHON = {"bookworm": (3, 11), "trixie": (3, 13)}


def release() -> str:
    """The release of Debian that krgboot was built for: the server gets the same."""
    lines = Path("/etc/os-release").read_text().splitlines()
    name = next((line.partition("=")[2] for line in lines if line.startswith("VERSION_CODENAME=")), "")
    if PYTHON.get(name) != sys.version_info[:2]:
        pytest.skip(f"NOT TESTED: Debian {name or '?'} has no Python {sys.version_info[0]}.{sys.version_info[1]}")
    return name


def put_krgboot(target: Path) -> None:
    """Copy krgboot as this test imports it, rich, and the extension module's libraries but for the C library's."""
    for package in (krgboot, rich):
        source = Path(str(package.__file__)).parent
        shutil.copytree(source, target / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    (module,) = (target / "krgboot").glob("_core*.so")
    done = subprocess.run(["ldd", module], check=True, capture_output=True, text=True)
    compileall.compile_dir(target, quiet=1)
    (target / "lib").mkdir()
    for line in done.stdout.splitlines():
        name, _, path = line.partition(" => ")
        if path and not name.strip().startswith(("libc.", "libm.", "libpthread.", "libdl.", "librt.")):
            shutil.copy(path.split()[0], target / "lib")


def stage(root: Path) -> Path:
    """What the server serves: images of a few files, and beside krgboot's exports some of its administrator's own."""
    labs.stage_root(root)
    for name in ("still", "open"):
        image = root / "srv" / "nfs" / name
        for directory in ("boot", "home", "squashed"):
            (image / directory).mkdir(parents=True)
        for file in ("boot/vmlinuz", "boot/initrd.img"):
            (image / file).write_text("no node boots here\n")
        (image / "what").write_text(f"{name}\n")
        (image / "home" / "what").write_text(f"{name}'s home\n")
        (image / "squashed").chmod(0o777)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc" / "exports").write_text(
        "/srv/nfs/open/squashed 10.25.0.13(rw,sync,root_squash,no_subtree_check)\n"
        "/etc 10.25.0.0/24(ro,no_subtree_check)\n"
    )
    labs.krgbootctl("apply", "--root", root, INSIDE / "cluster.yaml")
    return root


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """What the server saw (inside/server.py)."""
    labs.need_a_lab()
    here = release()
    shutil.rmtree(ROOT, ignore_errors=True)
    labs.stage_root(ROOT)
    spec = ROOT / "cluster.yaml"
    spec.write_text(SPEC.read_text().replace("release: bookworm", f"release: {here}"))
    labs.krgbootctl("image", "bootstrap", "--root", ROOT, spec, "server")
    labs.krgbootctl("image", "configure", "--root", ROOT, spec, "server")
    krgboot_there = IMAGE / KRGBOOT.lstrip("/")
    put_krgboot(krgboot_there)
    for file in ("cluster.yaml", "server.py"):
        shutil.copy(INSIDE / file, krgboot_there)
    stage(IMAGE / STAGED.lstrip("/"))
    # A lab asks for QEMU; no machine is switched on in these.
    qemu = IMAGE / "usr" / "local" / "bin" / "qemu-system-x86_64"
    qemu.write_text("#!/bin/false\n")
    qemu.chmod(0o755)
    labs.krgbootctl("apply", "--root", ROOT, spec)
    with labs.running_lab("kernel-nfsd", spec, ROOT, "--memory", "2048") as lab:
        labs.check_agreement(lab.node("server"))
        environment = ("env", f"PYTHONPATH={KRGBOOT}", f"LD_LIBRARY_PATH={KRGBOOT}/lib")
        look = ("python3", f"{KRGBOOT}/server.py", "look", f"{KRGBOOT}/cluster.yaml", STAGED)
        text = lab.on("server", *environment, *look)
    (labs.BUILD / "kernel-nfsd" / "seen.json").write_text(text)
    data: dict[str, Any] = json.loads(text)
    return data


def test_the_report_names_the_kernel(seen: dict[str, Any]) -> None:
    assert re.fullmatch(r"the kernel's nfsd \d+\.\d+\.\d+\S*", seen["nfs_server"])


def test_exportfs_reads_the_applied_files_and_each_path_has_a_number_of_its_own(seen: dict[str, Any]) -> None:
    entries = {tuple(line.partition("(")[0].split("\t")): line for line in seen["etab"]}
    assert set(entries) == {
        ("/srv/nfs/still", "10.25.0.11"),
        ("/srv/nfs/still/home", "10.25.0.11"),
        ("/srv/nfs/open", "10.25.0.12"),
        ("/srv/nfs/open/squashed", "10.25.0.13"),
    }
    assert len({line.partition("fsid=")[2] for line in entries.values()}) == 4


@pytest.mark.parametrize("version", ["3", "4.2"])
def test_who_may_mount_and_write_what(seen: dict[str, Any], version: str) -> None:
    by = seen[version]
    read_only = f"sh: 1: cannot create new-{version}: Read-only file system"
    assert by["reader: still"] == ["still", read_only]
    assert by["writer: open"] == ["open", version, "0:0"]
    assert by["stranger: squashed"] == [version, "65534:65534"]
    # An export within another, on one file system: NFSv4 walks there from above and stays in the outer one. That is the
    # kernel's way on any boot server; krgboot's lines in a node's fstab ask for NFSv3.
    assert by["reader: home"] == ["still's home", *([version, "0:0"] if version == "3" else [read_only])]


@pytest.mark.parametrize("client", ["reader: open", "writer: /etc", "stranger: still"])
def test_nobody_else_may(seen: dict[str, Any], client: str) -> None:
    (refused,) = seen["3"][client]
    assert refused.startswith("mount.nfs: access denied by server while mounting 10.25.0.2:/")
    # (NFSv4 does not tell that there is something.)
    (refused,) = seen["4.2"][client]
    assert refused.endswith("failed, reason given by server: No such file or directory")


def test_what_it_says_is_in_the_log(seen: dict[str, Any]) -> None:
    assert "authenticated mount request from 10.25.0.12:" in seen["said"]
    assert "refused mount request from 10.25.0.13 for /srv/nfs/still" in seen["said"]


def test_writes_go_into_memory(seen: dict[str, Any]) -> None:
    squashed = [f"open/squashed/new-{version}" for version in ("3", "4.2")]
    assert seen["in the rack"] == ["open/new-3", "open/new-4.2", *squashed, "still/home/new-3"]
    assert seen["in the image"] == []


def test_two_run_beside_the_servers_own(seen: dict[str, Any]) -> None:
    before, now = seen["before"], seen["while two run"]
    assert before["its own nfsd threads"] == now["its own nfsd threads"] == before["nfsd threads"] > 0
    assert now["nfsd threads"] > before["nfsd threads"]
    assert (before["keepers"], now["keepers"]) == (0, 2)
    for what in ("its own exports", "mounts", "links"):
        assert now[what] == before[what]


def test_nothing_is_left_of_one_that_is_closed(seen: dict[str, Any]) -> None:
    before, two, end = seen["before"], seen["while two run"], seen["closed"]
    assert (end["in use"], end["status"], end["still plugged in"]) == ("held\n", 0, [])
    of_each = (two["nfsd threads"] - before["nfsd threads"]) // 2
    assert end["left"]["nfsd threads"] == before["nfsd threads"] + of_each
    assert end["left"]["keepers"] == 1


def test_nothing_is_left_of_one_that_is_killed(seen: dict[str, Any]) -> None:
    end = seen["killed"]
    assert (end["in use"], end["status"], end["still plugged in"]) == ("held\n", -9, [])
    assert end["left"] == seen["before"]
