"""One machine and its lab without a guest: answers of QEMU's monitor, and all ways to end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import krgboot
import pytest
from krgboot.lab import acceleration, guests, machine, nfs
from krgboot.lab.acceleration import Accelerator
from krgboot.lab.boot import Boot
from krgboot.lab.lab import Lab
from krgboot.lab.logs import Logs
from krgboot.lab.streams import Streams
from lab_racks import lacking
from staging import EXAMPLES, make_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from krgboot.lab.rack import Rack


class Here:
    """A rack that is this machine, with its files below a directory."""

    def __init__(self, directory: Path, script: str = "sleep 600") -> None:
        self.directory = directory
        self.script = script
        (directory / "lab").mkdir()

    def path(self, inside: str) -> Path:
        return self.directory / inside.lstrip("/")

    def enter(self, argv: list[str]) -> list[str]:
        return argv

    def start(self, _: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["sh", "-c", self.script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Monitor:
    """QEMU's side of the monitor. ``answer``: maps requests to answers; "ID" stands for the request's id."""

    def __init__(self, answer: Callable[[int, str], bytes]) -> None:
        self._answer = answer
        self.ours, self._theirs = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with self._theirs, self._theirs.makefile("rb") as lines:
            self._theirs.sendall(b'{"QMP": {}}\n')
            for line in lines:
                request = json.loads(line)
                command = request["execute"]
                said = OK if command == "qmp_capabilities" else self._answer(request["id"], command)
                try:
                    self._theirs.sendall(said.replace(b"ID", str(request["id"]).encode()))
                except OSError:
                    return

    def close(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


def screen_of(*rows: str) -> bytes:
    """Return VGA memory that shows these rows."""
    return b"".join(bytes([byte, 7]) for row in rows for byte in row.ljust(80).encode("cp437"))


OK = b'{"timestamp": {}, "event": "RESUME"}\n{"return": {}, "id": ID}\n'


@pytest.fixture
def vm_of(tmp_path: Path) -> Iterator[Callable[[Callable[[int, str], bytes]], machine.VirtualMachine]]:
    """Makes a machine whose QEMU monitor gives these answers; its screen shows "login:"."""
    here = Here(tmp_path)
    made: list[tuple[machine.VirtualMachine, Monitor]] = []

    def make(answer: Callable[[int, str], bytes]) -> machine.VirtualMachine:
        monitor = Monitor(answer)
        vm = machine.VirtualMachine(cast("Rack", here), "node1", here.start([]), monitor.ours)
        made.append((vm, monitor))
        return vm

    files = here.path("/lab/nodes/node1")
    files.mkdir(parents=True)
    (files / "screen").write_bytes(screen_of("login:"))
    (files / "screen.png").write_bytes(b"PNG")
    yield make
    for vm, monitor in made:
        vm.switch_off()
        monitor.close()
        assert vm.process.stdout is not None
        vm.process.stdout.close()


@pytest.mark.parametrize(
    "rubbish",
    [
        b'{"ret',
        b"rubbish\n",
        b"[" * 100_000 + b"\n",
        b"x" * (2 << 20),
        b'{"error": {"desc": "\x1b]0;EVIL\x07"}, "id": ID}\n',
        b'["return"]\n' * 1000,
        b"\xff\n",
    ],
)
def test_a_monitor_that_says_something_else(
    vm_of: Callable[[Callable[[int, str], bytes]], machine.VirtualMachine],
    monkeypatch: pytest.MonkeyPatch,
    rubbish: bytes,
) -> None:
    """The guest may have compromised QEMU."""
    monkeypatch.setattr(machine, "_QMP_LIMIT", 2.0)
    vm = vm_of(lambda _, __: rubbish)
    assert vm.screen() is None
    assert vm.picture() == b""
    assert len(vm._monitor._heard) < 2 << 20


def test_a_monitor_that_was_too_slow_once(
    vm_of: Callable[[Callable[[int, str], bytes]], machine.VirtualMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen is read again as soon as possible; a late answer does not count for a later request."""
    monkeypatch.setattr(machine, "_QMP_LIMIT", 2.0)
    late: list[bytes] = []
    asked = threading.Event()

    def answer(number: int, _: str) -> bytes:
        if not late:
            late.append(b'{"error": {}, "id": %d}\n' % number)
            asked.set()
            return b""
        return late[0] + OK

    vm = vm_of(answer)
    assert vm.screen() is None
    assert asked.is_set(), "it was not asked for the screen within that time"
    monkeypatch.setattr(machine, "_QMP_LIMIT", 60.0)
    assert vm.screen() == ["login:"]
    assert vm.picture() == b"PNG"


@pytest.fixture
def boot_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Boot]]:
    """Makes a node whose QEMU is a script."""
    cluster = krgboot.load(EXAMPLES["debian"])
    root = make_root(tmp_path / "root", cluster)
    krgboot.apply(cluster, root)
    (guest,) = guests.find(cluster, ["node1"], root)
    streams, logs = Streams(), Logs(tmp_path / "logs")
    made: list[Boot] = []

    def make(script: str) -> Boot:
        here = Here(tmp_path, script)

        def switch_on(*_: object, **__: object) -> machine.VirtualMachine:
            return machine.VirtualMachine(cast("Rack", here), guest.file_name, here.start([]), socket.socket())

        monkeypatch.setattr(machine, "switch_on", switch_on)
        made.append(
            Boot(
                cast("Rack", here),
                streams,
                logs,
                guest,
                "tap0",
                cluster,
                root=root,
                user=1,
                accelerator=Accelerator("tcg", "asked for"),
                memory=64,
            )
        )
        return made[-1]

    yield make
    for boot in made:
        boot.put_away()
    streams.close()
    logs.close()


def test_the_last_words_of_a_machine_tell_why_it_ended(boot_of: Callable[[str], Boot]) -> None:
    boot = boot_of("echo cannot set up guest memory; exit 1")
    boot._machine.process.wait()
    boot.look(frozenset(), 600.0)
    assert boot.watch.failure is not None
    assert boot.watch.failure.reason.startswith("the virtual machine ended")
    assert [line.text for line in boot.watch.failure.lines] == ["cannot set up guest memory"]


def test_a_screen_that_cannot_be_had_for_once(boot_of: Callable[[str], Boot], monkeypatch: pytest.MonkeyPatch) -> None:
    """Unchanged rows of the screen are not reported again."""
    boot = boot_of("sleep 600")
    for rows in (["one"], None, ["one", "two"]):
        monkeypatch.setattr(boot._machine, "screen", lambda rows=rows: rows)
        boot._read_screen()
    assert [line.text for line in boot.watch.lines] == ["one", "two"]


def test_a_slow_screen_leaves_time_for_the_others(
    boot_of: Callable[[str], Boot], monkeypatch: pytest.MonkeyPatch
) -> None:
    boot = boot_of("sleep 600")
    now = 100.0
    looks: list[float] = []

    def screen() -> list[str]:
        nonlocal now
        looks.append(now)
        now += 10
        return []

    monkeypatch.setattr(Boot, "age", property(lambda _: now))
    monkeypatch.setattr(boot._machine, "screen", screen)
    while now < 320:
        boot.look(frozenset(), 600.0)
        now += 0.5
    assert looks == [100.0, 200.0, 300.0]


@pytest.mark.parametrize("time_limit", [180.0, 600.0])
def test_sshd_has_longer_where_a_stage_has(
    boot_of: Callable[[str], Boot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, time_limit: float
) -> None:
    """On a slow machine, ssh answers much later than the console's prompt."""
    boot = boot_of("sleep 600")
    (tmp_path / boot._trace().root_path.lstrip("/") / "usr/sbin").mkdir(parents=True)
    (tmp_path / boot._trace().root_path.lstrip("/") / "usr/sbin/sshd").touch()
    monkeypatch.setattr("krgboot.lab.keys.ssh", lambda *_: ["false"])
    now = [100.0]
    monkeypatch.setattr(Boot, "age", property(lambda _: now[0]))
    boot.hear("console", "node1 login: ")
    for later, finished in ((0, False), (time_limit / 2 - 1, False), (time_limit / 2 + 1, True)):
        now[0] = 100.0 + later
        boot.look(frozenset(), time_limit)
        assert (boot.booted, boot.finished) == (True, finished)


def test_a_node_that_is_put_away_is_heard_no_more(boot_of: Callable[[str], Boot], tmp_path: Path) -> None:
    boot = boot_of("echo last words; sleep 600")
    boot.hear("dhcpd", f"DHCPACK on 10.20.0.101 to {boot.guest.mac} via lab0")
    while boot.watch.lines[-1].text != "last words":
        boot._streams.poll(1)
    boot.put_away()
    boot.hear("dhcpd", f"DHCPDISCOVER from {boot.guest.mac} via lab0")
    for _ in range(3):
        boot._streams.poll(0)
    assert (tmp_path / "logs/node1/console.log").read_text() == "last words\n"
    assert len((tmp_path / "logs/node1/boot.log").read_text().splitlines()) == 1


def test_a_lab_ends_though_one_step_of_it_fails() -> None:
    ended: list[str] = []

    def part(name: str, error: type[BaseException] | None = None) -> SimpleNamespace:
        def close() -> None:
            ended.append(name)
            if error is not None:
                raise error(name)

        return SimpleNamespace(close=close, switch_off=close)

    lab = cast("Any", Lab.__new__(Lab))
    lab._boots = {"node1": part("node1"), "node2": part("node2", KeyboardInterrupt)}
    lab._streams, lab._rack, lab._nfs = part("streams"), part("rack", RuntimeError), part("nfs")
    lab._claim, lab._logs = part("claim"), part("logs")
    with pytest.raises(RuntimeError, match="rack"):
        lab.close()
    assert ended == ["node2", "node1", "streams", "rack", "nfs", "claim", "logs"]


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Simulates Ctrl-C while the test waits."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("interrupted")
@pytest.mark.skipif(bool(lacking("nsenter", "unshare")), reason=f"NOT TESTED: {lacking('nsenter', 'unshare')}")
def test_the_keeper_of_the_kernels_nfsd_ends_though_it_was_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nfs, "_KEEPER", "cat >/dev/null")
    server = nfs.Kernel()
    with pytest.raises(KeyboardInterrupt):
        server._keep(cast("Rack", SimpleNamespace(pid=os.getpid())))
    keeper = server._keeper
    assert keeper is not None
    server.close()
    assert keeper.returncode == 0


def test_a_probe_that_is_interrupted_closes_what_it_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[subprocess.Popen[bytes]] = []

    def interrupt(self: subprocess.Popen[bytes], *_: object, **__: object) -> None:
        made.append(self)
        self.wait()
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupt)
    with acceleration.memory_file(b"x") as disk, pytest.raises(KeyboardInterrupt):
        acceleration.run(["true"], 10.0, disk)
    (process,) = made
    assert process.stdout is not None
    assert process.stderr is not None
    assert (process.stdout.closed, process.stderr.closed) == (True, True)
