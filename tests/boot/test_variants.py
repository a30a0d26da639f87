"""A read-write root, Kerrighed's parameters, a boot file by UUID, another network; and boots that fail as predicted."""

from __future__ import annotations

import shutil
import socket
from typing import TYPE_CHECKING

import krgboot
import labs
import pytest
from krgboot.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = labs.SOURCE / "tests" / "boot" / "variants.yaml"
CLUSTER = krgboot.load(SPEC)
STRANGER = "52:54:00:99:00:02"
MACHINES = ("writer", "refused", "loser", STRANGER)
GOOD = labs.BUILD / "variants-good.yaml"  # without the mistake
IMAGE = "/srv/nfs/variants"
ROOT = labs.BUILD / "variants-root"
EXPORTS = ROOT / "etc/exports.d/krgboot-debian.exports"


@pytest.fixture(scope="module")
def lab() -> Iterator[labs.RunningLab]:
    labs.need_a_lab()
    shutil.rmtree(ROOT, ignore_errors=True)
    labs.stage_root(ROOT)
    (ROOT / IMAGE.lstrip("/")).parent.mkdir(parents=True)
    image = labs.QUICKSTART_ROOT / labs.DEBIAN_IMAGE.lstrip("/")
    labs.krgbootctl("image", "clone", image, ROOT / IMAGE.lstrip("/"))
    labs.install_kerrighed_host(ROOT / IMAGE.lstrip("/"))
    GOOD.write_text(SPEC.read_text().replace("vmlinuz-that-is-lost", "vmlinuz"))
    labs.krgbootctl("image", "configure", "--root", ROOT, GOOD)
    labs.krgbootctl("apply", "--root", ROOT, "--allow-missing", "--kerrighed-at-once", SPEC)
    # An administrator edits a file by hand.
    lines = [line for line in EXPORTS.read_text().splitlines() if "10.21.0.103(" not in line]
    assert len(lines) < len(EXPORTS.read_text().splitlines())
    EXPORTS.write_text("\n".join(lines) + "\n")
    with labs.running_lab("variants", SPEC, ROOT, *MACHINES) as lab:
        yield lab
    assert lab.process.returncode == 2, "two nodes did not come up"
    assert lab.report["changed_images"] == []


def test_a_node_writes_what_the_server_then_sees(lab: labs.RunningLab) -> None:
    node = lab.node("writer")
    labs.check_agreement(node)
    assert node["root"] == f"10.21.0.2:{IMAGE} rw"
    lab.on("writer", "sh", "-c", "echo written by $(hostname) >/etc/written; chown 1234:4321 /etc/written; sync")
    assert lab.on("server", "cat", f"{IMAGE}/etc/written") == "written by writer\n"
    assert lab.on("server", "stat", "-c", "%u:%g", f"{IMAGE}/etc/written") == "1234:4321\n"
    lab.on("writer", "cp", "--preserve=all", "/etc/written", "/etc/copied")
    lab.on("writer", "sed", "--in-place", "s/by/from/", "/etc/copied")
    assert lab.on("server", "cat", f"{IMAGE}/etc/copied") == "written from writer\n"
    assert not (ROOT / IMAGE.lstrip("/") / "etc/written").exists(), "it reached the user's image"


def test_a_boot_file_is_found_by_uuid(lab: labs.RunningLab) -> None:
    node = lab.node("writer")
    assert node["boot_file"] == "7d4f6c3a-52e1-4b0f-9a3c-0123456789ab"
    assert node["uuid"] == "7d4f6c3a-52e1-4b0f-9a3c-0123456789ab"


def test_a_node_behind_a_router(lab: labs.RunningLab) -> None:
    assert lab.node("writer")["address"] == "10.22.0.101"
    gateway = socket.inet_aton("10.22.0.1")[::-1].hex().upper()  # in the format of /proc
    routes = [line.split() for line in lab.on("writer", "cat", "/proc/net/route").splitlines()]
    assert [route[2] for route in routes if route[1] == "00000000"] == [gateway]


def test_kerrigheds_parameters(lab: labs.RunningLab) -> None:
    said = lab.on("writer", "cat", "/proc/cmdline").split()
    assert {"session_id=7", "node_id=17", "nb_nodes_min=1"} <= set(said)
    assert not any(word.startswith("autonodeid=1") for word in said)
    assert lab.on("writer", "cat", "/run/kerrighed-host") == "start\n"


def test_a_machine_that_nobody_listed_is_named_by_its_address(lab: labs.RunningLab) -> None:
    node = lab.node(STRANGER)
    labs.check_agreement(node)
    assert node["boot_file"] == "default"
    number = int(node["address"].removeprefix("10.21.0."))
    assert 150 <= number <= 199
    assert lab.on(STRANGER, "hostname") == f"krgnode{number}\n"


def test_a_lost_kernel_stops_the_boot_where_trace_says(lab: labs.RunningLab) -> None:
    traced = labs.krgbootctl("trace", "--root", ROOT, SPEC, "loser", status=2).stdout
    assert any(line.split()[:2] == ["broken", "kernel"] for line in traced.splitlines())
    node = lab.node("loser")
    assert node["failure"]["stage"] == "kernel"
    assert "vmlinuz-that-is-lost" in node["failure"]["reason"]
    assert any("vmlinuz-that-is-lost" in line["text"] for line in node["failure"]["lines"])
    assert [stage["stage"] for stage in node["stages"]] == ["dhcp", "loader", "boot_file"]
    assert node["differences"] == [], "trace foretold it"


def test_a_refused_root_stops_the_boot_where_trace_says(lab: labs.RunningLab) -> None:
    traced = labs.krgbootctl("trace", "--root", ROOT, SPEC, "refused", status=2).stdout
    assert any(line.split()[:2] == ["broken", "root"] for line in traced.splitlines())
    node = lab.node("refused")
    assert node["failure"]["stage"] == "root"
    assert "not exported to 10.21.0.103" in node["failure"]["reason"]
    assert any("Permission denied" in line["text"] for line in node["failure"]["lines"])
    assert node["differences"] == [], "trace foretold it"
    assert (labs.BUILD / "variants" / "refused" / "screen.png").read_bytes().startswith(b"\x89PNG")


def test_the_documentation_shows_such_a_session(lab: labs.RunningLab) -> None:
    command = "krgbootctl lab run --root build/release/boot/variants-root tests/boot/variants.yaml "
    command += " ".join(MACHINES)
    labs.check_documentation(lab, command, "mistakes.svg")


def test_rolled_back_the_node_boots(lab: labs.RunningLab) -> None:
    """The correct entry applied again: trace predicts a complete boot, and the node boots. This lab uses Python."""
    labs.krgbootctl("apply", "--root", ROOT, "--kerrighed-at-once", GOOD)
    labs.krgbootctl("trace", "--root", ROOT, GOOD)
    name = f"{lab.name}-rollback"
    with Lab(krgboot.load(GOOD), ["loser"], root=ROOT, name=name, logs=labs.BUILD / "rollback") as other:
        report = other.boot(time_limit=600)
        assert report.ok, report.to_json()
        assert report.node("loser").stage is krgboot.Stage.login
        assert other.run("loser", ["hostname"]).stdout == "loser\n"
        other.run("loser", ["tee", "/etc/written"], text="by Python\n")
        assert other.server_path(f"{IMAGE}/etc/written").read_text() == "by Python\n"
    assert not (ROOT / IMAGE.lstrip("/") / "etc/written").exists()
