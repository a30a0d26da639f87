"""Asks the real NFS-Ganesha which clients it admits, without touching the host.

Ganesha and rpcbind run in new namespaces, with their own loopback addresses, /run, /var/lib/nfs and /etc/hosts, all
removed after the answer. The client is implemented here from the specifications (RFC 5531, 1813, 1833 and 7530), since
few build machines have an NFS client in their kernel. It needs root, and the packages nfs-ganesha-vfs, rpcbind and
iproute2.

Run as a program, inside those namespaces, it reads the questions from standard input and writes the answers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SERVER = "10.99.0.1"

_PORTMAPPER, _NFS, _MOUNT = 100000, 100003, 100005
_SECONDS = 60

_NAMESPACES = ("--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
_SCRIPT = """
mount -t overlay none -o "lowerdir=$1/etc:/etc" /etc &&
mount -t tmpfs none /run && mkdir -p /run/rpcbind && mount -t tmpfs none /var/lib/nfs &&
mkdir -p /var/lib/nfs/ganesha && ip link set lo up && ip address add 10.99.0.1/16 dev lo ||
exit 99  # on lo every address of that network is the machine's own
exec "$2" "$3" "$1"
"""


def unavailable() -> str | None:
    """Return why Ganesha cannot run here; None if it can."""
    for program in ("unshare", "ip", "rpcbind", "ganesha.nfsd"):
        if _which(program) is None:
            return f"{program} is not installed"
    if not any(Path("/usr/lib").glob("*/ganesha/libfsalvfs.so")):
        return "the package nfs-ganesha-vfs is not installed"
    if os.geteuid() != 0:
        return "not root: Ganesha opens files by their handles"
    tried = subprocess.run(["unshare", *_NAMESPACES, "true"], check=False, capture_output=True)
    return None if tried.returncode == 0 else f"no private namespaces: {tried.stderr.decode().strip()}"


def version() -> tuple[int, ...]:
    """Such as (4, 3)."""
    said = subprocess.run([_which("ganesha.nfsd"), "-v"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"Release = V(\d+)\.(\d+)", said)
    assert found, said
    return tuple(int(number) for number in found.groups())


def ask(conf: str, questions: list[dict[str, Any]], hosts: str = "") -> tuple[list[Any], str]:
    """Start Ganesha with this configuration; return the answer to each question, and its log.

    A question has `ask` ("mount", "write" or "walk"), an `address` of 10.99.0.0/16 to ask from, a `path`, and
    perhaps a `port` to call from. The answers are the status of MOUNT version 3, whether root may write into that
    directory over NFS version 3 (None if the call is refused), and the status of a walk there in NFS version 4.
    """
    with tempfile.TemporaryDirectory(prefix="krgboot-ganesha-") as scratch:
        etc = Path(scratch, "etc")
        etc.mkdir()
        (etc / "hosts").write_text(hosts)
        (etc / "nsswitch.conf").write_text("hosts: files\nnetgroup: files\n")
        (etc / "mtab").symlink_to("/proc/self/mounts")  # Ganesha reads it; a chroot may lack it
        Path(scratch, "ganesha.conf").write_text(conf)
        run = subprocess.run(
            [_which("unshare"), *_NAMESPACES, "sh", "-c", _SCRIPT, "sh", scratch, sys.executable, __file__],
            input=json.dumps(questions),
            capture_output=True,
            text=True,
            check=False,
            timeout=3 * _SECONDS,
            env={"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C"},
        )
        if run.returncode != 0:
            raise RuntimeError(run.stderr)
        log = Path(scratch, "ganesha.log").read_text(errors="replace")
        return json.loads(run.stdout), log


def _which(program: str) -> Any:
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def _opaque(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data + bytes(-len(data) % 4)


class RefusedError(Exception):
    """The server rejects the RPC call."""


def _call(port: int, program: int, version: int, procedure: int, arguments: bytes, question: dict[str, Any]) -> bytes:
    """Return the results of one call over TCP, as root with flavor sys, from the question's address and port."""
    credential = struct.pack(">I", 0) + _opaque(b"node") + struct.pack(">III", 0, 0, 0)
    message = struct.pack(">6I", 1, 0, 2, program, version, procedure)
    message += struct.pack(">I", 1) + _opaque(credential) + struct.pack(">II", 0, 0) + arguments
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Close with a reset, so that the next question can use the same port.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.settimeout(_SECONDS)
        connection.bind((question["address"], question.get("port", 0)))
        connection.connect((SERVER, port))
        connection.sendall(struct.pack(">I", 0x80000000 | len(message)) + message)
        reply, last = b"", False
        while not last:
            (mark,) = struct.unpack(">I", _received(connection, 4))
            last = bool(mark & 0x80000000)
            reply += _received(connection, mark & 0x7FFFFFFF)
    state = struct.unpack(">I", reply[8:12])[0]
    if state != 0:
        raise RefusedError("denied")
    verifier = struct.unpack(">I", reply[16:20])[0]
    at = 20 + verifier + -verifier % 4
    if struct.unpack(">I", reply[at : at + 4])[0] != 0:
        raise RefusedError("not accepted")
    return reply[at + 4 :]


def _received(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise RefusedError("connection closed")
        data += more
    return data


def _port_of(program: int) -> int:
    arguments = struct.pack(">4I", program, 3, socket.IPPROTO_TCP, 0)
    return int(struct.unpack(">I", _call(111, _PORTMAPPER, 2, 3, arguments, {"address": SERVER}))[0])


def _mount(question: dict[str, Any]) -> tuple[int, bytes]:
    results = _call(_port_of(_MOUNT), _MOUNT, 3, 1, _opaque(question["path"].encode()), question)
    status = struct.unpack(">I", results[:4])[0]
    if status != 0:
        return status, b""
    size = struct.unpack(">I", results[4:8])[0]
    return 0, results[8 : 8 + size]


def _write(question: dict[str, Any]) -> bool | None:
    status, handle = _mount(question)
    if status != 0:
        return None
    access, modify = 4, 0x0004
    try:
        results = _call(2049, _NFS, 3, access, _opaque(handle) + struct.pack(">I", modify), question)
    except RefusedError:
        return None
    status, has_attributes = struct.unpack(">II", results[:8])
    if status != 0:
        return None
    at = 8 + (84 if has_attributes else 0)
    return bool(struct.unpack(">I", results[at : at + 4])[0] & modify)


def _walk(question: dict[str, Any]) -> int:
    names = [name for name in question["path"].split("/") if name]
    operations = [struct.pack(">I", 24)]  # PUTROOTFH
    operations += [struct.pack(">I", 15) + _opaque(name.encode()) for name in names]  # LOOKUP
    operations.append(struct.pack(">I", 10))  # GETFH
    arguments = _opaque(b"") + struct.pack(">II", 0, len(operations)) + b"".join(operations)
    results = _call(2049, _NFS, 4, 1, arguments, question)
    return int(struct.unpack(">I", results[:4])[0])


def _takes(question: dict[str, Any]) -> bool:
    """Whether the server has a program, tested with its NULL procedure."""
    try:
        return _call(2049, question["program"], question["version"], 0, b"", question) == b""
    except RefusedError:
        return False


def _answers(questions: list[dict[str, Any]]) -> list[Any]:
    kinds = {"mount": lambda question: _mount(question)[0], "write": _write, "walk": _walk, "takes": _takes}
    return [kinds[question["ask"]](question) for question in questions]


def _wait_for(ready: Any, what: str, daemon: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _SECONDS
    while True:
        try:
            if ready():
                return
        except (OSError, RefusedError):
            pass
        if daemon.poll() is not None:
            sys.exit(f"{what} ended with status {daemon.returncode}")
        if time.monotonic() > end:
            sys.exit(f"{what} does not answer")
        time.sleep(0.05)


def main(scratch: str) -> None:
    """Inside the namespaces: start the daemons, answer the questions, stop the daemons."""
    daemons = [subprocess.Popen([_which("rpcbind"), "-f"])]
    try:
        _wait_for(lambda: _port_of(_PORTMAPPER) >= 0, "rpcbind", daemons[0])
        conf, log = f"{scratch}/ganesha.conf", f"{scratch}/ganesha.log"
        daemons.append(
            subprocess.Popen([_which("ganesha.nfsd"), "-F", "-f", conf, "-L", log, "-p", "/run/ganesha.pid"])
        )
        # It registers before it listens, and answers before it writes that into its log.
        _wait_for(
            lambda: (
                _port_of(_MOUNT)
                and _call(2049, _NFS, 3, 0, b"", {"address": SERVER}) == b""
                and "NFS SERVER INITIALIZED" in Path(log).read_text(errors="replace")
            ),
            "ganesha.nfsd",
            daemons[1],
        )
        print(json.dumps(_answers(json.load(sys.stdin))))
    finally:
        for daemon in reversed(daemons):
            daemon.kill()
            daemon.wait()


if __name__ == "__main__":
    main(sys.argv[1])
