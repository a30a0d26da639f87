"""On the machine itself: services reloaded, and the old files put back where one does not come up.

Everything happens in a mount namespace of its own, with scratch directories over all that krgboot writes, and the
real exportfs. Only systemctl is a stand-in: no systemd runs where tests do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import krgboot
import pytest
from descriptors import seen, stand_in
from staging import EXAMPLES, make_image

EXAMPLE = EXAMPLES["debian"]
OWN = ("/etc/dhcp", "/etc/default", "/etc/exports.d", "/srv", "/var/lib/krgboot", "/var/lib/nfs")

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="private mounts of the system's directories need root"),
    pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare (package util-linux) is not installed"),
    pytest.mark.skipif(
        krgboot.find_program("exportfs") is None, reason="exportfs (package nfs-kernel-server) is not installed"
    ),
]


class Machine:
    """This machine, with scratch directories in the place of those that krgboot writes to."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        for path in OWN:
            self.seen(path).mkdir(parents=True)
        self.created: list[Path] = []
        for path in map(Path, OWN):
            if not path.exists():
                path.mkdir()
                self.created.append(path)
        self.seen("/var/lib/nfs/etab").write_text("")
        self.seen("/var/lib/nfs/rmtab").write_text("")
        self.programs = scratch / "programs"
        self.programs.mkdir()
        self.log = scratch / "systemctl.log"
        # Its image lies in a plain directory here: nothing is mounted.
        self.spec = scratch / "cluster.yaml"
        self.spec.write_text(EXAMPLE.read_text().replace("filesystem: {size: 8G}", "shares_file_system: a test"))
        cluster = krgboot.load(self.spec)
        make_image(scratch, cluster, cluster.images[0])

    def seen(self, path: str) -> Path:
        return self.scratch / path.lstrip("/")

    def systemctl(self, body: str) -> None:
        program = self.programs / "systemctl"
        program.write_text(f'#!/bin/sh\necho "$@" >>{self.log}\n{body}\n')
        program.chmod(0o755)

    def krgbootctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        mounts = " && ".join(f"mount --bind {self.seen(path)} {path}" for path in OWN)
        return subprocess.run(
            [
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-ec",
                f'{mounts}; exec "$@"',
                "sh",
                sys.executable,
                "-m",
                "krgboot",
                *arguments,
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}:/usr/sbin:/sbin"},
        )


@pytest.fixture
def machine(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Machine(tmp_path)
    yield made
    for path in made.created:
        path.rmdir()


def test_only_what_changed_is_reloaded(machine: Machine) -> None:
    machine.systemctl("exit 0")
    first = machine.krgbootctl("apply", str(machine.spec))
    assert first.returncode == 0, first.stderr
    assert machine.log.read_text() == "restart isc-dhcp-server.service\n"
    # The real exportfs has exported the image.
    assert "/srv/nfs/debian\t10.20.0.101(ro" in machine.seen("/var/lib/nfs/etab").read_text()

    second = machine.krgbootctl("apply", str(machine.spec))
    assert second.stdout == "nothing to change\n", second.stderr
    assert machine.log.read_text() == "restart isc-dhcp-server.service\n"

    # A boot file is nobody's to reload.
    machine.seen("/srv/tftp/pxelinux.cfg/default").unlink()
    third = machine.krgbootctl("apply", str(machine.spec))
    assert third.returncode == 0, third.stderr
    assert "create /srv/tftp/pxelinux.cfg/default" in third.stdout
    assert machine.log.read_text() == "restart isc-dhcp-server.service\n"


def test_a_service_that_does_not_come_up_gets_its_old_files_back(machine: Machine) -> None:
    conf = machine.seen("/etc/dhcp/dhcpd.conf")
    conf.write_text("# the admin's\n")
    inode = conf.stat().st_ino
    # As systemd would: it fails with the new files, and starts with the old ones.
    machine.systemctl(
        "if grep -q krgboot /etc/dhcp/dhcpd.conf; then echo Job for isc-dhcp-server.service failed. >&2; exit 1; fi"
    )
    failed = machine.krgbootctl("apply", str(machine.spec))
    assert failed.returncode == 1
    assert "Job for isc-dhcp-server.service failed." in failed.stderr
    assert "the old files were put back" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert conf.read_text() == "# the admin's\n"
    assert conf.stat().st_ino == inode
    assert not machine.seen("/etc/dhcp/krgboot.conf").exists()
    assert not machine.seen("/srv/tftp").exists()
    assert machine.log.read_text() == "restart isc-dhcp-server.service\n" * 2

    machine.systemctl("exit 0")
    assert machine.krgbootctl("apply", str(machine.spec)).returncode == 0


def test_killed_before_the_reload_the_next_command_reloads(machine: Machine) -> None:
    machine.systemctl("kill -9 $PPID; sleep 1")
    # The stand-in kills whoever called it: krgboot dies after the commit and before the service is up.
    killed = machine.krgbootctl("apply", str(machine.spec))
    assert killed.returncode != 0
    machine.systemctl("exit 0")
    after = machine.krgbootctl("verify", str(machine.spec))
    assert after.returncode == 0, after.stdout + after.stderr
    assert machine.log.read_text() == "restart isc-dhcp-server.service\n" * 2
    assert "/srv/nfs/debian\t10.20.0.101(ro" in machine.seen("/var/lib/nfs/etab").read_text()


def test_the_service_manager_gets_no_descriptor_but_the_three(machine: Machine) -> None:
    machine.systemctl(f"exec {machine.programs / 'tell'}")
    stand_in(machine.programs / "tell", str(machine.scratch / "out"), 0)
    assert machine.krgbootctl("apply", str(machine.spec)).returncode == 0
    assert seen(machine.scratch / "out") == {"0 1 2"}
