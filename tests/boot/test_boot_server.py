"""A boot server that is a separate machine: Debian with systemd, real services and the kernel's NFS server.

It is a virtual machine, the only node of a lab. First krgboot's labs run there on the kernel's NFS server. Then
`krgbootctl apply` makes it the boot server of examples/debian, and a node of that cluster boots from it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import installed
import labs
import pytest
from krgboot.lab import machine
from krgboot.lab.acceleration import find_accelerator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = labs.SOURCE / "tests" / "boot" / "boot_server.yaml"
INSIDE = labs.SOURCE / "tests" / "boot" / "inside"
ROOT = labs.BUILD / "boot-server-root"
IMAGE = ROOT / "srv" / "nfs" / "server"
# On that server: the images of its lab, and the image of examples/debian as a file system in a file.
STAGED = "/opt/staged"
NODES = "/srv/nodes.ext4"
CLUSTER = "/root/cluster.yaml"


def stage(root: Path) -> Path:
    """Make the server's files: small images, and an administrator's exports in addition to krgboot's."""
    labs.stage_root(root)
    for name in ("still", "open"):
        image = root / "srv" / "nfs" / name
        for directory in ("boot", "home", "squashed"):
            (image / directory).mkdir(parents=True)
        for file in ("boot/vmlinuz", "boot/initrd.img"):
            (image / file).write_text("no node boots here\n")
        (image / "what").write_text(f"{name}\n")
        (image / "home" / "what").write_text(f"{name}'s home\n")
        (image / "squashed").chmod(0o777)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc" / "exports").write_text(
        "/srv/nfs/open/squashed 10.25.0.13(rw,sync,root_squash,no_subtree_check)\n"
        "/etc 10.25.0.0/24(ro,no_subtree_check)\n"
    )
    labs.krgbootctl("apply", "--root", root, INSIDE / "cluster.yaml")
    return root


@pytest.fixture(scope="module")
def lab() -> Iterator[labs.RunningLab]:
    """The lab in which the boot server runs. Its DHCP server could not start, as it is not configured yet."""
    labs.need_a_lab()
    here = installed.release()
    shutil.rmtree(ROOT, ignore_errors=True)
    labs.stage_root(ROOT)
    spec = ROOT / "cluster.yaml"
    spec.write_text(SPEC.read_text().replace("release: bookworm", f"release: {here}"))
    labs.krgbootctl("image", "bootstrap", "--root", ROOT, spec, "server")
    labs.krgbootctl("image", "configure", "--root", ROOT, spec, "server")
    place = installed.install(IMAGE)
    for file in ("cluster.yaml", "server.py", "handles.py", "volume.sh", "volume.yaml"):
        shutil.copy(INSIDE / file, place)
    shutil.copy(labs.SOURCE / "tests" / "python" / "raw_clients.py", place)
    stage(IMAGE / STAGED.lstrip("/"))
    example = labs.DEBIAN.read_text().replace("release: bookworm", f"release: {here}", 1)  # (the server's)
    (IMAGE / CLUSTER.lstrip("/")).write_text(example)
    nodes = labs.QUICKSTART_ROOT / labs.DEBIAN_IMAGE.lstrip("/")
    subprocess.run(["mkfs.ext4", "-q", "-d", nodes, IMAGE / NODES.lstrip("/"), "800M"], check=True)
    # A lab requires QEMU; these labs switch no machine on.
    qemu = IMAGE / "usr" / "local" / "bin" / "qemu-system-x86_64"
    qemu.write_text("#!/bin/false\n")
    qemu.chmod(0o755)
    labs.krgbootctl("apply", "--root", ROOT, spec)
    with labs.running_lab("boot-server", spec, ROOT, "--memory", "2048") as lab:
        server = lab.node("server")
        assert server["failure"] is None
        assert server["differences"] == []
        assert server["failed_units"] == ["isc-dhcp-server.service"]
        yield lab


@pytest.fixture(scope="module")
def seen(lab: labs.RunningLab) -> dict[str, Any]:
    """The results of inside/server.py on the server."""
    look = ("python3", f"{installed.PLACE}/server.py", "look", f"{installed.PLACE}/cluster.yaml", STAGED)
    text = lab.on("server", *installed.ENVIRONMENT, *look)
    (labs.BUILD / "boot-server" / "seen.json").write_text(text)
    data: dict[str, Any] = json.loads(text)
    return data


def test_the_report_names_the_kernel(seen: dict[str, Any]) -> None:
    assert re.fullmatch(r"the kernel's nfsd \d+\.\d+\.\d+\S*", seen["nfs_server"])


def test_exportfs_reads_the_applied_files_and_each_path_has_a_number_of_its_own(seen: dict[str, Any]) -> None:
    entries = {tuple(line.partition("(")[0].split("\t")): line for line in seen["etab"]}
    assert set(entries) == {
        ("/srv/nfs/still", "10.25.0.11"),
        ("/srv/nfs/still/home", "10.25.0.11"),
        ("/srv/nfs/open", "10.25.0.12"),
        ("/srv/nfs/open/squashed", "10.25.0.13"),
    }
    assert len({line.partition("fsid=")[2] for line in entries.values()}) == 4


@pytest.mark.parametrize("version", ["3", "4.2"])
def test_who_may_mount_and_write_what(seen: dict[str, Any], version: str) -> None:
    by = seen[version]
    read_only = f"sh: 1: cannot create new-{version}: Read-only file system"
    assert by["reader: still"] == ["still", read_only]
    assert by["writer: open"] == ["open", version, "0:0"]
    assert by["stranger: squashed"] == [version, "65534:65534"]
    # An export inside another, on one file system: NFSv4 walks there from the outer export and stays in it. That is the
    # kernel's behaviour on any boot server; krgboot's lines in a node's fstab request NFSv3.
    assert by["reader: home"] == ["still's home", *([version, "0:0"] if version == "3" else [read_only])]


@pytest.mark.parametrize("client", ["reader: open", "writer: /etc", "stranger: still"])
def test_nobody_else_may(seen: dict[str, Any], client: str) -> None:
    (refused,) = seen["3"][client]
    assert refused.startswith("mount.nfs: access denied by server while mounting 10.25.0.2:/")
    # (NFSv4 does not reveal that the file exists.)
    (refused,) = seen["4.2"][client]
    assert refused.endswith("failed, reason given by server: No such file or directory")


def test_what_it_says_is_in_the_log(seen: dict[str, Any]) -> None:
    assert "authenticated mount request from 10.25.0.12:" in seen["said"]
    assert "refused mount request from 10.25.0.13 for /srv/nfs/still" in seen["said"]


def test_writes_go_into_memory(seen: dict[str, Any]) -> None:
    squashed = [f"open/squashed/new-{version}" for version in ("3", "4.2")]
    assert seen["in the rack"] == ["open/new-3", "open/new-4.2", *squashed, "still/home/new-3"]
    assert seen["in the image"] == []


def test_two_run_beside_the_servers_own(seen: dict[str, Any]) -> None:
    before, now = seen["before"], seen["while two run"]
    assert before["its own nfsd threads"] == now["its own nfsd threads"] == before["nfsd threads"] > 0
    assert now["nfsd threads"] > before["nfsd threads"]
    assert (before["keepers"], now["keepers"]) == (0, 2)
    for what in ("its own exports", "mounts", "links"):
        assert now[what] == before[what]


def test_nothing_is_left_of_one_that_is_closed(seen: dict[str, Any]) -> None:
    before, two, end = seen["before"], seen["while two run"], seen["closed"]
    assert (end["in use"], end["status"], end["still plugged in"]) == ("held\n", 0, [])
    of_each = (two["nfsd threads"] - before["nfsd threads"]) // 2
    assert end["left"]["nfsd threads"] == before["nfsd threads"] + of_each
    assert end["left"]["keepers"] == 1


def test_nothing_is_left_of_one_that_is_killed(seen: dict[str, Any]) -> None:
    end = seen["killed"]
    assert (end["in use"], end["status"], end["still plugged in"]) == ("held\n", -9, [])
    assert end["left"] == seen["before"]


def test_what_a_client_reaches_by_handles_that_it_makes_up(lab: labs.RunningLab) -> None:
    """A forged handle reaches the whole file system of an exported directory; with a dedicated one, only the export."""
    no_such_file, stale = 2, 70  # RFC 1813
    seen = json.loads(lab.on("server", "python3", f"{installed.PLACE}/handles.py"))
    secret, mine = ("shadow by name", "shadow by number"), ("motd by name", "motd by number")
    assert [seen["a part"][how] for how in secret] == ["of the server"] * 2
    assert [seen["a part"][how] for how in mine] == [no_such_file, stale]
    assert [seen["all of it"][how] for how in mine] == ["of the image"] * 2
    assert [seen["all of it"][how] for how in secret] == [no_such_file, stale]


def test_an_image_in_a_logical_volume(lab: labs.RunningLab) -> None:
    """`image bootstrap` makes it and krgboot's unit mounts it; existing data is not overwritten."""
    spec, place, unit = f"{installed.PLACE}/volume.yaml", "/srv/volumes/debian", "srv-volumes-debian.mount"

    def findmnt() -> list[str]:
        return lab.on("server", "findmnt", "--noheadings", "--raw", "-o", "SOURCE,FSTYPE,OPTIONS", place).split()

    lab.on("server", "sh", f"{installed.PLACE}/volume.sh")
    bootstrap = [*installed.KRGBOOTCTL, "image", "bootstrap", spec, "debian"]
    lab.on("server", *bootstrap)
    device, file_system, options = findmnt()
    assert (device, file_system) == ("/dev/mapper/images-debian", "ext4")
    assert {"nosuid", "nodev"} <= set(options.split(","))
    size = lab.on("server", "lvs", "--noheadings", "--units", "m", "-o", "lv_size", "images/debian")
    assert size.strip() == "512.00m"
    # The bits stay on the disk, whatever the server's mount options are.
    assert lab.on("server", "stat", "-c", "%a", f"{place}/bin/sh", f"{place}/etc/shadow", "/srv/volumes") == (
        "4755\n640\n700\n"
    )
    lab.on("server", "umount", place)
    # Write it on the server itself: its NFS client may not see writes of other machines to its root immediately.
    file = f"/etc/systemd/system/{unit}"
    render = [*installed.KRGBOOTCTL, "render", "--path", file, spec]
    lab.on("server", "sh", "-ec", f'"$@" >{file}', "sh", *render)
    lab.on("server", "systemctl", "daemon-reload")
    lab.on("server", "systemctl", "start", unit)
    assert findmnt() == [device, file_system, options]
    lab.on("server", "umount", place)
    refused = labs.krgbootctl("lab", "exec", "--lab", lab.name, "server", "--", *bootstrap, status=1)
    assert "/dev/images/debian holds data already: " in refused.stderr
    # An existing empty file system is accepted.
    lab.on("server", "wipefs", "--quiet", "--all", "/dev/images/debian")
    lab.on("server", *bootstrap)
    assert findmnt()[0] == device
    lab.on("server", "sh", "-ec", f"umount {place}; rm {file}; systemctl daemon-reload")


# A second network inside the first: frames in UDP (VXLAN, RFC 7348). Its ends are the server and the lab's rack.
SERVER_CABLE = """
nic=$(ip -oneline route get 10.24.0.2 | sed 's/.* dev \\([^ ]*\\) .*/\\1/')
ip link set mtu 1600 dev $nic
ip link add boot0 mtu 1500 type vxlan id 20 remote 10.24.0.2 dstport 4789
ip address add 10.20.0.2/24 dev boot0
ip link set boot0 up
"""
RACK_CABLE = """
ip link set mtu 1600 dev tap0
ip link set mtu 1600 dev lab0
ip link add boot0 mtu 1500 type vxlan id 20 remote 10.24.0.101 dstport 4789
ip link add bridge0 type bridge
ip link set boot0 master bridge0 up
ip link set bridge0 up
ip tuntap add dev node0 mode tap
ip link set node0 master bridge0 up
"""
# Work of the administrator: the disk with the image, the interface to the nodes, a key for login to them.
SET_UP = f"""
mkdir -p {labs.DEBIAN_IMAGE}
chmod 700 $(dirname {labs.DEBIAN_IMAGE})
mount -o loop,nosuid,nodev {NODES} {labs.DEBIAN_IMAGE}
install -d -o 1234 -g 1234 {labs.DEBIAN_IMAGE}/home/user
sed --in-place 's/^INTERFACESv4=.*/INTERFACESv4="boot0"/' /etc/default/isc-dhcp-server
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
install -d -m 700 {labs.DEBIAN_IMAGE}/root/.ssh
install -m 600 /root/.ssh/id_ed25519.pub {labs.DEBIAN_IMAGE}/root/.ssh/authorized_keys
install -d /var/lib/other
sed --in-place 's,^TFTP_DIRECTORY=.*,TFTP_DIRECTORY="/var/lib/other",' /etc/default/tftpd-hpa
systemctl restart tftpd-hpa
"""
# Foreign exports as found in practice: a missing directory, no subtree_check option, and a typing error, after
# which exportfs reads nothing more.
FOREIGN = "/not/there 10.20.0.0/24(ro)\n/opt 10.20.0.9(ro)\n/srv 10.20.0.9(rw,no_root_sqash)\n"
SERVICES = ("isc-dhcp-server", "tftpd-hpa", "nfs-server")


@pytest.fixture(scope="module")
def applied(lab: labs.RunningLab) -> str:
    """The output of `krgbootctl apply` that made it the boot server of examples/debian."""
    lab.on("server", "sh", "-ec", SERVER_CABLE + SET_UP)
    lab.on("server", "sh", "-c", f"printf '{FOREIGN}' >/etc/exports; exportfs -ra; true")
    return lab.on("server", "sh", "-c", '"$@" 2>&1', "sh", *installed.KRGBOOTCTL, "apply", CLUSTER)


@pytest.fixture(scope="module")
def console(lab: labs.RunningLab, applied: str) -> Iterator[str]:
    """The node `console` of that cluster, booted from that server: the prefix of a command to run on it."""
    lab.on("rack", "sh", "-ec", RACK_CABLE)
    argv = machine.arguments(
        "console",
        "52:54:00:20:00:10",
        "6f2d1a4c-52e1-4b0f-9a3c-0123456789ab",
        tap=3,
        monitor=4,
        accelerator=find_accelerator(lab.report["accelerator"]),
        memory=1024,
    )
    # `lab exec` passes no descriptors: QEMU opens the tap by name, and its monitor is unused.
    by_name = {
        "tap,id=net,fd=3": "tap,id=net,ifname=node0,script=no,downscript=no",
        "socket,id=monitor,fd=4": "null,id=monitor",
    }
    argv = [by_name.pop(word, word) for word in argv]
    assert not by_name
    log = labs.BUILD / "boot-server" / "console.log"
    with log.open("wb") as file:
        command = [*labs.KRGBOOTCTL, "lab", "exec", "--lab", lab.name, "rack", "--", *argv, "-pidfile", "/run/console"]
        node = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
    try:
        labs.wait_until(lambda: node.poll() is not None or b"console login:" in log.read_bytes(), 900)
        assert node.poll() is None
        # It makes its host keys at boot.
        options = "-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
        ssh = f"ssh {options} 10.20.0.110"
        patience = f"for i in $(seq 100); do if {ssh} true; then exit 0; fi; sleep 2; done; exit 1"
        lab.on("server", "sh", "-c", patience)
        yield ssh
    finally:
        lab.on("rack", "sh", "-c", "kill $(cat /run/console)")
        node.wait()


def served_by_tftp(lab: labs.RunningLab) -> str:
    """Return the directory that in.tftpd was started with."""
    each = 'for file in /proc/[0-9]*/cmdline; do tr "\\0" " " <$file; echo; done 2>/dev/null'
    running = lab.on("server", "sh", "-c", each)
    (directory,) = re.findall(r"^\S*/in\.tftpd --listen .* (/\S+) $", running, re.MULTILINE)
    return str(directory)


def test_apply_sets_up_the_services_that_run_there(lab: labs.RunningLab, applied: str) -> None:
    assert [line for line in applied.splitlines() if line.startswith("reload ")] == [
        "reload dhcp",
        "reload tftp",
        "reload systemd",
        "reload nfs",
    ]
    assert lab.on("server", "systemctl", "is-active", *SERVICES) == "active\n" * len(SERVICES)
    assert lab.on("server", "systemctl", "--failed", "--plain", "--no-legend") == ""
    assert served_by_tftp(lab) == "/srv/tftp"
    lab.on("server", *installed.KRGBOOTCTL, "verify", CLUSTER)
    lab.on("server", *installed.KRGBOOTCTL, "trace", CLUSTER, "console")


def test_other_peoples_exports_stop_nothing(lab: labs.RunningLab, applied: str) -> None:
    said = " ".join(applied.split())
    for word in ("/not/there", "no_root_sqash", "subtree_check", "[exports.complaint]"):
        assert word in said
    etab = lab.on("server", "cat", "/var/lib/nfs/etab")
    assert f"{labs.DEBIAN_IMAGE}\t10.20.0.101(ro" in etab
    assert "/opt\t10.20.0.9(ro" in etab


def test_one_export_of_the_running_server_is_changed(lab: labs.RunningLab, applied: str) -> None:
    """At once, or not at all, although other people's entries have faults."""
    table, client, path = "/etc/exports.d/site.exports", "10.20.0.77", f"{labs.DEBIAN_IMAGE}/opt"

    def exports(command: str, path: str, *options: str, status: int = 0) -> str:
        argv = [*installed.KRGBOOTCTL, "exports", command, path, client, *options, "--file", table, "--reload"]
        return labs.krgbootctl("lab", "exec", "--lab", lab.name, "server", "--", *argv, status=status).stderr

    def etab() -> str:
        return lab.on("server", "cat", "/var/lib/nfs/etab")

    before = etab()
    exports("add", path, "ro,no_subtree_check")
    assert f"{path}\t{client}(ro" in etab()
    # This server's own root is NFS, which cannot be exported without fsid=.
    text = lab.on("server", "cat", table)
    refused = exports("add", "/usr", "ro,no_subtree_check", "--no-check", status=1)
    assert "[reload.failed]" in refused
    assert "the old table was put back" in refused
    assert lab.on("server", "cat", table) == text
    exports("remove", path)
    assert sorted(etab().splitlines()) == sorted(before.splitlines())


def test_a_node_boots_from_it(lab: labs.RunningLab, console: str) -> None:
    def on_node(command: str) -> str:
        return lab.on("server", "sh", "-ec", f"{console} '{command}'")

    assert on_node("hostname") == "console\n"
    assert on_node('grep -c " / nfs ro," /proc/mounts') == "1\n"
    assert {"systemd.volatile=state", "mem=2G"} <= set(on_node("cat /proc/cmdline").split())
    assert on_node("systemctl --failed --plain --no-legend") == ""
    # The kernel's NFS server also supports ACLs.
    user = "setpriv --reuid=1234 --regid=4321 --clear-groups"
    on_node(f'cd /home/user && {user} sh -c "echo seen >here && cp --preserve=all here there"')
    assert lab.on("server", "stat", "-c", "%u:%g %s", f"{labs.DEBIAN_IMAGE}/home/user/there") == "1234:4321 5\n"
    said = lab.on("server", "journalctl", "--unit", "isc-dhcp-server", "--output", "cat")
    assert "DHCPACK on 10.20.0.110 to 52:54:00:20:00:10 via boot0" in said


def test_a_service_that_does_not_come_up_again_gets_its_old_files_back(lab: labs.RunningLab, console: str) -> None:
    """An administrator's mistake that dhcpd detects only at its start."""
    more = "  - {name: late, address: 10.20.0.121, mac: 52:54:00:20:00:21}\n"
    lab.on("server", "sh", "-ec", f"cp {CLUSTER} {CLUSTER}.more && printf %s '{more}' >>{CLUSTER}.more")
    defaults = "/etc/default/isc-dhcp-server"
    before = lab.on("server", "sh", "-c", "cat /etc/dhcp/* /etc/exports.d/*")
    lab.on("server", "sed", "--in-place", "s/boot0/gone0/", defaults)
    refused = labs.krgbootctl(
        *("lab", "exec", "--lab", lab.name, "server", "--", *installed.KRGBOOTCTL, "apply", f"{CLUSTER}.more"), status=1
    )
    assert "[reload.failed]" in refused.stderr
    assert lab.on("server", "sh", "-c", "cat /etc/dhcp/* /etc/exports.d/*") == before
    lab.on("server", "sed", "--in-place", "s/gone0/boot0/", defaults)
    lab.on("server", *installed.KRGBOOTCTL, "apply", f"{CLUSTER}.more")
    assert lab.on("server", "systemctl", "is-active", *SERVICES) == "active\n" * len(SERVICES)
    assert "52:54:00:20:00:21" in lab.on("server", "sh", "-c", "cat /etc/dhcp/*")
    # The same for tftpd-hpa. It starts neither with its old file nor with the new one, and apply reports that.
    defaults = "/etc/default/tftpd-hpa"
    spoil = """s,^TFTP_DIRECTORY=.*,TFTP_DIRECTORY="/var/lib/other",; s/^TFTP_USERNAME=.*/TFTP_USERNAME="gone"/"""
    lab.on("server", "sed", "--in-place", spoil, defaults)
    before = lab.on("server", "cat", defaults)
    refused = labs.krgbootctl(
        *("lab", "exec", "--lab", lab.name, "server", "--", *installed.KRGBOOTCTL, "apply", f"{CLUSTER}.more"), status=1
    )
    assert "with the old files tftp did not start either" in " ".join(refused.stderr.split())
    assert lab.on("server", "cat", defaults) == before
    lab.on("server", "sed", "--in-place", "s/gone/tftp/", defaults)
    assert "reload tftp\n" in lab.on("server", *installed.KRGBOOTCTL, "apply", f"{CLUSTER}.more")
    assert lab.on("server", "systemctl", "is-active", *SERVICES) == "active\n" * len(SERVICES)
    assert served_by_tftp(lab) == "/srv/tftp"
    # The node is not affected.
    assert lab.on("server", "sh", "-ec", f"{console} cat /home/user/here") == "seen\n"
