"""On the machine itself: services reloaded, and the old files put back where one does not come up.

With the real exportfs; only systemctl is a stand-in (see own_directories.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import krgboot
import pytest
from descriptors import seen, stand_in
from faults import was_killed
from own_directories import Machine, own_directories
from staging import EXAMPLES, make_image, needs, needs_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [needs_root, needs("unshare", "exportfs")]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with own_directories(tmp_path) as made:
        made.seen("/var/lib/nfs/etab").write_text("")
        made.seen("/var/lib/nfs/rmtab").write_text("")
        cluster = krgboot.load(write_spec(tmp_path))
        make_image(tmp_path, cluster, cluster.images[0])
        yield made


def write_spec(scratch: Path) -> Path:
    """Its image lies in a plain directory here: nothing is mounted."""
    spec = scratch / "cluster.yaml"
    spec.write_text(EXAMPLES["debian"].read_text().replace("filesystem: {size: 8G}", "shares_file_system: a test"))
    return spec


@pytest.fixture
def spec(machine: Machine) -> Path:
    return machine.scratch / "cluster.yaml"


RESTARTED = "systemctl restart isc-dhcp-server.service"


def test_only_what_changed_is_reloaded(machine: Machine, spec: Path) -> None:
    machine.stand_in("systemctl")
    first = machine.krgbootctl("apply", spec)
    assert first.returncode == 0, first.stderr
    assert machine.called() == [RESTARTED]
    # The real exportfs has exported the image.
    assert "/srv/nfs/debian\t10.20.0.101(ro" in machine.seen("/var/lib/nfs/etab").read_text()

    second = machine.krgbootctl("apply", spec)
    assert second.stdout == "nothing to change\n", second.stderr
    assert machine.called() == [RESTARTED]

    # A boot file is nobody's to reload.
    machine.seen("/srv/tftp/pxelinux.cfg/default").unlink()
    third = machine.krgbootctl("apply", spec)
    assert third.returncode == 0, third.stderr
    assert "create /srv/tftp/pxelinux.cfg/default" in third.stdout
    assert machine.called() == [RESTARTED]


def test_a_service_that_does_not_come_up_gets_its_old_files_back(machine: Machine, spec: Path) -> None:
    conf = machine.seen("/etc/dhcp/dhcpd.conf")
    conf.write_text("# the admin's\n")
    inode = conf.stat().st_ino
    # As systemd would: it fails with the new files, and starts with the old ones.
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
    assert machine.called() == [RESTARTED] * 2

    machine.stand_in("systemctl")
    assert machine.krgbootctl("apply", spec).returncode == 0


def test_killed_before_the_reload_the_next_command_reloads(machine: Machine, spec: Path) -> None:
    machine.stand_in("systemctl", "kill -9 $PPID; sleep 1")
    # The stand-in kills whoever called it: krgboot dies after the commit and before the service is up.
    killed = machine.krgbootctl("apply", spec)
    assert was_killed(killed), killed.stderr
    machine.stand_in("systemctl")
    after = machine.krgbootctl("verify", spec)
    assert after.returncode == 0, after.stdout + after.stderr
    assert machine.called() == [RESTARTED] * 2
    assert "/srv/nfs/debian\t10.20.0.101(ro" in machine.seen("/var/lib/nfs/etab").read_text()


def test_the_service_manager_gets_no_descriptor_but_the_three(machine: Machine, spec: Path) -> None:
    machine.stand_in("systemctl", f"exec {machine.programs / 'tell'}")
    stand_in(machine.programs / "tell", str(machine.scratch / "out"), 0)
    assert machine.krgbootctl("apply", spec).returncode == 0
    assert machine.called() == [RESTARTED]
    assert seen(machine.scratch / "out") == ["0 1 2"]
