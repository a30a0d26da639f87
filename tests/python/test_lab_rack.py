"""The real rack: what daemons see inside, what does not change outside, and that nothing is left of it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import pytest
from krgboot.errors import CommandError, IoError
from krgboot.lab import keys, needs
from krgboot.lab.lab import fingerprint
from krgboot.lab.rack import Rack
from lab_racks import IMAGE, TFTP, applied, lacking
from staging import EXAMPLES, below, make_root

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = ("bwrap", "nsenter", "ip", "ssh-keygen")

pytestmark = pytest.mark.skipif(bool(lacking(*PROGRAMS)), reason=lacking(*PROGRAMS))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    cluster = krgboot.load(EXAMPLES["debian"])
    tree = applied(cluster, tmp_path / "root")
    image = below(tree, IMAGE)
    (image / "etc/hostname").write_text("image\n")
    (image / "etc/one").write_text("one\n")
    (image / "etc/two").hardlink_to(image / "etc/one")
    (image / "etc/link").symlink_to("one")
    (image / "home/kept").write_text("kept\n")
    return tree


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def rack_of(root: Path) -> Rack:
    return Rack(root, [TFTP], [IMAGE])


def namespaces(pid: int | str) -> set[str]:
    """Return namespaces of a process that are not ours."""
    kinds = ("mnt", "net", "pid", "uts", "ipc")
    theirs = {str(Path(f"/proc/{pid}/ns/{kind}").readlink()) for kind in kinds}
    return theirs - {str(Path(f"/proc/self/ns/{kind}").readlink()) for kind in kinds}


def processes_in(those: set[str]) -> list[int]:
    """Return all processes in any of these namespaces."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and namespaces(process.name) & those:
                found.append(int(process.name))
        except OSError:  # it has just ended
            continue
    return found


def wait_until_gone(those: set[str]) -> None:
    deadline = time.monotonic() + 20
    while processes_in(those) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_in(those) == []


def traces_here(root: Path) -> list[str]:
    """Return mounts and interfaces of this machine that may belong to a rack."""
    mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if "lab-" in line or str(root) in line]
    return mounts + [name for name in names(Path("/sys/class/net")) if name.startswith(("lab", "tap"))]


def test_inside(root: Path) -> None:
    with rack_of(root) as rack:
        assert len(namespaces(rack.pid)) == 5
        # /etc is the boot server's, plus files of this machine for the C library.
        assert rack.run(["cat", "/etc/dhcp/dhcpd.conf"]) == below(root, "/etc/dhcp/dhcpd.conf").read_text()
        assert rack.run(["cat", "/etc/passwd"]) == Path("/etc/passwd").read_text()
        assert not rack.path("/etc/hostname").exists(), "this machine's, which is nobody's business"
        assert not rack.path("/etc/shadow").exists()
        assert rack.path("/etc/mtab").readlink() == Path("/proc/self/mounts")
        assert rack.run(["hostname"]) == "lab\n"
        assert rack.run(["cat"], text="said\n") == "said\n"
        assert rack.run(["readlink", "/proc/self/cwd"]) == "/\n", "not where this test runs"
        assert rack.run(["sh", "-c", "ls"]).split() == rack.run(["ls", "/"]).split()
        assert not rack.path("/root").exists()
        # It has its own, empty network.
        assert [line.split(":")[0].strip() for line in (rack.proc / "net/dev").read_text().splitlines()[2:]] == ["lo"]
        # The served files are readable at their real paths.
        boot_file = f"{TFTP}/pxelinux.cfg/default"
        assert rack.path(boot_file).read_bytes() == below(root, boot_file).read_bytes()
        for path in (boot_file, f"{TFTP}/new", "/usr/new", "/lab/lower/srv/nfs/debian/new"):
            with pytest.raises(CommandError, match="Read-only file system"):
                rack.run(["touch", path])
        rack.run(["sh", "-c", "echo changed >/etc/dhcp/dhcpd.conf"])
        assert rack.run(["cat", "/etc/dhcp/dhcpd.conf"]) == "changed\n"
    assert below(root, "/etc/dhcp/dhcpd.conf").read_text() != "changed\n"


def test_the_servers_own_passwd_counts(root: Path) -> None:
    below(root, "/etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nserver:x:1:1::/:/bin/false\n")
    with rack_of(root) as rack:
        assert "server:x:1" in rack.run(["cat", "/etc/passwd"])


def test_images_stay_as_they_are(root: Path) -> None:
    image = below(root, IMAGE)
    before = fingerprint(image)
    with rack_of(root) as rack:
        inside = rack.path(IMAGE)
        assert (inside / "etc/one").read_text() == "one\n"
        assert names(inside / "etc") == names(image / "etc")
        (inside / "etc/hostname").write_text("changed\n")
        (inside / "etc/new").write_text("new\n")
        os.chown(inside / "etc/one", 7, 8)
        (inside / "etc/one").chmod(0o4755)
        (inside / "etc/link").unlink()
        (inside / "home/kept").rename(inside / "home/moved")
        (inside / "tmp/hard").hardlink_to(inside / "etc/new")
        os.setxattr(inside / "etc/new", "trusted.test", b"value")
        os.mknod(inside / "dev/null", 0o020666, os.makedev(1, 3))
        os.utime(inside / "usr/sbin/sshd", (1, 1))
        # The writes are visible inside,
        assert rack.run(["cat", f"{IMAGE}/etc/hostname", f"{IMAGE}/tmp/hard"]) == "changed\nnew\n"
        state = (inside / "etc/one").stat()
        assert (state.st_mode & 0o7777, state.st_uid, state.st_gid) == (0o4755, 7, 8)
        assert not (inside / "etc/link").is_symlink()
        assert names(inside / "home") == ["moved"]
        assert (inside / "tmp/hard").stat().st_ino == (inside / "etc/new").stat().st_ino
        assert (inside / "etc/new").stat().st_nlink == 2
        assert os.getxattr(inside / "etc/new", "trusted.test") == b"value"
        assert (inside / "usr/sbin/sshd").stat().st_mtime == 1
        # Hard links of the image stay linked: index=on.
        assert (inside / "etc/two").stat().st_ino == (inside / "etc/one").stat().st_ino
        assert (inside / "etc/two").stat().st_mode & 0o7777 == 0o4755
        # and none of them is visible outside.
        assert fingerprint(image) == before
    assert fingerprint(image) == before
    with rack_of(root) as rack:
        assert rack.run(["cat", f"{IMAGE}/etc/hostname"]) == "image\n"


def test_keys(root: Path) -> None:
    image = below(root, IMAGE)
    (image / "etc/ssh").mkdir(exist_ok=True)
    (image / "etc/ssh/ssh_host_ed25519_key.pub").write_text("ssh-ed25519 AAAAC3NzaHost root@image\n")
    with rack_of(root) as rack:
        keys.make(rack, [IMAGE])
        assert rack.path("/lab/ssh/known_hosts").read_text() == "* ssh-ed25519 AAAAC3NzaHost\n"
        key = rack.path("/lab/ssh/id_ed25519")
        assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        authorized = rack.path(f"{IMAGE}/root/.ssh/authorized_keys")
        public = key.with_suffix(".pub").read_text()
        assert public.endswith(" krgboot lab\n")
        assert authorized.read_text() == public
        assert (authorized.stat().st_mode & 0o777, authorized.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not (image / "root/.ssh").exists()


def test_keys_beside_those_of_the_image(root: Path) -> None:
    authorized = below(root, IMAGE) / "root/.ssh/authorized_keys"
    authorized.parent.mkdir(parents=True)
    authorized.write_text("ssh-ed25519 AAAAC3Nzmine me@home")  # without a final newline
    with rack_of(root) as rack:
        keys.make(rack, [IMAGE])
        public = rack.path("/lab/ssh/id_ed25519.pub").read_text()
        inside = rack.path(f"{IMAGE}/root/.ssh/authorized_keys")
        assert inside.read_text() == f"ssh-ed25519 AAAAC3Nzmine me@home\n{public}"
    assert authorized.read_text() == "ssh-ed25519 AAAAC3Nzmine me@home"


def test_keys_follow_nothing_that_an_image_holds(root: Path, tmp_path: Path) -> None:
    """A symlink there may lead to the host's own files."""
    image = below(root, IMAGE)
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "authorized_keys").write_text("the host's\n")
    (victim / "ssh_host_rsa_key.pub").write_text("the hosts's secret\n")
    (image / "root/.ssh").symlink_to(victim)
    shutil.rmtree(image / "etc/ssh")
    (image / "etc/ssh").symlink_to(victim)
    with rack_of(root) as rack:
        keys.make(rack, [IMAGE])
        assert rack.path("/lab/ssh/known_hosts").read_text() == ""
    assert sorted(path.name for path in victim.iterdir()) == ["authorized_keys", "ssh_host_rsa_key.pub"]
    assert (victim / "authorized_keys").read_text() == "the host's\n"


def test_an_image_that_changes_is_noticed(root: Path) -> None:
    image = below(root, IMAGE)
    known = {fingerprint(image)}
    for change in (
        lambda: (image / "etc/hostname").write_text("image\n"),
        lambda: (image / "etc/one").chmod(0o600),
        lambda: (image / "home/kept").rename(image / "home/moved"),
        lambda: (image / "etc/link").unlink(),
        lambda: (image / "tmp/new").mkdir(),
    ):
        change()
        known.add(fingerprint(image))
    assert len(known) == 6


def test_an_image_that_changes_while_it_is_looked_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a working boot server, nodes write there."""
    image = below(root, IMAGE)
    (image / "tmp/there").mkdir()
    known = fingerprint(image)
    real = os.scandir

    @contextlib.contextmanager
    def scandir(path: str) -> Iterator[list[os.DirEntry[str]]]:
        with real(path) as entries:
            listed = list(entries)
        for entry in listed:
            if entry.name == "one":
                Path(entry.path).unlink()
        yield listed
        if (image / "tmp/there").exists():  # it was listed and is about to be entered
            (image / "tmp/there").rmdir()

    monkeypatch.setattr(os, "scandir", scandir)
    assert fingerprint(image) != known


def test_nothing_is_left(root: Path) -> None:
    before = traces_here(root)
    with rack_of(root) as rack:
        those = namespaces(rack.pid)
        rack.run(["ip", "link", "add", "lab0", "type", "bridge"])
        rack.run(["ip", "tuntap", "add", "dev", "tap0", "mode", "tap"])
        started = rack.start(["sleep", "600"])
        stubborn = rack.start(["sh", "-c", "trap '' TERM INT HUP; while :; do sleep 600; done"])
        assert len(processes_in(those)) >= 3
        assert traces_here(root) == before
    for process in (started, stubborn):
        assert process.returncode is not None
        assert process.stdout is not None
        assert process.stdout.closed
    wait_until_gone(those)
    assert traces_here(root) == before
    rack.close()  # A second close is harmless.


def test_kill(root: Path) -> None:
    with rack_of(root) as rack:
        sleeping = rack.start(["sleep", "600"])
        deadline = time.monotonic() + 10
        while not any("sleep" in part for part in commands_in(rack)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert "sleep" in commands_in(rack)
        rack.kill(sleeping)
        assert sleeping.poll() is not None
        assert "sleep" not in commands_in(rack)
        sleeping.communicate()
        ended = rack.start(["true"])
        ended.communicate()
        rack.kill(ended)


def test_kill_what_is_only_just_started(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before nsenter has its child, there is no program to kill; later the child would survive."""
    monkeypatch.setattr("krgboot.lab.rack._KILL_LIMIT", 60.0)
    late = "import subprocess, time; time.sleep(0.5); subprocess.run(['sleep', '600'])"
    with rack_of(root) as rack, subprocess.Popen([sys.executable, "-c", late]) as process:
        rack.kill(process)
        assert process.returncode == 0, "its child is gone, and so it has ended"


def held() -> set[str]:
    """Return this process's open descriptors, and its children."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {*os.listdir("/proc/self/fd"), *(f"child {child}" for child in children)}  # noqa: PTH208


@pytest.mark.parametrize("step", ["_answers", "_lay_over", "run"])
def test_interrupted_while_it_is_made(root: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = held()
    monkeypatch.setattr(Rack, step, interrupt)
    with pytest.raises(KeyboardInterrupt):
        rack_of(root)
    assert held() == before


def test_interrupted_before_bubblewraps_child_heeds_its_parents_end(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child holds our pipes and survives its parent."""
    stand_in = tmp_path / "bwrap"
    stand_in.write_text('#!/bin/bash\neval "exec $2>&-"  # --info-fd\nsleep 600 &\nwait\n')
    stand_in.chmod(0o755)
    real = needs.program
    monkeypatch.setattr(needs, "program", lambda name: str(stand_in) if name == "bwrap" else real(name))

    def interrupt(*_: object) -> None:
        time.sleep(0.5)  # the child exists by then
        raise KeyboardInterrupt

    before = held()
    monkeypatch.setattr(Rack, "_set_up", interrupt)
    with pytest.raises(KeyboardInterrupt):
        rack_of(root)
    assert held() == before


def test_no_process_to_be_had(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    before = held()
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(BlockingIOError):
        rack_of(root)
    assert held() == before


def commands_in(rack: Rack) -> list[str]:
    return rack.run(["ps", "-eo", "comm"]).split()


OWNER = """
import sys
sys.path[:0] = {path!r}
import json, os, time
from pathlib import Path
from krgboot.lab.rack import Rack
rack = Rack(Path({root!r}), [{tftp!r}], [{image!r}])
daemon = rack.start(["sh", "-c", "trap '' TERM INT HUP; sleep 601 & echo up; wait"])
daemon.stdout.readline()
print(json.dumps([rack.pid, daemon.pid]), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_its_owner_is_killed(root: Path, way: signal.Signals) -> None:
    before = traces_here(root)
    script = OWNER.format(path=sys.path, root=str(root), tftp=TFTP, image=IMAGE)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as owner:
        assert owner.stdout is not None
        pid, daemon = json.loads(owner.stdout.readline())
        those = namespaces(pid)
        assert {pid, daemon} <= set(processes_in(those))
        owner.send_signal(way)
    wait_until_gone(those)
    assert traces_here(root) == before


def test_two_side_by_side(root: Path, tmp_path: Path) -> None:
    cluster = krgboot.load(EXAMPLES["debian"])
    other = make_root(tmp_path / "other", cluster)
    krgboot.apply(cluster, other)
    below(other, "/etc/dhcp/dhcpd.conf").write_text("# the other\n")
    with rack_of(root) as one, rack_of(other) as two:
        assert not namespaces(one.pid) & namespaces(two.pid)
        assert two.run(["cat", "/etc/dhcp/dhcpd.conf"]) == "# the other\n"
        assert one.run(["cat", "/etc/dhcp/dhcpd.conf"]) != "# the other\n"
        for rack in (one, two):
            rack.run(["ip", "link", "add", "lab0", "type", "bridge"])
        one.path(f"{IMAGE}/new").touch()
        assert not two.path(f"{IMAGE}/new").exists()
        two.close()
        assert "lab0" in one.run(["ip", "link"])


def test_a_root_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(IoError, match=r"namespaces cannot be made: .*etc") as caught:
        Rack(tmp_path, [], [])
    assert caught.value.code == "lab.rack"


def test_a_program_that_fails(root: Path) -> None:
    with rack_of(root) as rack:
        with pytest.raises(CommandError, match="sh failed in the lab: no") as caught:
            rack.run(["sh", "-c", "echo yes; echo no >&2; exit 3"])
        assert (caught.value.code, caught.value.status, caught.value.output) == ("lab.command", 3, "yes\nno\n")
        with pytest.raises(CommandError):
            rack.run(["/there/is/no/such/program"])


def test_a_mount_that_fails(root: Path) -> None:
    """mount's error message ends with an indented hint."""
    with rack_of(root) as rack, pytest.raises(CommandError, match=r"^mount failed in the lab: mount: /tmp: ") as caught:
        rack.run(["mount", "-t", "overlay", "none", "-o", "lowerdir=/there/is/none", "/tmp"])
    assert "/tmp" not in caught.value.output.splitlines()[-1]


# A chroot into another mount of the same tree, such as in a container or a build.
IN_A_CHROOT = """
import sys
sys.path[:0] = {path!r}
import json
from pathlib import Path
from krgboot.lab.rack import Rack
with Rack(Path({root!r}), [], [{image!r}]) as rack:
    rack.path({image!r} + "/etc/hostname").write_text("changed\\n")
    print(json.dumps([rack.run(["ls", "/"]).split(), rack.run(["cat", {image!r} + "/etc/hostname"])]))
"""


def test_in_a_chroot(root: Path, tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    script = IN_A_CHROOT.format(path=sys.path, root=str(root), image=IMAGE)
    enter = 'mount --rbind / "$1" && exec chroot "$@"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", enter, "sh", tmp_path / "top", sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    inside, host_name = json.loads(done.stdout)
    assert "lab" in inside
    assert "root" not in inside, "this machine's"
    assert host_name == "changed\n"


# A file system without file handles (ramfs) below the image, in a new mount namespace.
ON_RAMFS = """
import sys
sys.path[:0] = {path!r}
import json, subprocess
from pathlib import Path
from krgboot.lab.rack import Rack
image = Path({root!r} + {image!r})
subprocess.run(["mount", "-t", "ramfs", "ramfs", str(image)], check=True)
(image / "etc").mkdir()
(image / "etc/hostname").write_text("image\\n")
(image / "etc/one").write_text("one\\n")
(image / "etc/two").hardlink_to(image / "etc/one")
with Rack(Path({root!r}), [], [{image!r}]) as rack:
    inside = rack.path({image!r})
    (inside / "etc/hostname").write_text("changed\\n")
    mounts = [line.split() for line in (rack.proc / "mounts").read_text().splitlines()]
    print(json.dumps({{
        "mounted": [mount[2] for mount in mounts if mount[1] == {image!r}],
        "inside": rack.run(["cat", {image!r} + "/etc/hostname"]),
        "outside": (image / "etc/hostname").read_text(),
        "together": (inside / "etc/one").stat().st_ino == (inside / "etc/two").stat().st_ino,
    }}))
"""


def test_an_image_without_file_handles_is_copied(root: Path) -> None:
    unshare = krgboot.find_program("unshare")
    assert unshare, "it is util-linux', as nsenter is"
    script = ON_RAMFS.format(path=sys.path, root=str(root), image=IMAGE)
    done = subprocess.run(
        [unshare, "--mount", sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "mounted": ["tmpfs"],
        "inside": "changed\n",
        "outside": "image\n",
        "together": True,
    }


def test_an_image_with_file_handles_is_not_copied(root: Path) -> None:
    with rack_of(root) as rack:
        mounts = [line.split() for line in (rack.proc / "mounts").read_text().splitlines()]
        assert [mount[2] for mount in mounts if mount[1] == IMAGE] == ["overlay"]
