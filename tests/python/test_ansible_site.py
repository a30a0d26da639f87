"""The collection's playbooks and roles, on a bare Debian: a copy of examples/quickstart's image as the boot server.

The connection plugin runs everything inside that image. Services cannot start there.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import pytest
import yaml
from ansible_site import COLLECTIONS, SPEC, Site, SpecSite
from matrix import WHOLE
from staging import QUICKSTART, make_root, needs, needs_root

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = QUICKSTART / "srv" / "nfs" / "debian"

pytestmark = [
    needs("ansible-playbook", "slirp4netns"),
    needs_root,
    pytest.mark.skipif(
        not (IMAGE / "boot" / "initrd.img").exists(), reason="NOT TESTED: run examples/quickstart first"
    ),
]


class BareServer(SpecSite):
    """A site whose boot server is a bare Debian, with one small image for nodes."""

    def __init__(self, directory: Path, server: Path) -> None:
        variables = {
            "ansible_connection": "krgboot.cluster.image",
            "ansible_krgboot_image_local": True,
            "ansible_krgboot_image_path": str(server),
            "ansible_krgboot_image_python": shutil.which("python3"),
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_remote_tmp": "/tmp/.ansible",
            "ansible_become": False,
            "boot_server_images": False,  # no image can be made inside an image
        }
        super().__init__(directory, SPEC, {"boot_servers": variables})
        self.server = server

    def changes(self, name: str, *options: str, status: int = 0) -> int:
        """Run a playbook of the collection; return how many of its tasks changed something."""
        return self.playbook(f"krgboot.cluster.{name}", *options, status=status).count("changed", "server")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareServer]:
    place = tmp_path_factory.mktemp("bare")
    server = place / "server"
    krgboot.clone_image(krgboot.Image(IMAGE), server)
    make_root(server, krgboot.cluster.from_dict(SPEC))
    shutil.rmtree(server / "usr/lib/PXELINUX")  # make_root's loader: the role installs the real one
    shutil.rmtree(server / "usr/lib/syslinux")
    yield BareServer(place, server)
    assert str(server) not in Path("/proc/self/mountinfo").read_text()
    shutil.rmtree(server)


def test_from_a_bare_debian(bare: BareServer) -> None:
    assert bare.changes("site", "--check", "--diff") > 0
    assert not (bare.server / "opt/krgboot").exists()
    assert bare.changes("site") > 0
    assert "10.20.0.101" in (bare.server / "etc/dhcp/krgboot.conf").read_text()
    assert (bare.server / "srv/tftp/pxelinux.0").stat().st_size > 10_000
    wanted = bare.server / "etc/systemd/system/multi-user.target.wants"
    assert any(path.name.startswith("nfs-") for path in wanted.iterdir())
    assert bare.changes("site") == 0
    if WHOLE:
        assert bare.changes("site", "--check", "--diff") == 0

    assert bare.changes("verify") == 0
    bare.write({"name": "node2", "address": "10.20.0.102", "mac": "52:54:00:20:00:02"})
    assert bare.changes("add_node") == 1
    assert "10.20.0.102" in (bare.server / "etc/dhcp/krgboot.conf").read_text()
    (bare.server / "srv/tftp/pxelinux.cfg/default").unlink()
    assert bare.changes("verify", status=2) == 0
    if WHOLE:
        assert bare.changes("add_node") == 1
        assert bare.changes("verify") == 0


def test_killed_in_the_middle_it_is_finished_by_the_next(tmp_path: Path) -> None:
    site = Site(tmp_path)
    nodes = [
        {"name": f"n{number}", "address": f"10.20.{number // 250}.{3 + number % 250}", "boot": "other"}
        for number in range(5000)
    ]
    boot = SPEC["boot"] | {"other": SPEC["boot"]["debian"] | {"append": ["quiet"]}}
    (tmp_path / "cluster.yaml").write_text(yaml.safe_dump(SPEC | {"nodes": nodes, "boot": boot}))
    task = {"krgboot.cluster.cluster": {"src": "cluster.yaml", "allow_missing": True}}
    site.play(task, options=("--check",))  # writes play.json
    environment = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_HOME": str(tmp_path / "home")}
    journal = site.root / "var/lib/krgboot/journal"
    command = ["ansible-playbook", "-i", "localhost.json", "play.json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 120
        while not journal.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        os.killpg(process.pid, signal.SIGKILL)
    assert site.play(task).count("failed") == 0
    assert len(list((site.root / "srv/tftp/pxelinux.cfg").iterdir())) == 5001
    assert site.play(task).count("changed") == 0
    assert not journal.exists()


def test_many_servers(tmp_path: Path) -> None:
    """Each has a spec and a root of its own; one of them is wrong, and the others are set up."""
    site = Site(tmp_path)
    names = [f"hall{number}" for number in range(6)]
    for number, name in enumerate(names):
        network = f"10.{30 + number}.0"
        spec = SPEC | {
            "cluster": {"name": name, "domain": "lab.example.org"},
            "server": SPEC["server"] | {"name": f"server{number}", "address": f"{network}.2"},
            "networks": [{"subnet": f"{network}.0/24", "extra": ["option no-such-option 1;"] if number == 3 else []}],
            "nodes": [{"name": f"{name}n[1-200]", "address": f"{network}.[11-210]"}],
        }
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(spec))
        (tmp_path / name).mkdir()
    specs = [f"{name}.yaml" for name in names]
    (tmp_path / "halls.krgboot.yml").write_text(yaml.safe_dump({"plugin": "krgboot.cluster.nodes", "spec": specs}))
    site.inventories = ["halls.krgboot.yml"]
    root = f"{tmp_path}/{{{{ krgboot_cluster }}}}"
    task = {
        "krgboot.cluster.cluster": {"src": "{{ krgboot_specs[0] }}", "root": root, "allow_missing": True},
    }
    play = {"hosts": "boot_servers", "connection": "local", "options": ("--forks", "3")}
    local = {"ansible_connection": "local", "ansible_python_interpreter": shutil.which("python3")}
    refused = site.play(task, vars=local, status=2, **play)
    assert "no-such-option" in refused.said
    assert [refused.count("changed", f"server{number}") for number in range(6)] == [1, 1, 1, 0, 1, 1]
    assert not (tmp_path / "hall3/etc").exists()
    wrong = tmp_path / "hall3.yaml"
    wrong.write_text(wrong.read_text().replace("option no-such-option 1;", "option ip-forwarding true;"))
    again = site.play(task, vars=local, **play)
    assert [again.count("changed", f"server{number}") for number in range(6)] == [0, 0, 0, 1, 0, 0]
