"""Facts that a node reports, and their comparison with the trace."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import krgboot
import pytest
from krgboot import Stage, Status
from krgboot.lab import agreement, facts
from krgboot.lab.report import Failure, NodeReport
from staging import EXAMPLES, below, make_root

MOUNTS = r"""sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0
10.20.0.2:/srv/nfs/debian / nfs ro,relatime,vers=3,rsize=4096,addr=10.20.0.2 0 0
tmpfs /var tmpfs rw,relatime 0 0
10.20.0.2:/srv/nfs/debian/home /home nfs4 rw,relatime,vers=4.2,errors=remount-ro 0 0
10.20.0.2:/srv/nfs/my\040data /mnt/my\040data nfs ro,vers=3 0 0
/dev/sda1 /srv/nfs ext4 rw 0 0
"""


def answer(**parts: str) -> str:
    return "".join(f"== {name}\n{text}" for name, text in parts.items())


def noted(**parts: str) -> NodeReport:
    node = NodeReport("node1", "52:54:00:20:00:01", "")
    facts.note(facts.parse(answer(**parts)), node)
    return node


def asked(tmp_path: Path, systemctl: str | None = None) -> dict[str, str]:
    """Return the output of the script in a real local shell."""
    script = facts.SCRIPT
    environment = dict(os.environ)
    if systemctl is not None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/systemctl").write_text(f"#!/bin/sh\n{systemctl}\n")
        (tmp_path / "bin/systemctl").chmod(0o755)
        environment["PATH"] = f"{tmp_path}/bin:{environment['PATH']}"
    running = tmp_path / "systemd"
    assert script.count("/run/systemd/system") == 2
    script = script.replace("/run/systemd/system", str(running))
    if systemctl is not None:
        running.mkdir()
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stderr == ""
    return facts.parse(done.stdout)


def test_asked_where_there_is_no_systemd(tmp_path: Path) -> None:
    parts = asked(tmp_path)
    assert list(parts) == ["host_name", "command_line", "mounts", "failed", "state"]
    assert parts["host_name"].strip() == os.uname().nodename
    assert parts["command_line"].rstrip("\n") == Path("/proc/cmdline").read_text().rstrip("\n")
    assert " /proc " in parts["mounts"]
    assert (parts["failed"], parts["state"]) == ("", "")
    assert not facts.starting(parts)


def test_asked_while_init_scripts_start(tmp_path: Path) -> None:
    # A process with the program's name in other arguments does not count: this very script is one.
    assert facts.SCRIPT.count("/etc/init") == 1
    started = subprocess.Popen(["/bin/sh", "-c", "read line", "/etc/init.d/rc", "2"], stdin=subprocess.PIPE)
    try:
        assert facts.starting(asked(tmp_path))
    finally:
        started.communicate()
    other = subprocess.Popen(["/bin/sh", "-c", "read line", "/etc/init.d/rc.local"], stdin=subprocess.PIPE)
    try:
        assert not facts.starting(asked(tmp_path))
    finally:
        other.communicate()


def test_asked_of_systemd(tmp_path: Path) -> None:
    says = 'case $1 in --failed) echo "home.mount loaded failed failed /home"; exit 0;; *) echo starting; exit 1;; esac'
    parts = asked(tmp_path, says)
    assert parts["failed"] == "home.mount loaded failed failed /home\n"
    assert facts.starting(parts)
    node = NodeReport("node1", "", "")
    facts.note(parts, node)
    assert node.failed_units == ["home.mount"]
    assert node.host_name == os.uname().nodename


@pytest.mark.parametrize(
    ("state", "starting"),
    [("initializing", True), ("starting", True), ("running", False), ("degraded", False), ("maintenance", False)],
)
def test_starting(state: str, starting: bool) -> None:
    assert facts.starting(facts.parse(answer(state=f"{state}\n"))) is starting


def test_noted() -> None:
    node = noted(
        host_name="node1\n",
        command_line="BOOT_IMAGE=boot/debian/vmlinuz root=/dev/nfs ro\n",
        mounts=MOUNTS,
        failed="home.mount loaded failed failed /home\nssh.service loaded failed failed OpenBSD Secure Shell\n\n",
        state="degraded\n",
    )
    assert node.host_name == "node1"
    assert node.command_line == "BOOT_IMAGE=boot/debian/vmlinuz root=/dev/nfs ro"
    assert node.root == "10.20.0.2:/srv/nfs/debian ro"
    # (errors=remount-ro does not mean ro.)
    assert node.mounts == {
        "/home": "10.20.0.2:/srv/nfs/debian/home rw",
        "/mnt/my data": "10.20.0.2:/srv/nfs/my data ro",
    }
    assert node.failed_units == ["home.mount", "ssh.service"]


def test_noted_anew() -> None:
    node = noted(host_name="node1\n", mounts=MOUNTS, failed="a.mount x\n")
    facts.note(facts.parse(answer(host_name="node1\n", mounts="", failed="")), node)
    assert (node.mounts, node.failed_units) == ({}, [])


def test_parse_takes_only_its_own_marks() -> None:
    parts = facts.parse("The programs included with Debian\n== host_name\nnode1\n== nothing of ours\n== failed\n")
    assert parts == {"host_name": "node1\n== nothing of ours\n", "failed": ""}
    assert facts.parse("") == {}


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> tuple[krgboot.Cluster, Path]:
    cluster = krgboot.load(EXAMPLES["debian"])
    root = make_root(tmp_path_factory.mktemp("root"), cluster)
    krgboot.apply(cluster, root)
    return cluster, root


def as_traced(trace: krgboot.Trace) -> NodeReport:
    """A node that booted as its trace predicts."""
    node = NodeReport(trace.machine.name, str(trace.machine.mac), "")
    node.address, node.host_name, node.boot_file = str(trace.machine.address), trace.host_name, trace.boot_file
    node.kernel, node.initrds, node.command_line = "/" + trace.kernel, list(trace.initrds), trace.command_line
    node.root = f"10.20.0.2:{trace.root_path} ro"
    for step in trace.steps:
        source, on, said = step.what.rpartition(" on ")
        if step.stage is Stage.mounts and on:
            node.mounts[said.partition(", ")[0]] = f"10.20.0.2:{source} rw"
    return node


@pytest.fixture
def trace(applied: tuple[krgboot.Cluster, Path]) -> krgboot.Trace:
    return krgboot.trace(applied[0], "node1", applied[1])


def test_agreement(trace: krgboot.Trace) -> None:
    node = as_traced(trace)
    assert node.mounts, "the example mounts something"
    assert trace.boots
    assert agreement.foretold(trace) is None
    assert agreement.differences(trace, node) == []


@pytest.mark.parametrize(
    ("attribute", "value", "stage", "what"),
    [
        ("address", "10.20.0.199", Stage.dhcp, "address"),
        ("host_name", "localhost", Stage.dhcp, "host name"),
        ("boot_file", "default.old", Stage.boot_file, "boot file"),
        ("kernel", "boot/other/vmlinuz", Stage.kernel, "kernel"),
        ("initrds", ["boot/debian/initrd.img", "more.img"], Stage.initrd, "initrd"),
        ("command_line", "root=/dev/sda1", Stage.command_line, "command line"),
        ("root", "10.20.0.2:/srv/nfs/other ro", Stage.root, "root"),
    ],
)
def test_differences(trace: krgboot.Trace, attribute: str, value: object, stage: Stage, what: str) -> None:
    node = as_traced(trace)
    traced = getattr(node, attribute)
    setattr(node, attribute, value)
    (difference,) = agreement.differences(trace, node)
    assert (difference.stage, difference.what) == (stage, what)
    assert difference.traced in str(traced)
    assert difference.booted in str(value) or difference.booted == " ".join(node.initrds)
    # Facts that were not observed are not compared.
    setattr(node, attribute, [] if attribute == "initrds" else "")
    assert agreement.differences(trace, node) == []


def test_a_root_that_was_remounted(trace: krgboot.Trace) -> None:
    node = as_traced(trace)
    node.root = f"10.20.0.2:{trace.root_path} rw"
    (difference,) = agreement.differences(trace, node)
    assert (difference.stage, difference.what) == (Stage.root, "root")
    assert (difference.traced, difference.booted) == (f"{trace.root_path} ro", f"{trace.root_path} rw")


def test_different_mounts(trace: krgboot.Trace) -> None:
    node = as_traced(trace)
    assert list(node.mounts) == ["/home"], "how it can be used is no part of its name"
    assert agreement.differences(trace, node) == []
    directory = next(iter(node.mounts))
    source = node.mounts[directory].partition(":")[2].removesuffix(" rw")
    node.mounts[directory] = "10.20.0.2:/elsewhere rw"
    (difference,) = agreement.differences(trace, node)
    assert (difference.stage, difference.what) == (Stage.mounts, directory)
    assert (difference.traced, difference.booted) == (source, "/elsewhere")
    del node.mounts[directory]
    (difference,) = agreement.differences(trace, node)
    assert difference.booted == "not mounted"
    # Additional mounts are not a difference.
    node = as_traced(trace)
    node.mounts["/scratch"] = "10.20.0.9:/scratch rw"
    assert agreement.differences(trace, node) == []


def test_a_line_for_the_root(applied: tuple[krgboot.Cluster, Path]) -> None:
    # sysvinit has an entry for the root; it is not a mount besides the root.
    cluster, root = applied
    (image,) = cluster.images
    fstab = below(root, image.path) / "etc/fstab"
    text = fstab.read_text()
    fstab.write_text(f"{text}{cluster.server.address}:{image.path} / nfs ro 0 0\n")
    try:
        trace = krgboot.trace(cluster, "node1", root)
    finally:
        fstab.write_text(text)
    assert f"{image.path} on /" in [step.what for step in trace.steps]
    node = as_traced(trace)
    del node.mounts["/"]
    assert agreement.differences(trace, node) == []
    node.root = f"{cluster.server.address}:/srv/nfs/other ro"
    assert {difference.what for difference in agreement.differences(trace, node)} == {"root", "/"}


def failed(node: NodeReport, stage: Stage) -> NodeReport:
    node.failure = Failure(stage, 9.0, "why", "", ())
    return node


def test_a_failure_where_trace_says_it_boots(trace: krgboot.Trace) -> None:
    (difference,) = agreement.differences(trace, failed(as_traced(trace), Stage.root))
    assert (difference.stage, difference.traced, difference.booted) == (Stage.root, "none", "root")
    assert "does not come through" in str(difference)


def test_a_foretold_failure(applied: tuple[krgboot.Cluster, Path]) -> None:
    cluster, root = applied
    kernel = below(root, cluster.server.tftp_root) / "boot/debian/vmlinuz"
    content = kernel.read_bytes()
    kernel.unlink()
    try:
        trace = krgboot.trace(cluster, "node1", root)
    finally:
        kernel.write_bytes(content)
    assert {step.stage for step in trace.steps if step.status is Status.broken} >= {Stage.kernel}
    assert agreement.foretold(trace) is Stage.kernel
    node = NodeReport("node1", "", "")
    assert agreement.differences(trace, failed(node, Stage.kernel)) == []
    # It failed at another stage than predicted; and it did not fail.
    (difference,) = agreement.differences(trace, failed(node, Stage.loader))
    assert (difference.stage, difference.traced, difference.booted) == (Stage.loader, "kernel", "loader")
    node.failure = None
    (difference,) = agreement.differences(trace, node)
    assert (difference.stage, difference.traced, difference.booted) == (Stage.kernel, "kernel", "none")
