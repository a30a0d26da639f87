"""Boots examples/debian: nodes that share one read-only root, and a machine that the spec does not list."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from typing import TYPE_CHECKING

import krgboot
import labs
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STRANGER = "52:54:00:99:00:01"
CLUSTER = krgboot.load(labs.DEBIAN)


def manifest(tree: Path) -> str:
    """Return all metadata and content of a tree, from a foreign program."""
    keywords = "type,mode,uid,gid,nlink,size,time,link,sha256"
    done = subprocess.run(["mtree", "-c", "-k", keywords, "-p", tree], check=True, capture_output=True, text=True)
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("#"))


@pytest.fixture(scope="module")
def lab() -> Iterator[labs.RunningLab]:
    labs.need_a_lab()
    labs.krgbootctl("apply", "--root", labs.QUICKSTART_ROOT, labs.DEBIAN)
    image = labs.QUICKSTART_ROOT / labs.DEBIAN_IMAGE.lstrip("/")
    before, traces = manifest(image), labs.Traces.now()
    with labs.running_lab("debian", labs.DEBIAN, labs.QUICKSTART_ROOT, "spare", "console", STRANGER) as lab:
        yield lab
    assert lab.process.returncode == 0
    assert lab.report["changed_images"] == []
    assert manifest(image) == before, "the lab changed the user's image"
    assert labs.Traces.now() == traces, "the lab left something behind"


@pytest.mark.parametrize(
    ("name", "boot_file", "address"),
    [("spare", "0A140078", "10.20.0.120"), ("console", "01-52-54-00-20-00-10", "10.20.0.110")],
)
def test_a_node_boots_by_its_own_file(lab: labs.RunningLab, name: str, boot_file: str, address: str) -> None:
    node = lab.node(name)
    labs.check_agreement(node)
    assert node["boot_file"] == boot_file
    assert node["address"] == address
    assert lab.on(name, "hostname").strip() == name
    assert lab.on(name, "hostname", "-I").split() == [address]


@pytest.mark.parametrize("name", ["spare", "console", STRANGER])
def test_the_kernel_is_told_what_the_spec_says(lab: labs.RunningLab, name: str) -> None:
    node = next((node for node in CLUSTER.nodes if str(node.name) == name), None)
    entry = node.boot if node else CLUSTER.default_boot or CLUSTER.boot[0]
    said = lab.on(name, "cat", "/proc/cmdline").split()
    rendered = str(krgboot.render_command_line(CLUSTER, entry, node)).split()
    assert set(rendered) <= set(said)
    assert "ro" in said
    mac = str(node.mac) if node else STRANGER
    assert f"BOOTIF=01-{mac.replace(':', '-')}" in said


def as_user(script: str) -> tuple[str, ...]:
    """A user of the nodes runs a script: root has no rights in /home."""
    return ("setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", "sh", "-c", script)


@pytest.fixture(scope="module")
def home(lab: labs.RunningLab) -> str:
    """Make the user's directory like the server's administrator."""
    lab.on("server", "install", "-d", "-o", "1234", "-g", "1234", f"{labs.DEBIAN_IMAGE}/home/user")
    return "/home/user"


@pytest.mark.parametrize("name", ["spare", "console", STRANGER])
def test_the_root_is_read_only_and_what_is_writable_is_the_servers(lab: labs.RunningLab, home: str, name: str) -> None:
    assert lab.node(name)["root"] == f"10.20.0.2:{labs.DEBIAN_IMAGE} ro"
    lab.on(name, "touch", "/not-here", status=1)
    for directory in ("/var", "/tmp", "/run"):
        lab.on(name, "touch", f"{directory}/of-its-own")
    # The server maps root of a node to nobody.
    lab.on(name, "touch", f"{home}/roots", status=1)
    if name == STRANGER:
        # A machine that the spec does not list: it has /home, but cannot write there.
        lab.on(name, *as_user(f"touch {home}/guests"), status=1)
        assert " /home nfs " in lab.on(name, "cat", "/proc/mounts")
        return
    lab.on(name, *as_user(f"echo from {name} >{home}/{name}"))
    assert lab.on("server", "cat", f"{labs.DEBIAN_IMAGE}{home}/{name}") == f"from {name}\n"


def test_nodes_write_to_the_same_directories_at_once(lab: labs.RunningLab, home: str) -> None:
    lab.on("spare", *as_user(f"echo told >{home}/told"))
    # actimeo: an NFS client's cache of a directory may be some seconds old.
    labs.wait_until(lambda: "told" in lab.on("console", "ls", home), 120)
    assert lab.on("console", "cat", f"{home}/told") == "told\n"


@pytest.mark.parametrize("name", ["spare", "console", STRANGER])
def test_nothing_failed(lab: labs.RunningLab, name: str) -> None:
    def state() -> str:
        return lab.on(name, "sh", "-c", "systemctl is-system-running; true").strip()

    labs.wait_until(lambda: state() not in ("initializing", "starting"), 300)
    assert lab.on(name, "systemctl", "--failed", "--plain", "--no-legend") == ""
    assert state() == "running"


def test_a_machine_that_nobody_listed(lab: labs.RunningLab) -> None:
    node = lab.node(STRANGER)
    labs.check_agreement(node)
    pool = CLUSTER.networks[0].pool
    assert pool is not None
    address = krgboot.Ipv4Address(node["address"])
    assert address in pool.range
    assert node["boot_file"] == "default"
    assert lab.on(STRANGER, "hostname").strip() == f"guest{address.last_octet}"
    acknowledged = {
        line.partition("DHCPACK on ")[2].partition(" ")[0]
        for line in (labs.BUILD / "debian" / "dhcpd.log").read_text().splitlines()
        if "DHCPACK" in line and STRANGER in line
    }
    assert acknowledged == {node["address"]}, "its boot ROM and its system have different addresses"


def test_a_shell_on_a_terminal(lab: labs.RunningLab) -> None:
    parent, child = pty.openpty()
    command = [*labs.KRGBOOTCTL, "lab", "shell", "--lab", lab.name, "spare"]
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, start_new_session=True)
    os.close(child)
    os.write(parent, b"tty; echo $((6*7))-$(hostname); exit 3\n")
    said = b""
    try:
        while data := os.read(parent, 4096):
            said += data
    except OSError:  # the other end has closed
        pass
    os.close(parent)
    assert process.wait() == 3, said
    assert b"42-spare" in said
    assert b"/dev/pts/" in said


def test_words_reach_the_node_as_they_are(lab: labs.RunningLab) -> None:
    words = ["two words", "$HOME", "'", '"', "*", ";", ""]
    assert lab.on("spare", "printf", "%s\\n", *words).splitlines() == words
    lab.on("spare", "sh", "-c", "exit 7", status=7)


def test_what_runs_is_listed(lab: labs.RunningLab) -> None:
    listed = labs.krgbootctl("lab", "list").stdout
    assert f"{lab.name}: cluster lab, server server: spare console {STRANGER}\n" in listed


def test_mistakes_are_told(lab: labs.RunningLab) -> None:
    nobody = labs.krgbootctl("lab", "exec", "--lab", lab.name, "nobody", "--", "true", status=1)
    assert f"lab {lab.name} has no node nobody; it has spare, console, {STRANGER}, server" in nobody.stderr
    run = ("lab", "run", "--root", labs.QUICKSTART_ROOT, "--name", lab.name, labs.DEBIAN)
    taken = labs.krgbootctl(*run, status=1)
    assert f'a lab "{lab.name}" runs already' in taken.stderr
    assert labs.krgbootctl("lab", "exec", "--lab", "other", "spare", "--", "true", status=1).stderr.startswith(
        'error: no lab "other" is running'
    )


def test_two_labs_side_by_side(lab: labs.RunningLab) -> None:
    """The same cluster and addresses as the lab's, which is not disturbed."""
    name = f"{lab.name}-2"
    other = labs.krgbootctl(
        *("lab", "run", "--root", labs.QUICKSTART_ROOT, "--name", name, "--logs", labs.BUILD / "beside"),
        *("--time-limit", "1", "--json", labs.DEBIAN, "spare"),  # no machine requests an address within a second
        status=2,
    )
    report = json.loads(other.stdout)
    assert not report["ok"]
    assert "no sign of this stage for 1 s" in report["nodes"][0]["failure"]["reason"]
    assert lab.on("spare", "hostname") == "spare\n"


def test_the_documentation_shows_such_a_session(lab: labs.RunningLab) -> None:
    machines = f"spare console {STRANGER}"
    command = f"krgbootctl lab run --root build/quickstart/root examples/debian/cluster.yaml {machines}"
    labs.check_documentation(lab, command, "timeline.svg")


def test_the_logs_are_kept(lab: labs.RunningLab) -> None:
    logs = labs.BUILD / "debian"
    console = (logs / "console" / "console.log").read_text(errors="replace")
    assert "Linux version" in console
    assert "console login:" in console
    assert "RRQ from 10.20.0.120 filename pxelinux.cfg/0A140078" in (logs / "spare" / "boot.log").read_text()
    assert "DHCPACK on 10.20.0.120" in (logs / "spare" / "boot.log").read_text()
    for name in ("report.json", "report.html", "timeline.svg", "dhcpd.log", "tftpd.log", "nfs.log"):
        assert (logs / name).stat().st_size > 0
