# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: runs rsync between the controller and a host, over the host's own connection.

On the controller a tree is kept as rsync's C(--fake-super) keeps it: owners, modes, device nodes, access lists and
extended attributes are stored in attributes of ordinary files. So the controller's user need not be root, and no device
and no set-user-ID program of an image appears on the controller.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.text.converters import to_text

# Directories whose contents are no part of an image: those that its manifest leaves out.
LEFT_OUT = ("proc", "sys", "run", "dev/pts", "dev/shm", "dev/mqueue", "dev/hugepages")

OPTIONS = [
    "-aHAXS",
    "--numeric-ids",
    "--fake-super",  # for the controller's side alone
    "--delete",
    "--delete-excluded",
    "--one-file-system",
    # By size and time alone rsync would take a damaged file for a good one, in each run again.
    "--checksum",
    # Otherwise rsync leaves a time that differs in its nanoseconds only.
    "--modify-window=-1",
    "--out-format=%i",
    *(f"--exclude=/{path}/*" for path in LEFT_OUT),
]

# Does what ssh does with its arguments, a host and a command, on the controller.
LOCAL_SHELL = ["sh", "-c", 'shift; exec sh -c "$*"', "sh"]


def _quoted(word: str) -> str:
    """Return a word of a remote shell as rsync splits it: it knows quotes, but no backslashes."""
    return "'" + word.replace("'", "''") + "'"


def _shell(connection: Any) -> tuple[list[str], str]:
    """Return the remote shell that reaches the host of a connection, and the name of the host."""
    kind = connection.transport
    if kind == "local":
        return LOCAL_SHELL, "localhost"
    if kind != "ssh":
        raise AnsibleActionFail(f"rsync needs the connection ssh or local, not {kind}")
    option = connection.get_option
    # ssh takes the first value of an option. It has no terminal to ask for a password.
    words = [option("ssh_executable"), "-o", "BatchMode=yes", "-o", "ControlMaster=no"]
    if not option("host_key_checking"):
        words += ["-o", "StrictHostKeyChecking=no"]
    for name in ("ssh_args", "ssh_common_args", "ssh_extra_args"):
        words += shlex.split(option(name) or "")
    for flag, name in (("-p", "port"), ("-l", "remote_user"), ("-i", "private_key_file")):
        if option(name):
            words += [flag, str(Path(str(option(name))).expanduser())]
    host = option("host")
    return words, f"[{host}]" if ":" in host else host


def _become(connection: Any) -> str:
    """Return what stands before a command of the host, so that root runs it."""
    become = connection.become
    if become is None:
        return ""
    if become.name.rpartition(".")[2] != "sudo":
        raise AnsibleActionFail(f"rsync needs the become method sudo, not {become.name}")
    return "sudo -n -- "


def _run(connection: Any, options: list[str], program: str, places: list[str]) -> bool:
    """Run rsync; return whether it changed something."""
    rsync = shutil.which("rsync")
    if rsync is None:
        raise AnsibleActionFail("rsync is not installed on the controller")
    shell = " ".join(map(_quoted, _shell(connection)[0]))
    remote = ["-e", shell, f"--rsync-path={_become(connection)}{program}"]
    done = subprocess.run(
        [rsync, *OPTIONS, *options, *remote, *places],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=os.environ | {"LC_ALL": "C"},
    )
    if done.returncode != 0:
        said = to_text(done.stderr, errors="surrogate_or_replace").strip()
        raise AnsibleActionFail(f"rsync ended with {done.returncode}: {said[-2000:]}")
    return bool(done.stdout.strip())


def _place(connection: Any, path: str) -> str:
    return f"{_shell(connection)[1]}:{path}/"


def pull(connection: Any, path: str, tree: str, *, timeout: int, dry_run: bool) -> bool:
    """Make the directory tree of the controller equal to a directory of the host; return whether it was not."""
    options = [f"--timeout={timeout}", *(["--dry-run"] if dry_run else [])]
    return _run(connection, options, "rsync", [_place(connection, path), f"{tree}/"])


def push(connection: Any, tree: str, path: str, *, lock: str, timeout: int) -> None:
    """Make a directory of the host equal to the tree of the controller, while rsync on the host holds a lock."""
    program = f"flock --nonblock {shlex.quote(lock)} rsync"
    _run(connection, [f"--timeout={timeout}"], program, [f"{tree}/", _place(connection, path)])
