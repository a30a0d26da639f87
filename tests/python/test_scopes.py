"""Several clusters on one boot server, and programs with their own files: each changes only its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import krgboot
import pytest
from krgboot.planning import (
    CopyFile,
    EditFile,
    IncludeLine,
    MakeDirectory,
    MakeLink,
    MarkedBlock,
    WriteFile,
    plan_items,
)
from staging import needs

SPEC = """
version: 1
cluster: {{name: {name}, domain: example.org}}
server: {{name: server, address: 10.0.0.2, release: bookworm, tftp: {tftp}}}
networks: [{{subnet: {subnet}, router: {router}}}]
images: {{{image}: {{path: /srv/nfs/{image}, release: bookworm, shares_file_system: a test}}}}
boot: {{{image}: {{image: {image}, kernel: vmlinuz}}}}
{default}
nodes: [{{name: {name}1, address: {node}, mac: "52:54:00:00:00:{number:02}", boot: {image}}}]
"""


def write(directory: Path, name: str, number: int, *, default: bool = False, **changes: str) -> Path:
    net = f"10.0.{number}"
    values = {
        "name": name,
        "number": number,
        "tftp": "tftpd-hpa",
        "subnet": f"{net}.0/24",
        "router": f"{net}.1",
        "node": f"{net}.11",
        "image": f"image-{name}",
        "default": "",
    }
    values |= {"default": f"default_boot: {values['image']}"} if default else {}
    path = directory / f"{name}.yaml"
    path.write_text(SPEC.format(**(values | changes)))
    return path


def krgbootctl(*arguments: object, status: int = 0) -> str:
    done = subprocess.run(["krgbootctl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def files(root: Path) -> dict[str, str]:
    """Return every file except krgboot's own state, with its text."""
    return {
        str(p.relative_to(root)): p.read_text()
        for p in root.rglob("*")
        if p.is_file() and not p.is_relative_to(root / "var/lib/krgboot")
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    for name in ("usr/lib/PXELINUX/pxelinux.0", "usr/lib/syslinux/modules/bios/ldlinux.c32"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("a stand-in\n")
    return made


APPLY = ("apply", "--allow-missing", "--no-check")


@pytest.mark.parametrize("tftp", ["tftpd-hpa", "dnsmasq"])
def test_two_clusters_share_a_server(tmp_path: Path, root: Path, tftp: str) -> None:
    one, two = write(tmp_path, "one", 1, default=True, tftp=tftp), write(tmp_path, "two", 2, tftp=tftp)
    krgbootctl(*APPLY, "--root", root, one)
    alone = files(root)
    krgbootctl(*APPLY, "--root", root, two)
    both = files(root)
    assert "etc/dhcp/krgboot.conf" in alone
    assert "etc/dhcp/krgboot-two.conf" in both.keys() - alone.keys()
    changed = {name for name, text in alone.items() if both.get(name) != text}
    assert changed == {"etc/dhcp/dhcpd.conf"}, "each has a file of its own there, and both are included"
    for spec in (one, two):
        assert "nothing to change" in krgbootctl(*APPLY, "--root", root, spec)
        changes = krgboot.verify(krgboot.load(spec), root).drift
        assert not changes.changes
    assert krgboot.planning.scopes(root) == [("one", str(one)), ("two", str(two))]

    krgbootctl("remove", "two", "--root", root)
    assert files(root) == alone
    assert "nothing to change" in krgbootctl(*APPLY, "--root", root, one)
    said = krgbootctl("remove", "two", "--root", root, status=1)
    assert "no cluster 'two' has files here; there are one" in said
    krgbootctl("remove", one, "--root", root)
    assert "srv/tftp/pxelinux.0" not in files(root), "the last one takes the loader along"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"default": "default_boot: image-two"}, "pxelinux.cfg/default"),
        ({"subnet": "10.0.0.0/16", "router": "10.0.9.1"}, "addresses of 10.0.0.0/16 and 10.0.1.0/24"),
        ({"subnet": "10.0.1.0/24", "router": "10.0.1.1", "node": "10.0.1.12"}, "the network 10.0.1.0/24"),
        ({"image": "image-one"}, "the export of /srv/nfs/image-one"),
    ],
)
def test_two_clusters_that_clash(tmp_path: Path, root: Path, changes: dict[str, str], wanted: str) -> None:
    one, two = write(tmp_path, "one", 1, default=True), write(tmp_path, "two", 2, **changes)
    krgbootctl(*APPLY, "--root", root, one)
    before = files(root)
    with pytest.raises(krgboot.ConflictError) as caught:
        krgboot.apply(krgboot.load(two), root, allow_missing=True, check=False)
    assert caught.value.code == "scope.clash"
    assert str(caught.value).count("both want") == 1
    for part in (str(one), str(two), wanted):
        assert part in str(caught.value)
    assert files(root) == before


@needs("dhcpd")
def test_dhcpd_takes_both(tmp_path: Path, root: Path) -> None:
    for spec in (write(tmp_path, "one", 1, default=True), write(tmp_path, "two", 2)):
        report = krgboot.apply(krgboot.load(spec), root, allow_missing=True)
        check = next(check for check in report.checks if check.daemon == "dhcpd")
        assert check.ran, check.detail


def test_items_of_a_program(root: Path) -> None:
    (root / "etc").mkdir()
    (root / "etc/app.conf").write_text("theirs\n")
    items = [
        MakeDirectory("/srv/app"),
        WriteFile("/srv/app/a", b"one\n", mode=0o600),
        CopyFile("/srv/app/loader", "/usr/lib/PXELINUX/pxelinux.0"),
        MakeLink("/srv/app/link", "a"),
        EditFile("/etc/app.conf", MarkedBlock("app", "ours\n")),
    ]
    plan = plan_items(items, scope="app", root=root)
    assert [change.path for change in plan] == ["/srv", *(item.path for item in items)]
    krgboot.apply(plan)
    assert (root / "srv/app/a").read_text() == "one\n"
    assert (root / "srv/app/a").stat().st_mode & 0o777 == 0o600
    assert "ours\n" in (root / "etc/app.conf").read_text()
    assert not plan_items(items, scope="app", root=root), "a second time changes nothing"
    krgboot.apply(plan_items(items[:2], scope="app", root=root))
    assert not (root / "srv/app/loader").exists()
    assert (root / "etc/app.conf").read_text() == "theirs\n"
    krgboot.apply(plan_items([], scope="app", root=root))
    assert not (root / "srv").exists()


@pytest.mark.parametrize("path", ["relative", "/srv/../etc/passwd", "/srv//x", "/srv/x/", "/", ""])
def test_an_item_leaves_its_root(root: Path, path: str) -> None:
    with pytest.raises(krgboot.ArgumentError) as caught:
        plan_items([WriteFile(path, b"")], scope="app", root=root)
    assert caught.value.code == "item.path"


def test_an_item_leaves_its_root_by_a_link(root: Path, tmp_path: Path) -> None:
    (root / "srv").symlink_to(tmp_path / "outside")
    (tmp_path / "outside").mkdir()
    with pytest.raises(krgboot.ConflictError):  # a link is followed inside the root, where its target is not
        krgboot.apply(plan_items([WriteFile("/srv/x", b"")], scope="app", root=root))
    assert list((tmp_path / "outside").iterdir()) == []


def test_an_item_takes_another_scopes_file(root: Path) -> None:
    krgboot.apply(plan_items([WriteFile("/srv/x", b"a\n")], scope="a", root=root))
    with pytest.raises(krgboot.ConflictError) as caught:
        krgboot.apply(plan_items([WriteFile("/srv/x", b"b\n")], scope="b", root=root, adopt=True))
    assert caught.value.code == "scope.clash"
    assert (root / "srv/x").read_text() == "a\n"
    with pytest.raises(krgboot.ArgumentError) as bad:
        plan_items([], scope="", root=root)
    assert bad.value.code == "scope.name"
    with pytest.raises(krgboot.ArgumentError) as twice:
        plan_items([WriteFile("/x", b""), MakeLink("/x", "y")], scope="a", root=root)
    assert twice.value.code == "item.twice"
    assert IncludeLine("/x") == IncludeLine("/x")
