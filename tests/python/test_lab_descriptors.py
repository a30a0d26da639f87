"""Programs of a lab inherit only descriptors 0 to 2 and those meant for them, whatever krgboot and its caller hold.

The tests replace each program by a stand-in that reports its descriptors.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import krgboot
import pytest
from descriptors import inheritable, stand_in
from krgboot.lab import acceleration, daemons, keys, machine, needs, nfs, servers
from krgboot.lab.acceleration import Accelerator
from lab_racks import IMAGE, applied, lacking
from lab_servers import PROGRAMS, Server
from staging import EXAMPLES, below

if TYPE_CHECKING:
    from collections.abc import Iterator

WHY = lacking(*PROGRAMS, "prlimit")
pytestmark = pytest.mark.skipif(bool(WHY), reason=f"NOT TESTED: {WHY}")

TELL = f"{IMAGE}/tell"
"""A path inside the rack that NFS-Ganesha sees too."""


@pytest.fixture(autouse=True)
def opened() -> Iterator[list[int]]:
    with inheritable() as descriptors:
        yield descriptors


@pytest.fixture
def cluster() -> krgboot.Cluster:
    return krgboot.load(EXAMPLES["debian"])


@pytest.fixture
def root(tmp_path: Path, cluster: krgboot.Cluster) -> Path:
    tree = applied(cluster, tmp_path / "root")
    stand_in(below(tree, TELL), "", 0)
    return tree


@pytest.fixture
def server(cluster: krgboot.Cluster, root: Path) -> Iterator[Server]:
    made = Server(cluster, root, [IMAGE])
    yield made
    made.close()


@pytest.fixture
def stand_ins(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server whose programs are stand-ins from now on, except those that start other programs."""
    real = needs.program
    starters = ("nsenter", "setpriv", "prlimit", "chroot")
    monkeypatch.setattr(needs, "program", lambda name: real(name) if name in starters else TELL)
    return server


def test_the_rack_itself(server: Server) -> None:
    """The rack's first process inherits nothing: every program of the rack can access its descriptors through /proc."""
    held = {int(entry.name): str(entry.readlink()) for entry in Path(f"/proc/{server.rack.pid}/fd").iterdir()}
    assert all(held.pop(descriptor).startswith("pipe:") for descriptor in (0, 1, 2))
    assert set(held.values()) <= {"anon_inode:[eventfd]"}, "by which bubblewrap itself hears of the end"


def test_programs_of_the_rack(server: Server, opened: list[int]) -> None:
    assert server.rack.run([TELL]) == "0 1 2 \n"
    started = server.rack.start([TELL])
    assert started.communicate()[0] == b"0 1 2 \n"
    assert server.rack.run([TELL], pass_fds=opened[-1:]) == "0 1 2 250 \n"


def test_daemons(stand_ins: Server, cluster: krgboot.Cluster, root: Path) -> None:
    stand_ins.rack.run(["sh", "-c", "mkdir -p /run && touch /run/rpcbind.sock"])
    ganesha = nfs.Ganesha(cluster, root)
    ganesha._version = lambda: "4.3"  # type: ignore[method-assign]
    nfsd = ganesha.start(stand_ins.rack, [IMAGE], print)
    for command in (daemons.rpcbind(), *(each.command(cluster, root) for each in servers.of(cluster)), nfsd):
        assert command.argv[0] == TELL
        stand_ins.said.clear()
        daemon = stand_ins.start(command)
        assert daemon.process.stdout is not None
        daemon.process.wait()
        while not daemon.process.stdout.closed:
            stand_ins.streams.poll(0.1)
        assert stand_ins.said == [(command.source, "0 1 2 ")]


def test_virtual_machines(stand_ins: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """QEMU has its console, and the two descriptors meant for it: the tap and the monitor."""
    other = "/run/tell"  # a place that other users can reach
    stand_ins.rack.run(["install", TELL, other])
    for_root = needs.program
    monkeypatch.setattr(needs, "program", lambda name: other if name.startswith("qemu") else for_root(name))
    settings: dict[str, Any] = {"user": 1_900_000_000, "accelerator": Accelerator("tcg", ""), "memory": 64}
    started = machine.switch_on(
        stand_ins.rack, "node", "52:54:00:00:00:01", "6f2d1a4c-52e1-4b0f-9a3c-0123456789ab", "tap0", **settings
    )
    told = started.process.communicate()[0].split()
    argv = started.process.args
    started.switch_off()
    assert isinstance(argv, list)
    words = ",".join(argv).split(",")
    given = [word.removeprefix("fd=") for word in words if word.startswith("fd=")]
    assert len(given) == 2
    assert sorted(map(int, told)) == sorted([0, 1, 2, *map(int, given)])


def test_ssh(stand_ins: Server) -> None:
    assert keys.run(stand_ins.rack, "10.20.0.101", ["true"], text="", check=True).stdout == "0 1 2 \n"


# The last step of `lab exec`, after it has found the lab.
REACH = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from krgboot.cli import labs
from krgboot.lab import claim
claim.ask = lambda lab: {"server": "server", "pid": int(sys.argv[2]), "nodes": []}
labs._reach(None, "server", sys.argv[3:])
"""


def test_what_is_run_by_hand(server: Server, opened: list[int]) -> None:
    argv = [sys.executable, "-c", REACH, json.dumps(sys.path), str(server.rack.pid), TELL]
    done = subprocess.run(argv, pass_fds=opened, capture_output=True, text=True, check=True)
    assert done.stdout == "0 1 2 \n"


def test_the_probe_of_kvm(root: Path) -> None:
    with acceleration.memory_file(b"guest") as disk:
        status, said, _ = acceleration.run([os.fspath(below(root, TELL))], 10.0, disk)
    assert (status, said) == (0, f"0 1 2 {disk} \n")
