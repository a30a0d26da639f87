"""Kill a whole apply at every system call, and make every system call fail: all is old, or all is new.

The program is tests/fault/apply_driver.cpp; test_transaction_faults.py tests kills inside one transaction in more
detail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import krgboot
import pytest
from matrix import WHOLE, part_of
from staging import EXAMPLES, make_root, tree_of

DRIVER = Path(os.environ.get("KRGBOOT_BUILD_DIR", "/nonexistent")) / "tests" / "fault" / "apply_driver"
pytestmark = [
    pytest.mark.skipif(
        not DRIVER.exists(), reason="KRGBOOT_BUILD_DIR does not name a build with tests/fault/apply_driver"
    ),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

Tree = dict[str, tuple[str, int, bytes]]

# Calls that change a file or order two changes.
CALLS = (
    *("openat", "openat2", "write", "pwrite64", "close", "renameat2", "linkat", "unlinkat", "mkdirat", "symlinkat"),
    *("fsync", "fdatasync", "syncfs", "ftruncate", "fchmod", "fchown", "copy_file_range", "flock", "ioctl"),
)
ERRORS = ("ENOSPC", "EIO", "EACCES")


class Scene:
    """A root with an earlier spec applied, and the spec to apply now: it adds, changes and removes files."""

    def __init__(self, folder: Path) -> None:
        spec = EXAMPLES["debian"].read_text()
        self.new_spec = folder / "new.yaml"
        self.new_spec.write_text(spec)
        old_spec = folder / "old.yaml"
        # A different node with its own file, which is removed; a changed command line; no pool.
        old_spec.write_text(
            re.sub(r"    pool: .*\n", "", spec).replace("mem=2G", "mem=1G")
            + "  - {name: gone, address: 10.20.0.130, append: [single]}\n"
        )
        self.root = folder / "root"
        make_root(self.root, krgboot.load(self.new_spec))
        (self.root / "etc" / "dhcp").mkdir(parents=True)
        (self.root / "etc" / "dhcp" / "dhcpd.conf").write_text("# the admin's own\nauthoritative;\n")
        krgboot.apply(krgboot.load(old_spec), self.root, check=False)
        self.old = tree_of(self.root)
        applied = self.copy(folder / "applied")
        assert self.run("apply", applied).returncode == 0
        self.new = tree_of(applied)
        assert self.old.keys() - self.new.keys(), "nothing goes"
        assert self.new.keys() - self.old.keys() or self.old != self.new

    def copy(self, place: Path) -> Path:
        return Path(shutil.copytree(self.root, place, symlinks=True))

    def run(self, action: str, root: Path, injection: str = "") -> subprocess.CompletedProcess[str]:
        tracer: list[str] = []
        if injection:
            call = injection.partition(":")[0]
            tracer = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
            tracer += ["-e", f"inject={injection}"]
        return subprocess.run(
            [*tracer, str(DRIVER), action, str(self.new_spec), str(root)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},  # LeakSanitizer does not work under ptrace
        )

    def calls(self, place: Path) -> dict[str, int]:
        """How often an apply makes each of CALLS."""
        log = place.with_suffix(".trace")
        root = self.copy(place)
        subprocess.run(
            ["strace", "-f", "-qq", "-o", str(log), str(DRIVER), "apply", str(self.new_spec), str(root)],
            check=True,
            capture_output=True,
        )
        names = re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE)
        return {call: names.count(call) for call in CALLS if call in names}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("scene"))


def difference(found: Tree, expected: Tree) -> list[str]:
    return sorted(path for path in found.keys() | expected.keys() if found.get(path) != expected.get(path))


def all_of(work: Callable[[str], str], injections: Sequence[str]) -> list[str]:
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        complaints = pool.map(work, injections)
        return [f"{i}: {complaint}" for i, complaint in zip(injections, complaints, strict=True) if complaint]


def test_killed_anywhere(scene: Scene, tmp_path: Path) -> None:
    outcomes: set[str] = set()

    def work(injection: str) -> str:
        root = scene.copy(tmp_path / injection.replace(":", "-"))
        killed = scene.run("apply", root, injection)
        if killed.returncode not in (-9, 137):
            return f"was not killed but ended with {killed.returncode} {killed.stderr}"
        following = scene.run("plan", root)
        if following.returncode != 0:
            return f"the next command said {following.stderr}"
        found = tree_of(root)
        shutil.rmtree(root)
        if found not in (scene.old, scene.new):
            return f"not old: {difference(found, scene.old)}; not new: {difference(found, scene.new)}"
        outcomes.add("old" if found == scene.old else "new")
        return ""

    counts = scene.calls(tmp_path / "counted")
    assert {"renameat2", "openat2", "write", "unlinkat", "fsync"} <= counts.keys()
    injections = [f"{call}:signal=SIGKILL:when={n}" for call, most in counts.items() for n in range(1, most + 1)]
    assert all_of(work, part_of(injections)) == []
    assert outcomes == {"old", "new"}


@pytest.mark.parametrize("error", ERRORS)
def test_every_call_may_fail(scene: Scene, tmp_path: Path, error: str) -> None:
    # A failing close, or a failing unlink of an obsolete file, may pass: then all is new.
    def work(injection: str) -> str:
        root = scene.copy(tmp_path / injection.replace(":", "-"))
        failed = scene.run("apply", root, injection)
        if failed.returncode not in (0, 1, 127):
            return f"ended with {failed.returncode} {failed.stderr}"
        if failed.returncode == 1 and (not failed.stderr.strip() or failed.stderr.startswith("internal")):
            return f"said {failed.stderr!r}"
        found = tree_of(root)
        if failed.returncode == 1 and found not in (scene.old, scene.new):
            # The next command finishes a rollback that failed.
            following = scene.run("plan", root)
            if following.returncode != 0:
                return f"the next command said {following.stderr}"
            found = tree_of(root)
        shutil.rmtree(root)
        if found not in (scene.old, scene.new):
            return f"{failed.stderr}; not old: {difference(found, scene.old)}; not new: {difference(found, scene.new)}"
        return ""

    # 127: the dynamic linker could not open a library; krgboot has not started.
    counts = scene.calls(tmp_path / "counted")
    injections = [f"{call}:error={error}:when={n}" for call, most in counts.items() for n in range(1, most + 1)]
    if not WHOLE:  # each call meets one of the errors
        injections = injections[ERRORS.index(error) :: len(ERRORS)]
    assert all_of(work, part_of(injections)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system of its own needs root")
def test_a_full_disk(scene: Scene, tmp_path: Path) -> None:
    """With a real full disk: a small file system, filled to the last block."""
    place, result = tmp_path / "small", tmp_path / "result"
    place.mkdir()
    script = """
    mount -t tmpfs -o size=2m tmpfs "$1"
    cp -a "$2/." "$1"
    dd if=/dev/zero of="$1/filler" bs=4k 2>/dev/null || true
    status=0
    "$3" apply "$4" "$1" || status=$?
    rm "$1/filler"
    cp -a "$1/." "$5"
    exit $status
    """
    result.mkdir()
    failed = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh"]
        + [str(path) for path in (place, scene.root, DRIVER, scene.new_spec, result)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert failed.returncode == 1, failed.stderr
    assert "No space left on device" in failed.stderr
    assert difference(tree_of(result), scene.old) == []
