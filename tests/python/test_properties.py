"""Random clusters: the daemons accept every spec that validation accepts, and read it as meant."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from ipaddress import IPv4Address, IPv4Network, collapse_addresses, summarize_address_range
from itertools import chain
from pathlib import Path
from typing import Any

import krgboot
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from matrix import count_of

# Characters with a meaning in one of the formats: shell, dhcpd, exports, fstab, pxelinux, kernel.
NASTY = "abz019-_.:/ #\"'\\{};$`,=()*%@~+\t\n\r\x00\x1fé€"

nasty = st.text(alphabet=NASTY, min_size=1, max_size=12)
label = st.builds(
    lambda first, middle, last: first + middle + last,
    st.sampled_from("abcdefgh"),
    st.text(alphabet="abz019-", max_size=6),
    st.sampled_from("xyz789"),
)
word = st.text(alphabet="abcXYZ019_.=,/+-", min_size=1, max_size=12)


@st.composite
def clusters(draw: st.DrawFn, strange: bool = True) -> dict[str, Any]:
    """A spec that is usually well-formed, but often semantically invalid."""

    def odd(plain: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        # One field in twenty is unusual: with more, hardly any cluster would be valid.
        return nasty if strange and draw(st.integers(0, 19)) == 0 else plain

    third = draw(st.integers(0, 255))
    prefix = draw(st.sampled_from([22, 23, 24, 25]))
    network = IPv4Network(f"10.7.{third}.0/{prefix}", strict=False)
    hosts = st.integers(1, network.num_addresses - 2).map(lambda number: network[number])
    count = draw(st.integers(0, 8))
    server, router, *nodes = draw(st.lists(hosts, min_size=count + 2, max_size=count + 2, unique=True))
    images = draw(st.lists(label, min_size=1, max_size=3, unique=True))
    boots = draw(st.lists(label, min_size=1, max_size=3, unique=True))
    spec: dict[str, Any] = {
        "version": 1,
        "cluster": {"name": draw(odd(label)), "domain": draw(odd(st.just("cluster.example.org")))},
        "server": {
            "name": "server",
            "address": str(server),
            "release": draw(st.sampled_from(["lenny", "bookworm", "trixie"])),
            "tftp_root": "/srv/" + draw(odd(label)),
            # One daemon in four is not krgboot's.
            **{kind: "none" for kind in ("dhcp", "tftp", "nfs") if draw(st.integers(0, 3)) == 0},
        },
        "networks": [{"subnet": str(network), "router": str(router)}],
        "images": {
            name: {
                "path": f"/nfsroot/{number}/" + draw(odd(label)),
                "release": draw(st.sampled_from(["lenny", "bookworm"])),
                "root": draw(st.sampled_from(["ro", "rw"])),
                "shares_file_system": "a test",
            }
            for number, name in enumerate(images)
        },
        "boot": {
            name: {
                "image": draw(st.sampled_from(images)),
                "kernel": "vmlinuz-" + draw(odd(label)),
                **({"initrd": "initrd-" + draw(odd(label))} if draw(st.booleans()) else {}),
                "append": draw(st.lists(odd(word), max_size=3)),
            }
            for name in boots
        },
        "default_boot": draw(st.sampled_from(boots)),
        "nodes": [],
    }
    if draw(st.booleans()):
        first, last = draw(hosts), draw(hosts)
        spec["networks"][0]["pool"] = {"first": str(min(first, last)), "last": str(max(first, last))}
        if draw(st.booleans()):
            spec["networks"][0]["pool"]["host_prefix"] = draw(odd(label))
    for number, address in enumerate(nodes):
        node: dict[str, Any] = {"name": f"n{number}x" + draw(label), "address": str(address)}
        if draw(st.booleans()):
            node["mac"] = f"52:54:00:00:{number:02x}:{draw(st.integers(0, 255)):02x}"
        if draw(st.booleans()):
            node["boot"] = draw(st.sampled_from(boots))
        if draw(st.integers(0, 3)) == 0:
            node["append"] = draw(st.lists(odd(word), min_size=1, max_size=2))
        spec["nodes"].append(node)
    return spec


def accepted(spec: dict[str, Any]) -> krgboot.Cluster | None:
    try:
        return krgboot.from_dict(spec)
    except (krgboot.ConfigError, krgboot.ValidationError) as error:
        findings = error.diagnostics
    assert findings
    assert all(finding.code and finding.message for finding in findings)
    return None


def written(cluster: krgboot.Cluster) -> dict[str, str]:
    """Return every text of the plan; edits are applied to empty files."""
    texts: dict[str, str] = {}
    for item in cluster.render().items:
        if isinstance(item, krgboot.WriteFile):
            texts[item.path] = item.content.decode()
        elif isinstance(item, krgboot.EditFile) and isinstance(item.edit, krgboot.MarkedBlock):
            texts[item.path] = item.edit.body
    return texts


@settings(max_examples=count_of(4000), deadline=None, suppress_health_check=list(HealthCheck))
@given(clusters())
def test_what_is_accepted_reads_back_as_it_was_meant(spec: dict[str, Any]) -> None:
    cluster = accepted(spec)
    assume(cluster is not None)
    assert cluster is not None
    texts = written(cluster)
    root = cluster.server.tftp_root
    addresses = cluster.addresses_by_image()

    # A daemon has files exactly if the spec gives it to krgboot and it has something to serve.
    served = {
        "/etc/dhcp": cluster.server.dhcp != "none",
        "/etc/default/tftpd-hpa": cluster.server.tftp != "none",
        "/etc/exports": cluster.server.nfs != "none" and any(addresses.values()),
    }
    paths = [item.path for item in cluster.render().items]
    assert {start: any(path.startswith(start) for path in paths) for start in served} == served

    # Boot files: the label, the kernel and every appended word of each node.
    for node in cluster.nodes:
        own = cluster.needs_own_boot_file(node)
        name = cluster.boot_file_name(node) if own else "default"
        menu = krgboot.PxelinuxMenu.parse(texts[f"{root}/pxelinux.cfg/{name}"])
        entry = node.boot
        assert menu.boots is not None
        assert menu.boots.name == entry.name
        assert menu.boots.kernel == f"boot/{entry.image.name}/{entry.kernel}"
        line = krgboot.KernelCommandLine(menu.boots.append or "")
        wanted = krgboot.render_command_line(cluster, entry, node)
        words = [str(parameter) for parameter in line.parameters if parameter.name != "initrd"]
        assert words == [str(parameter) for parameter in wanted.parameters]
        assert line.nfs_root is not None
        assert line.nfs_root.path == entry.image.path

    # Exports: exactly the addresses that boot an image may mount it; without an NFS server, none.
    tables = [
        krgboot.ExportsTable.parse(text, path)
        for path, text in texts.items()
        if path.endswith(".exports") or path == "/etc/exports"
    ]
    view = krgboot.ExportsView(tables)
    assert not [finding for finding in view.diagnostics if finding.severity is krgboot.Severity.error]
    for image in cluster.images:
        ranges = addresses[image.name] if cluster.server.nfs != "none" else []
        exported = [IPv4Network(entry.client) for table in tables for entry in table.list() if entry.path == image.path]
        # The minimal cover computed by the standard library.
        meant = chain.from_iterable(
            summarize_address_range(IPv4Address(str(r.first)), IPv4Address(str(r.last))) for r in ranges
        )
        assert sorted(exported) == sorted(collapse_addresses(meant))
        for r in ranges[:2]:
            for address in (r.first, r.last):
                verdict = view.would_allow(address, image.path)
                assert verdict.admission is krgboot.Admission.allowed
                assert verdict.read_only is (image.root is krgboot.RootMode.ro)

    # hosts and fstab of each image.
    for image in cluster.images:
        hosts = krgboot.HostsFile.parse(texts[f"{image.path}/etc/hosts"])
        for node in cluster.nodes:
            assert f"{node.name}.{cluster.domain}" in hosts.names_of(node.address)
        mounts = krgboot.FstabTable.parse(texts[f"{image.path}/etc/fstab"]).list()
        assert [str(m) for m in mounts] == [str(m) for m in krgboot.image_mounts(cluster, image)]


def _dhcpd_accepts(text: str) -> subprocess.CompletedProcess[str]:
    dhcpd = krgboot.find_program("dhcpd")
    assert dhcpd is not None
    with tempfile.TemporaryDirectory() as folder:
        conf = Path(folder) / "dhcpd.conf"
        conf.write_text(text)
        return subprocess.run(
            [dhcpd, "-t", "-cf", str(conf), "-lf", "/dev/null"], capture_output=True, text=True, check=False
        )


@pytest.mark.skipif(krgboot.find_program("dhcpd") is None, reason="dhcpd (package isc-dhcp-server) is not installed")
@settings(max_examples=count_of(1000), deadline=None, suppress_health_check=list(HealthCheck))
@given(clusters())
def test_dhcpd_accepts_what_validation_accepts(spec: dict[str, Any]) -> None:
    cluster = accepted(spec)
    assume(cluster is not None)
    assert cluster is not None
    assume(cluster.server.dhcp != "none")
    result = _dhcpd_accepts(krgboot.dhcpd_render(cluster))
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(
    krgboot.find_program("exportfs") is None, reason="exportfs (package nfs-kernel-server) is not installed"
)
@settings(max_examples=count_of(400), deadline=None, suppress_health_check=list(HealthCheck))
@given(clusters())
def test_exportfs_accepts_what_validation_accepts(spec: dict[str, Any]) -> None:
    """Uses apply's dry run, which counts the entries that the real exportfs accepts."""
    cluster = accepted(spec)
    assume(cluster is not None)
    assert cluster is not None
    with tempfile.TemporaryDirectory() as root:
        report = krgboot.apply(cluster, root, allow_missing=True)
        checks = {check.daemon: check for check in report.checks}
        exports = cluster.server.nfs != "none" and any(cluster.addresses_by_image().values())
        asked = {"dhcpd"} if cluster.server.dhcp != "none" else set()
        assert checks.keys() == (asked | {"exportfs"} if exports else asked)
        assert all(check.ran for check in report.checks), report.checks
        assert krgboot.verify(cluster, root).drift.changes == []


@settings(max_examples=count_of(300), deadline=None)
@given(clusters(strange=False))
def test_rendering_is_deterministic(spec: dict[str, Any]) -> None:
    cluster = accepted(spec)
    assume(cluster is not None)
    assert cluster is not None
    again = krgboot.loads(json.dumps(spec))
    assert cluster.render() == again.render()


@settings(max_examples=count_of(400), deadline=None)
@given(st.text(alphabet=NASTY + "[]{}-?&*!|>%@`", max_size=200))
def test_no_text_does_more_than_raise(text: str) -> None:
    with pytest.raises((krgboot.ConfigError, krgboot.ValidationError)) as info:
        krgboot.loads(text, "any.yaml")
    assert str(info.value)


@pytest.mark.skipif(shutil.which("diff") is None, reason="diff is not installed")
@settings(max_examples=count_of(150), deadline=None)
@given(
    st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "\n"]), max_size=30),
    st.lists(st.sampled_from(["a\n", "b\n", "c\n", "e\n", "\n"]), max_size=30),
    st.sampled_from(["", "tail"]),
)
def test_our_diff_is_one_that_patch_takes(before: list[str], after: list[str], tail: str) -> None:
    old, new = "".join(before), "".join(after) + tail
    hunks = krgboot.unified_hunks(old, new)
    assert (hunks == "") == (old == new)
    if old == new:
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_text(old)
        (Path(folder) / "patch").write_text(f"--- file\n+++ file\n{hunks}")
        subprocess.run(
            ["patch", "-s", "-d", folder, "-i", "patch", "file"],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
        assert (file.read_text() if file.exists() else "") == new
