"""Render and apply for both example clusters, compared with approved trees.

tests/approve updates them; then `git diff tests/golden` shows what changed.
"""

from __future__ import annotations

from pathlib import Path

import krgboot
import pytest
from staging import EXAMPLES, GOLDENS, below, held_against, krgbootctl, make_root, tree_of

GOLDEN = GOLDENS / "clusters"
MACHINES = {"debian": ["10.20.0.150"], "kerrighed-lenny": ["192.168.0.150"]}
BINARY = ("pxelinux.0", "ldlinux.c32", "vmlinuz", "initrd.img")


@pytest.fixture(params=sorted(EXAMPLES))
def applied(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, krgboot.Cluster, Path]:
    name: str = request.param
    cluster = krgboot.load(EXAMPLES[name])
    root = make_root(tmp_path, cluster)
    report = krgboot.apply(cluster, root, kerrighed_at_once=True)
    # The daemons' own checks too, not only krgboot's.
    assert {check.daemon: check.ran for check in report.checks} == {"dhcpd": True, "exportfs": True}, [
        check.detail for check in report.checks
    ]
    return name, cluster, root


def test_tree(applied: tuple[str, krgboot.Cluster, Path]) -> None:
    name, cluster, root = applied
    written = {
        str(item.path) for item in cluster.render().items if isinstance(item, krgboot.WriteFile | krgboot.EditFile)
    }
    files = {path.lstrip("/"): below(root, path).read_bytes() for path in written}
    held_against(GOLDEN / name / "tree", files)
    for path, (kind, mode, content) in tree_of(root).items():
        assert mode & 0o002 == 0, f"{path} is world-writable"
        assert ".krgboot." not in path, f"{path} is left over"
        if kind == "file" and path.startswith("/srv/tftp"):
            assert mode & 0o004, f"{path} cannot be served by TFTP"
            if Path(path).name.startswith(BINARY):
                assert content, f"{path} is empty"


def test_traces_of_every_node(applied: tuple[str, krgboot.Cluster, Path]) -> None:
    name, cluster, root = applied
    machines = [str(node.name) for node in cluster.nodes] + MACHINES[name]
    traces = krgboot.trace_all(cluster, machines, root)
    held_against(GOLDEN / name / "trace", {f"{trace.machine.name}.txt": str(trace).encode() for trace in traces})
    assert all(trace.boots for trace in traces)


def test_a_second_apply_changes_nothing(applied: tuple[str, krgboot.Cluster, Path]) -> None:
    _, cluster, root = applied
    before = {path: path.lstat() for path in root.rglob("*")}
    report = krgboot.apply(cluster, root)
    assert len(report.changes) == 0
    assert krgboot.verify(cluster, root).clean
    after = {path: path.lstat() for path in root.rglob("*")}
    assert before.keys() == after.keys()
    for path, status in before.items():
        assert (status.st_ino, status.st_mtime_ns, status.st_ctime_ns) == (
            after[path].st_ino,
            after[path].st_mtime_ns,
            after[path].st_ctime_ns,
        ), path


def test_the_same_through_the_command(applied: tuple[str, krgboot.Cluster, Path], tmp_path: Path) -> None:
    name, _, root = applied
    spec = EXAMPLES[name]
    assert "nothing to change" in krgbootctl("plan", spec, "--root", root).stdout
    assert "everything is as the spec says" in krgbootctl("verify", spec, "--root", root).stdout
    assert "would not boot" not in krgbootctl("trace", spec, "--root", root).stdout
