"""Clients that build TFTP, MOUNT and NFSv3 messages byte by byte, to send what no real client sends."""

from __future__ import annotations

import contextlib
import itertools
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LIMIT = 20.0  # seconds
PORTMAP, NFS, MOUNT = 100000, 100003, 100005
OK, STALE, BAD_HANDLE = 0, 70, 10001


def tftp(sock: socket.socket, server: str, name: bytes, *, write: bool = False) -> bytes | int:
    """Send a read or write request (RFC 1350); return the first block, or the error number."""
    sock.settimeout(_LIMIT)
    sock.sendto(struct.pack(">H", 2 if write else 1) + name + b"\0octet\0", (server, 69))
    answer, other = sock.recvfrom(2048)
    kind, number = struct.unpack(">HH", answer[:4])
    if kind == 5:
        return int(number)
    sock.sendto(struct.pack(">HH", 5, 0) + b"enough\0", other)
    return answer[4:]


def opaque(data: bytes) -> bytes:
    """Return variable-length data encoded as XDR (RFC 4506)."""
    return struct.pack(">I", len(data)) + data + bytes(-len(data) % 4)


@dataclass
class Answer:
    """The unread rest of an answer."""

    data: bytes

    def number(self) -> int:
        (value,) = struct.unpack(">I", self.data[:4])
        self.data = self.data[4:]
        return int(value)

    def opaque(self) -> bytes:
        length = self.number()
        value, self.data = self.data[:length], self.data[length + -length % 4 :]
        return value


class RefusedError(Exception):
    """The server rejects the RPC call (RFC 5531), before the program handles it."""


class Rpc:
    """Calls one program over TCP, as root. ``connect``: makes the connection to a port of the server."""

    _transactions = itertools.count(1)

    def __init__(self, connection: socket.socket, program: int, version: int) -> None:
        self._connection = connection
        self._program = (program, version)
        connection.settimeout(_LIMIT)

    def call(self, procedure: int, arguments: bytes = b"") -> Answer:
        unix = struct.pack(">I", 0) + opaque(b"client") + struct.pack(">IIII", 0, 0, 1, 0)
        head = struct.pack(">IIIIII", next(self._transactions), 0, 2, *self._program, procedure)
        message = head + struct.pack(">I", 1) + opaque(unix) + struct.pack(">II", 0, 0) + arguments
        self._connection.sendall(struct.pack(">I", 0x80000000 | len(message)) + message)
        answer = Answer(self._record())
        answer.number()
        kind, state = answer.number(), answer.number()
        if (kind, state) != (1, 0):
            raise RefusedError(f"message {kind}, state {state}")
        answer.number()
        answer.opaque()
        if accepted := answer.number():
            raise RefusedError(f"accept state {accepted}")
        return answer

    def _record(self) -> bytes:
        record, last = b"", False
        while not last:
            (head,) = struct.unpack(">I", self._exactly(4))
            last = bool(head & 0x80000000)
            record += self._exactly(head & 0x7FFFFFFF)
        return record

    def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = self._connection.recv(length - len(data))
            if not more:
                raise RefusedError("it hangs up")
            data += more
        return data


class NfsClient:
    """A client of NFSv3 (RFC 1813). ``connect``: makes a connection to a port of the server."""

    def __init__(self, connect: Callable[[int], socket.socket]) -> None:
        self._connect = connect
        self._mount_port = self.port(MOUNT)

    def port(self, program: int) -> int:
        """Ask the port mapper (RFC 1833, version 2)."""
        with self._program(111, PORTMAP, 2) as portmap:
            return portmap.call(3, struct.pack(">IIII", program, 3, socket.IPPROTO_TCP, 0)).number()

    def mount(self, path: bytes) -> bytes | int:
        """Return the handle of an exported directory, or the error number."""
        with self._program(self._mount_port, MOUNT, 3) as mount:
            answer = mount.call(1, opaque(path))
            return answer.number() or answer.opaque()

    def identity(self, handle: bytes) -> tuple[int, int] | int:
        """GETATTR: device and inode number of a file, or the error number."""
        with self._program(2049, NFS, 3) as nfs:
            answer = nfs.call(1, opaque(handle))
            if status := answer.number():
                return status
            _, _, _, _, _, _, _, _, _, _, _, fsid_high, fsid_low, high, low = struct.unpack(">15I", answer.data[:60])
            return (fsid_high << 32 | fsid_low, high << 32 | low)

    def lookup(self, directory: bytes, name: bytes) -> bytes | int:
        with self._program(2049, NFS, 3) as nfs:
            answer = nfs.call(3, opaque(directory) + opaque(name))
            return answer.number() or answer.opaque()

    def read(self, handle: bytes) -> bytes | int:
        with self._program(2049, NFS, 3) as nfs:
            answer = nfs.call(6, opaque(handle) + struct.pack(">QI", 0, 4096))
            if status := answer.number():
                return status
            if answer.number():
                answer.data = answer.data[84:]
            answer.number()
            answer.number()
            return answer.opaque()

    @contextlib.contextmanager
    def _program(self, port: int, program: int, version: int) -> Iterator[Rpc]:
        with self._connect(port) as connection:
            yield Rpc(connection, program, version)
