"""Privileges of the lab's programs: as few as possible, because root users of nodes control their input.

Each program runs under setpriv(1), with only the capabilities(7) in this table, and cannot gain others by execve
(no_new_privs). A virtual machine also runs as its own user that owns no files, and with QEMU's seccomp filter
(krgboot.lab.machine).
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
        "setuid": "it changes to the user _rpc",
        "setgid": "and as that user's group",
    },
    "ganesha": {
        "dac_read_search": "it opens files by their handles (open_by_handle_at)",
        "setuid": "it handles each request with the rights of its user (setfsuid)",
        "setgid": "and of the user's groups (setfsgid, setgroups)",
        "dac_override": "with no_root_squash, root on a node has the rights of root",
        "chown": "the same: owners,",
        "fowner": "modes and times of others' files,",
        "fsetid": "set-group-id bits,",
        "mknod": "device nodes",
        "net_bind_service": "MOUNT and NLM may listen on ports below 1024",
        "sys_resource": "6.5 exits if it cannot raise its limit of open files",
    },
    "mountd": {
        "dac_read_search": "it inspects exported paths in directories of any user",
        "net_bind_service": "it may listen on a port below 1024",
    },
}
"""The capabilities of each program of the lab, with the reason. All programs run in the rack, where they see only the
boot server's files and this machine's /usr, read-only."""

_FIRST_USER = 1_900_000_000  # outside the ranges of Debian and systemd (login.defs, UIDS-GIDS of systemd)
_ROOM = 4096  # number of users to reserve if the uid map ends below _FIRST_USER, as in a container


def capabilities_of(program: str) -> dict[str, str]:
    """Return the capabilities of a program of the lab, with the reasons."""
    from krgboot.lab import servers

    return {**CAPABILITIES, **servers.CAPABILITIES}.get(program, {})


def confined(argv: Sequence[str], program: str = "", *, user: int | None = None) -> list[str]:
    """Return the command that runs ``argv`` with only the capabilities of ``program`` in CAPABILITIES.

    ``user``: run with this uid and gid, without other groups; None: stay root.
    """
    kept = "".join(f",+{name}" for name in capabilities_of(program))
    setpriv = [needs.program("setpriv"), f"--bounding-set=-all{kept}", "--inh-caps=-all", "--ambient-caps=-all"]
    if user is not None:
        setpriv += [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return [*setpriv, "--no-new-privs", "--", *argv]


def limited(argv: Sequence[str], *, file_size: int) -> list[str]:
    """Return the command that runs ``argv`` with a limit for the size of files, in bytes, and without core dumps."""
    return [needs.program("prlimit"), f"--fsize={file_size}", "--core=0", "--", *argv]


def free_user(number: int) -> int:
    """Return an unused uid, a different one for each number."""
    end = min(_end_of(Path("/proc/self/uid_map")), _end_of(Path("/proc/self/gid_map")))
    start = min(_FIRST_USER, end - _ROOM)
    free = (user for user in range(start, end) if not _is_known(user))
    return next(itertools.islice(free, number, None))


def _end_of(id_map: Path) -> int:
    """Return the first number after the ids of this user namespace; see user_namespaces(7)."""
    lines = (map(int, line.split()) for line in id_map.read_text().splitlines())
    return max(inside + count for inside, _, count in lines)


def _is_known(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True
