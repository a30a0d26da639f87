"""Roots to work on: a boot server's tree with what its packages and images would have put there."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import krgboot

SOURCE = Path(__file__).resolve().parents[2]
EXAMPLES = {name: SOURCE / "examples" / name / "cluster.yaml" for name in ("debian", "kerrighed-lenny")}

PXELINUX = Path("/usr/lib/PXELINUX/pxelinux.0")
LDLINUX = Path("/usr/lib/syslinux/modules/bios/ldlinux.c32")

# What a tree must have for a node to come up, as far as files tell.
IMAGE_DIRECTORIES = ("boot", "config", "dev", "etc", "home", "proc", "root", "run", "sbin", "sys", "tmp", "var/run")


def kernel_bytes(name: str) -> bytes:
    """A file with the boot header by which a kernel for PCs is known (Documentation/arch/x86/boot.rst)."""
    return bytes(0x202) + b"HdrS" + name.encode() * 100


def below(root: Path, path: str) -> Path:
    """`path`, absolute as seen inside `root`, as the host sees it."""
    return root / path.lstrip("/")


def make_image(root: Path, cluster: krgboot.Cluster, image: krgboot.ImageEntry) -> None:
    """A tree with what `cluster` boots from it; its kernels are stand-ins."""
    tree = below(root, image.path)
    for name in (*IMAGE_DIRECTORIES, *(path.lstrip("/") for path in image.writable)):
        (tree / name).mkdir(parents=True, exist_ok=True)
    init = tree / "sbin" / "init"
    init.write_text("#!/bin/sh\n")
    init.chmod(0o755)
    for entry in cluster.boot:
        if cluster.images[entry.image].name != image.name:
            continue
        for name in filter(None, (entry.kernel, entry.initrd)):
            (tree / "boot" / name).write_bytes(kernel_bytes(name))


def make_root(root: Path, cluster: krgboot.Cluster) -> Path:
    """All that an apply of `cluster` below `root` wants to find there."""
    table = {release.name: release for release in krgboot.releases()}
    release = table[cluster.server.release]
    for source, path in ((PXELINUX, release.pxelinux), (LDLINUX, release.ldlinux)):
        if path:
            below(root, path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, below(root, path))
    for image in cluster.images:
        make_image(root, cluster, image)
    return root


def tree_of(root: Path) -> dict[str, tuple[str, int, bytes]]:
    """Everything below `root` but krgboot's lock: path -> kind, mode, content or link target."""
    found: dict[str, tuple[str, int, bytes]] = {}
    for folder, directories, files in os.walk(root):
        for name in directories + files:
            path = Path(folder, name)
            status = path.lstat()
            mode = stat.S_IMODE(status.st_mode)
            relative = "/" + str(path.relative_to(root))
            if relative == "/var/lib/krgboot/lock":
                continue
            if stat.S_ISLNK(status.st_mode):
                found[relative] = ("link", 0, os.fsencode(path.readlink()))
            elif stat.S_ISDIR(status.st_mode):
                found[relative] = ("directory", mode, b"")
            elif stat.S_ISREG(status.st_mode):
                found[relative] = ("file", mode, path.read_bytes())
            else:
                found[relative] = ("other", mode, b"")
    return found


def krgbootctl(
    *arguments: str | Path, status: int | None = 0, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would; `status` None takes any."""
    result = subprocess.run(
        [sys.executable, "-m", "krgboot", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **(environment or {})},
    )
    assert "Traceback" not in result.stderr, result.stderr
    if status is not None:
        assert result.returncode == status, f"exit status {result.returncode}\n{result.stdout}{result.stderr}"
    return result
