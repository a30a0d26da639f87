"""sysvinit as in Kerrighed's guide: a root that nodes share, and a separate root of one node."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import labs
import pytest
from krgboot import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = labs.SOURCE / "tests" / "boot" / "sysvinit.yaml"
ROOT = labs.BUILD / "sysvinit-root"
SHARED = "/srv/nfs/shared"
OWN = "/srv/nfs/own"


@pytest.fixture(scope="module")
def lab() -> Iterator[labs.RunningLab]:
    labs.need_a_lab()
    shutil.rmtree(ROOT, ignore_errors=True)
    labs.stage_root(ROOT)
    labs.krgbootctl("image", "bootstrap", "--root", ROOT, SPEC, "shared")
    labs.krgbootctl("image", "clone", ROOT / SHARED.lstrip("/"), ROOT / OWN.lstrip("/"))
    labs.install_kerrighed_host(ROOT / OWN.lstrip("/"))
    (ROOT / SHARED.lstrip("/") / "etc/network/interfaces").write_text("auto /en*=lan\niface lan inet dhcp\n")
    labs.krgbootctl("image", "configure", "--root", ROOT, SPEC)
    labs.krgbootctl("apply", "--root", ROOT, "--kerrighed-at-once", SPEC)
    with labs.running_lab("sysvinit", SPEC, ROOT) as lab:
        yield lab
    assert lab.process.returncode == 0


@pytest.mark.parametrize(("name", "root"), [("ssi1", f"{SHARED} ro"), ("ssi2", f"{OWN} rw")])
def test_it_boots(lab: labs.RunningLab, name: str, root: str) -> None:
    node = lab.node(name)
    labs.check_agreement(node)
    assert node["root"] == f"10.25.0.2:{root}"
    assert lab.on(name, "hostname").strip() == name
    assert lab.on(name, "readlink", "/proc/1/exe").strip() == "/usr/sbin/init"
    lab.on(name, "test", "-e", "/run/systemd", status=1)
    assert lab.on(name, "runlevel") == "N 2\n"
    lab.on(name, "/etc/init.d/ssh", "status")


def test_the_console_shows_when_the_mounts_are_there(lab: labs.RunningLab) -> None:
    (mounts,) = (stage for stage in lab.node("ssi1")["stages"] if stage["stage"] == Stage.mounts.name)
    assert mounts["what"] == "Entering runlevel: 2"
    assert not mounts["implied"]
    console = (labs.BUILD / "sysvinit" / "ssi1" / "console.log").read_text(errors="replace")
    said = console.partition("INIT: version")[2]
    assert "failed" not in said
    # No mount requires it to start earlier.
    assert "Already running: rpcbind" not in said


def test_what_is_shared_and_what_is_each_nodes_own(lab: labs.RunningLab) -> None:
    lab.on("ssi1", "touch", "/etc/here", status=1)
    for directory in ("/home", "/root", "/var", "/var/tmp"):
        lab.on("ssi1", "touch", f"{directory}/here")
        lab.on("server", "test", "-e", f"{SHARED}{directory}/here")
    for directory in ("/tmp", "/var/log", "/run", "/var/lock"):
        lab.on("ssi1", "touch", f"{directory}/here")
        lab.on("server", "test", "-e", f"{SHARED}{directory}/here", status=1)
    # wtmp is separate on each node too.
    assert lab.on("server", "stat", "-c", "%s", f"{SHARED}/var/log/wtmp") == "0\n"


def test_the_network_stays(lab: labs.RunningLab) -> None:
    # ifupdown has not touched the card, although its file says so.
    assert "krgboot" in lab.on("ssi1", "cat", "/etc/default/networking")
    assert "=lan" not in lab.on("ssi1", "cat", "/run/network/ifstate")
    # As in a shutdown, before the root is unmounted.
    lab.on("ssi1", "/etc/init.d/networking", "stop")
    assert " inet 10.25.0.101/24 " in lab.on("ssi1", "ip", "-oneline", "address")


def test_kerrigheds_init_script_starts(lab: labs.RunningLab) -> None:
    words = lab.on("ssi2", "cat", "/proc/cmdline").split()
    assert {"session_id=1", "node_id=2"} <= set(words)
    assert lab.on("ssi2", "cat", "/run/kerrighed-host") == "start\n"
    assert "none /config configfs " in lab.on("ssi2", "cat", "/proc/mounts")
    lab.on("ssi2", "touch", "/etc/here")
    lab.on("server", "test", "-e", f"{OWN}/etc/here")


def test_nothing_is_left_to_do(lab: labs.RunningLab) -> None:
    for image in ("shared", "own"):
        assert lab.on("server", "readlink", f"/srv/nfs/{image}/etc/mtab") == "/proc/mounts\n"
    labs.krgbootctl("plan", "--root", ROOT, SPEC)
