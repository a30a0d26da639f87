"""Concurrent applies and edits."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import krgboot
import pytest
from staging import EXAMPLES, make_root, tree_of

SPEC = EXAMPLES["debian"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_root(tmp_path, krgboot.load(SPEC))


def test_eight_applies_at_once(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each process applies its own spec: one after the other, without failures; the last one's files are complete."""
    folder = tmp_path_factory.mktemp("specs")
    specs = []
    for number in range(8):
        spec = folder / f"{number}.yaml"
        spec.write_text(SPEC.read_text().replace("mem=2G", f"mem={number + 1}G"))
        specs.append(spec)

    def apply(spec: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "krgboot", "apply", str(spec), "--root", str(root), "--no-check"],
            capture_output=True,
            text=True,
            check=False,
        )

    with ThreadPoolExecutor(max_workers=8) as pool:
        results = list(pool.map(apply, specs))
    assert [result.returncode for result in results] == [0] * 8, [result.stderr for result in results]
    assert sum(krgboot.verify(krgboot.load(spec), root).clean for spec in specs) == 1
    assert not [path for path in tree_of(root) if ".krgboot." in path or path.endswith("/journal")]


def test_eight_additions_to_one_table(root: Path) -> None:
    """No edit is lost, although all change the same file."""
    (root / "etc").mkdir()

    def add(number: int) -> None:
        krgboot.edit_exports_table(
            lambda table: table.add(f"/srv/data{number}", "10.0.0.0/8", "ro,no_subtree_check"), "/etc/exports", root
        )

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(add, range(8)))
    entries = krgboot.read_exports_table("/etc/exports", root).list()
    assert sorted(entry.path for entry in entries) == [f"/srv/data{number}" for number in range(8)]


def test_a_stale_plan_is_refused(root: Path) -> None:
    cluster = krgboot.load(SPEC)
    plan = krgboot.plan(cluster, root)
    krgboot.apply(cluster, root, check=False)
    with pytest.raises(krgboot.ConflictError) as info:
        krgboot.apply(plan, check=False)
    assert info.value.code == "plan.stale"


def test_a_plan_is_stale_when_a_foreign_hand_was_there(root: Path) -> None:
    cluster = krgboot.load(SPEC)
    conf = root / "etc" / "dhcp" / "dhcpd.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("# mine\n")
    plan = krgboot.plan(cluster, root)
    conf.write_text("# mine, and changed\n")
    before = tree_of(root)
    with pytest.raises(krgboot.ConflictError) as info:
        krgboot.apply(plan, check=False)
    assert info.value.subject == "/etc/dhcp/dhcpd.conf"
    after = tree_of(root)
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} <= {
        "/var",
        "/var/lib",
        "/var/lib/krgboot",
    }


def test_waiting_for_the_lock_ends(root: Path) -> None:
    """If another process keeps the lock: one readable error."""
    (root / "etc").mkdir()
    cluster = krgboot.load(SPEC)
    code = """
import sys, krgboot
def edit(table):
    print("held", flush=True)
    sys.stdin.readline()
krgboot.edit_exports_table(edit, "/etc/exports", sys.argv[1])
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(krgboot.ConflictError) as info:
            krgboot.apply(cluster, root, check=False, lock_timeout=0.3)
        assert info.value.code == "lock.busy"
        holder.communicate("\n")


def test_cancelled_by_the_callback(root: Path) -> None:
    cluster = krgboot.load(SPEC)
    krgboot.plan(cluster, root)
    before = tree_of(root)

    class StopError(Exception):
        pass

    def progress(done: int, total: int, what: str) -> None:
        raise StopError(what)

    with pytest.raises(StopError):
        krgboot.apply(cluster, root, check=False, progress=progress)
    after = tree_of(root)
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} <= {
        "/var",
        "/var/lib",
        "/var/lib/krgboot",
    }
