"""Runs on a boot server with the kernel's nfsd: finds the files that a client can reach by forged file handles.

A handle of ext4 is a number of the file system, an inode and its generation; of its root, inode 2, all are known. With
no_subtree_check the server takes any handle of an exported file system (exports(5)).

handles.py                 as JSON, for a directory that is only a part of a file system and for one that is all of it
handles.py client FILES    the client's part, in a network of its own; FILES: inode and generation by name, as JSON
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from raw_clients import NfsClient  # copied to this file's directory

SERVER, CLIENT = "10.26.0.1", "10.26.0.2"
PLACE = Path("/run/handles")
PART, ALL = PLACE / "shared" / "image", PLACE / "own"
SECRET, MINE = "shadow", "motd"
"""A file of the server outside the exported directory; and one of the file system that is exported as a whole."""

FS_IOC_GETVERSION = 0x80087601  # linux/fs.h


def connect(port: int) -> socket.socket:
    """Connect from a privileged port."""
    for own in range(1023, 600, -1):
        try:
            return socket.create_connection((SERVER, port), 10, (CLIENT, own))
        except OSError:
            continue
    raise RuntimeError(f"nobody answers at port {port}")


def made_up(handle: bytes, inode: int, generation: int) -> bytes:
    """Return the handle of another file of the same file system. Byte 3 is the type of the file id (0: the export)."""
    head = bytearray(handle)
    if head[3] != 0:
        raise RuntimeError(f"an export's handle of an unknown kind: {handle.hex()}")
    head[3] = 1  # FILEID_INO32_GEN
    return bytes(head) + struct.pack("<II", inode, generation)


def reached(path: Path, files: dict[str, tuple[int, int]]) -> dict[str, str | int]:
    """Read each file by lookup in the root of the file system and by inode number; return content or error number."""
    client = NfsClient(connect)
    handle = client.mount(bytes(path))
    if isinstance(handle, int):
        raise RuntimeError(f"{path}: MOUNT says {handle}")  # noqa: TRY004 (the server's answer is wrong, no type)
    found: dict[str, str | int] = {}
    for name, numbers in files.items():
        file = client.lookup(made_up(handle, 2, 0), name.encode())
        for how, one in (("name", file), ("number", made_up(handle, *numbers))):
            content = one if isinstance(one, int) else client.read(one)
            found[f"{name} by {how}"] = content if isinstance(content, int) else content.decode()
    return found


def numbers_of(file: Path) -> tuple[int, int]:
    """Return inode and generation, which with the file system's id form its handle."""
    with file.open("rb") as opened:
        (generation,) = struct.unpack("<I", fcntl.ioctl(opened, FS_IOC_GETVERSION, bytes(8))[:4])
    if generation == 0:
        raise RuntimeError(f"{file} has generation 0, which stands for any")
    return file.stat().st_ino, generation


def sure(*argv: str) -> None:
    subprocess.run(argv, check=True)


def file_system(name: str) -> Path:
    """Mount a separate ext4 file system."""
    image, place = PLACE / f"{name}.ext4", PLACE / name
    place.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(16 << 20)
    sure("mkfs.ext4", "-q", str(image))
    sure("mount", "-o", "loop,nosuid,nodev", str(image), str(place))
    return place


def look() -> dict[str, Any]:
    secret, mine = file_system("shared") / SECRET, file_system("own") / MINE
    for file, text in ((secret, "of the server"), (mine, "of the image")):
        file.write_text(text)
        file.chmod(0o600)
    PART.mkdir()
    files = json.dumps({file.name: numbers_of(file) for file in (secret, mine)})
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
        return dict(json.loads(subprocess.check_output([*enter, sys.executable, __file__, "client", files])))
    finally:
        for path in (PART, ALL):
            sure("exportfs", "-u", f"{CLIENT}:{path}")
        client.kill()
        client.wait()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print(json.dumps(look()))
    else:
        numbers = {name: tuple(each) for name, each in json.loads(sys.argv[2]).items()}
        print(json.dumps({"a part": reached(PART, numbers), "all of it": reached(ALL, numbers)}))
