"""Functions for other programs: dry runs, one transaction for an exports table, plans and removal of images."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import krgboot
import pytest
from krgboot.exports import edit_exports_table
from krgboot.image import configure_image, plan_image, remove_image
from krgboot.planning import apply
from staging import EXAMPLES, in_own_mounts, krgbootctl, make_root, needs, needs_root, tree_of

DEBIAN = EXAMPLES["debian"]


@pytest.fixture
def cluster() -> krgboot.Cluster:
    return krgboot.load(DEBIAN)


@pytest.fixture
def root(tmp_path: Path, cluster: krgboot.Cluster) -> Path:
    return make_root(tmp_path, cluster)


def without_state(tree: dict[str, tuple[str, int, bytes]]) -> dict[str, tuple[str, int, bytes]]:
    """Return all files except the directory of krgboot's lock and its parents."""
    return {path: what for path, what in tree.items() if path not in {"/var", "/var/lib", "/var/lib/krgboot"}}


# Dry runs of apply.


def test_a_dry_run_checks_and_writes_nothing(cluster: krgboot.Cluster, root: Path) -> None:
    before = without_state(tree_of(root))
    report = apply(cluster, root, dry_run=True)
    assert report.dry_run
    assert report
    assert report.stopped_by == []
    assert {check.daemon for check in report.checks} == {"dhcpd", "exportfs"}
    assert without_state(tree_of(root)) == before
    done = apply(cluster, root)
    assert [str(change) for change in done.changes] == [str(change) for change in report.changes]
    assert not done.dry_run
    again = apply(cluster, root, dry_run=True)
    assert len(again.changes) == 0


def test_a_dry_run_of_a_plan(cluster: krgboot.Cluster, root: Path) -> None:
    plan = krgboot.plan(cluster, root)
    before = without_state(tree_of(root))
    assert apply(plan, dry_run=True).stopped_by == []
    assert without_state(tree_of(root)) == before
    conf = root / cluster.config_file(krgboot.planning.ServiceKind.dhcp).lstrip("/")
    conf.parent.mkdir(parents=True)
    conf.write_text("# somebody else was faster\n")
    stopped = apply(plan, dry_run=True)
    assert not stopped
    assert [finding.code for finding in stopped.stopped_by] == ["plan.stale"]


def test_a_dry_run_tells_all_that_is_in_the_way(cluster: krgboot.Cluster, tmp_path: Path) -> None:
    report = apply(cluster, tmp_path, dry_run=True)
    codes = {finding.code for finding in report.stopped_by}
    assert {"image.missing", "loader.missing"} <= codes
    with pytest.raises(krgboot.ConflictError) as caught:
        apply(cluster, tmp_path)
    assert caught.value.code in codes
    assert apply(cluster, tmp_path, dry_run=True, allow_missing=True).stopped_by == []
    assert not (tmp_path / "srv").exists()


@needs("dhcpd")
def test_a_dry_run_tells_what_dhcpd_says(cluster: krgboot.Cluster, root: Path) -> None:
    conf = root / "etc" / "dhcp" / "dhcpd.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text("this is no configuration;\n")
    report = apply(cluster, root, dry_run=True)
    assert [finding.code for finding in report.stopped_by] == ["dhcpd.refused_before"]
    assert report.to_dict()["stopped_by"][0]["code"] == "dhcpd.refused_before"
    assert conf.read_text() == "this is no configuration;\n"


@needs("dhcpd")
def test_dhcpd_is_quoted_where_there_was_no_dhcpd_conf(root: Path) -> None:
    line = "    unknown_clients: allow\n"
    text = DEBIAN.read_text().replace(line, f"{line}    extra: [option no-such-option 1;]\n")
    with pytest.raises(krgboot.CommandError, match="no-such-option") as caught:
        apply(krgboot.loads(text), root)
    assert caught.value.code == "dhcpd.check"
    assert not (root / "etc" / "dhcp").exists()


def test_the_command_says_what_a_dry_run_finds(root: Path, tmp_path: Path) -> None:
    shown = krgbootctl("apply", DEBIAN, "--root", root, "--dry-run", status=2)
    assert "changes would be made" in shown.stdout
    krgbootctl("apply", DEBIAN, "--root", root)
    krgbootctl("apply", DEBIAN, "--root", root, "--dry-run")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "image.missing" in krgbootctl("apply", DEBIAN, "--root", empty, "--dry-run", status=1).stderr


# An edit of an exports table is one transaction.


def test_an_edit_tells_what_was_and_what_is(tmp_path: Path) -> None:
    report = edit_exports_table(
        lambda table: table.add("/srv", "10.0.0.0/24", "ro"), "/etc/exports.d/site.exports", tmp_path
    )
    written = (tmp_path / "etc" / "exports.d" / "site.exports").read_text()
    assert report
    assert report.before is None
    assert report.after == written
    assert "10.0.0.0/24(ro)" in written
    assert "+/srv" in report.diff()
    again = edit_exports_table(lambda table: None, "/etc/exports.d/site.exports", tmp_path)
    assert not again
    assert again.before == again.after == written
    assert again.diff() == ""


def test_a_dry_edit_writes_nothing(tmp_path: Path) -> None:
    place = tmp_path / "etc" / "exports"
    place.parent.mkdir()
    place.write_text("/srv 10.0.0.0/24(ro)\n")
    inode = place.stat().st_ino
    report = edit_exports_table(
        lambda table: table.change("/srv", "10.0.0.0/255.255.255.0", "rw"), root=tmp_path, dry_run=True
    )
    assert report.dry_run
    assert report.changed
    assert report.before == place.read_text() == "/srv 10.0.0.0/24(ro)\n"
    assert "(rw)" in report.after
    assert place.stat().st_ino == inode
    assert list(place.parent.iterdir()) == [place]


@needs("exportfs")
def test_exportfs_checks_the_new_table(tmp_path: Path) -> None:
    place = tmp_path / "etc" / "exports"
    place.parent.mkdir()
    place.write_text("/srv 10.0.0.0/24(ro)\n")
    report = edit_exports_table(lambda table: table.add("/home", "*", "rw"), root=tmp_path)
    assert [(check.daemon, check.ran) for check in report.checks] == [("exportfs", True)]
    assert "no_subtree_check" in " ".join(warning.message for warning in report.warnings)  # the default of exportfs
    # An entry that exportfs already drops does not prevent the edit.
    place.write_text("/home *(rw)\n/srv 10.0.0.0/24(ro,no_such_option)\n")
    report = edit_exports_table(lambda table: table.change("/home", "*", "ro"), root=tmp_path)
    assert "exports.refused_before" in {warning.code for warning in report.warnings}
    assert "/home *(ro)" in place.read_text()


def test_a_table_that_nobody_reads_is_told(tmp_path: Path) -> None:
    report = edit_exports_table(lambda table: table.add("/srv", "*", "ro"), "/etc/exports.d/site.conf", tmp_path)
    assert "exports.not_read" in [warning.code for warning in report.warnings]


def test_an_edit_that_fails_leaves_the_table(tmp_path: Path) -> None:
    place = tmp_path / "etc" / "exports"
    place.parent.mkdir()
    place.write_text("/srv *(ro)\n")

    def edit(table: krgboot.ExportsTable) -> None:
        table.add("/home", "*", "rw")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        edit_exports_table(edit, root=tmp_path)
    assert place.read_text() == "/srv *(ro)\n"


def test_an_edit_waits_no_longer_than_it_may(tmp_path: Path) -> None:
    held, let_go = threading.Event(), threading.Event()

    def hold(table: krgboot.ExportsTable) -> None:
        held.set()
        let_go.wait(30)

    thread = threading.Thread(target=lambda: edit_exports_table(hold, root=tmp_path))
    thread.start()
    try:
        assert held.wait(30)
        with pytest.raises(krgboot.ConflictError) as caught:
            edit_exports_table(lambda table: None, root=tmp_path, lock_timeout=0.2)
        assert caught.value.code == "lock.busy"
    finally:
        let_go.set()
        thread.join()


def test_the_command_edits_with_the_same_options(tmp_path: Path) -> None:
    place = tmp_path / "etc" / "exports"
    add = ("exports", "add", "/srv", "10.0.0.0/24", "ro", "--root", tmp_path)
    assert "+/srv" in krgbootctl(*add, "--dry-run").stdout
    assert not place.exists()
    assert krgbootctl(*add).stdout == ""
    assert "10.0.0.0/24(ro)" in place.read_text()
    krgbootctl("exports", "remove", "/srv", "10.0.0.0/255.255.255.0", "--root", tmp_path)
    assert "10.0.0.0" not in place.read_text()


# Images.


def test_what_configure_would_change_in_an_image(cluster: krgboot.Cluster, root: Path) -> None:
    name, path = cluster.images[0].name, cluster.images[0].path
    before = without_state(tree_of(root))
    plan = plan_image(cluster, name, root=root)
    assert plan
    assert all(change.path.startswith(f"{path}/") for change in plan)
    assert without_state(tree_of(root)) == before
    apply(plan)
    assert not plan_image(cluster, name, root=root)
    with pytest.raises(krgboot.ArgumentError) as caught:
        plan_image(cluster, "nobody", root=root)
    assert caught.value.code == "image.unknown"
    assert configure_image.__doc__


@pytest.fixture
def image(tmp_path: Path) -> Path:
    tree = tmp_path / "srv" / "image"
    for name in ("etc", "usr/bin", "var/empty"):
        (tree / name).mkdir(parents=True)
    (tree / "etc" / "passwd").write_text("root:x:0:0::/:/bin/sh\n")
    (tree / "outside").symlink_to(tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    return tree


def refusal(path: str, root: Path) -> str:
    with pytest.raises(krgboot.ConflictError) as caught:
        remove_image(path, root=root)
    return caught.value.code


def test_an_image_is_removed_and_nothing_else(image: Path, tmp_path: Path) -> None:
    assert remove_image("/srv/image", root=tmp_path)
    assert list(image.parent.iterdir()) == []
    assert (tmp_path / "kept" / "file").exists()
    assert not remove_image("/srv/image", root=tmp_path)


@pytest.mark.parametrize("table", ["etc/exports", "etc/exports.d/site.exports", "var/lib/nfs/etab"])
@pytest.mark.parametrize("exported", ["/srv/image", "/srv/image/var", "/link"])
def test_an_exported_image_stays(image: Path, tmp_path: Path, table: str, exported: str) -> None:
    (tmp_path / "link").symlink_to("srv/image")
    place = tmp_path / table
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"{exported}\t10.0.0.0/24(ro)\n")
    assert refusal("/srv/image", tmp_path) == "image.exported"
    assert (image / "etc" / "passwd").exists()
    place.write_text("/srv/other\t10.0.0.0/24(ro)\n")
    assert remove_image("/srv/image", root=tmp_path)


def test_what_is_no_image_stays(image: Path, tmp_path: Path) -> None:
    (tmp_path / "usr" / "share").mkdir(parents=True)
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("srv/image")
    for path in ("/", "/usr", "/file", "/link"):
        assert refusal(path, tmp_path) == "image.foreign"
    assert image.exists()


@needs_root
def test_nothing_that_is_mounted_is_removed(image: Path, tmp_path: Path) -> None:
    script = """
import sys, krgboot
from krgboot.image import remove_image
try:
    remove_image("/srv/image", root=sys.argv[1])
except krgboot.ConflictError as error:
    print(error.code)
"""
    for source, target in (("kept", "srv/image/var/empty"), ("srv/image", "srv/image")):
        command = in_own_mounts('mount --bind "$1" "$2"; shift 2; exec "$@"', tmp_path / source, tmp_path / target)
        shown = subprocess.run(
            [*command, sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
        )
        assert shown.stdout == "image.mounted\n", shown.stderr
    assert (tmp_path / "kept" / "file").exists()
    assert (image / "etc" / "passwd").exists()
