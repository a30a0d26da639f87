"""Kill archive, restore and clone at system calls of every kind, and make calls fail: the target is the complete old or
new one, and the next run removes all leftovers.

The program is tests/fault/image_driver.cpp.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from faults import UNDER_STRACE, counted, in_parallel, injecting, was_killed

DRIVER = Path(os.environ.get("KRGBOOT_BUILD_DIR", "/nonexistent")) / "tests" / "fault" / "image_driver"
pytestmark = [
    pytest.mark.skipif(
        not DRIVER.exists(), reason="KRGBOOT_BUILD_DIR does not name a build with tests/fault/image_driver"
    ),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

# Name -> stat(2) data, content and attributes.
View = dict[str, tuple[object, ...]]


def view_of(place: Path) -> View:
    """Return all files below `place`, read without krgboot."""
    seen: View = {}
    for folder, directories, files in os.walk(place):
        for path in (Path(folder, name) for name in directories + files):
            status = path.lstat()
            content = ""
            if stat.S_ISLNK(status.st_mode):
                content = str(path.readlink())
            elif stat.S_ISREG(status.st_mode):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            attributes = {name: os.getxattr(path, name, follow_symlinks=False) for name in attributes_at(path)}
            links = 1 if stat.S_ISDIR(status.st_mode) else status.st_nlink
            seen[str(path.relative_to(place))] = (
                *(status.st_mode, status.st_uid, status.st_gid, status.st_mtime_ns, links),
                *(content, tuple(sorted(attributes.items()))),
            )
    return seen


def attributes_at(path: Path) -> list[str]:
    return [name for name in os.listxattr(path, follow_symlinks=False) if not name.startswith("security.selinux")]


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def make_tree(tree: Path) -> Path:
    """Make a file of every kind, and enough data that writing it takes several calls."""
    for name in ("boot", "etc/apt", "empty", "usr/bin"):
        (tree / name).mkdir(parents=True)
    for n in range(6):
        (tree / "etc" / f"file{n}").write_text(f"content {n}\n" * 50)
    (tree / "boot" / "initrd").write_bytes(noise(2_500_000))
    (tree / "usr" / "bin" / "program").write_bytes(noise(300_000))
    (tree / "usr" / "bin" / "program").chmod(0o4755)
    (tree / "usr" / "bin" / "alias").hardlink_to(tree / "usr" / "bin" / "program")
    (tree / "sbin").symlink_to("usr/bin")
    with (tree / "sparse").open("wb") as file:
        file.truncate(1 << 20)
        file.seek(300_000)
        file.write(b"in the middle")
    os.mkfifo(tree / "fifo")
    os.setxattr(tree / "etc" / "file1", "user.note", b"\0\xff")
    if os.geteuid() == 0:
        os.mknod(tree / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.chown(tree / "etc" / "file2", 12, 34)
    os.utime(tree / "etc", ns=(5, 1_000_000_007))
    os.utime(tree, ns=(5, 2_000_000_009))
    return tree


class Scene(NamedTuple):
    """One action, and a place with an old result that it replaces."""

    action: str
    source: Path
    place: Path
    old: View
    new: View
    counts: dict[str, int]

    def command(self, place: Path) -> list[str]:
        to = place / "a.tar.zst" if self.action == "archive" else place
        return [str(DRIVER), self.action, str(self.source), str(to)]

    def run(self, place: Path, *faults: str) -> subprocess.CompletedProcess[str]:
        tracer = injecting(*faults) if faults else []
        return subprocess.run(
            [*tracer, *self.command(place)], capture_output=True, text=True, check=False, timeout=60, env=UNDER_STRACE
        )

    def copy(self, place: Path) -> Path:
        subprocess.run(["cp", "-a", self.place, place], check=True)
        return place

    def state(self, place: Path) -> str:
        """The visible result, without krgboot's temporary names."""
        seen = {name: what for name, what in view_of(place).items() if not name.startswith(".krgboot.image.")}
        if seen == self.old:
            return "old"
        if self.action == "archive":
            # Each is complete by itself, but an archive never has the manifest of the other.
            seen = {name: what[-2:] for name, what in seen.items()}
            for name, view in (("old", self.old), ("new", self.new)):
                files = {path: what[-2:] for path, what in view.items()}
                if seen == files:
                    return name
                if seen == {"a.tar.zst": files["a.tar.zst"]}:
                    return f"{name} without manifest"
        elif seen == self.new:
            return "new"
        difference = [path for path in seen.keys() | self.new.keys() if seen.get(path) != self.new.get(path)]
        return f"neither old nor new but {sorted(difference)}"

    def repaired(self, place: Path) -> str:
        """Empty if the next run makes everything new and cleans up; else the fault."""
        following = self.run(place)
        if following.returncode != 0:
            return f"the next run said {following.stderr}"
        if self.state(place) != "new":
            return f"after the next run {self.state(place)}"
        left = leftovers(place)
        return f"left over after the next run: {left}" if left else ""


def leftovers(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.name.startswith(".krgboot"))


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on a file system where sync is fast and attributes work, if there is one."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path_factory.mktemp("disk")
        return
    folder = Path(tempfile.mkdtemp(prefix="krgboot-test.", dir="/dev/shm"))
    try:
        os.setxattr(folder, "user.test", b"")  # since Linux 6.6
        yield folder
    except OSError:
        yield tmp_path_factory.mktemp("disk")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def room(memory: Path) -> Iterator[Path]:
    """A folder for one test."""
    folder = Path(tempfile.mkdtemp(dir=memory))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=["archive", "restore", "clone"])
def scene(request: pytest.FixtureRequest, memory: Path) -> Scene:
    action: str = request.param
    folder = memory / action
    folder.mkdir()
    source = make_tree(folder / "tree")
    place = folder / "place"
    old = place / "target"
    (old / "etc").mkdir(parents=True)
    (old / "etc" / "old").write_text("old\n")
    (old / "link").symlink_to("etc")
    if action == "archive":
        subprocess.run([DRIVER, "archive", old, place / "a.tar.zst"], check=True)
        shutil.rmtree(old)
    if action == "restore":
        subprocess.run([DRIVER, "archive", source, folder / "a.tar.zst"], check=True)
        source = folder / "a.tar.zst"
    made = Path(shutil.copytree(place, folder / "made", symlinks=True))
    log = folder / "log"
    scene = Scene(action, source, place, view_of(place), {}, {})
    subprocess.run(["strace", "-f", "-qq", "-o", log, *scene.command(made)], check=True)
    assert leftovers(made) == []
    return scene._replace(new=view_of(made), counts=counted(log, also={"pread64"}))


def spread(most: int) -> list[int]:
    """The call numbers to test: all if there are few; else the first, the last and some between."""
    if most <= 6:
        return list(range(1, most + 1))
    return sorted({1, 2, most - 1, most, *(1 + (most - 1) * part // 4 for part in range(1, 4))})


def test_the_action_does_what_the_tests_think(scene: Scene, room: Path) -> None:
    assert scene.old != scene.new
    place = scene.copy(room / "place")
    assert scene.state(place) == "old"
    assert scene.repaired(place) == ""
    if scene.action != "archive":
        assert len(scene.new) > 15
        (place / "target" / "etc" / "file1").chmod(0o600)
        assert scene.state(place) == "neither old nor new but ['target/etc/file1']"
    wanted = {
        "archive": {"write", "pread64", "fsync"},
        "restore": {"pwrite64", "mkdirat", "symlinkat", "linkat", "unlinkat", "syncfs", "utimensat"},
        "clone": {"pwrite64", "mkdirat", "symlinkat", "linkat", "unlinkat", "syncfs", "fsetxattr"},
    }
    assert wanted[scene.action] | {"openat", "openat2", "renameat2", "flock", "read"} <= scene.counts.keys()


def test_killed_anywhere(scene: Scene, room: Path) -> None:
    outcomes: dict[str, int] = {}

    def work(place: Path, fault: str) -> str:
        killed = scene.run(scene.copy(place), fault)
        if not was_killed(killed):
            # The threads distributed the calls differently than in the counting run.
            outcomes["missed"] = outcomes.get("missed", 0) + 1
            return "" if killed.returncode == 0 else f"ended with {killed.returncode} {killed.stderr}"
        state = scene.state(place)
        if state.startswith("neither"):
            return state
        outcomes[state] = outcomes.get(state, 0) + 1
        return scene.repaired(place)

    faults = [f"inject={call}:signal=SIGKILL:when={n}" for call, most in scene.counts.items() for n in spread(most)]
    assert in_parallel(work, faults, room) == []
    assert outcomes["old"] > 30
    assert outcomes.get("new", 0) > 0
    assert outcomes.get("missed", 0) * 10 < len(faults)


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_every_call_may_fail(scene: Scene, room: Path, error: str) -> None:
    refused: list[str] = []

    def work(place: Path, fault: str) -> str:
        failed = scene.run(scene.copy(place), fault)
        if failed.returncode == 127:
            return ""  # the dynamic linker could not open a library; krgboot has not started
        state = scene.state(place)
        if failed.returncode == 0:
            # The failure of this call is harmless, or no thread made it.
            return "" if state == "new" and not leftovers(place) else f"passed, but {state}, {leftovers(place)}"
        if failed.returncode != 1:
            return f"ended with {failed.returncode} {failed.stderr}"
        refused.append(fault)
        if len(failed.stderr.splitlines()) != 1 or "/" not in failed.stderr or failed.stderr.startswith("internal"):
            return f"said {failed.stderr!r}"
        # A tree that could not be removed or read stays for the next run; the new one has replaced it by then.
        stays = any(f"inject={call}:" in fault for call in ("unlinkat", "getdents64", "fsync", "openat"))
        if state == "old" and leftovers(place) and not stays:
            return f"left {leftovers(place)} after {failed.stderr}"
        if state not in ("old", "new") and state != "new without manifest":
            return f"{state} after {failed.stderr}"
        return scene.repaired(place)

    faults = [f"inject={call}:error={error}:when={n}" for call, most in scene.counts.items() for n in spread(most)]
    assert in_parallel(work, faults, room) == []
    assert len(refused) > 30


@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED: a small file system of its own needs root")
def test_a_full_disk(scene: Scene, room: Path) -> None:
    """With a real full disk: a file system that is too small for the result."""
    place = room / "small"
    place.mkdir()
    script = """
    mount -t tmpfs -o size=2m tmpfs "$1"
    cp -a "$2/." "$1"
    before=$(df --output=used "$1")
    status=0
    shift 2
    "$@" || status=$?
    [ "$(df --output=used "$0")" = "$before" ] || echo "something stays on the disk" >&2
    exec tar -C "$0" -cf - .
    """
    command: list[str | Path] = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script]
    failed = subprocess.run(
        [*command, place, place, scene.place, *scene.command(place)],
        capture_output=True,
        check=False,
    )
    assert failed.returncode == 0, failed.stderr
    message = failed.stderr.decode()
    assert len(message.splitlines()) == 1
    assert message.startswith("io.write: cannot write " if scene.action != "clone" else "io.")
    assert "No space left on device" in message
    assert f"{place}/a.tar.zst" in message if scene.action == "archive" else f"{place}/target/boot/initrd" in message
    back = room / "back"
    back.mkdir()
    subprocess.run(["tar", "-C", back, "-xpf", "-"], input=failed.stdout, check=True)
    assert leftovers(back) == []
    assert {name: what[-2] for name, what in view_of(back).items()} == {
        name: what[-2] for name, what in scene.old.items()
    }
