"""Runs on a boot server with the kernel's nfsd: what a client reaches by file handles that it makes up.

A handle of ext4 is a number of the file system, an inode and its generation; of its root, inode 2, all are known. With
no_subtree_check the server takes any handle of an exported file system (exports(5)).

handles.py           as JSON, for a directory that is only a part of a file system and for one that is all of it
handles.py client    the client's part, in a network of its own
"""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SERVER, CLIENT = "10.26.0.1", "10.26.0.2"
PLACE = Path("/run/handles")
PART, ALL = PLACE / "shared" / "image", PLACE / "own"
SECRET = "shadow"
PORTMAPPER, NFS, MOUNT = (100000, 2), (100003, 3), (100005, 3)


def padded(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data + bytes(-len(data) % 4)


class Reply:
    """XDR (RFC 4506), read from the front."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def take(self, size: int) -> bytes:
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def number(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])

    def opaque(self) -> bytes:
        size = self.number()
        return self.take(size + -size % 4)[:size]


class Program:
    """Calls of one RPC program (RFC 5531) over TCP, as root (AUTH_SYS) and from a port that only root may use."""

    def __init__(self, program: tuple[int, int], port: int) -> None:
        self.program = program
        for own in range(1023, 600, -1):
            try:
                self.socket = socket.create_connection((SERVER, port), 10, (CLIENT, own))
            except OSError:
                continue
            return
        raise RuntimeError(f"nobody answers at port {port}")

    def call(self, procedure: int, arguments: bytes) -> Reply:
        credentials = struct.pack(">I", 0) + padded(b"client") + struct.pack(">III", 0, 0, 0)
        head = struct.pack(">IIIIII", 1, 0, 2, *self.program, procedure) + struct.pack(">I", 1) + padded(credentials)
        message = head + struct.pack(">II", 0, 0) + arguments
        self.socket.sendall(struct.pack(">I", len(message) | 1 << 31) + message)
        reply = Reply(self._record())
        reply.take(12)  # its number, that it is a reply, that it was accepted
        reply.number()
        reply.opaque()
        if reply.number() != 0:
            raise RuntimeError(f"{self.program} refuses procedure {procedure}")
        return reply

    def _record(self) -> bytes:
        data, last = b"", False
        while not last:
            (mark,) = struct.unpack(">I", self._exactly(4))
            last = mark >> 31 == 1
            data += self._exactly(mark & 0x7FFFFFFF)
        return data

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            got = self.socket.recv(size - len(data))
            if not got:
                raise RuntimeError("the server hung up")
            data += got
        return data


def port_of(program: tuple[int, int]) -> int:
    return Program(PORTMAPPER, 111).call(3, struct.pack(">IIII", *program, socket.IPPROTO_TCP, 0)).number()


def mounted(path: Path) -> bytes:
    """The handle of an export, as the server gives it (RFC 1813, appendix I)."""
    reply = Program(MOUNT, port_of(MOUNT)).call(1, padded(bytes(path)))
    status = reply.number()
    if status != 0:
        raise RuntimeError(f"{path}: MOUNT says {status}")
    return reply.opaque()


def root_of_file_system(handle: bytes) -> bytes:
    """The same file system's inode 2, generation 0. Byte 3 is the kind of what follows its number (0: the export)."""
    made_up = bytearray(handle)
    if made_up[3] != 0:
        raise RuntimeError(f"an export's handle of an unknown kind: {handle.hex()}")
    made_up[3] = 1  # FILEID_INO32_GEN
    return bytes(made_up) + struct.pack("<II", 2, 0)


def reached(path: Path) -> dict[str, Any]:
    nfs = Program(NFS, 2049)
    root = root_of_file_system(mounted(path))
    status = nfs.call(1, padded(root)).number()  # GETATTR
    seen: dict[str, Any] = {"root": status == 0, "secret": None}
    if status != 0:
        return seen
    reply = nfs.call(3, padded(root) + padded(SECRET.encode()))  # LOOKUP
    if reply.number() == 0:
        handle = reply.opaque()
        reply = nfs.call(6, padded(handle) + struct.pack(">QI", 0, 100))  # READ
        if reply.number() == 0:
            if reply.number():
                reply.take(84)  # attributes
            reply.take(8)  # how many bytes, and whether that is all
            seen["secret"] = reply.opaque().decode()
    return seen


def sure(*argv: str) -> None:
    subprocess.run(argv, check=True)


def file_system(name: str) -> Path:
    """An ext4 file system of its own."""
    image, place = PLACE / f"{name}.ext4", PLACE / name
    place.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(16 << 20)
    sure("mkfs.ext4", "-q", str(image))
    sure("mount", "-o", "loop,nosuid,nodev", str(image), str(place))
    return place


def look() -> dict[str, Any]:
    shared = file_system("shared")
    file_system("own")
    (shared / SECRET).write_text("of the server")
    (shared / SECRET).chmod(0o600)
    PART.mkdir()
    client = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    here = Path("/proc/self/ns/net").readlink()
    while Path(f"/proc/{client.pid}/ns/net").readlink() == here:
        time.sleep(0.05)
    try:
        sure(*f"ip link add handles0 type veth peer name handles1 netns {client.pid}".split())
        sure(*f"ip address add {SERVER}/24 dev handles0".split())
        sure("ip", "link", "set", "handles0", "up")
        enter = ["nsenter", f"--target={client.pid}", "--net"]
        sure(*enter, *f"ip address add {CLIENT}/24 dev handles1".split())
        sure(*enter, "ip", "link", "set", "handles1", "up")
        for path in (PART, ALL):
            sure("exportfs", "-o", "ro,no_root_squash,no_subtree_check", f"{CLIENT}:{path}")
        return dict(json.loads(subprocess.check_output([*enter, sys.executable, __file__, "client"])))
    finally:
        for path in (PART, ALL):
            sure("exportfs", "-u", f"{CLIENT}:{path}")
        client.kill()
        client.wait()


if __name__ == "__main__":
    found = look() if len(sys.argv) == 1 else {"a part": reached(PART), "all of it": reached(ALL)}
    print(json.dumps(found))
