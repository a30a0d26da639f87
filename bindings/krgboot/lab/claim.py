"""Reserves a lab's name by a listening socket, through which other commands find the running lab.

The socket is abstract (unix(7)), so the kernel removes it when the lab ends for any reason. It answers only root.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from krgboot.errors import ArgumentError, ConflictError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "krgboot-lab/"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ANSWER_LIMIT = 10.0
_MOST = 1 << 20


def take(name: str) -> socket.socket:
    """Return a listening socket that reserves ``name`` for this process.

    Raises ArgumentError "lab.name"; ConflictError "lab.name_taken" if a lab of that name runs.
    """
    if not _NAME.fullmatch(name):
        message = f'"{name}" is no name for a lab (letters, digits, and . _ - behind the first)'
        raise ArgumentError(message, "lab.name", name)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        listening.bind(f"\0{_PREFIX}{name}")
        listening.listen()
    except OSError as error:
        listening.close()
        if error.errno != errno.EADDRINUSE:
            raise
        message = f'a lab "{name}" runs already: end it (krgbootctl lab stop {name}), or give this one another --name'
        raise ConflictError(message, "lab.name_taken", name) from None
    return listening


def answer(connection: socket.socket, state: Mapping[str, Any]) -> str:
    """Send the state of the lab to the peer, if it is root; return its request."""
    if _user_at_the_other_end(connection) != 0:
        return ""
    connection.settimeout(_ANSWER_LIMIT)
    with contextlib.suppress(OSError):
        request = connection.recv(64).decode(errors="backslashreplace").strip()
        connection.sendall(json.dumps(dict(state)).encode())
        return request
    return ""


def _user_at_the_other_end(connection: socket.socket) -> int:
    layout = "3i"  # struct ucred: pid, uid, gid
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize(layout))
    _, user, _ = struct.unpack(layout, credentials)
    return int(user)


def running() -> list[str]:
    """Return the reserved names on this machine; a foreign process may have taken one."""
    names = set()
    # Names of foreign sockets may have any encoding.
    for line in Path("/proc/net/unix").read_text(encoding="ascii", errors="backslashreplace").split("\n"):
        _, at, name = line.partition(f"@{_PREFIX}")
        if at and _NAME.fullmatch(name):
            names.add(name)
    return sorted(names)


def states() -> list[dict[str, Any]]:
    """Return the states of all labs that run on this machine. Raises ArgumentError "lab.busy", "lab.privilege"."""
    found = []
    for name in running():
        try:
            found.append(ask(name))
        except ArgumentError as error:
            if error.code != "lab.not_running":  # it has just ended, or is not a lab
                raise
    return found


def ask(name: str | None, request: str = "state") -> dict[str, Any]:
    """Return the state of the running lab of this name; None: of the only one.

    Raises ArgumentError "lab.none", "lab.which", "lab.not_running", "lab.busy", "lab.privilege".
    """
    if name is None:
        names = [state["lab"] for state in states()]
        if not names:
            raise ArgumentError("no lab is running (krgbootctl lab run --stay SPEC starts one)", "lab.none", "")
        if len(names) > 1:
            raise ArgumentError(f"several labs are running: name one of {', '.join(names)}", "lab.which", "")
        name = names[0]
    not_running = ArgumentError(f'no lab "{name}" is running', "lab.not_running", name)
    if not _NAME.fullmatch(name):
        raise not_running
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as connection:
        connection.settimeout(_ANSWER_LIMIT)
        text = b""
        try:
            connection.connect(f"\0{_PREFIX}{name}")
            if _user_at_the_other_end(connection) != 0:  # any user can take such a name: trust only root
                raise ArgumentError(f'"{name}" is no lab of krgboot', "lab.not_running", name)
            with contextlib.suppress(
                ConnectionResetError, BrokenPipeError
            ):  # the lab hangs up on clients that are not root
                connection.sendall(request.encode())
                while len(text) < _MOST and (data := connection.recv(65536)):
                    text += data
        except ConnectionRefusedError:
            raise not_running from None
        except (TimeoutError, BlockingIOError):
            message = f'lab "{name}" does not answer: it is still being set up, or has been stopped; try again'
            raise ArgumentError(message, "lab.busy", name) from None
    if not text and os.geteuid() != 0:
        raise ArgumentError("a lab needs root's rights, and so does its use: run it with sudo", "lab.privilege", name)
    try:
        state: dict[str, Any] = json.loads(text)
    except ValueError:  # an empty or partial answer
        raise ArgumentError(f'lab "{name}" has just ended', "lab.not_running", name) from None
    return state
