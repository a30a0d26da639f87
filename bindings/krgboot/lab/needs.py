"""What a lab needs of the machine that it runs on, checked before anything is started: one line for what is missing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import krgboot
from krgboot.errors import IoError

PACKAGES = {
    "bwrap": "bubblewrap",
    "nsenter": "util-linux",
    "ip": "iproute2",
    "qemu-system-x86_64": "qemu-system-x86",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "dhcpd": "isc-dhcp-server",
    "in.tftpd": "tftpd-hpa",
    "rpcbind": "rpcbind",
    "ganesha.nfsd": "nfs-ganesha",
}
"""The programs of a lab, and the Debian packages that they come from."""

_GANESHA_VFS = "libfsalvfs.so"
_TUN = Path("/dev/net/tun")


def program(name: str) -> str:
    """Return the path of one of PACKAGES' programs. Raises IoError "lab.program" that names its package."""
    path = krgboot.find_program(name)
    if path is None:
        message = f"{name} is not installed: apt-get install {PACKAGES[name]}"
        raise IoError(message, "lab.program", "run", name, errno.ENOENT)
    return path


def ganesha_plugins() -> str:
    """Return the directory with NFS-Ganesha's plug-ins.

    Raises IoError "lab.program" where that for files is missing.
    """
    for directory in sorted(Path("/usr/lib").glob("*/ganesha")):
        if (directory / _GANESHA_VFS).exists():
            return str(directory)
    message = f"NFS-Ganesha's {_GANESHA_VFS} is not installed: apt-get install nfs-ganesha-vfs"
    raise IoError(message, "lab.program", "find", _GANESHA_VFS, errno.ENOENT)


def check() -> None:
    """Raise IoError "lab.privilege", "lab.tun" or "lab.program" for the first thing that is missing."""
    if os.geteuid() != 0:
        message = "a lab needs root's rights, for its network, mounts and NFS server: run it with sudo"
        raise IoError(message, "lab.privilege", "start", "lab", errno.EPERM)
    for name in PACKAGES:
        program(name)
    ganesha_plugins()
    try:
        os.close(os.open(_TUN, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        hint = "modprobe tun" if error.errno in (errno.ENOENT, errno.ENODEV) else "in a container, give it that device"
        message = f"{_TUN}, which joins virtual machines to a network, cannot be opened: {error.strerror} ({hint})"
        raise IoError(message, "lab.tun", "open", str(_TUN), error.errno or errno.EIO) from error
