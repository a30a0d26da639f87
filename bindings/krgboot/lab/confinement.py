"""What the programs of a lab may do: no more than they need, for nodes' root users choose what they are sent.

Each runs with setpriv(1), with only those of capabilities(7) that this table names, and gets none by what it executes
(no_new_privs). A virtual machine runs besides as a user of its own who owns nothing, and behind QEMU's own seccomp
filter (krgboot.lab.machine).
"""

from __future__ import annotations

import itertools
import pwd
from pathlib import Path
from typing import TYPE_CHECKING

from krgboot.lab import needs

if TYPE_CHECKING:
    from collections.abc import Sequence

CAPABILITIES: dict[str, dict[str, str]] = {
    "rpcbind": {
        "net_bind_service": "port 111",
        "setuid": "it goes on as the user _rpc",
        "setgid": "and as that user's group",
    },
    "ganesha": {
        "dac_read_search": "files are opened by their handles (open_by_handle_at)",
        "setuid": "each request is carried out with its user's rights (setfsuid)",
        "setgid": "and its groups' (setfsgid, setgroups)",
        "dac_override": "root on a node may what root may, where its export has no_root_squash",
        "chown": "the same: owners,",
        "fowner": "modes and times of others' files,",
        "fsetid": "set-group-id bits,",
        "mknod": "device nodes",
        "net_bind_service": "MOUNT and NLM may listen on ports below 1024",
        "sys_resource": "6.5 ends where it may not raise its limit of open files",
    },
    "mountd": {
        "dac_read_search": "paths of exports are looked at, whoever may enter them",
        "net_bind_service": "it may listen on a port below 1024",
    },
}
"""Which program of the lab has which capabilities, and what for. All of them run in the rack, where they see nothing
but the boot server's files and this machine's /usr, read-only."""

_FIRST_USER = 1_900_000_000  # in none of the ranges that Debian or systemd give out (login.defs, UIDS-GIDS of systemd)
_ROOM = 4096  # users, where so high a number is not to be had, as in a container


def capabilities_of(program: str) -> dict[str, str]:
    """Return what a program of the lab may do, and what for."""
    from krgboot.lab import servers

    return {**CAPABILITIES, **servers.CAPABILITIES}.get(program, {})


def confined(argv: Sequence[str], program: str = "", *, user: int | None = None) -> list[str]:
    """Return the command that runs ``argv`` with no capabilities but those that CAPABILITIES has for ``program``.

    ``user``: as whom, and as whose group, in no other group; None: root stays root.
    """
    kept = "".join(f",+{name}" for name in capabilities_of(program))
    setpriv = [needs.program("setpriv"), f"--bounding-set=-all{kept}", "--inh-caps=-all", "--ambient-caps=-all"]
    if user is not None:
        setpriv += [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return [*setpriv, "--no-new-privs", "--", *argv]


def limited(argv: Sequence[str], *, file_size: int) -> list[str]:
    """Return the command that runs ``argv`` so that no file grows beyond that many bytes, and no core is dumped."""
    return [needs.program("prlimit"), f"--fsize={file_size}", "--core=0", "--", *argv]


def free_user(number: int) -> int:
    """Return a user who owns nothing and whom nobody else is, another one for each number."""
    end = min(_end_of(Path("/proc/self/uid_map")), _end_of(Path("/proc/self/gid_map")))
    start = min(_FIRST_USER, end - _ROOM)
    free = (user for user in range(start, end) if not _is_known(user))
    return next(itertools.islice(free, number, None))


def _end_of(id_map: Path) -> int:
    """Return the number after the last that this user namespace has; see user_namespaces(7)."""
    lines = (map(int, line.split()) for line in id_map.read_text().splitlines())
    return max(inside + count for inside, _, count in lines)


def _is_known(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True
