"""Kill the transaction at every system call, and make every system call fail: all is old, or all is new.

The program is tests/fault/transaction_driver.cpp; strace kills it.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from faults import UNDER_STRACE, counted, in_parallel, injecting, was_killed
from matrix import WHOLE, part_of

BUILD_DIRECTORY = os.environ.get("KRGBOOT_BUILD_DIR", "")
DRIVER = Path(BUILD_DIRECTORY) / "tests" / "fault" / "transaction_driver"

if not BUILD_DIRECTORY:
    pytest.skip("KRGBOOT_BUILD_DIR does not name a build directory", allow_module_level=True)
if shutil.which("strace") is None:
    pytest.skip("strace is not installed", allow_module_level=True)

PAYLOAD = "reload isc-dhcp-server\nexportfs -ra\n"
KERNEL = "kernel " * 20_000

OLD = {
    "etc/exports": "old exports\n",
    "etc/exports.d/gone.exports": "old table\n",
    "etc/exports.d/foreign.exports": "somebody else's\n",
    "srv/tftp/link": "-> old",
    "srv/tftp/old/only": "the only one\n",
    "srv/tftp/kept/file": "keeps its directory\n",
    "image/vmlinuz": "-> /image/vmlinuz-6.1",
    "image/vmlinuz-6.1": KERNEL,
}
NEW = {
    "etc/exports": "new exports\n",
    "etc/exports.d/kerrighed.exports": "new table\n",
    "etc/exports.d/foreign.exports": "somebody else's\n",
    "srv/tftp/vmlinuz": "-> /srv/tftp/boot/vmlinuz",
    "srv/tftp/link": "-> new",
    "srv/tftp/pxelinux.cfg/default": "DEFAULT kerrighed\n",
    "srv/tftp/pxelinux.cfg/0A0B0C65": "DEFAULT other\n",
    "srv/tftp/boot/deep/er/vmlinuz": KERNEL,
    "srv/tftp/boot/deep/er/current": "-> vmlinuz",
    "srv/tftp/kernel": KERNEL,
    "srv/tftp/kept/file": "keeps its directory\n",
    "image/vmlinuz": "-> /image/vmlinuz-6.1",
    "image/vmlinuz-6.1": KERNEL,
}
NEW_MODES = {
    "etc/exports": 0o644,
    "etc/exports.d/kerrighed.exports": 0o640,
    "srv/tftp/kernel": 0o604,
    "srv/tftp/boot": 0o755,
    "srv/tftp/boot/deep/er": 0o700,
    "srv/tftp/pxelinux.cfg/default": 0o644,
}


class Entry(NamedTuple):
    """Return the properties that must not change of a file that stays or is restored."""

    content: str
    mode: int
    inode: int
    mtime_ns: int
    attributes: tuple[tuple[str, bytes], ...]


class Tree:
    """A root with the old files, and a record of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name, content in OLD.items():
            file = path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if content.startswith("-> "):
                file.symlink_to(content[3:])
            else:
                file.write_text(content)
        (path / "etc/exports").chmod(0o600)
        os.setxattr(path / "etc/exports", "user.note", b"keep")
        self.old = self.files()
        self.old_directories = self.directories()

    def names(self) -> Iterator[tuple[str, os.stat_result]]:
        for file in sorted(self.path.rglob("*")):
            yield str(file.relative_to(self.path)), file.lstat()

    def files(self) -> dict[str, Entry]:
        result = {}
        for name, status in self.names():
            if stat.S_ISDIR(status.st_mode):
                continue
            file = self.path / name
            content = f"-> {file.readlink()}" if file.is_symlink() else file.read_text()
            attributes = tuple(
                (attribute, os.getxattr(file, attribute, follow_symlinks=False))
                for attribute in os.listxattr(file, follow_symlinks=False)
                if attribute == "user.note"
            )
            result[name] = Entry(content, stat.S_IMODE(status.st_mode), status.st_ino, status.st_mtime_ns, attributes)
        result.pop("var/lib/krgboot/lock", None)
        return result

    def directories(self) -> set[str]:
        return {name for name, status in self.names() if stat.S_ISDIR(status.st_mode)} - {
            "var",
            "var/lib",
            "var/lib/krgboot",
        }

    def fault(self) -> str:
        """Empty if all is old or all is new, without leftovers; else the fault."""
        files, directories = self.files(), self.directories()
        if files == self.old:
            return "" if directories == self.old_directories else f"directories {directories ^ self.old_directories}"
        contents = {name: entry.content for name, entry in files.items()}
        if contents != NEW:
            return f"neither old nor new: {sorted(contents)}"
        expected = {str(parent) for name in NEW for parent in Path(name).parents} - {"."}
        if directories != expected:
            return f"directories {directories ^ expected}"
        for name, mode in NEW_MODES.items():
            if stat.S_IMODE((self.path / name).stat().st_mode) != mode:
                return f"mode of {name}"
        if files["etc/exports"].attributes != self.old["etc/exports"].attributes:
            return "the attribute of etc/exports is gone"
        for name in ("etc/exports.d/foreign.exports", "srv/tftp/kept/file", "image/vmlinuz-6.1"):
            if files[name] != self.old[name]:
                return f"{name} was touched"
        return ""

    def is_old(self) -> bool:
        return self.files() == self.old

    def has_journal(self) -> bool:
        return (self.path / "var/lib/krgboot/journal").exists()


class Fault(NamedTuple):
    """An strace action for one system call."""

    call: str
    when: str  # "3": the third one; "3+": from the third one on
    action: str  # "signal=SIGKILL" or "error=EIO"

    def option(self) -> str:
        return f"inject={self.call}:{self.action}:when={self.when}"


def run(action: str, root: Path, faults: Iterable[Fault | str] = ()) -> subprocess.CompletedProcess[str]:
    options = [fault if isinstance(fault, str) else fault.option() for fault in faults]
    tracer = injecting(*options) if options else []
    command = [*tracer, str(DRIVER), action, str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=UNDER_STRACE)


def calls_of(action: str, root: Path, faults: Iterable[str] = ()) -> dict[str, int]:
    """How often the driver makes each file system call."""
    log = root.parent / f"{root.name}.trace"
    tracer = ["strace", "-f", "-qq", "-o", str(log)]
    for fault in faults:
        tracer += ["-e", fault]
    subprocess.run([*tracer, str(DRIVER), action, str(root)], check=True, capture_output=True)
    return counted(log)


CHANGING_CALLS = {
    *("openat", "openat2", "write", "pwrite64", "rename", "renameat", "renameat2", "fsync", "fdatasync", "syncfs"),
    *(
        "unlink",
        "unlinkat",
        "mkdir",
        "mkdirat",
        "close",
        "ftruncate",
        "fchmod",
        "linkat",
        "symlinkat",
        "copy_file_range",
    ),
}
NO_EXCHANGE = "inject=renameat2:error=EINVAL"
NO_LINKS = "inject=linkat:error=EPERM"


class Scene(NamedTuple):
    action: str
    also: tuple[str, ...]


SCENES = {
    "apply": Scene("apply", ()),
    "roll_back": Scene("roll_back", ()),
    "apply without RENAME_EXCHANGE": Scene("apply", (NO_EXCHANGE,)),
    "roll_back without RENAME_EXCHANGE": Scene("roll_back", (NO_EXCHANGE,)),
    "apply without RENAME_EXCHANGE and hard links": Scene("apply", (NO_EXCHANGE, NO_LINKS)),
    "roll_back without RENAME_EXCHANGE and hard links": Scene("roll_back", (NO_EXCHANGE, NO_LINKS)),
}


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    return SCENES[request.param]


def counts_for(scene: Scene, tmp_path: Path) -> dict[str, int]:
    """Return the calls that may fail, in addition to those that the scene always allows."""
    taken = {option.split("=")[1].split(":")[0] for option in scene.also}
    tree = Tree(tmp_path / "counted")
    counts = calls_of(scene.action, tree.path, scene.also)
    assert tree.fault() == ""
    assert not tree.has_journal()
    assert {"renameat2", "unlinkat", "mkdirat", "openat", "write", "pwrite64", "fsync", "syncfs"} <= counts.keys()
    return {call: number for call, number in counts.items() if call not in taken}


def recovered(tree: Tree, faults: Iterable[Fault | str] = ()) -> str:
    """Let the next command recover; return the remaining fault."""
    result = run("recover", tree.path, faults)
    if result.returncode != 0:
        return f"recover said {result.stderr}"
    outcome, _, payload = result.stdout.partition("\n")
    if fault := tree.fault():
        return f"after {outcome}: {fault}"
    if tree.has_journal():
        return f"after {outcome}: the journal is still there"
    wanted = {"nothing quiet": "", "undone quiet": PAYLOAD, "undone action": PAYLOAD, "completed action": PAYLOAD}
    wanted["completed quiet"] = PAYLOAD
    if payload != wanted.get(outcome, "?"):
        return f"{outcome} with payload {payload!r}"
    if outcome.startswith("undone") and not tree.is_old():
        return f"{outcome}, but new"
    if outcome.startswith("completed") and tree.is_old():
        return f"{outcome}, but old"
    again = run("recover", tree.path)
    return "" if again.stdout == "nothing quiet\n" else f"a second recover said {again.stdout}{again.stderr}"


def test_the_driver_does_what_the_tests_think(tmp_path: Path) -> None:
    tree = Tree(tmp_path / "applied")
    assert run("apply", tree.path).returncode == 0
    assert tree.fault() == ""
    assert not tree.is_old()
    tree = Tree(tmp_path / "rolled-back")
    assert run("roll_back", tree.path).returncode == 0
    assert tree.is_old()
    assert tree.fault() == ""


def test_the_check_sees_every_kind_of_damage(tmp_path: Path) -> None:
    def damaged(name: str, damage: Callable[[Path], object]) -> str:
        tree = Tree(tmp_path / name)
        damage(tree.path)
        return tree.fault()

    def replaced(root: Path) -> None:
        shutil.copy2(root / "etc/exports", root / "etc/copy")
        (root / "etc/copy").rename(root / "etc/exports")

    assert damaged("missing", lambda root: (root / "etc/exports").unlink())
    assert damaged("other inode", replaced)
    assert damaged("other time", lambda root: os.utime(root / "etc/exports", (1, 1)))
    assert damaged("other mode", lambda root: (root / "etc/exports").chmod(0o644))
    assert damaged("stray file", lambda root: (root / "etc/.krgboot.x").write_text(""))
    assert damaged("stray directory", lambda root: (root / "etc/.krgboot.x").mkdir())
    assert damaged("half", lambda root: (root / "etc/exports").write_text(NEW["etc/exports"]))


@pytest.mark.parametrize("scene", SCENES, indirect=True)
def test_killed_at_every_system_call(scene: Scene, tmp_path: Path) -> None:
    counts = counts_for(scene, tmp_path)

    def work(place: Path, fault: Fault) -> str:
        tree = Tree(place)
        if not was_killed(run(scene.action, tree.path, (*scene.also, fault))):
            return "was not killed"
        return recovered(tree, scene.also)

    faults = [Fault(call, str(n), "signal=SIGKILL") for call in counts for n in range(1, counts[call] + 1)]
    assert in_parallel(work, part_of(faults), tmp_path) == []

    # With the kill one call after the last, the transaction completes.
    tree = Tree(tmp_path / "through")
    beyond = Fault("unlinkat", str(counts["unlinkat"] + 1), "signal=SIGKILL")
    assert run(scene.action, tree.path, (*scene.also, beyond)).returncode == 0
    assert tree.fault() == ""
    assert not tree.has_journal()


@pytest.mark.parametrize("scene", ["apply", "roll_back", "roll_back without RENAME_EXCHANGE"], indirect=True)
def test_recovery_killed_at_every_system_call_too(scene: Scene, tmp_path: Path) -> None:
    counts = counts_for(scene, tmp_path)
    second_calls = sorted(CHANGING_CALLS - {"openat", "openat2", "close"} - ({"renameat2"} if scene.also else set()))
    killed = []

    def work(place: Path, first: Fault) -> str:
        for call in second_calls:
            for n in count(1):
                # Make it new each time: a copy has other inodes than the journal.
                tree = Tree(place)
                run(scene.action, place, (*scene.also, first))
                second = Fault(call, str(n), "signal=SIGKILL")
                if not was_killed(run("recover", place, (*scene.also, second))):
                    break
                killed.append(second)
                if complaint := recovered(tree, scene.also):
                    return f"{second}: {complaint}"
                shutil.rmtree(place)
            shutil.rmtree(place)
        place.mkdir()
        return ""

    # A sample of the first kills: every fifth of those between two changes.
    faults = [
        Fault(call, str(n), "signal=SIGKILL")
        for call in ("pwrite64", "renameat2", "renameat", "linkat", "unlinkat", "fsync", "fdatasync", "symlinkat")
        for n in range(1, counts.get(call, 0) + 1)
    ][::5]
    assert len(faults) > 5
    assert in_parallel(work, part_of(faults), tmp_path) == []
    assert len(killed) > (100 if WHOLE else 25)


@pytest.mark.parametrize(
    ("scene", "error"),
    [
        ("apply", "ENOSPC"),
        ("apply", "EIO"),
        ("apply", "EACCES"),
        ("roll_back", "ENOSPC"),
        ("apply without RENAME_EXCHANGE", "EIO"),
        ("roll_back without RENAME_EXCHANGE", "EACCES"),
    ],
    indirect=["scene"],
)
def test_an_error_of_any_system_call_leaves_the_old_state(scene: Scene, error: str, tmp_path: Path) -> None:
    counts = counts_for(scene, tmp_path)
    refused = []
    left = []

    def work(place: Path, fault: Fault) -> str:
        tree = Tree(place)
        result = run(scene.action, tree.path, (*scene.also, fault))
        if result.returncode == 0:
            # The failure of this call is harmless: all changes must have been made.
            return tree.fault() or ("the journal is left" if tree.has_journal() else "")
        if result.returncode == 127 and "error while loading shared libraries" in result.stderr:
            return "" if tree.is_old() else "changed by the dynamic linker?"
        message = re.fullmatch(r"transaction_driver: (cannot [^\n]+)\n", result.stderr)
        if not message or result.stdout:
            return f"exit {result.returncode}, said {result.stderr!r}"
        # After the commit, and only then, the next command may have to complete the work.
        in_place = "all files are in place" in message[1]
        going_back = "putting the old files back" in message[1]
        if in_place or going_back:
            if going_back and scene.action != "roll_back":
                return f"rolled back? {message[1]}"
            left.append(fault)
            return recovered(tree)
        refused.append(fault)
        if result.returncode != 1:
            return f"exit {result.returncode}"
        if tree.has_journal():
            return f"the journal is left after {message[1]}"
        return tree.fault() or ("" if tree.is_old() else f"it is new, after {message[1]}")

    faults = [Fault(call, str(n), f"error={error}") for call in counts for n in range(1, counts[call] + 1)]
    assert in_parallel(work, part_of(faults), tmp_path) == []
    assert len(refused) > (80 if WHOLE else 20)
    assert len(left) > (5 if WHOLE else 1)


@pytest.mark.parametrize(
    ("scene", "error"),
    [("apply", "ENOSPC"), ("apply", "EROFS"), ("roll_back", "EIO"), ("roll_back without RENAME_EXCHANGE", "EIO")],
    indirect=["scene"],
)
def test_an_error_that_stays_loses_nothing(scene: Scene, error: str, tmp_path: Path) -> None:
    counts = counts_for(scene, tmp_path)

    def work(place: Path, fault: Fault) -> str:
        tree = Tree(place)
        result = run(scene.action, tree.path, (*scene.also, fault))
        if result.returncode not in (0, 1, 3, 127):
            return f"exit {result.returncode}, said {result.stderr!r}"
        return recovered(tree)

    faults = [
        Fault(call, f"{n}+", f"error={error}")
        for call in sorted(CHANGING_CALLS & counts.keys())
        for n in range(1, counts[call] + 1)
    ]
    assert in_parallel(work, part_of(faults), tmp_path) == []


def test_a_recovery_that_fails_can_be_repeated(tmp_path: Path) -> None:
    def work(place: Path, first: Fault) -> str:
        for call in ("renameat2", "unlinkat", "fsync", "fdatasync", "pwrite64", "openat", "openat2"):
            for n in count(1):
                tree = Tree(place)
                run("apply", tree.path, (first,))
                result = run("recover", tree.path, (Fault(call, str(n), "error=EIO"),))
                if complaint := recovered(tree):
                    return f"{call} {n}: {complaint}"
                shutil.rmtree(place)
                if result.returncode == 0:
                    break
        place.mkdir()
        return ""

    faults = [
        Fault(call, str(n), "signal=SIGKILL")
        for call, n in (("renameat2", 3), ("renameat2", 8), ("fsync", 1), ("fsync", 4), ("unlinkat", 5))
    ]
    assert in_parallel(work, faults, tmp_path) == []
