"""A lab leaves nothing behind, however it ends; if it cannot start, one line reports why."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import labs
import pytest
from krgboot.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krgboot.lab.boot import Boot

RUN = ("lab", "run", "--root", str(labs.QUICKSTART_ROOT), "--logs", str(labs.BUILD / "end"))


@pytest.fixture(autouse=True, scope="module")
def _ctrl_c_is_heeded() -> Iterator[None]:
    """Reset SIGINT: a shell makes its background jobs, and all their children, ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def _applied() -> None:
    labs.need_a_lab()
    labs.krgbootctl("apply", "--root", labs.QUICKSTART_ROOT, labs.DEBIAN)


def begun(name: str) -> tuple[subprocess.Popen[str], str]:
    """A lab in which a node has begun to boot, and the PID namespace of its rack."""
    log = labs.BUILD / "end.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [*labs.KRGBOOTCTL, *RUN, "--name", name, str(labs.DEBIAN), "spare", "console"],
            stdout=subprocess.DEVNULL,
            stderr=file,
            text=True,
        )
    try:
        labs.wait_until(lambda: " dhcp " in log.read_text() or process.poll() is not None, 300)
        assert process.poll() is None, log.read_text()
        state = next(state for state in _states() if state["lab"] == name)
        return process, Path(f"/proc/{state['pid']}/ns/pid").readlink().name
    except BaseException:
        process.kill()
        process.wait()
        raise


def _program(pid: int) -> str:
    """Return its name; empty if it has just ended, such as an in.tftpd for one transfer."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _states() -> list[dict[str, object]]:
    states: list[dict[str, object]] = json.loads(labs.krgbootctl("lab", "list", "--json").stdout)
    return states


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_lab_that_is_ended_leaves_nothing(how: signal.Signals) -> None:
    before = labs.Traces.now()
    process, namespace = begun(f"test-end-{os.getpid()}")
    programs = set(filter(None, map(_program, labs.processes_in(namespace))))
    assert {"dhcpd", "in.tftpd", "ganesha.nfsd", "rpcbind", "qemu-system-x86"} <= programs
    status = labs.end(process, how)
    assert status == (-9 if how is signal.SIGKILL else 130)
    labs.wait_until(lambda: not labs.processes_in(namespace))
    labs.wait_until(lambda: labs.Traces.now() == before)


def test_a_lab_of_python_that_is_interrupted_holds_nothing() -> None:
    """The same through the Python API: also no descriptor and no child process remains."""
    before = labs.Traces.now(), _held()

    def interrupt(boots: list[Boot]) -> None:
        if boots[0].age > 3:  # its screen has been read
            raise KeyboardInterrupt

    name = f"test-python-{os.getpid()}"
    cluster = krgboot.load(labs.DEBIAN)
    with Lab(cluster, ["spare"], root=labs.QUICKSTART_ROOT, name=name, logs=labs.BUILD / "python") as lab:
        for _ in range(2):  # the second boot of the machine
            with pytest.raises(KeyboardInterrupt):
                lab.boot(on_change=interrupt)
        assert _held() != before[1]
    assert [node.name for node in lab.report().nodes] == ["spare"]
    assert (labs.BUILD / "python" / "spare" / "console.log").stat().st_size > 0
    assert (labs.BUILD / "python" / "dhcpd.log").stat().st_size > 0
    assert _held() == before[1]
    assert labs.Traces.now() == before[0]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def _held() -> set[str]:
    """Return the open descriptors of this process."""
    with os.scandir("/proc/self/fd") as entries:
        return {entry.name for entry in entries}


def test_a_node_that_hangs_is_given_up_with_its_stage(tmp_path: Path) -> None:
    """The boot program loops for ever. (DHCP alone may need that long on a shared machine.)"""
    labs.stage_root(tmp_path)
    labs.krgbootctl("apply", "--root", tmp_path, "--allow-missing", labs.DEBIAN)
    (tmp_path / "srv/tftp/pxelinux.0").write_bytes(b"\xfa\xf4\xeb\xfc")  # cli; hlt; jmp
    run = ("lab", "run", "--root", tmp_path, "--logs", labs.BUILD / "hang", "--time-limit", "15")
    done = labs.krgbootctl(*run, "--name", f"test-hang-{os.getpid()}", labs.DEBIAN, "spare", status=2)
    assert "spare stopped at loader" in done.stdout or "spare stopped at dhcp" in done.stdout
    assert "no sign of this stage for 15 s" in done.stdout
    assert re.search(r"^ +\d+\.\d\d (dhcpd|tftpd|console|screen) +\S", done.stdout, re.MULTILINE), "the last of it"
    assert "DHCPDISCOVER from 52:54:00:20:00:20" in (labs.BUILD / "hang" / "spare" / "boot.log").read_text()


def test_ports_that_the_machine_uses_are_no_matter() -> None:
    """A lab has its own network: even a running boot server does not disturb it."""
    with contextlib.ExitStack() as taken:
        for port, kind in (
            (67, socket.SOCK_DGRAM),
            (69, socket.SOCK_DGRAM),
            (111, socket.SOCK_DGRAM),
            (111, socket.SOCK_STREAM),
            (2049, socket.SOCK_STREAM),
        ):
            one = taken.enter_context(socket.socket(socket.AF_INET, kind))
            with contextlib.suppress(OSError):  # another program may already use the port
                one.bind(("127.0.0.1", port))
        process, _ = begun(f"test-ports-{os.getpid()}")  # until DHCP is complete
        assert labs.end(process, signal.SIGINT) == 130


def in_another_world(*mounts: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """`lab run` with parts of the machine hidden: ``mounts`` are lists of arguments of mount(8)."""
    script = "".join(f"mount {mount}; " for mount in mounts) + 'exec "$@"'
    command = [
        "unshare",
        "--mount",
        "sh",
        "-ec",
        script,
        "sh",
        *labs.KRGBOOTCTL,
        *RUN,
        *options,
        str(labs.DEBIAN),
        "spare",
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_missing_program_is_named_with_its_package(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.touch(0o644)
    for path, package, *options in (
        ("/usr/sbin/in.tftpd", "tftpd-hpa"),
        ("/usr/bin/qemu-system-x86_64", "qemu-system-x86"),
        ("/usr/bin/bwrap", "bubblewrap"),
        ("/usr/bin/ganesha.nfsd", "nfs-ganesha", "--nfs", "ganesha"),
        ("/usr/sbin/exportfs", "nfs-kernel-server", "--nfs", "kernel"),
    ):
        done = in_another_world(f"--bind {nothing} {path}", options=tuple(options))
        assert done.returncode == 1
        assert done.stderr == f"error: {Path(path).name} is not installed: apt-get install {package} [lab.program]\n"


def test_no_nfs_server_at_all(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.touch(0o644)
    done = in_another_world(*(f"--bind {nothing} {path}" for path in ("/usr/bin/ganesha.nfsd", "/usr/sbin/exportfs")))
    assert done.returncode == 1
    assert done.stderr == (
        "error: a lab needs NFS-Ganesha or the kernel's NFS server: ganesha.nfsd is not installed: apt-get install "
        "nfs-ganesha; exportfs is not installed: apt-get install nfs-kernel-server [lab.program]\n"
    )


def test_no_tun_device() -> None:
    done = in_another_world("-t tmpfs none /dev/net")
    assert done.returncode == 1
    assert done.stderr.startswith("error: /dev/net/tun, which joins virtual machines to a network, cannot be opened")
    assert len(done.stderr.splitlines()) == 1


def test_no_privilege() -> None:
    other_user = ("unshare", "--map-user=1000")
    if subprocess.run([*other_user, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip(
            "NOT TESTED: nobody can be another user here without giving up the tree (user_namespaces(7): chroot)"
        )
    command = [*other_user, *labs.KRGBOOTCTL, *RUN, str(labs.DEBIAN), "spare"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "error: a lab needs root's rights, for its network, mounts and NFS server: run it with sudo [lab.privilege]\n"
    )


def test_nothing_applied(tmp_path: Path) -> None:
    done = labs.krgbootctl(
        "lab", "run", "--root", tmp_path, "--logs", tmp_path / "logs", labs.DEBIAN, "spare", status=1
    )
    assert done.stderr == (
        f"error: /etc/dhcp/dhcpd.conf is not there below {tmp_path}: apply the spec first (krgbootctl apply --root) "
        "[lab.not_applied]\n"
    )
