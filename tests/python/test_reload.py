"""Apply on the machine itself: reloads services, and restores the old files if a service does not start.

exportfs is real; only systemctl is a stand-in (see own_directories.py).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import pytest
from descriptors import seen, stand_in
from faults import was_killed
from own_directories import Machine, own_directories
from staging import EXAMPLES, make_image, needs, needs_root

if TYPE_CHECKING:
    from collections.abc import Iterator


pytestmark = [needs_root, needs("unshare", "exportfs")]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with own_directories(tmp_path) as made:
        made.seen(ETAB).write_text("")
        made.seen("/var/lib/nfs/rmtab").write_text("")
        cluster = krgboot.load(write_spec(tmp_path))
        make_image(tmp_path, cluster, cluster.images[0])
        yield made


def write_spec(scratch: Path) -> Path:
    """Its image is in a plain directory here: nothing is mounted."""
    spec = scratch / "cluster.yaml"
    spec.write_text(EXAMPLES["debian"].read_text().replace("filesystem: {size: 8G}", "shares_file_system: a test"))
    return spec


@pytest.fixture
def spec(machine: Machine) -> Path:
    return machine.scratch / "cluster.yaml"


DHCP, TFTP = "systemctl restart isc-dhcp-server.service", "systemctl restart tftpd-hpa.service"
RESTARTED = [DHCP, TFTP]
ETAB = "/var/lib/nfs/etab"
IMAGE = "/srv/nfs/debian"
OURS = f"{IMAGE}\t10.20.0.101(ro"


def test_only_what_changed_is_reloaded(machine: Machine, spec: Path) -> None:
    machine.stand_in("systemctl")
    first = machine.krgbootctl("apply", spec)
    assert first.returncode == 0, first.stderr
    assert machine.called() == RESTARTED
    # The real exportfs has exported the image.
    assert OURS in machine.seen(ETAB).read_text()

    second = machine.krgbootctl("apply", spec)
    assert second.stdout == "nothing to change\n", second.stderr
    assert machine.called() == RESTARTED

    # No service has to reload a boot file.
    machine.seen("/srv/tftp/pxelinux.cfg/default").unlink()
    third = machine.krgbootctl("apply", spec)
    assert third.returncode == 0, third.stderr
    assert "create /srv/tftp/pxelinux.cfg/default" in third.stdout
    assert machine.called() == RESTARTED


def test_a_service_that_does_not_come_up_gets_its_old_files_back(machine: Machine, spec: Path) -> None:
    conf = machine.seen("/etc/dhcp/dhcpd.conf")
    conf.write_text("# the admin's\n")
    inode = conf.stat().st_ino
    # Like a real service: it fails with the new files, and starts with the old ones.
    machine.stand_in(
        "systemctl",
        "if grep -q krgboot /etc/dhcp/dhcpd.conf; then echo Job for isc-dhcp-server.service failed. >&2; exit 1; fi",
    )
    failed = machine.krgbootctl("apply", spec)
    assert failed.returncode == 1
    assert "Job for isc-dhcp-server.service failed." in failed.stderr
    assert "the old files were put back" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert conf.read_text() == "# the admin's\n"
    assert conf.stat().st_ino == inode
    assert not machine.seen("/etc/dhcp/krgboot.conf").exists()
    assert not machine.seen("/srv/tftp").exists()
    assert machine.called() == [DHCP, *RESTARTED]

    machine.stand_in("systemctl")
    assert machine.krgbootctl("apply", spec).returncode == 0


def test_killed_before_the_reload_the_next_command_reloads(machine: Machine, spec: Path) -> None:
    machine.stand_in("systemctl", "kill -9 $PPID; sleep 1")
    # The stand-in kills its caller: krgboot dies after the commit and before the service has started.
    killed = machine.krgbootctl("apply", spec)
    assert was_killed(killed), killed.stderr
    machine.stand_in("systemctl")
    after = machine.krgbootctl("verify", spec)
    assert after.returncode == 0, after.stdout + after.stderr
    assert machine.called() == [DHCP, *RESTARTED]
    assert OURS in machine.seen(ETAB).read_text()


def test_the_service_manager_gets_no_descriptor_but_the_three(machine: Machine, spec: Path) -> None:
    machine.stand_in("systemctl", f"exec {machine.programs / 'tell'}")
    stand_in(machine.programs / "tell", str(machine.scratch / "out"), 0)
    assert machine.krgbootctl("apply", spec).returncode == 0
    assert machine.called() == RESTARTED
    assert seen(machine.scratch / "out") == ["0 1 2"] * 2


def test_a_tftp_server_that_does_not_come_up_gets_its_old_file_back(machine: Machine, spec: Path) -> None:
    defaults = machine.seen("/etc/default/tftpd-hpa")
    defaults.write_text('TFTP_DIRECTORY="/var/lib/tftpboot"\n')
    machine.stand_in("systemctl", 'case "$2" in tftpd*) grep -q lib/tftpboot /etc/default/tftpd-hpa;; esac')
    failed = machine.krgbootctl("apply", spec)
    assert failed.returncode == 1
    assert "the old files were put back" in failed.stderr
    assert defaults.read_text() == 'TFTP_DIRECTORY="/var/lib/tftpboot"\n'
    assert machine.called()[-2:] == RESTARTED


FOREIGN = {
    "a directory that is not there": ("/not/there 10.20.0.0/24(ro)", "/not/there"),
    "no word on subtree_check": ("/srv 10.20.0.0/24(ro)", "subtree_check"),
    "a typing error": ("/srv 10.20.0.0/24(rw,no_root_sqash)", "no_root_sqash"),
    "the same twice": ("/srv 10.20.0.9(ro,no_subtree_check)\n/srv 10.20.0.9(rw,no_subtree_check)", "duplicated"),
    "a bracket that is missing": ("/srv 10.20.0.0/24(rw\n/srv 10.20.0.9(ro,no_subtree_check)", "/etc/exports"),
    "what no exports file is": ("\x80\x81 ( = )\n", "exports"),
}


@pytest.mark.parametrize("fault", FOREIGN)
def test_other_peoples_exports_stop_nothing(machine: Machine, spec: Path, fault: str) -> None:
    machine.stand_in("systemctl")
    text, said = FOREIGN[fault]
    machine.seen("/etc/exports").write_text(text + "\n", encoding="latin-1")
    applied = machine.krgbootctl("apply", spec)
    assert applied.returncode == 0, applied.stderr
    assert OURS in machine.seen(ETAB).read_text()
    assert said in applied.stdout + applied.stderr
    assert "warning" in applied.stdout + applied.stderr
    again = machine.krgbootctl("apply", spec)
    assert again.stdout == "nothing to change\n", again.stderr


@pytest.mark.parametrize("file", ["/etc/exports", "/etc/exports.d/a.exports", "/etc/exports.d/z.exports"])
def test_an_entry_for_the_same_client_as_ours_is_told(machine: Machine, spec: Path, file: str) -> None:
    """exportfs reports the first one as faulty, fails, and exports the others."""
    machine.stand_in("systemctl")
    machine.seen(file).write_text(f"{IMAGE} 10.20.0.101(rw,no_subtree_check)\n")
    said = f"{IMAGE} is exported to 10.20.0.101 twice"
    planned = machine.krgbootctl("plan", spec)
    assert said in " ".join((planned.stdout + planned.stderr).split())
    applied = machine.krgbootctl("apply", spec)
    assert applied.returncode == 0, applied.stderr
    assert said in " ".join((applied.stdout + applied.stderr).split())
    first = "ro" if file == "/etc/exports.d/z.exports" else "rw"
    assert f"{IMAGE}\t10.20.0.101({first}," in machine.seen(ETAB).read_text()
    verified = machine.krgbootctl("verify", spec)
    assert said in " ".join((verified.stdout + verified.stderr).split())


def test_what_the_server_exported_before_must_stay(machine: Machine, spec: Path) -> None:
    machine.stand_in("systemctl")
    machine.seen("/etc/exports").write_text("/srv 10.20.0.9(ro,no_subtree_check)\n")
    # An exportfs with an unrelated fault: it drops every entry and reports that.
    # The check before uses numbered temporary files and calls the real exportfs.
    check = '[ ! -e /etc/exports.d/1.exports ] || exec /usr/sbin/exportfs "$@"'
    machine.stand_in("exportfs", f"{check}\nprintf '' >{ETAB}; echo something failed >&2; exit 1")
    machine.seen(ETAB).write_text("/srv\t10.20.0.9(ro,sync,no_subtree_check)\n")
    failed = machine.krgbootctl("apply", spec)
    assert failed.returncode == 1
    assert "something failed" in failed.stderr
    assert "the old files were put back" in failed.stderr
    assert not machine.seen("/etc/exports.d/krgboot.exports").exists()


def mount_image(machine: Machine, kind: str, options: str = "") -> None:
    """From now on, programs on the machine see the image on a file system of this type."""
    image = machine.scratch / "srv" / "nfs" / "debian"
    layers = machine.scratch / "layers"
    upper = f"lowerdir={image},upperdir={layers}/up,workdir={layers}/work"
    mount = {
        "overlay": f"mount -t overlay none -o {upper}{options} {IMAGE}",
        "tmpfs": f"cp -a {image}/. {layers}/up && mount --bind {layers}/up {IMAGE}",
        # bindfs ends with the command that the shell becomes.
        "fuse": f"{{ setpriv --pdeathsig KILL bindfs -f {image} {layers}/work >/dev/null 2>&1 & "
        f"until mountpoint -q {layers}/work; do kill -0 $! || exit 1; sleep 0.1; done; }} && "
        f"mount --bind {layers}/work {IMAGE}",
        "ramfs": f"mount -t ramfs none {layers}/work && cp -a {image}/. {layers}/work && "
        f"mount --bind {layers}/work {IMAGE}",
    }
    machine.mounted = (
        f"mkdir -p {layers} && mount -t tmpfs none {layers} && mkdir {layers}/up {layers}/work && {mount[kind]}"
    )


# For each type: mount options, and whether the file system has an id (f_fsid of statfs), which is never persistent.
WITHOUT_LASTING_NUMBER = {"overlay": (",index=on,nfs_export=on", True), "tmpfs": ("", True), "fuse": ("", False)}


@pytest.mark.parametrize("kind", ["overlay", "tmpfs", pytest.param("fuse", marks=needs("bindfs"))])
def test_an_image_on_a_file_system_without_a_number_gets_one(machine: Machine, spec: Path, kind: str) -> None:
    if kind == "fuse" and not Path("/dev/fuse").exists():
        pytest.skip("NOT TESTED: /dev/fuse is not there")
    machine.stand_in("systemctl")
    options, has_number = WITHOUT_LASTING_NUMBER[kind]
    mount_image(machine, kind, options)
    applied = machine.krgbootctl("apply", spec)
    assert applied.returncode == 0, applied.stderr
    exports = machine.seen("/etc/exports.d/krgboot-debian.exports").read_text()
    numbers = set(re.findall(r"fsid=([0-9a-f-]{36})", exports))
    assert len(numbers) == len({line for line in exports.splitlines() if line.startswith("/")})
    etab = machine.seen(ETAB).read_text()
    assert all(f"fsid={number}" in etab for number in numbers)
    traced = machine.krgbootctl("trace", spec, "console").stdout
    assert "fsid=" not in re.sub(r"\([^)]*\)", "", traced)

    # Lines without it, as administrators write them.
    machine.seen("/etc/exports.d/krgboot-debian.exports").write_text(re.sub(",fsid=[0-9a-f-]{36}", "", exports))
    traced = machine.krgbootctl("trace", spec, "console").stdout
    checked = machine.krgbootctl("exports", "check")
    said = "without fsid= the NFS server may take it" if has_number else f"exports {IMAGE} with fsid= only"
    for text in (traced, checked.stdout + checked.stderr):
        assert said in " ".join(text.split()), text
    assert ("broken" in traced.splitlines()[-1]) == (not has_number), traced


@pytest.mark.parametrize("kind", ["overlay", "ramfs"])
def test_an_image_that_no_nfs_server_can_export(machine: Machine, spec: Path, kind: str) -> None:
    machine.stand_in("systemctl")
    assert machine.krgbootctl("apply", spec).returncode == 0
    mount_image(machine, kind)
    said = f"the NFS server cannot export {IMAGE}, which is {kind}"
    traced = machine.krgbootctl("trace", spec, "console").stdout
    assert said in " ".join(traced.split())
    checked = machine.krgbootctl("exports", "check")
    assert said in " ".join((checked.stdout + checked.stderr).split())
    refused = machine.krgbootctl("apply", spec)
    assert refused.returncode == 1
    assert "nothing was written" in refused.stderr
    assert said in " ".join(refused.stderr.split())
