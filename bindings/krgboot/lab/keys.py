"""The lab's own ssh key, and how one reaches a node with it. It is made for one lab, and lives in its memory alone."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

from krgboot.errors import CommandError
from krgboot.lab import needs
from krgboot.lab.rack import LAB

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from krgboot.lab.rack import Rack

_KEY = f"{LAB}/ssh/id_ed25519"
_KNOWN_HOSTS = f"{LAB}/ssh/known_hosts"
_AUTHORIZED = "root/.ssh/authorized_keys"
_NO_SHELL = (126, 127)  # of chroot(1): an image without a shell that runs lets nobody in, and may fail in other ways


def make(rack: Rack, images: Iterable[str]) -> None:
    """Make a key, and let it in as root wherever an image's layer in memory is the root.

    What the image authorizes itself stays; sshd(8) insists on modes.
    """
    rack.run(["mkdir", "-m", "700", f"{LAB}/ssh"])
    rack.run([needs.program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", "krgboot lab", "-f", _KEY])
    key = rack.path(f"{_KEY}.pub").read_text()
    host_keys = []
    for image in images:
        authorized = rack.path(f"{image}/{_AUTHORIZED}")
        # By chroot, for what is a symbolic link in an image means a file of the image.
        inside = ["chroot", image, "sh", "-c", "umask 077; mkdir -p /root/.ssh; cat >>/root/.ssh/authorized_keys"]
        try:
            rack.run(inside, text=f"\n{key}" if authorized.exists() else key)
        except CommandError as error:
            if error.status not in _NO_SHELL:
                raise
        for public in sorted(rack.path(f"{image}/etc/ssh").glob("ssh_host_*_key.pub")):
            algorithm, _, rest = public.read_text().partition(" ")
            host_keys.append(f"* {algorithm} {rest.split()[0]}\n")
    rack.path(_KNOWN_HOSTS).write_text("".join(sorted(set(host_keys))))


def ssh(address: str, command: Sequence[str] = (), *, options: Sequence[str] = ()) -> list[str]:
    """Return the command, to be run in the rack, that runs ``command`` on a node, or a shell there.

    The node must have one of the host keys of the lab's images: what answers is what the lab booted. ``command`` is one
    string for the node's shell (several words are joined by ssh), as ssh(1) has it.
    """
    argv = [needs.program("ssh"), "-F", "none", "-i", _KEY, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]
    argv += ["-o", f"UserKnownHostsFile={_KNOWN_HOSTS}", "-o", "GlobalKnownHostsFile=none"]
    argv += ["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", *options]
    return [*argv, f"root@{address}", "--", *command]


def run(rack: Rack, address: str, argv: Sequence[str], *, text: str, check: bool) -> subprocess.CompletedProcess[str]:
    """Run a program on a node: just these words, whatever they hold.

    Raises subprocess.CalledProcessError, if ``check``.
    """
    command = rack.enter(ssh(address, [shlex.join(argv)]))
    return subprocess.run(command, input=text, capture_output=True, text=True, errors="replace", check=check)
