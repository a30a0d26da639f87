"""Root users of nodes control what their nodes send: it must not give access to this machine."""

from __future__ import annotations

import contextlib
import os
import random
import re
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import krgboot
import pytest
from krgboot.errors import CommandError
from krgboot.lab import acceleration, confinement, guests, keys, machine, network, servers
from krgboot.lab.acceleration import Accelerator
from krgboot.lab.boot import Boot
from krgboot.lab.logs import Logs
from krgboot.lab.streams import Streams
from lab_racks import IMAGE, TFTP, applied, lacking
from lab_servers import PROGRAMS, Server, ganesha
from raw_clients import BAD_HANDLE, STALE, NfsClient, RefusedError, tftp
from staging import EXAMPLES, below

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER, NODE = "10.20.0.2", "10.20.0.101"
SECRET = "not the node's business"

real = pytest.mark.skipif(bool(lacking(*PROGRAMS)), reason=f"NOT TESTED: {lacking(*PROGRAMS)}")
QEMU = lacking("qemu-system-x86_64", "bwrap", "nsenter", "setpriv", "prlimit", "ip")
with_qemu = pytest.mark.skipif(bool(QEMU), reason=f"NOT TESTED: {QEMU}")

# linux/capability.h
NUMBERS = {
    "chown": 0, "dac_override": 1, "dac_read_search": 2, "fowner": 3, "fsetid": 4, "setgid": 6, "setuid": 7,
    "net_bind_service": 10, "net_raw": 13, "sys_chroot": 18, "sys_resource": 24, "mknod": 27,
}  # fmt: skip


@pytest.fixture
def cluster() -> krgboot.Cluster:
    return krgboot.load(EXAMPLES["debian"])


@pytest.fixture
def root(tmp_path: Path, cluster: krgboot.Cluster) -> Path:
    tree = applied(cluster, tmp_path / "root")
    (tmp_path / "secret").write_text(SECRET)
    below(tree, f"{IMAGE}/etc/motd").write_text("of the image\n")
    return tree


@pytest.fixture
def server(cluster: krgboot.Cluster, root: Path) -> Iterator[Server]:
    made = Server(cluster, root, [IMAGE])
    made.rack.run(["ip", "address", "add", f"{NODE}/24", "dev", "lab0"])  # a node's address, used on the same machine
    yield made
    made.close()


def start_all(server: Server, root: Path) -> None:
    command, _ = ganesha(server, root, [IMAGE])
    server.serve(command, *(each.command(server.cluster, root) for each in servers.of(server.cluster)))


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def program_of(process: subprocess.Popen[bytes]) -> int:
    """Return the process in the rack that nsenter waits for."""
    deadline = time.monotonic() + 30
    children: list[str] = []
    while not children and time.monotonic() < deadline:  # the child may not exist yet
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    if not children:
        pytest.fail(f"{process.args!r} has started no program within 30 s")
    return int(children[0])


@contextlib.contextmanager
def reading(server: Server) -> Iterator[None]:
    """Read the daemon's lines while waiting for its answer, so that a full pipe does not block it."""
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            server.streams.poll(0.1)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        over.set()
        reader.join()


@real
def test_daemons_have_the_capabilities_that_the_table_names(server: Server, root: Path) -> None:
    start_all(server, root)
    found = {}
    for daemon in server.daemons:
        status = status_of(program_of(daemon.process))
        needed = confinement.capabilities_of(daemon.command.program)
        granted = sum(1 << NUMBERS[name] for name in needed) & int(status_of(os.getpid())["CapBnd"], 16)
        assert int(status["CapBnd"], 16) == granted, daemon.command.argv
        assert int(status["CapEff"], 16) | int(status["CapBnd"], 16) == int(status["CapBnd"], 16)
        assert int(status["CapAmb"], 16) == int(status["CapInh"], 16) == 0
        assert status["NoNewPrivs"] == "1"
        found[daemon.command.program] = status
        daemon.check()
    assert set(found) == {"rpcbind", "dhcpd", "tftpd", "ganesha"}
    assert found["rpcbind"]["Uid"].split()[0] != "0", "it goes on as _rpc"


@real
def test_tftp_gives_what_lies_in_its_root_and_nothing_else(server: Server, root: Path) -> None:
    start_all(server, root)
    with reading(server):

        def ask(name: bytes, *, write: bool = False) -> bytes | int:
            sock = network.inside(server.rack, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            with sock:
                sock.bind((NODE, 0))
                return tftp(sock, SERVER, name, write=write)

        assert ask(b"pxelinux.0") == (below(root, f"{TFTP}/pxelinux.0").read_bytes())[:512]
        for name in (
            *(b"../" * depth + b"etc/passwd" for depth in range(1, 8)),
            b"/etc/passwd",
            b"//etc/passwd",
            b"/srv/tftp/../../etc/passwd",
            b"pxelinux.cfg/../../../etc/passwd",
            b"./.././../etc/passwd",
            b"..",
            b"/",
            b"pxelinux.cfg",
            b"/proc/self/root/etc/passwd",
            b"/lab/ssh/id_ed25519",
            b"\x1b]0;EVIL\x07",
            b"a" * 480,
        ):
            assert isinstance(ask(name), int), name
        before = sorted(path for path in below(root, TFTP).rglob("*"))
        for name in (b"pxelinux.0", b"new", b"pxelinux.cfg/default"):
            assert isinstance(ask(name, write=True), int), name
        assert sorted(path for path in below(root, TFTP).rglob("*")) == before
    for daemon in server.daemons:
        daemon.check()


def nfs_client(server: Server, address: str = NODE) -> NfsClient:
    ports = iter(range(1022, 600, -1))

    def connect(port: int) -> socket.socket:
        made = network.inside(server.rack, lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        while True:
            try:
                made.bind((address, next(ports)))
                break
            except OSError:  # of a connection that has just ended
                continue
        made.settimeout(20)
        made.connect((SERVER, port))
        return made

    return NfsClient(connect)


@real
def test_nfs_gives_what_is_exported_and_nothing_else(server: Server, root: Path) -> None:
    start_all(server, root)
    with reading(server):
        client = nfs_client(server)
        for path in (
            b"/", b"/etc", b"/usr", b"/proc", b"/lab", b"/lab/lower/srv/nfs/debian", b"/srv", b"/srv/nfs", b"/srv/tftp",
            b"/srv/nfs/debian/..", b"/srv/nfs/debian/../../..", b"/srv/nfs/debian/etc/../../../../etc", b"", b"..",
            b"\x1b]0;EVIL\x07", b"/" + b"a" * 1000,
        ):  # fmt: skip
            assert isinstance(client.mount(path), int), path
        top = client.mount(IMAGE.encode())
        assert isinstance(top, bytes)
        identity = client.identity(top)
        assert isinstance(identity, tuple)
        cut = client.mount(f"{IMAGE}\0/../../etc".encode())  # Ganesha reads up to the NUL
        assert isinstance(cut, int) or client.identity(cut) == identity
        etc = client.lookup(top, b"etc")
        assert isinstance(etc, bytes)
        motd = client.lookup(etc, b"motd")
        assert isinstance(motd, bytes)
        assert client.read(motd) == b"of the image\n"
        # No path leads above the root.
        above = client.lookup(top, b"..")
        assert isinstance(above, int) or client.identity(above) == identity
        check_names_with_slashes(client, top, root)
        # A client that the exports do not name may not mount, although it can reach the server.
        server.rack.run(["ip", "address", "add", "10.20.9.9/32", "dev", "lab0"])
        stranger = nfs_client(server, "10.20.9.9")
        assert isinstance(stranger.mount(IMAGE.encode()), int)
        forged_handles(client, {top: identity, motd: client.identity(motd)})
    for daemon in server.daemons:
        daemon.check()


def check_names_with_slashes(client: NfsClient, top: bytes, root: Path) -> None:
    """Ganesha (4.3) looks up "/etc/shadow" as a file name. The result must not be a file of this machine."""
    for name in (
        b"/lab/host/etc/shadow", b"/lab/host/etc", b"/lab/applied/etc", b"/lab/ssh/id_ed25519", b"/lab", b"/etc/shadow",
        b"/root", b"/home", b"/srv/tftp/pxelinux.0", b"/lab/lower/srv/nfs/debian/etc/motd", os.fsencode(root),
        os.fsencode(root.parent / "secret"), b"../../../lab/host/etc/shadow", b"../../../../secret",
        b"/proc/1/root/lab/host/etc/shadow", b"/proc/self/environ", b"/usr/share", b"/usr/local",
    ):  # fmt: skip
        found = client.lookup(top, name)
        assert isinstance(found, int), (name, client.read(found))
    found = client.lookup(top, b"/etc/passwd")
    assert isinstance(found, int) or client.read(found) == b"root:x:0:0::/:/bin/false\n"


def forged_handles(client: NfsClient, known: dict[bytes, Any]) -> None:
    """A handle that was not issued names no file, or (changed only in unused bytes) the same file as before."""
    identities = set(known.values())
    chance = random.Random(11)
    refused = set()
    for handle in known:
        forged = [handle[:length] for length in range(0, len(handle), 3)]
        forged += [
            handle[:at] + bytes([handle[at] ^ 1 << chance.randrange(8)]) + handle[at + 1 :] for at in range(len(handle))
        ]
        forged += [bytes(chance.randrange(256) for _ in range(len(handle))) for _ in range(20)]
        forged += [handle + b"\0\0\0\0", bytes(len(handle)), b"\xff" * 64]
        for one in forged:
            try:
                answer = client.identity(one)
            except RefusedError:
                continue
            if isinstance(answer, int):
                refused.add(answer)
            else:
                assert answer in identities, one.hex()
    assert refused & {STALE, BAD_HANDLE}


class FakeSshd:
    """A server in the place of a node's sshd. ``say``: talks to the client."""

    def __init__(self, server: Server, say: Any) -> None:
        self._listening = network.inside(server.rack, lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind((NODE, 22))
        self._listening.listen()
        self._say = say
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            try:
                with connection:
                    self._say(connection)
            except OSError:
                pass

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


def without_end(data: bytes) -> Any:
    def say(connection: socket.socket) -> None:
        while True:
            connection.sendall(data)

    return say


def once(data: bytes) -> Any:
    def say(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.recv(1 << 20)
        connection.sendall(b"\x1b]0;EVIL\x07" * 1000)

    return say


def silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


@real
@pytest.mark.parametrize(
    "say",
    [
        without_end(b"\x1b]0;EVIL\x07\xff" * 1000),
        without_end(b"\x1b]0;EVIL\x07 line\r\n" * 1000),
        without_end(b"\0" * 10000),
        once(b"SSH-2.0-\x1b]0;EVIL\x07\r\n"),
        once(b"SSH-2.0-evil\r\n\0\0\0\x0c\x0a\x14"),
        silent,
    ],
    ids=["bytes", "lines", "zeros", "banner", "key exchange", "silence"],
)
def test_rubbish_in_the_place_of_sshd(
    server: Server, say: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_LONGEST_WAIT", 15.0)
    keys.make(server.rack, [IMAGE])
    sshd = FakeSshd(server, say)
    question = keys.Question(server.rack, server.streams, NODE, "true")
    deadline = time.monotonic() + 60
    while not question.over and time.monotonic() < deadline:
        server.streams.poll(0.1)
    assert question.over
    assert question.answer is None
    assert "\n" not in question.complaint
    assert sum(map(len, question._answers)) < 1 << 20
    logs = Logs(tmp_path / "logs")
    logs.daemon("ssh", question.complaint)
    logs.close()
    assert b"\x1b" not in (tmp_path / "logs/ssh.log").read_bytes()
    sshd.close()


@real
def test_a_program_on_a_node_that_talks_without_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for script in ("exec yes", "exec yes >&2"):
        monkeypatch.setattr(keys, "ssh", lambda *_, script=script: ["sh", "-c", script])
        with pytest.raises(CommandError, match=f"^uname says more than 64 MiB on {NODE}$"):
            keys.run(server.rack, NODE, ["uname"], text="", check=True)
    monkeypatch.setattr(keys, "ssh", lambda *_: ["sh", "-c", "cat; echo no >&2; exit 3"])
    done = keys.run(server.rack, NODE, ["cat"], text="what it is told\n", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "what it is told\n", "no\n")
    with pytest.raises(subprocess.CalledProcessError):
        keys.run(server.rack, NODE, ["cat"], text="", check=True)


@real
def test_a_node_that_answers_without_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for script in ("exec yes '\x1b]0;EVIL'", "exec yes >&2"):
        monkeypatch.setattr(keys, "ssh", lambda *_, script=script: ["sh", "-c", script])
        question = keys.Question(server.rack, server.streams, NODE, "true")
        deadline = time.monotonic() + 60
        while not question.over and time.monotonic() < deadline:
            server.streams.poll(0.1)
        assert question.over
        assert question.answer is None
        assert sum(map(len, question._answers)) < 1 << 20


@pytest.fixture
def guest(cluster: krgboot.Cluster, root: Path) -> guests.Guest:
    return guests.find(cluster, ["node1"], root)[0]


class FloodedRack:
    """A rack in which a node's machine writes to its console without end."""

    def path(self, inside: str) -> Path:
        return Path("/nonexistent") / inside.lstrip("/")

    def enter(self, argv: list[str]) -> list[str]:
        return argv

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()


def test_a_node_that_floods_its_console(
    cluster: krgboot.Cluster, root: Path, guest: guests.Guest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("krgboot.lab.logs._MOST_BYTES", 1 << 20)
    monkeypatch.setattr("krgboot.lab.boot._MOST_LINES", 100.0)
    monkeypatch.setattr("krgboot.lab.boot._LINES_A_SECOND", 0.0)
    rack, streams, logs = FloodedRack(), Streams(), Logs(tmp_path / "logs")
    ours, theirs = socket.socketpair()

    def switch_on(*_: object, **__: object) -> machine.VirtualMachine:
        flood = "startpar: service(s) returned failure: $i \x1b]0;EVIL\x07 ..."
        script = f'i=0; while :; do i=$((i+1)); echo "{flood}"; done'
        process = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE)
        return machine.VirtualMachine(cast("Any", rack), guest.file_name, process, ours)

    monkeypatch.setattr(machine, "switch_on", switch_on)
    settings: dict[str, Any] = {"user": 1, "accelerator": Accelerator("tcg", ""), "memory": 64}
    boot = Boot(cast("Any", rack), streams, logs, guest, "tap0", cluster, root=root, **settings)
    console = tmp_path / "logs/node1/console.log"
    deadline = time.monotonic() + 60
    while (not console.exists() or console.stat().st_size < 1 << 20) and time.monotonic() < deadline:
        streams.poll(0.1)
    for _ in range(50):
        streams.poll(0.1)
    boot.put_away()
    streams.close()
    logs.close()
    theirs.close()
    assert 1 << 20 <= console.stat().st_size < (1 << 20) + 1000
    assert b"\x1b" not in console.read_bytes()
    assert len(boot.watch.failed_scripts) <= 200
    assert len(boot.watch.lines) <= 10


def test_lines_beyond_what_any_boot_writes_are_not_judged(
    cluster: krgboot.Cluster, root: Path, guest: guests.Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    boot = Boot.__new__(Boot)
    monkeypatch.setattr("krgboot.lab.boot._LINES_A_SECOND", 0.0)
    boot._patience_left, boot._last_line = 3.0, time.monotonic()
    heard: list[str] = []
    monkeypatch.setattr(boot, "_said", lambda _, text: heard.append(text))
    for number in range(10):
        boot._showed(f"line {number}")
    assert heard == ["line 0", "line 1", "line 2"]


@with_qemu
def test_qemu_has_next_to_nothing(server: Server, guest: guests.Guest) -> None:
    keys.make(server.rack, [IMAGE])
    user = confinement.free_user(7)
    accelerator = Accelerator("tcg", "asked for")
    vm = machine.switch_on(
        server.rack, "node1", guest.mac, guest.uuid, network.tap(0), user=user, accelerator=accelerator, memory=256
    )
    vm.process.stdout and threading.Thread(target=vm.process.stdout.read, daemon=True).start()
    deadline = time.monotonic() + 120
    while not any("SeaBIOS" in row or "iPXE" in row for row in vm.screen() or ()) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert vm.picture().startswith((b"\x89PNG", b"P6"))
    pid = program_of(vm.process)
    status = status_of(pid)
    assert status["Name"].startswith("qemu")
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {str(user)}
    assert status["Groups"] == ""
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    # Its open files: its console, tap, monitor and QEMU's own files; none of this machine.
    for link in Path(f"/proc/{pid}/fd").iterdir():
        target = str(link.readlink())
        assert re.fullmatch(
            r"(pipe|socket|anon_inode|/memfd|/dev/(null|net/tun|zero|urandom)|/usr/(share|lib)/).*", target
        ), target
    # Such a user cannot access more of the rack either: the programs below fail, not their start.
    server.rack.run(["cat", "/lab/ssh/id_ed25519"])
    nothing = server.rack.enter(confinement.confined(["true"], user=user))
    subprocess.run(nothing, capture_output=True, text=True, check=True)
    for script in (
        "cat /lab/ssh/id_ed25519",
        "ls /lab/ssh",
        "touch /lab/nodes/node1/new",
        "rm -f /lab/nodes/node1/screen && test ! -e /lab/nodes/node1/screen",
        "ln -sf /etc/passwd /lab/nodes/node1/screen",
        "touch /etc/new /run/new /tmp/new /var/new",
        "exec 3<>/dev/net/tun",
        f"kill -0 {status_of(program_of(server.rack.start(['sleep', '60'])))['NSpid'].split()[-1]}",
        "mount -t tmpfs none /tmp",
        "unshare --net true",
    ):
        argv = confinement.confined(["sh", "-c", script], user=user)
        done = subprocess.run(server.rack.enter(argv), capture_output=True, text=True, check=False)
        assert done.returncode not in (0, 126, 127), (script, done.stderr)  # (missing files are not tried)
    (server.rack.path("/lab/nodes/node1/screen")).unlink()
    (server.rack.path("/lab/nodes/node1/screen")).symlink_to("/etc/passwd")
    assert vm.screen() is None, "what is a link is not followed"
    vm.switch_off()
    assert vm.process.stdout is not None


def test_each_machine_has_a_user_of_its_own() -> None:
    users = [confinement.free_user(number) for number in range(50)]
    assert len(set(users)) == 50
    passwd = {int(line.split(":")[2]) for line in Path("/etc/passwd").read_text().splitlines()}
    assert not passwd & set(users)
    assert 0 not in users
    assert max(users) < 1 << 31


def test_where_few_users_are_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container."""
    monkeypatch.setattr(confinement, "_end_of", lambda path: 65536)
    assert confinement.free_user(0) == 65536 - 4096
    monkeypatch.setattr(confinement, "_is_known", lambda user: user < 65000)
    assert confinement.free_user(1) == 65001


@with_qemu
@pytest.mark.skipif(not acceleration.DEVICE.exists(), reason="NOT TESTED: there is no /dev/kvm")
def test_kvm_is_lent_and_stays_the_machines(server: Server) -> None:
    before = acceleration.DEVICE.stat()
    user = confinement.free_user(3)
    use = confinement.confined(["sh", "-c", "exec 3<>/dev/kvm"], user=user)
    with pytest.raises(krgboot.CommandError):
        server.rack.run(use)
    server.rack.give_device(acceleration.DEVICE)
    server.rack.run(use)
    after = acceleration.DEVICE.stat()
    assert (before.st_mode, before.st_uid, before.st_gid) == (after.st_mode, after.st_uid, after.st_gid)
    lent = server.rack.path("/dev/kvm").stat()
    assert (lent.st_dev, lent.st_ino) != (after.st_dev, after.st_ino)
