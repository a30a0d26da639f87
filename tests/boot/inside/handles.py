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

from raw_clients import NfsClient  # it is laid beside this file

SERVER, CLIENT = "10.26.0.1", "10.26.0.2"
PLACE = Path("/run/handles")
PART, ALL = PLACE / "shared" / "image", PLACE / "own"
SECRET = b"shadow"


def connect(port: int) -> socket.socket:
    """From a port that only root may use."""
    for own in range(1023, 600, -1):
        try:
            return socket.create_connection((SERVER, port), 10, (CLIENT, own))
        except OSError:
            continue
    raise RuntimeError(f"nobody answers at port {port}")


def root_of_file_system(handle: bytes) -> bytes:
    """The same file system's inode 2, generation 0. Byte 3 is the kind of what follows its number (0: the export)."""
    made_up = bytearray(handle)
    if made_up[3] != 0:
        raise RuntimeError(f"an export's handle of an unknown kind: {handle.hex()}")
    made_up[3] = 1  # FILEID_INO32_GEN
    return bytes(made_up) + struct.pack("<II", 2, 0)


def reached(path: Path) -> dict[str, Any]:
    client = NfsClient(connect)
    handle = client.mount(bytes(path))
    if isinstance(handle, int):
        raise RuntimeError(f"{path}: MOUNT says {handle}")  # noqa: TRY004 (the server's answer is wrong, no type)
    root = root_of_file_system(handle)
    if isinstance(client.identity(root), int):
        return {"root": False, "secret": None}
    secret = client.lookup(root, SECRET)
    content = secret if isinstance(secret, int) else client.read(secret)
    return {"root": True, "secret": None if isinstance(content, int) else content.decode()}


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
    secret = shared / SECRET.decode()
    secret.write_text("of the server")
    secret.chmod(0o600)
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
