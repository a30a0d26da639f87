"""Roots for tests: a boot server's tree with the files that packages and images would install."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import krgboot
import pytest
from krgboot.planning import Role

SOURCE = Path(__file__).resolve().parents[2]
GOLDENS = SOURCE / "tests" / "golden"
APPROVE = os.environ.get("KRGBOOT_APPROVE") == "1"
EXAMPLES = {name: SOURCE / "examples" / name / "cluster.yaml" for name in ("debian", "kerrighed-lenny")}

QUICKSTART = SOURCE / "build" / "quickstart" / "root"
"""Root in which examples/quickstart has set up a boot server with a real image."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root can do this")


def without(*programs: str) -> str:
    """Return a skip reason that names the missing programs; empty: all exist."""
    missing = [name for name in programs if not krgboot.find_program(name)]
    return f"NOT TESTED: not installed: {', '.join(missing)}" if missing else ""


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip the test, with a reason, if one of these programs is not installed."""
    return pytest.mark.skipif(bool(without(*programs)), reason=without(*programs))


def in_own_mounts(script: str, *arguments: object) -> list[str]:
    """Return the command line of a shell script that stops at the first error, in a new mount namespace."""
    return [*["unshare", "--mount", "--propagation", "private", "sh", "-ec"], script, "sh", *map(str, arguments)]


PXELINUX = Path("/usr/lib/PXELINUX/pxelinux.0")
LDLINUX = Path("/usr/lib/syslinux/modules/bios/ldlinux.c32")

# Files that a tree needs for a node to boot.
IMAGE_DIRECTORIES = ("boot", "config", "dev", "etc", "home", "proc", "root", "run", "sbin", "sys", "tmp", "var/run")


def kernel_bytes(name: str, version: str = "") -> bytes:
    """Return a file with the boot header of an x86 kernel (Documentation/arch/x86/boot.rst).

    With a version, the word at 0x20E plus 0x200 points to it.
    """
    head = bytes(0x202) + b"HdrS"
    if version:
        head += bytes(8) + b"\x10\x00" + version.encode() + b" (builder)" + bytes(512)
    return head + name.encode() * 100


# Configuration of a kernel that mounts its root itself, as Kerrighed's does.
KERNEL_CONFIG = "".join(f"CONFIG_{name}=y\n" for name in ("NFS_FS", "ROOT_NFS", "IP_PNP_DHCP", "CONFIGFS_FS"))

INITRD_NAMES = (
    "scripts/nfs",
    "bin/nfsmount",
    "bin/ipconfig",
    "lib/modules/{version}/kernel/fs/nfs/nfs.ko",
    "lib/modules/{version}/kernel/drivers/net/virtio_net.ko",
)


def initrd_bytes(version: str) -> bytes:
    """Return an initrd that has the names of all files for an NFS root: cpio(5), "New ASCII Format"."""
    archive = b""
    for name in (*INITRD_NAMES, "TRAILER!!!"):
        path = name.format(version=version).encode() + b"\0"
        fields = (0, 0o100644, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(path), 0)
        entry = b"070701" + b"".join(b"%08x" % field for field in fields) + path
        archive += entry + bytes(-len(entry) % 4)
    return archive


def below(root: Path, path: str) -> Path:
    """Return the host path of `path`, which is absolute as seen inside `root`."""
    return root / path.lstrip("/")


def make_logins(tree: Path, sysvinit: bool, own_keys: bool) -> None:
    """Make init, sshd and gettys at the paths of the release's packages; the programs are stand-ins."""
    units = "/lib/systemd/system"
    programs = ["/usr/sbin/sshd", "/etc/init.d/ssh", "/sbin/init", "/usr/bin/ssh-keygen"]
    files = {} if own_keys else {"/etc/ssh/ssh_host_rsa_key": ""}
    links = {"/etc/rc2.d/S16ssh": "../init.d/ssh"}
    if sysvinit:
        files["/etc/inittab"] = "id:2:initdefault:\n1:2345:respawn:/sbin/getty 38400 tty1\n"
    else:
        programs[1:-1] = [
            "/lib/systemd/systemd",
            "/lib/systemd/system-generators/systemd-getty-generator",
            "/sbin/agetty",
        ]
        names = ("ssh.service", "getty@.service", "serial-getty@.service")
        files |= {f"{units}/{name}": "" for name in names}
        links = {
            "/sbin/init": "/lib/systemd/systemd",
            "/etc/systemd/system/multi-user.target.wants/ssh.service": f"{units}/ssh.service",
            "/etc/systemd/system/getty.target.wants/getty@tty1.service": f"{units}/getty@.service",
        }
    for path in (*programs, *files, *links):
        below(tree, path).parent.mkdir(parents=True, exist_ok=True)
    for path in programs:
        below(tree, path).write_text("#!/bin/sh\n")
        below(tree, path).chmod(0o755)
    for path, text in files.items():
        below(tree, path).write_text(text)
    for path, target in links.items():
        below(tree, path).unlink(missing_ok=True)
        below(tree, path).symlink_to(target)


def make_image(root: Path, cluster: krgboot.Cluster, image: krgboot.ImageEntry) -> None:
    """Make a tree with the files that `cluster` boots from it; its kernels are stand-ins."""
    tree = below(root, image.path)
    if image.filesystem:  # as image bootstrap makes it
        tree.mkdir(parents=True, exist_ok=True)
        tree.parent.chmod(0o700)
    if image.release != krgboot.ReleaseName.lenny:  # releases in which base-files makes these symlinks
        for name in ("bin", "lib", "sbin"):
            (tree / "usr" / name).mkdir(parents=True, exist_ok=True)
            if not (tree / name).exists():
                (tree / name).symlink_to(f"usr/{name}")
    for name in (*IMAGE_DIRECTORIES, *(directory.path.lstrip("/") for directory in image.writable)):
        (tree / name).mkdir(parents=True, exist_ok=True)
    own_keys = image.ssh_host_keys == krgboot.SshHostKeyPlace.boot
    make_logins(tree, sysvinit=image.release == krgboot.ReleaseName.lenny, own_keys=own_keys)
    for entry in cluster.boot:
        if entry.image.name != image.name:
            continue
        version = entry.kernel.partition("-")[2]
        (tree / "boot" / entry.kernel).write_bytes(kernel_bytes(entry.kernel))
        if entry.initrd:
            (tree / "boot" / entry.initrd).write_bytes(initrd_bytes(version))
        if version:
            (tree / "boot" / f"config-{version}").write_text(KERNEL_CONFIG)
            modules = tree / "lib" / "modules" / version
            modules.mkdir(parents=True, exist_ok=True)
            (modules / "modules.dep").touch()
            (modules / "modules.builtin").write_text("kernel/drivers/net/e1000e/e1000e.ko\n")


def make_root(root: Path, cluster: krgboot.Cluster) -> Path:
    """Make all files that an apply of `cluster` needs below `root`."""
    loader = [item.source for item in cluster.render().items if getattr(item, "role", None) == Role.loader]
    for source, path in zip((PXELINUX, LDLINUX), loader, strict=False):
        below(root, path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, below(root, path))
    if len(loader) == 1:
        # A loader in one file; Debian 12's has modules.
        below(root, loader[0]).write_bytes(b"PXELINUX 3.71 Debian-2008-09-06")
    for image in cluster.images:
        make_image(root, cluster, image)
    return root


def tree_of(root: Path) -> dict[str, tuple[str, int, bytes]]:
    """Return all files below `root` except krgboot's lock: path -> kind, mode, content or link target."""
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


def held_against(golden: Path, actual: dict[str, bytes]) -> None:
    """Compare files with those below `golden`, or update these."""
    if APPROVE:
        shutil.rmtree(golden, ignore_errors=True)
        for path, content in actual.items():
            target = golden / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return
    expected = {str(file.relative_to(golden)): file.read_bytes() for file in golden.rglob("*") if file.is_file()}
    assert sorted(actual) == sorted(expected), "other files than approved; see tests/approve"
    for path, content in actual.items():
        assert content.decode() == expected[path].decode(), f"{path} is not as approved; see tests/approve"


def krgbootctl(
    *arguments: str | Path, status: int | None = 0, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would; `status` None accepts any exit status."""
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
