"""The role image_copy and the playbook distribute_image: an image is brought from one boot server to others by rsync.

The servers are directories of this machine, and one is reached through a real sshd.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import krgboot
import pytest
import yaml
from ansible_site import COLLECTION, COLLECTIONS, SPEC, Results, Site, examples_of, expect
from busybox_image import make_busybox_image
from faults import injecting
from matrix import WHOLE
from ssh_server import running_ssh_server
from staging import SOURCE, in_own_mounts, make_root, needs, needs_root

pytestmark = [needs("ansible-playbook", "rsync", "busybox", "setfacl", "setcap", "strace"), needs_root]

IMAGE = "srv/small"


def make_odd_files(image: Path) -> None:
    """Make one of everything that a copy may lose."""
    place = image / "usr" / "odd"
    place.mkdir()
    (place / "shadow").write_text("secret\n")
    (place / "shadow").chmod(0o640)
    os.chown(place / "shadow", 0, 42)
    (place / "link of it").hardlink_to(place / "shadow")
    (place / "leads out").symlink_to("/etc/passwd")
    os.chown(place / "leads out", 5, 6, follow_symlinks=False)
    os.mknod(place / "null", 0o020666, os.makedev(1, 3))
    os.mkfifo(place / "fifo")
    shutil.copy("/bin/true", place / "setuid")
    (place / "setuid").chmod(0o4755)
    shutil.copy("/bin/true", place / "capable")
    subprocess.run(["setcap", "cap_net_raw+ep", place / "capable"], check=True)
    subprocess.run(["setfacl", "-m", "u:7:r", place / "shadow"], check=True)
    subprocess.run(["setfacl", "-d", "-m", "u:8:rwx", place], check=True)
    for name in ("user.x", "trusted.x"):
        os.setxattr(place / "setuid", name, b"y")
    with (place / "holes").open("wb") as file:
        file.truncate(5_000_000)
    Path(os.fsdecode(os.fsencode(place) + b"/\xff\n\x1b")).write_bytes(b"odd name\n")
    os.utime(place / "capable", ns=(0, 123_456_789))
    for name in ("proc", "run", "dev/shm"):  # not part of an image
        (image / name).mkdir(exist_ok=True)
        (image / name / "left").write_text("left by a program\n")


class Servers(Site):
    """Boot servers, the first of which has an image."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.names = ["server1", "server2"]
        self.reach()
        make_busybox_image(directory / "server1")
        make_odd_files(self.image("server1"))
        self.inventories = ["servers.json"]

    def reach(self, **variables: Any) -> None:
        """Write the inventory; variables: those of server2."""
        local = {"ansible_connection": "local"}
        hosts = {
            name: {"ansible_python_interpreter": sys.executable, "krgboot_root": str(self.directory / name)} | local
            for name in self.names
        }
        for name in self.names:
            (self.directory / name / "srv").mkdir(parents=True, exist_ok=True)
        hosts["server2"] |= variables
        (self.directory / "servers.json").write_text(json.dumps({"boot_servers": {"hosts": hosts}}))

    def image(self, server: str) -> Path:
        return self.directory / server / IMAGE

    def distribute(self, *options: str, status: int = 0, within: tuple[str, ...] = (), **more: Any) -> Results:
        """Run the role, as its page says."""
        values = {
            "image_copy_path": f"/{IMAGE}",
            "image_copy_source": "server1",
            "image_copy_cache": "cache",
            "image_copy_archive": str(self.directory / "image.tar.zst"),
        } | more
        role = {"name": "krgboot.cluster.image_copy"}
        common = {
            "gather_facts": False,
            "module_defaults": {"group/krgboot.cluster.all": {"root": "{{ krgboot_root }}"}},
            "vars": values,
        }
        source = {"ansible.builtin.include_role": role | {"tasks_from": "source"}}
        plays = [
            {"hosts": "server1", **common, "tasks": [source]},
            {"hosts": "boot_servers:!server1", **common, "tasks": [{"ansible.builtin.include_role": role}]},
        ]
        (self.directory / "distribute.json").write_text(json.dumps(plays))
        return self.run([*within, "ansible-playbook", "-i", "servers.json", *options, "distribute.json"], status)

    def changes(self, *options: str, **more: Any) -> list[int]:
        """Return how many tasks have changed something, on each server."""
        done = self.distribute(*options, **more)
        return [done.count("changed", server) for server in self.names]

    def differences(self, server: str) -> int:
        """Return the number of differences between the image of a server and that of the first."""
        return krgboot.image.diff_images(self.image("server1"), self.image(server)).count


@pytest.fixture
def servers(tmp_path: Path) -> Servers:
    return Servers(tmp_path)


def everything_in(directory: Path) -> dict[str, tuple[int, int]]:
    """Return all files, by their names, with their inodes and times."""
    found = {str(path): path.lstat() for path in directory.rglob("*")}
    return {name: (status.st_ino, status.st_mtime_ns) for name, status in found.items()}


def damage(file: Path) -> None:
    """Change a byte, so that neither size nor time shows it."""
    times = file.stat().st_mtime_ns
    with file.open("r+b") as writer:
        writer.write(b"?")
    os.utime(file, ns=(times, times))


def inodes_in(directory: Path) -> set[int]:
    return {inode for inode, _ in everything_in(directory).values()}


def test_each_server_gets_the_image_once(servers: Servers) -> None:
    servers.names.append("server3")
    servers.reach()
    fresh = everything_in(servers.directory / "server2")
    assert servers.changes("--check", "--diff") == [2, 1, 1]
    assert everything_in(servers.directory / "server2") == fresh
    assert not (servers.directory / "cache").exists()

    assert servers.changes() == [3, 2, 2]
    for server in ("server2", "server3"):
        assert servers.differences(server) == 0
        assert not any((servers.image(server) / name / "left").exists() for name in ("proc", "run", "dev/shm"))
        assert {path.name for path in servers.image(server).parent.iterdir()} == {"small", ".small.manifest"}
    kept = servers.directory / "cache"
    assert kept.stat().st_mode & 0o777 == 0o700
    assert not any(path.is_block_device() or path.is_char_device() for path in kept.rglob("*"))
    assert not any(path.lstat().st_mode & 0o6000 for path in kept.rglob("*"))

    there = everything_in(servers.directory / "server2")
    for options in ((), ("--check", "--diff")):
        assert servers.changes(*options) == [0, 0, 0]
    assert everything_in(servers.directory / "server2") == there


@pytest.mark.all
def test_a_changed_image_takes_the_place_of_the_old_one(servers: Servers) -> None:
    servers.distribute()
    source, image = servers.image("server1"), servers.image("server2")
    (source / "etc" / "new").write_text("new\n")
    (source / "usr" / "odd" / "fifo").unlink()
    assert servers.changes("--check") == [2, 1]
    assert not (image / "etc" / "new").exists()
    before = inodes_in(image)
    assert servers.changes() == [3, 2]
    assert servers.differences("server2") == 0
    assert inodes_in(image.with_name("small.old")) == before
    # Whoever writes into the old tree does not write into the new one.
    assert not inodes_in(image) & before

    damage(image / "bin" / "busybox")
    assert servers.changes(image_copy_compare="manifest") == [0, 0]
    assert servers.changes("--check") == [0, 1]
    assert servers.changes(image_copy_keep_old=False) == [0, 2]
    assert servers.differences("server2") == 0
    assert {path.name for path in image.parent.iterdir()} == {"small", "small.old", ".small.manifest"}
    assert inodes_in(image.with_name("small.old")) == before  # what an earlier run has kept stays


def stage(**options: Any) -> dict[str, Any]:
    return {"krgboot.cluster.image_stage": {"src": "cache", "path": f"/{IMAGE}"} | options, "register": "it"}


def publish(**options: Any) -> dict[str, Any]:
    return {"krgboot.cluster.image_publish": {"path": f"/{IMAGE}"} | options, "register": "it"}


def on(servers: Servers, server: str, *tasks: dict[str, Any], **options: Any) -> Results:
    return servers.play(*tasks, hosts=server, root=servers.directory / server, **options)


def test_a_damaged_copy_is_never_published(servers: Servers) -> None:
    servers.distribute()
    (servers.image("server1") / "etc" / "new").write_text("new\n")
    servers.distribute("--limit", "server1")
    before = everything_in(servers.image("server2"))
    on(servers, "server2", stage(), expect("it.changed and it.difference_count == 2"))
    staged = servers.image("server2").with_name(".small.incoming")
    assert staged.stat().st_mode & 0o777 == 0o700
    damage(staged / "tree" / "bin" / "busybox")
    odd = Path(os.fsdecode(os.fsencode(staged) + b"/tree/usr/odd/\xff\n\x1b"))
    odd.unlink()
    for options in (("--check",), ()):
        refused = on(servers, "server2", publish(), options=options, status=2)
        assert "3 differences from its manifest" in refused.said  # (and the time of a directory)
        assert "bin/busybox: sha256" in refused.said
        assert "\x1b" not in refused.stdout  # the name of the other file
        assert everything_in(servers.image("server2")) == before
    on(servers, "server2", stage(), publish(), expect("it.changed"))
    assert servers.differences("server2") == 0


def processes_with(word: str, name: str) -> list[int]:
    """Return the processes of this program that have the word in their arguments."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (place / "cmdline").read_bytes().split(b"\0")
            if Path(os.fsdecode(words[0])).name == name and word.encode() in b" ".join(words):
                found.append(int(place.name))
    return found


@pytest.mark.all
def test_rsync_is_killed_in_the_middle(servers: Servers) -> None:
    servers.distribute()
    (servers.image("server1") / "usr" / "large").write_bytes(os.urandom(1 << 20) * 300)
    servers.distribute("--limit", "server1")
    before = everything_in(servers.image("server2"))
    on(servers, "server2", stage(), publish(), options=("--check",))  # writes play.json
    place = servers.image("server2").with_name(".small.incoming") / "tree" / "usr"
    environment = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_HOME": str(servers.directory)}
    command = ["ansible-playbook", "-i", "localhost.json", "-i", "servers.json", "play.json"]
    with subprocess.Popen(
        command, cwd=servers.directory, env=environment, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 120
        # rsync writes a file under a name of its own before it renames it.
        while not any(place.glob(".large.*")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        for number in processes_with(str(servers.directory), "rsync"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        assert process.stdout is not None
        said = process.stdout.read().decode()
        assert process.wait() == 2, said
    assert "rsync ended with" in said
    assert not (place / "large").exists()
    assert everything_in(servers.image("server2")) == before
    refused = on(servers, "server2", publish(), status=2)
    assert "- usr/large" in refused.said
    assert everything_in(servers.image("server2")) == before
    on(servers, "server2", stage(), publish(), expect("it.changed"))
    assert servers.differences("server2") == 0


@pytest.mark.parametrize("fault", ["syncfs:when=1", "renameat2:when=1", "fsync:when=1", "fsync:when=2"])
def test_publishing_is_killed(tmp_path: Path, fault: str) -> None:
    """Before and after the exchange, and after the old tree was put away; the modules run without a playbook."""
    image = tmp_path / "server" / IMAGE
    (tmp_path / "server").mkdir()
    make_busybox_image(tmp_path / "server")
    new = tmp_path / "new"
    krgboot.clone_image(krgboot.Image(image), new)
    (new / "etc" / "new").write_text("new\n")
    krgboot.Image(new).archive(tmp_path / "new.tar")
    (tmp_path / "new.tar.manifest").rename(tmp_path / "manifest")

    def module(name: str, *within: str, **options: Any) -> subprocess.CompletedProcess[str]:
        options |= {"path": f"/{IMAGE}", "root": str(tmp_path / "server")}
        (tmp_path / "arguments.json").write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
        program = COLLECTION / "plugins" / "modules" / f"{name}.py"
        return subprocess.run(
            [*within, sys.executable, program, tmp_path / "arguments.json"],
            env=os.environ | {"PYTHONPATH": str(COLLECTIONS)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert module("image_stage", src=str(tmp_path)).returncode == 0
    copy = ["rsync", "-aHAXS", "--modify-window=-1", f"{new}/", f"{image.with_name('.small.incoming')}/tree/"]
    subprocess.run(copy, check=True)
    name, _, when = fault.partition(":")
    killed = module("image_publish", *injecting(f"inject={name}:signal=KILL:{when}"))
    assert killed.returncode in (-9, 137), killed.stdout + killed.stderr
    assert (image / "bin" / "busybox").exists()
    staged = json.loads(module("image_stage", src=str(tmp_path)).stdout)
    assert staged["changed"] is not (image / "etc" / "new").exists()
    done = json.loads(module("image_publish").stdout)
    assert done["path"] == f"/{IMAGE}", done
    assert not krgboot.image.diff_images(new, image)
    assert {path.name for path in image.parent.iterdir()} == {"small", "small.old", ".small.manifest"}
    assert not (image.with_name("small.old") / "etc" / "new").exists()


def test_what_nodes_have_written_is_not_lost_unasked(servers: Servers) -> None:
    servers.distribute()
    image = servers.image("server2")
    table = servers.directory / "server2" / "etc" / "exports"
    table.parent.mkdir()
    table.write_text(f"/{IMAGE} 10.0.0.0/24(ro,no_subtree_check)\n/{IMAGE}/tmp 10.0.0.0/24(rw,no_subtree_check)\n")
    (image / "tmp" / "written").write_text("by a node\n")
    warned = on(servers, "server2", stage(), options=("--check",))
    assert "nodes may write to /srv/small/tmp" in warned.said
    refused = on(servers, "server2", stage(), status=2)
    assert "nodes may write to /srv/small/tmp" in refused.said
    assert {path.name for path in image.parent.iterdir()} == {"small", ".small.manifest"}
    on(servers, "server2", stage(replace_written=True), publish(), expect("it.changed"))
    assert not (image / "tmp" / "written").exists()
    assert (image.with_name("small.old") / "tmp" / "written").exists()


def test_a_mount_point_is_refused(servers: Servers) -> None:
    servers.image("server2").mkdir()
    within = in_own_mounts('mount -t tmpfs none "$1"; shift; exec "$@"', servers.image("server2"))
    refused = servers.distribute(status=2, within=tuple(within))
    assert "is a mount point" in refused.said


@pytest.mark.all
def test_mistakes(servers: Servers) -> None:
    def refused(*tasks: dict[str, Any], **options: Any) -> str:
        return on(servers, "server2", *tasks, status=2, **options).said

    assert "has not both a tree and its manifest" in refused(stage(src="nowhere"))
    fetch = {"krgboot.cluster.image_fetch": {"path": "/srv/nowhere", "dest": "cache"}}
    assert re.search("rsync ended with 23: .*/srv/nowhere", refused(fetch))
    relative = {"krgboot.cluster.image_fetch": {"path": "srv", "dest": "cache"}}
    assert "path must be absolute, not srv" in refused(relative)
    assert "is no absolute path of an image" in refused(publish(path="srv"))
    other = {"krgboot.cluster.image_fetch": {"path": "/srv", "dest": "cache"}}
    image = {"ansible_connection": "krgboot.cluster.image", "krgboot_image_path": "/nowhere"}
    assert "rsync needs the connection ssh or local" in refused(other, vars=image)
    servers.distribute("--limit", "server1")
    assert "/nowhere" in refused(stage(path="/nowhere/small"))


@needs("sshd")
@pytest.mark.all
def test_through_ssh(servers: Servers) -> None:
    with running_ssh_server(servers.directory) as variables:
        servers.reach(ansible_connection="ssh", **variables)
        assert servers.changes() == [3, 2]
        assert servers.differences("server2") == 0
        assert servers.changes() == [0, 0]
        fetch = {"krgboot.cluster.image_fetch": {"path": f"/{IMAGE}", "dest": "again"}, "register": "it"}
        on(servers, "server2", fetch, expect("it.changed"), fetch, expect("not it.changed"))
        copied = krgboot.image.diff_images(servers.directory / "cache/tree", servers.directory / "again/tree")
        assert copied.count == 0
        (servers.directory / "known_hosts").write_text("")
        assert "Host key verification failed" in on(servers, "server2", fetch, status=2).said


def test_the_playbook(tmp_path: Path) -> None:
    """Each server has a spec of its own, which changes files in its copy of the image."""
    site = Site(tmp_path)
    specs = []
    for number in range(3):
        network = f"10.{30 + number}.0"
        spec = SPEC | {
            "cluster": {"name": f"hall{number}", "domain": "lab.example.org"},
            "server": SPEC["server"] | {"name": f"server{number}", "address": f"{network}.2"},
            "networks": [{"subnet": f"{network}.0/24"}],
            "nodes": [
                {
                    "name": f"hall{number}n[1-3]",
                    "address": f"{network}.[11-13]",
                    "mac": f"52:54:00:20:0{number}:[01-03]",
                }
            ],
        }
        (tmp_path / f"hall{number}.yaml").write_text(yaml.safe_dump(spec))
        specs.append(f"hall{number}.yaml")
        root = tmp_path / f"server{number}"
        make_root(root, krgboot.cluster.from_dict(spec))
        if number > 0:
            shutil.rmtree(root / "srv/nfs/debian")
    (tmp_path / "halls.krgboot.yml").write_text(yaml.safe_dump({"plugin": "krgboot.cluster.nodes", "spec": specs}))
    variables = {
        "ansible_connection": "local",
        "ansible_become": False,
        "ansible_python_interpreter": sys.executable,
        "krgboot_root": f"{tmp_path}/{{{{ inventory_hostname }}}}",
        "krgboot_configure": False,  # no program of these images can be run
        "image_copy_cache": str(tmp_path / "cache"),
        "image_copy_archive": str(tmp_path / "debian.tar.zst"),
    }
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "boot_servers.yml").write_text(json.dumps(variables))
    play = ["ansible-playbook", "-i", "halls.krgboot.yml", "krgboot.cluster.distribute_image"]
    if WHOLE:
        site.run([*play, "--check", "--diff"])
        assert not (tmp_path / "server1/srv/nfs/debian").exists()
    first = site.run(play)
    for number in (1, 2):
        assert first.count("changed", f"server{number}") == 3
        assert (tmp_path / f"server{number}/srv/tftp/boot/debian/vmlinuz").exists()
        hosts = (tmp_path / f"server{number}/srv/nfs/debian/etc/hosts").read_text()
        assert f"hall{number}n1" in hosts
    for options in ((), ("--check", "--diff")) if WHOLE else ((),):
        again = site.run([*play, *options])
        assert [again.count("changed", f"server{number}") for number in range(3)] == [0, 0, 0]
    if WHOLE:
        (tmp_path / "server0/srv/nfs/debian/etc/new").write_text("new\n")
        assert site.run(play).count("changed", "server2") == 3
        hosts = (tmp_path / "server2/srv/nfs/debian/etc/hosts").read_text()
        assert "hall2n1" in hosts
        assert "hall0n1" not in hosts


@pytest.mark.parametrize("name", ["image_fetch", "image_stage", "image_publish"])
def test_each_module_is_documented_and_its_examples_run(servers: Servers, name: str) -> None:
    servers.distribute("--limit", "server1", image_copy_cache="images/debian")
    (servers.directory / "server2/srv/nfs").mkdir()
    krgboot.clone_image(krgboot.Image(servers.image("server1")), servers.directory / "server2/srv/nfs/debian")
    on(servers, "server2", *examples_of(name, servers))


def test_the_controller_leaves_out_what_the_manifest_leaves_out() -> None:
    scan = (SOURCE / "libkrgboot/src/tree/scan.cpp").read_text()
    listed = re.search(r"list = \{(.*?)\}", scan, re.DOTALL)
    assert listed is not None
    rsync = (COLLECTION / "plugins/plugin_utils/_rsync.py").read_text()
    left_out = re.search(r"LEFT_OUT = \((.*?)\)", rsync, re.DOTALL)
    assert left_out is not None
    assert re.findall('"([^"]+)"', listed[1]) == re.findall('"([^"]+)"', left_out[1])
