"""The collection's modules for images and its connection plugin, on a copy of examples/quickstart's image."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import krgboot
import pytest
from ansible_site import Site, examples_of, expect
from matrix import WHOLE
from ssh_server import running_ssh_server
from staging import EXAMPLES, QUICKSTART, needs, needs_root

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = QUICKSTART / "srv" / "nfs" / "debian"

pytestmark = [
    needs("ansible-playbook"),
    needs_root,
    pytest.mark.skipif(
        not (IMAGE / "boot" / "initrd.img").exists(), reason="NOT TESTED: run examples/quickstart first"
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A boot server's tree with a copy of the image. The tests share it: a copy takes longer than most of them."""
    root = tmp_path_factory.mktemp("server")
    (root / "srv" / "nfs").mkdir(parents=True)
    (root / "var" / "backups").mkdir(parents=True)
    krgboot.clone_image(krgboot.Image(IMAGE), root / "srv" / "nfs" / "debian")
    shutil.copytree(QUICKSTART / "var", root / "var", dirs_exist_ok=True)
    yield root
    assert str(root) not in Path("/proc/self/mountinfo").read_text()
    shutil.rmtree(root)


@pytest.fixture
def site(tmp_path: Path, server: Path) -> Site:
    site = Site(tmp_path)
    site.root = server
    shutil.copy(EXAMPLES["debian"], tmp_path / "cluster.yaml")
    return site


def image(**options: Any) -> dict[str, Any]:
    return {"krgboot.cluster.image": options, "register": "it"}


def run_in_image(*argv: str, **options: Any) -> dict[str, Any]:
    named: dict[str, Any] = {"argv": list(argv)} if argv else {}
    return {"krgboot.cluster.image_exec": {"path": "/srv/nfs/debian"} | named | options, "register": "it"}


def test_an_image_is_configured_once(site: Site) -> None:
    task = image(src="cluster.yaml", name="debian")
    assert site.play(task, expect("not it.created")).count("changed") == 0
    link = site.root / "srv/nfs/debian/boot/vmlinuz"
    link.unlink()
    steps = expect("it.steps[0].name == 'kernel names'")
    assert site.play(task, steps, options=("--check",)).count("changed") == 1
    assert not link.exists()
    site.play(task, steps)
    assert link.exists()
    assert site.play(task).count("changed") == 0


def test_an_image_from_a_directory(site: Site, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "etc").mkdir(parents=True)
    (source / "bin").mkdir()
    (source / "etc" / "debian_version").write_text("12.0\n")
    copy = site.root / "srv/nfs/copy"
    task = image(path="/srv/nfs/copy", clone=str(source))
    assert site.play(task, options=("--check", "--diff")).count("changed") == 1
    assert not copy.exists()
    site.play(task, expect("it.created"))
    assert (copy / "etc/debian_version").read_text() == "12.0\n"
    (source / "etc" / "debian_version").write_text("12.1\n")
    assert site.play(task, expect("not it.created")).count("changed") == 0
    replaced = site.play(image(path="/srv/nfs/copy", clone=str(source), replace=True), options=("--diff",))
    assert "debian_version" in replaced.stdout
    assert (copy / "etc/debian_version").read_text() == "12.1\n"

    archive = site.root / "var/backups/copy.tar.zst"
    keep: dict[str, Any] = {
        "krgboot.cluster.image_archive": {"path": "/srv/nfs/copy", "dest": str(archive)}, "register": "it"
    }  # fmt: skip
    assert site.play(keep, options=("--check",)).count("changed") == 1
    assert not archive.exists()
    site.play(keep, expect("it.entries > 3 and it.size > 0"))
    assert archive.stat().st_mode & 0o777 == 0o600
    assert site.play(keep, expect("it.differences == 0")).count("changed") == 0
    (copy / "etc/more").write_text("more\n")
    compare = {"krgboot.cluster.image_info": {"path": "/srv/nfs/copy", "manifest": str(archive)}, "register": "it"}
    site.play(compare, expect("it.differences | map(attribute='path') | list == ['etc', 'etc/more']"))
    again = image(path="/srv/nfs/copy", archive=str(archive), replace=True)
    site.play(again, expect("it.changed"))
    assert not (copy / "etc/more").exists()
    assert site.play(again).count("changed") == 0

    away = image(path="/srv/nfs/copy", state="absent")
    assert site.play(away, options=("--check",)).count("changed") == 1
    assert copy.exists()
    assert site.play(away, away).count("changed") == 1
    assert not copy.exists()


def test_mistakes(site: Site) -> None:
    mistakes = (
        (image(name="debian"), "one of src, spec is required"),
        (image(path="/srv/nfs/x"), "needs one of release, archive, clone"),
        (image(path="/srv/nfs/x", release="woody"), "release must be one of lenny"),
        (image(src="cluster.yaml", name="debain"), "there is no image debain in the spec"),
        (image(path="/srv/nfs/x", archive="/nowhere.tar"), "/nowhere.tar"),
        (run_in_image("true", cmd="true"), "mutually exclusive"),
        ({"krgboot.cluster.image_archive": {"path": "/srv/nfs/debian", "dest": "/x.tar", "mode": "rw"}}, "octal"),
    )
    said = site.play(*(task | {"ignore_errors": True} for task, _ in mistakes))
    assert said.count("ignored") == len(mistakes)
    for _, words in mistakes:
        assert words in said.said


def test_a_command_inside(site: Site) -> None:
    site.play(
        run_in_image("sh", "-c", 'cat; echo "$V" >&2; pwd', stdin="typed\n", environment={"V": 7}, chdir="/etc"),
        expect("it.stdout == 'typed\\n/etc' and it.stderr == '7' and it.rc == 0 and it.changed"),
        run_in_image(cmd="touch /etc/made", creates="/etc/made"),
        expect("it.changed"),
        run_in_image(cmd="touch /etc/made", creates="/etc/made"),
        expect("not it.changed"),
        run_in_image(cmd="rm /etc/made", removes="/etc/made"),
        expect("it.changed"),
        run_in_image(cmd="rm /etc/made", removes="/etc/made"),
        expect("not it.changed"),
    )
    assert not Path("/etc/made").exists()
    checked = site.play(
        run_in_image(cmd="touch /etc/made", creates="/etc/made"),
        expect("it.changed"),
        run_in_image("touch", "/etc/made"),
        expect("it is skipped"),
        options=("--check",),
    )
    assert checked.count("failed") == 0
    assert not (site.root / "srv/nfs/debian/etc/made").exists()
    assert "non-zero return code" in site.play(run_in_image("false"), status=2).said
    assert "took longer than 1 seconds" in site.play(run_in_image("sleep", "60", timeout=1), status=2).said


@pytest.mark.parametrize("name", ["image", "image_archive", "image_exec", "image_info"])
def test_each_module_is_documented_and_its_examples_run(site: Site, name: str) -> None:
    tasks = examples_of(name, site)
    for options in (value for task in tasks for value in task.values() if isinstance(value, dict)):
        for path in ("clone", "dest"):  # paths of the server itself
            if path in options:
                options[path] = f"{site.root}{options[path]}"
    site.play(*tasks)


# The variables of an image in the inventory of krgboot.cluster.nodes, and this Python, which has krgboot.
HOST = {
    "ansible_connection": "krgboot.cluster.image",
    "ansible_become": False,
    "ansible_python_interpreter": "/usr/bin/python3",
    "ansible_remote_tmp": "/tmp/.ansible",
    "ansible_krgboot_image_python": sys.executable,
    "ansible_krgboot_image_network": "none",
}


def image_as_host(site: Site, **variables: Any) -> None:
    variables = HOST | {"krgboot_image_path": str(site.root / "srv/nfs/debian")} | variables
    (site.directory / "image.json").write_text(json.dumps({"all": {"hosts": {"debian.images.lab": variables}}}))
    site.inventories = ["image.json"]


def modules_of_everyday_use(site: Site, name: str) -> list[dict[str, Any]]:
    """Return tasks that change an image; name: one that no other test uses."""
    (site.directory / "bytes").write_bytes(os.urandom(3_000_000))
    (site.directory / "text.j2").write_text("{{ ansible_facts.distribution_release }} {{ ansible_facts.is_chroot }}\n")
    return [
        {"ansible.builtin.setup": {"gather_subset": ["!all", "!min", "distribution", "service_mgr", "is_chroot"]}},
        {"ansible.builtin.copy": {"src": "bytes", "dest": f"/etc/{name}", "mode": "0640"}},
        {"ansible.builtin.template": {"src": "text.j2", "dest": f"/etc/{name}.conf", "mode": "0644"}},
        {"ansible.builtin.user": {"name": name, "password": "!"}},
        {"ansible.builtin.lineinfile": {"path": "/etc/motd", "line": name, "create": True, "mode": "0644"}},
        {"ansible.builtin.systemd_service": {"name": "ssh", "enabled": False}},
        {"ansible.builtin.fetch": {"src": f"/etc/{name}", "dest": "fetched", "flat": True}},
    ]


def check_everyday_use(site: Site, name: str, *more: dict[str, Any]) -> None:
    tasks = [*modules_of_everyday_use(site, name), *more]
    host = "debian.images.lab"
    tree = site.root / "srv/nfs/debian"
    left = set((tree / "tmp").rglob("*"))
    site.play(*tasks, hosts=host)
    content = (site.directory / "bytes").read_bytes()
    assert (tree / "etc" / name).read_bytes() == content == (site.directory / "fetched").read_bytes()
    assert (tree / "etc" / name).stat().st_mode & 0o777 == 0o640
    assert (tree / "etc" / f"{name}.conf").read_text() == "bookworm True\n"
    assert f"\n{name}:" in (tree / "etc/passwd").read_text()
    assert f"\n{name}:" not in Path("/etc/passwd").read_text()
    assert not Path("/etc", name).exists()
    for options in ((), ("--check", "--diff")) if WHOLE else ((),):
        assert site.play(*tasks, hosts=host, options=options).count("changed", host) == 0
    assert set((tree / "tmp").rglob("*")) - left <= {tree / "tmp/.ansible"}


def test_ordinary_modules_in_an_image_of_this_machine(site: Site) -> None:
    image_as_host(site, ansible_krgboot_image_local=True, ansible_krgboot_image_network="outbound")
    check_everyday_use(site, "local1", {"ansible.builtin.apt": {"name": "tree", "update_cache": True}})
    assert (site.root / "srv/nfs/debian/usr/bin/tree").exists()


def test_what_cannot_be_reached(site: Site) -> None:
    image_as_host(site, ansible_krgboot_image_local=True)
    ping = {"ansible.builtin.ping": {}}
    host = "debian.images.lab"
    asynchronous = {"ansible.builtin.command": {"argv": ["sleep", "1"]}, "async": 5, "poll": 1}
    assert "async does not work inside an image" in site.play(asynchronous, hosts=host, status=2).said
    # A link in the image leads to a place in the image.
    tree = site.root / "srv/nfs/debian"
    (tree / "etc/leads-out").symlink_to("/etc/leads-out-target")
    site.play({"ansible.builtin.copy": {"content": "x", "dest": "/etc/leads-out", "mode": "0644"}}, hosts=host)
    assert not Path("/etc/leads-out-target").exists()
    image_as_host(site, ansible_krgboot_image_local=True, krgboot_image_path="/srv/nfs/not-there")
    assert "/srv/nfs/not-there" in site.play(ping, hosts=host, status=4).said
    image_as_host(site, ansible_krgboot_image_local=True, ansible_krgboot_image_python="/usr/bin/python3")
    if subprocess.run(["/usr/bin/python3", "-c", "import krgboot"], check=False, capture_output=True).returncode != 0:
        assert "krgboot" in site.play(ping, hosts=host, status=4).said


def test_an_image_is_brought_up_to_date(site: Site) -> None:
    """The playbook rebuild_image, on the staged tree: an archive, an upgrade, and the files for the nodes."""
    for loader in ("usr/lib/PXELINUX/pxelinux.0", "usr/lib/syslinux/modules/bios/ldlinux.c32"):
        (site.root / loader).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(f"/{loader}", site.root / loader)
    (site.directory / "krgboot.yml").write_text("plugin: krgboot.cluster.nodes\nspec: [cluster.yaml]\n")
    variables = {
        "ansible_connection": "local",
        "ansible_become": False,
        "ansible_python_interpreter": sys.executable,
        "krgboot_root": str(site.root),
        "krgboot_archives": str(site.directory),
    }
    (site.directory / "group_vars").mkdir()
    (site.directory / "group_vars" / "boot_servers.yml").write_text(json.dumps(variables))
    play = ["ansible-playbook", "-i", "krgboot.yml"]
    rebuilt = site.run([*play, "krgboot.cluster.rebuild_image"])
    assert rebuilt.count("changed", "server") >= 2  # the archive, and the files of the server
    assert (site.directory / "srv-nfs-debian.tar.zst.manifest").exists()
    assert (site.root / "srv/tftp/pxelinux.cfg/default").exists()
    assert site.run([*play, "krgboot.cluster.verify"]).count("changed", "server") == 0


@pytest.fixture
def ssh_server(tmp_path: Path) -> Iterator[dict[str, Any]]:
    with running_ssh_server(tmp_path) as variables:
        yield variables


@needs("sshd")
def test_ordinary_modules_in_an_image_of_another_machine(site: Site, ssh_server: dict[str, Any]) -> None:
    image_as_host(site, **ssh_server)
    check_everyday_use(site, "remote1")
