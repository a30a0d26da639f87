"""Checks the requirements of a lab before it starts; one line reports what is missing."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
from krgboot.errors import ArgumentError, IoError

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGES = {
    "bwrap": "bubblewrap",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "prlimit": "util-linux",
    "chroot": "coreutils",
    "ip": "iproute2",
    "qemu-system-x86_64": "qemu-system-x86",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "rpcbind": "rpcbind",
    "ganesha.nfsd": "nfs-ganesha",
    "exportfs": "nfs-kernel-server",
    "rpc.nfsd": "nfs-kernel-server",
    "rpc.mountd": "nfs-kernel-server",
    "modprobe": "kmod",
}
"""The programs of a lab, except its DHCP and TFTP servers, and their Debian packages."""

_ALWAYS = (
    *("bwrap", "nsenter", "setpriv", "prlimit", "ip", "qemu-system-x86_64", "ssh", "ssh-keygen"),
    "rpcbind",
)
_GANESHA_VFS = "libfsalvfs.so"
_TUN = Path("/dev/net/tun")


def program(name: str) -> str:
    """Return the path of a program in PACKAGES. Raises IoError "lab.program", which names its package."""
    path = krgboot.system.find_program(name)
    if path is None:
        raise _not_installed([name])
    return path


def package_of(name: str) -> str:
    """Return the Debian package of a program of the lab."""
    from krgboot.lab import servers

    return {**PACKAGES, **servers.PACKAGES}[name]


def _not_installed(names: Sequence[str]) -> IoError:
    packages = " ".join(dict.fromkeys(package_of(name) for name in names))
    verb = "is" if len(names) == 1 else "are"
    message = f"{', '.join(names)} {verb} not installed: apt-get install {packages}"
    return IoError(message, "lab.program", "run", names[0], errno.ENOENT)


def ganesha_plugins() -> str:
    """Return the directory with NFS-Ganesha's plug-ins.

    Raises IoError "lab.program" if the plug-in for file systems is missing.
    """
    for directory in sorted(Path("/usr/lib").glob("*/ganesha")):
        if (directory / _GANESHA_VFS).exists():
            return str(directory)
    message = f"NFS-Ganesha's {_GANESHA_VFS} is not installed: apt-get install nfs-ganesha-vfs"
    raise IoError(message, "lab.program", "find", _GANESHA_VFS, errno.ENOENT)


def kernel_has_nfsd() -> bool:
    """Whether the running kernel has an NFS server, built in or loaded."""
    return "nfsd" in Path("/proc/filesystems").read_text().split()


def nfs_server(wanted: str | None) -> str:
    """Return the NFS server to use, "ganesha" or "kernel": the wanted one, after a check that it is available.

    None: Ganesha if installed, because it is an ordinary process, works in containers and with any kernel, and ends
    with the lab; else the kernel's, which a real boot server has. Raises ArgumentError "lab.nfs"; IoError "lab.program"
    or "lab.nfsd", one error for both servers if neither is available.
    """
    if wanted is not None:
        if wanted not in _NFS_SERVERS:
            raise ArgumentError(f"there is no NFS server {wanted!r}: {', '.join(_NFS_SERVERS)}", "lab.nfs", wanted)
        _NFS_SERVERS[wanted]()
        return wanted
    missing: list[IoError] = []
    for name, check_it in _NFS_SERVERS.items():
        try:
            check_it()
        except IoError as error:
            missing.append(error)
        else:
            return name
    message = f"a lab needs NFS-Ganesha or the kernel's NFS server: {'; '.join(map(str, missing))}"
    raise IoError(message, missing[0].code, "find", missing[0].path, errno.ENOENT)


def _check_ganesha() -> None:
    program("ganesha.nfsd")
    program("chroot")
    ganesha_plugins()


def _check_kernel_nfsd() -> None:
    for name in ("exportfs", "rpc.nfsd", "rpc.mountd", "unshare"):
        program(name)
    if kernel_has_nfsd():
        return
    dry_run = [program("modprobe"), "--dry-run", "--quiet", "nfsd"]
    if subprocess.run(dry_run, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        message = f"the kernel {os.uname().release} has no NFS server (modprobe nfsd)"
        raise IoError(message, "lab.nfsd", "modprobe", "nfsd", errno.ENODEV)


_NFS_SERVERS = {"ganesha": _check_ganesha, "kernel": _check_kernel_nfsd}


def check(nfs: str | None = None, programs: Sequence[str] = ()) -> None:
    """Raise IoError "lab.privilege", "lab.tun", "lab.program" or "lab.nfsd" for the first missing requirement.

    One error names all missing programs, except those of the NFS server. ``programs``: those of the cluster's DHCP and
    TFTP servers. ``nfs``: the wanted NFS server; raises like ``nfs_server``. The other server may be missing.
    """
    if os.geteuid() != 0:
        message = "a lab needs root's rights, for its network, mounts and NFS server: run it with sudo"
        raise IoError(message, "lab.privilege", "start", "lab", errno.EPERM)
    missing = [name for name in (*_ALWAYS, *programs) if krgboot.system.find_program(name) is None]
    if missing:
        raise _not_installed(missing)
    nfs_server(nfs)
    try:
        os.close(os.open(_TUN, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        hint = "modprobe tun" if error.errno in (errno.ENOENT, errno.ENODEV) else "in a container, give it that device"
        message = f"{_TUN}, which joins virtual machines to a network, cannot be opened: {error.strerror} ({hint})"
        raise IoError(message, "lab.tun", "open", str(_TUN), error.errno or errno.EIO) from error
