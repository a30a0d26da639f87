"""Error messages about missing requirements of a lab, and the logs of a lab."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import krgboot
import pytest
from krgboot.errors import ArgumentError, IoError
from krgboot.lab import needs
from krgboot.lab.logs import Logs
from krgboot.lab.report import LogLine
from staging import SOURCE


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine that meets all requirements."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(krgboot.system, "find_program", lambda name: f"/usr/sbin/{name}")
    monkeypatch.setattr(needs, "ganesha_plugins", lambda: "/usr/lib/ganesha")
    monkeypatch.setattr(needs, "kernel_has_nfsd", lambda: True)
    tun = tmp_path / "tun"
    tun.touch()
    monkeypatch.setattr(needs, "_TUN", tun)
    return tun


SERVERS = ("dhcpd", "in.tftpd")


def missing(nfs: str | None = None) -> tuple[str, str]:
    with pytest.raises(IoError) as caught:
        needs.check(nfs, SERVERS)
    return caught.value.code, str(caught.value)


@pytest.mark.usefixtures("everything")
def test_nothing_is_missing() -> None:
    needs.check()


OF_GANESHA = {"ganesha.nfsd"}
OF_KERNEL = {"exportfs", "rpc.nfsd", "rpc.mountd", "unshare", "modprobe"}


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("name", sorted({**needs.PACKAGES, "dhcpd": "", "in.tftpd": ""}))
def test_a_missing_program(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(krgboot.system, "find_program", lambda asked: None if asked == name else f"/usr/sbin/{asked}")
    if name in OF_GANESHA:
        needs.check("kernel", SERVERS)
    if name in OF_KERNEL:
        needs.check("ganesha", SERVERS)
    monkeypatch.setattr(needs, "kernel_has_nfsd", lambda: False)
    code, message = missing("kernel" if name in OF_KERNEL else "ganesha")
    assert code == "lab.program"
    assert f"{name} is not installed: apt-get install {needs.package_of(name)}" in message
    with pytest.raises(IoError) as caught:
        needs.program(name)
    assert (caught.value.errno, caught.value.path) == (errno.ENOENT, name)


@pytest.mark.usefixtures("everything")
def test_all_missing_programs_in_one_line(everything: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(krgboot.system, "find_program", lambda _: None)
    assert missing() == (
        "lab.program",
        "bwrap, nsenter, setpriv, prlimit, ip, qemu-system-x86_64, ssh, ssh-keygen, rpcbind, dhcpd, in.tftpd are not "
        "installed: apt-get install bubblewrap util-linux iproute2 qemu-system-x86 openssh-client rpcbind "
        "isc-dhcp-server tftpd-hpa",
    )


def test_which_nfs_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "kernel_has_nfsd", lambda: True)
    there = {"exportfs", "rpc.nfsd", "rpc.mountd", "unshare", "ganesha.nfsd", "chroot"}
    monkeypatch.setattr(krgboot.system, "find_program", lambda name: f"/usr/sbin/{name}" if name in there else None)
    assert needs.nfs_server(None) == "ganesha"
    assert needs.nfs_server("kernel") == "kernel"
    there.remove("ganesha.nfsd")
    assert needs.nfs_server(None) == "kernel"
    with pytest.raises(IoError, match=r"^ganesha\.nfsd is not installed: apt-get install nfs-ganesha$"):
        needs.nfs_server("ganesha")
    there.remove("rpc.mountd")
    both = (
        "a lab needs NFS-Ganesha or the kernel's NFS server: ganesha.nfsd is not installed: apt-get install "
        "nfs-ganesha; rpc.mountd is not installed: apt-get install nfs-kernel-server"
    )
    with pytest.raises(IoError) as caught:
        needs.nfs_server(None)
    assert (str(caught.value), caught.value.code) == (both, "lab.program")
    with pytest.raises(ArgumentError, match="there is no NFS server 'nfsd': ganesha, kernel") as wrong:
        needs.nfs_server("nfsd")
    assert wrong.value.code == "lab.nfs"


@pytest.mark.usefixtures("everything")
def test_a_kernel_without_nfsd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    modprobe = tmp_path / "modprobe"
    modprobe.touch(mode=0o755)
    monkeypatch.setattr(
        krgboot.system, "find_program", lambda name: str(modprobe) if name == "modprobe" else f"/sbin/{name}"
    )
    monkeypatch.setattr(needs, "kernel_has_nfsd", lambda: False)
    modprobe.write_text('#!/bin/sh\n[ "$*" = "--dry-run --quiet nfsd" ]\n')
    assert needs.nfs_server("kernel") == "kernel"
    modprobe.write_text("#!/bin/sh\nexit 1\n")
    code, message = missing("kernel")
    assert (code, message) == ("lab.nfsd", f"the kernel {os.uname().release} has no NFS server (modprobe nfsd)")


def test_packages_are_those_of_debian_packages_txt() -> None:
    listed = {line.split()[0] for line in (SOURCE / "debian-packages.txt").read_text().splitlines() if line.strip()}
    essential = {"util-linux", "coreutils"}
    assert set(needs.PACKAGES.values()) - essential <= listed


@pytest.mark.usefixtures("everything")
def test_not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    code, message = missing()
    assert code == "lab.privilege"
    assert "sudo" in message


def test_no_tun(everything: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything.unlink()
    code, message = missing()
    assert code == "lab.tun"
    assert "modprobe tun" in message

    def refuse(path: object, flags: int) -> int:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(path))

    monkeypatch.setattr(os, "open", refuse)
    code, message = missing()
    assert code == "lab.tun"
    assert "in a container, give it that device" in message


def test_no_plugin_of_ganesha(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "_GANESHA_VFS", "libfsalnothing.so")
    with pytest.raises(IoError, match="apt-get install nfs-ganesha-vfs") as caught:
        needs.ganesha_plugins()
    assert caught.value.code == "lab.program"


def test_logs(tmp_path: Path) -> None:
    directory = tmp_path / "krgboot-lab" / "one"
    logs = Logs(directory)
    logs.daemon("dhcpd", "Server starting service.")
    logs.line("node1", LogLine(5.54, "dhcpd", "DHCPACK on 10.20.0.101 to 52:54:00:20:00:01 via lab0"))
    logs.console("node1", b"\x1b[2JSeaBIOS\r\n")
    logs.console("node1", b"\xff")
    assert logs.write("node1/screen.png", b"PNG") == directory / "node1/screen.png"
    logs.write("report.json", b"old and longer")
    logs.write("report.json", b"{}")
    assert logs.of("node1") == str(directory / "node1")
    logs.close()
    assert (directory / "dhcpd.log").read_text().endswith(" Server starting service.\n")
    expected = "   5.54 dhcpd   DHCPACK on 10.20.0.101 to 52:54:00:20:00:01 via lab0\n"
    assert (directory / "node1/boot.log").read_text() == expected
    assert (directory / "node1/console.log").read_bytes() == b"\\x1b[2JSeaBIOS\n\\xff"
    assert (directory / "report.json").read_bytes() == b"{}"
    assert stat.S_IMODE((directory / "report.json").stat().st_mode) & ~0o644 == 0


def test_no_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    logs = Logs(None)
    logs.daemon("dhcpd", "x")
    logs.line("node1", LogLine(1.0, "dhcpd", "x"))
    logs.console("node1", b"x")
    assert logs.write("report.json", b"x") is None
    assert logs.of("node1") == ""
    logs.close()
    assert list(tmp_path.iterdir()) == []


def test_logs_replace_those_of_an_earlier_lab_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        *("report.json", "nfs.log", "notes.txt", "node1/screen.png", "node1/screen.txt", "node1/boot.log"),
        *("node1/my.notes", "node2/screen.png", "node2/boot.log"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("of old")
    logs = Logs(tmp_path)
    assert (tmp_path / "report.json").exists(), "the lab may not start, as one of that name runs"
    logs.console("node1", b"new")
    assert not (tmp_path / "report.json").exists(), "a lab that goes on has no report yet"
    logs.close()
    assert {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()} == {
        "node1/console.log": "new",
        "node1/my.notes": "of old",
        "node2/boot.log": "of old",
        "node2/screen.png": "of old",
        "notes.txt": "of old",
    }


def test_logs_follow_nothing(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    for name in ("one", "console.log", "hard"):
        (precious / name).write_text("mine")
    directory = tmp_path / "logs"
    directory.mkdir()
    (directory / "dhcpd.log").symlink_to(precious / "one")
    (directory / "node1").symlink_to(precious)
    (directory / "node2").mkdir()
    (directory / "node2/console.log").hardlink_to(precious / "hard")
    os.mkfifo(directory / "tftpd.log")
    logs = Logs(directory)
    logs.daemon("dhcpd", "new")
    logs.daemon("tftpd", "new")
    logs.console("node2", b"new")
    with pytest.raises(IoError, match="node1 is no directory") as caught:
        logs.console("node1", b"new")
    assert (caught.value.code, caught.value.path) == ("lab.logs", str(directory / "node1"))
    logs.close()
    assert [(precious / name).read_text() for name in ("one", "console.log", "hard")] == ["mine"] * 3
    assert (directory / "dhcpd.log").read_text().endswith("new\n")
    assert not (directory / "dhcpd.log").is_symlink()
    assert (directory / "tftpd.log").is_file()
    assert (directory / "node2/console.log").read_text() == "new"


def test_logs_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(IoError, match="file is no directory"):
        Logs(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_logs_that_are_never_written_hold_nothing_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    logs = Logs(tmp_path / "logs")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    logs.daemon("dhcpd", "x")
    logs.console("node1", b"x")
    assert len(os.listdir("/proc/self/fd")) == before + 4  # noqa: PTH208
    logs.close()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def held() -> int:
    """Return the number of open descriptors of this process."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def test_logs_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(IoError, match="file/deeper is no directory") as caught:
        Logs(tmp_path / "file" / "deeper")
    assert caught.value.code == "lab.logs"
    with pytest.raises(IoError, match="cannot be written to /proc/nothing: No such file") as caught:
        Logs(Path("/proc/nothing"))
    assert (caught.value.code, caught.value.path) == ("lab.logs", "/proc/nothing")


def test_logs_where_no_space_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line reports the error, and everything is closed."""
    real = os.open

    def full(path: str, flags: int, *rest: int, **where: int) -> int:
        return real("/dev/full", os.O_WRONLY) if path in ("console.log", "report.json") else real(path, flags, **where)

    before = held()
    logs = Logs(tmp_path)
    logs.daemon("dhcpd", "x")
    monkeypatch.setattr(os, "open", full)
    for write in (lambda: logs.console("node1", b"x"), lambda: logs.write("report.json", b"{}")):
        for _ in range(2):
            with pytest.raises(IoError, match="No space left on device") as caught:
                write()
            assert caught.value.code == "lab.logs"
    logs.close()
    assert held() == before
    assert (tmp_path / "dhcpd.log").read_text().endswith(" x\n")


def test_logs_of_many_nodes_that_are_done(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    logs.daemon("dhcpd", "x")
    before = held()
    for number in range(50):
        logs.console(f"node{number}", b"x")
        logs.line(f"node{number}", LogLine(1.0, "dhcpd", "x"))
        logs.write(f"node{number}/screen.txt", b"x")
        logs.leave(f"node{number}")
    assert held() == before
    assert {path.name for path in (tmp_path / "node1").iterdir()} == {"boot.log", "console.log", "screen.txt"}
    # One node boots again.
    logs.console("node1", b"again")
    logs.leave("nobody")
    logs.close()
    assert [path.name for path in (tmp_path / "node1").iterdir()] == ["console.log"]
    assert (tmp_path / "node1/console.log").read_text() == "again"
    assert (tmp_path / "node10/console.log").read_text() == "x"


def test_logs_that_are_closed_stay(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    logs.daemon("dhcpd", "x")
    logs.console("node1", b"x")
    assert logs.write("report.json", b"{}") == tmp_path / "report.json"
    logs.close()
    before = held()
    logs.daemon("dhcpd", "y")
    logs.console("node1", b"y")
    assert logs.write("report.json", b"[]") is None
    assert held() == before
    assert (tmp_path / "dhcpd.log").read_text().endswith(" x\n")
    assert (tmp_path / "node1/console.log").read_text() == "x"
    assert (tmp_path / "report.json").read_text() == "{}"
