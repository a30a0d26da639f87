"""Console messages of failed boots, and messages that only look like failures.

The lines are from the sources of the programs that write them: Linux 2.6.30 and 6.1 (init/do_mounts.c, init/main.c,
kernel/exit.c, nfsroot.c), Kerrighed, klibc's nfsmount, initramfs-tools 0.142, dracut 059, systemd 252, sulogin,
sysvinit 3.06.
"""

from __future__ import annotations

import pytest
from krgboot import Stage
from krgboot.lab import signs
from krgboot.lab.report import LogLine
from krgboot.lab.streams import _split
from lab_watches import MAC, RECORDINGS, node


def stopped(through: Stage | None, *lines: str) -> tuple[Stage, str] | None:
    """How console lines stop a node that has completed a stage."""
    watch = node(through)
    for line in lines:
        watch.feed(LogLine(2.0, "console", signs.plain(line)))
    return (watch.failure.stage, watch.failure.reason) if watch.failure else None


@pytest.mark.parametrize(
    ("name", "through", "stage", "reason"),
    [
        ("no-dhcp-server", None, Stage.dhcp, "nobody answered the node's DHCP request"),
        ("no-file-name", Stage.dhcp, Stage.loader, "DHCP named no file to boot from"),
        ("no-loader", Stage.dhcp, Stage.loader, "the loader could not be fetched by TFTP: No such file or directory"),
        ("no-ldlinux", Stage.dhcp, Stage.loader, "pxelinux.0 misses ldlinux.c32 beside it"),
        ("no-boot-file", Stage.loader, Stage.boot_file, "no boot file for this node that says what to boot"),
        ("no-default", Stage.loader, Stage.boot_file, "no boot file for this node that says what to boot"),
        (
            "no-module",
            Stage.loader,
            Stage.boot_file,
            "the boot file names a module that cannot be loaded: vesamenu.c32",
        ),
        (
            "no-kernel",
            Stage.boot_file,
            Stage.kernel,
            "what the boot file names could not be loaded: boot/debian/vmlinuz",
        ),
        ("bad-kernel", Stage.boot_file, Stage.kernel, "what the boot file names is no kernel: Invalid argument"),
        (
            "no-initrd",
            Stage.kernel,
            Stage.initrd,
            "what the boot file names could not be loaded: boot/debian/initrd.img",
        ),
    ],
)
def test_recorded_failures(name: str, through: Stage | None, stage: Stage, reason: str) -> None:
    watch = node(through)
    if name in ("no-kernel", "no-initrd", "bad-kernel"):  # it has its boot file
        watch = node(Stage.dhcp)
        watch.feed(LogLine(1.0, "dhcpd", f"DHCPACK on 10.20.0.101 to {MAC} via lab0"))
        for number, file in enumerate(("pxelinux.cfg/default", "boot/debian/vmlinuz")):
            watch.feed(LogLine(1.0, "tftpd", f"in.tftpd[{number}]: RRQ from 10.20.0.101 filename {file}"))
        if name != "no-kernel":
            watch.feed(LogLine(1.0, "tftpd", "in.tftpd[9]: RRQ from 10.20.0.101 filename boot/debian/initrd.img"))
    lines, rest = _split((RECORDINGS / f"{name}.console").read_bytes())
    for line in (*lines, rest):
        watch.feed(LogLine(2.0, "console", signs.plain(line.decode(errors="replace"))))
    assert watch.failure is not None
    assert (watch.failure.stage, watch.failure.reason) == (stage, reason)
    assert watch.stage is stage


KERNEL = "[    3.123456] "

FAULTS = [
    (None, "PXE-E51: No DHCP or proxyDHCP offers were received.", Stage.dhcp, "nobody answered"),
    (Stage.dhcp, "PXE-E53: No boot filename received", Stage.loader, "DHCP named no file"),
    (
        Stage.dhcp,
        "tftp://10.20.0.2/pxelinux.0.... Connection timed out (http://ipxe.org/4c126035)",
        Stage.loader,
        "by TFTP",
    ),
    (
        Stage.dhcp,
        "tftp://192.168.100.200/a/long/one/pxelinux.0... No such file or directory (http",
        Stage.loader,
        "file or",
    ),
    (
        Stage.dhcp,
        "Could not boot image: Exec format error (http://ipxe.org/2e008081)",
        Stage.loader,
        "Exec format error",
    ),
    (Stage.dhcp, "No bootable device.", Stage.loader, "nothing to boot from"),
    (Stage.dhcp, "Failed to load COM32 file ldlinux.c32", Stage.loader, "misses ldlinux.c32"),
    (Stage.loader, "WARNING: No configuration file found", Stage.boot_file, "no boot file"),
    (Stage.boot_file, "Could not find kernel image: boot/lenny/vmlinuz", Stage.kernel, "boot/lenny/vmlinuz"),
    (Stage.kernel, "Could not find ramdisk image: boot/lenny/initrd.img", Stage.initrd, "boot/lenny/initrd.img"),
    (Stage.boot_file, "Invalid or corrupt kernel image", Stage.kernel, "no kernel"),
    (Stage.boot_file, "Loading bzImage failed: No such file or directory", Stage.kernel, "loaded: bzImage"),
    (Stage.initrd, "Not enough memory to load specified kernel", Stage.command_line, "too little memory"),
    (Stage.dhcp, "Boot failed: press a key to retry, or wait for reset...", Stage.loader, "pxelinux gave up"),
    (Stage.kernel, "Boot failed: press a key to retry, or wait for reset...", Stage.initrd, "pxelinux gave up"),
    (
        Stage.command_line,
        "Kernel panic - not syncing: kerrighed: incomplete session ID / node ID settings!",
        Stage.root,
        "without session_id=",
    ),
    (
        Stage.command_line,
        "VFS: Unable to mount root fs via NFS, trying floppy.",
        Stage.root,
        "could not mount its root",
    ),
    (Stage.command_line, KERNEL + "VFS: Unable to mount root fs via NFS.", Stage.root, "could not mount its root"),
    (
        Stage.command_line,
        KERNEL + 'VFS: Cannot open root device "nfs" or unknown-block(0,255): error -6',
        Stage.root,
        "could not mount its root",
    ),
    (
        Stage.command_line,
        "Root-NFS: Server returned error -13 while mounting /srv/nfs/lenny",
        Stage.root,
        "mount its root",
    ),
    (Stage.command_line, "Root-NFS: No NFS server available, giving up.", Stage.root, "could not mount its root"),
    (Stage.command_line, KERNEL + "Root-NFS: no NFS server address", Stage.root, "could not mount its root"),
    (
        Stage.root,
        "Kernel panic - not syncing: No init found.  Try passing init= option to kernel.",
        Stage.init,
        "the root has no init that runs",
    ),
    (
        Stage.root,
        KERNEL + "Kernel panic - not syncing: No working init found.  Try passing init= option to kernel. See Linux "
        "Documentation/admin-guide/init.rst for guidance.",
        Stage.init,
        "the root has no init that runs",
    ),
    (Stage.root, "No init found. Try passing init= bootarg.", Stage.init, "the root has no init that runs"),
    (
        Stage.root,
        KERNEL + "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100",
        Stage.init,
        "init ended",
    ),
    (Stage.command_line, "Kernel panic - not syncing: Attempted to kill init!", Stage.root, "init ended"),
    (
        Stage.initrd,
        KERNEL + "Kernel panic - not syncing: System is deadlocked on memory",
        Stage.command_line,
        "too little memory: System is deadlocked",
    ),
    (
        Stage.init,
        KERNEL + "Kernel panic - not syncing: Fatal exception in interrupt",
        Stage.mounts,
        "the kernel stopped: Fatal exception in interrupt",
    ),
    (
        Stage.initrd,
        "Kernel panic - not syncing: IO-APIC + timer doesn't work!",
        Stage.command_line,
        "the kernel stopped",
    ),
    (
        Stage.command_line,
        "ALERT!  /dev/nfs does not exist.  Dropping to a shell!",
        Stage.root,
        "no root: /dev/nfs does not",
    ),
    (
        Stage.command_line,
        "mount call failed - server replied: Permission denied.",
        Stage.root,
        "the NFS server refused the root: Permission denied",
    ),
    (
        Stage.command_line,
        "Begin: Retrying nfs mount ... mount call failed - server replied: No such file or directory.",
        Stage.root,
        "the NFS server refused the root: No such file or directory",
    ),
    (
        Stage.command_line,
        KERNEL + "dracut: FATAL: No or empty root= argument",
        Stage.root,
        "dracut gave up: No or empty root= argument",
    ),
    (
        Stage.command_line,
        KERNEL + "dracut-initqueue[945]: Warning: Could not boot.",
        Stage.root,
        "dracut found no root",
    ),
    (Stage.command_line, "Entering emergency mode. Exit the shell to continue.", Stage.root, "dracut found no root"),
    (Stage.command_line, "dracut:/# ", Stage.root, "the initramfs gave up"),
    (Stage.command_line, "(initramfs) ", Stage.root, "the initramfs gave up"),
    (
        Stage.root,
        KERNEL + "systemd[1]: Failed to execute /sbin/init, giving up: Input/output error",
        Stage.init,
        "the init of the root could not be started",
    ),
    (Stage.init, KERNEL + "systemd[1]: Freezing execution.", Stage.mounts, "the init of the root could not be started"),
    (Stage.init, "INIT: No inittab file found", Stage.init, "init has nothing to start: No inittab file found"),
    (Stage.mounts, "INIT: no more processes left in this runlevel", Stage.init, "init has nothing to start"),
    (
        Stage.init,
        'You are in emergency mode. After logging in, type "journalctl -xb" to view',
        Stage.mounts,
        "/etc/fstab",
    ),
    (Stage.init, "Cannot open access to console, the root account is locked.", Stage.mounts, "/etc/fstab"),
    (Stage.init, "Give root password for maintenance", Stage.mounts, "/etc/fstab"),
    (Stage.init, "Press Enter for maintenance", Stage.mounts, "/etc/fstab"),
]


@pytest.mark.parametrize(("through", "line", "stage", "reason"), FAULTS)
def test_faults(through: Stage | None, line: str, stage: Stage, reason: str) -> None:
    found = stopped(through, line)
    assert found is not None
    assert found[0] is stage
    assert reason in found[1]


def test_every_fault_has_its_example() -> None:
    recorded = "".join(
        signs.plain(line.decode(errors="replace")) + "\n"
        for file in sorted(RECORDINGS.glob("*.console"))
        for line in _split(file.read_bytes())[0]
    )
    examples = recorded.splitlines() + [signs.plain(line) for _, line, _, _ in FAULTS]
    for fault in signs.FAULTS:
        first = [next((one for one in signs.FAULTS if one.pattern.search(line)), None) for line in examples]
        assert fault in first, fault.pattern.pattern
        assert fault.reason == fault.reason.strip() != ""


NEAR_MISSES = [
    # iPXE, SeaBIOS, pxelinux: messages after which the boot continues.
    (None, "Configuring (net0 52:54:00:20:00:20).................. ok"),
    (Stage.dhcp, "tftp://10.20.0.2/pxelinux.0..."),
    (Stage.dhcp, "tftp://10.20.0.2/pxelinux.0.... 45%"),
    (Stage.dhcp, "tftp://10.20.0.2/pxelinux.0... ok"),
    (Stage.dhcp, "Booting from ROM..."),
    (Stage.dhcp, "Ignoring unsupported root path"),
    (Stage.boot_file, "Loading boot/debian/vmlinuz... ok"),
    (Stage.boot_file, "Loading boot/failed/vmlinuz... ok"),
    (Stage.kernel, "Loading boot/debian/initrd.img..."),
    # sysvinit.
    (Stage.root, "INIT: No inittab.d directory found"),
    (Stage.mounts, 'INIT: Id "S0" respawning too fast: disabled for 5 minutes'),
    # Linux.
    (Stage.command_line, "Kerrighed session ID : 1"),
    (Stage.command_line, KERNEL + "Kernel command line: panic=10 root=/dev/nfs session_id=1"),
    (Stage.command_line, "Root-NFS: Unable to get nfsd port number from server, using default"),
    (Stage.command_line, "Looking up port of RPC 100003/3 on 10.20.0.2"),
    (Stage.command_line, KERNEL + "VFS: Mounted root (nfs filesystem) readonly on device 0:15."),
    (Stage.command_line, "IP-Config: no response after 2 secs - giving up"),
    # The initramfs.
    (Stage.command_line, "Begin: Running /scripts/nfs-premount ... done."),
    (Stage.command_line, "Begin: Retrying nfs mount ... done."),
    (Stage.command_line, "NFS over TCP not available from 10.20.0.2"),
    (Stage.command_line, "mount: mounting /dev on /root/dev failed: No such file or directory"),
    (Stage.command_line, KERNEL + "dracut: dracut-059-4"),
    (Stage.command_line, KERNEL + "dracut: Mounted root filesystem 10.20.0.2:/srv/nfs/debian"),
    (Stage.command_line, "dracut-initqueue[291]: Warning: dracut-initqueue timeout - starting timeout scripts"),
    (Stage.command_line, "ALERT: this is not initramfs-tools"),
    # Messages that are faults only in an earlier stage.
    (Stage.init, "mount call failed - server replied: Permission denied."),
    (Stage.mounts, "Give root password for maintenance"),
    (Stage.root, KERNEL + "VFS: Unable to mount root fs via NFS."),
    (Stage.init, "mount.nfs: access denied by server while mounting 10.20.0.2:/home"),
    (Stage.init, "[FAILED] Failed to mount home.mount - /home."),
    (Stage.init, "[  OK  ] Reached target emergency.target - Emergency Mode."),
    (Stage.root, KERNEL + "Run /sbin/init as init process"),
    (Stage.root, KERNEL + "systemd[1]: Failed to find module 'autofs4'"),
]


@pytest.mark.parametrize(("through", "line"), NEAR_MISSES)
def test_no_faults(through: Stage | None, line: str) -> None:
    assert stopped(through, line) is None


def test_nothing_in_good_boots_is_a_fault() -> None:
    for file in sorted(RECORDINGS.glob("*.txt")):
        for line in file.read_text().splitlines():
            text = line[16:]
            assert not any(fault.pattern.search(text) for fault in (*signs.FAULTS, *signs.TROUBLES)), line


def test_a_connection_does_not_make_a_root() -> None:
    watch = node(Stage.root, "nfs")
    assert watch.stage is Stage.init
    watch.feed(LogLine(3.0, "screen", "mount call failed - server replied: Permission denied."))
    assert watch.failure is not None
    assert watch.failure.stage is watch.stage is Stage.root


def test_troubles_are_told_when_it_comes_no_further() -> None:
    watch = node(Stage.init)
    watch.feed(LogLine(3.0, "console", "[FAILED] Failed to mount home.mount - /home."))
    assert watch.failure is None
    watch.feed(LogLine(4.0, "console", "Press Enter for maintenance"))
    assert watch.failure is not None
    assert watch.failure.reason.endswith("could not be mounted (a mount of /etc/fstab failed: /home)")
    # On a timeout, if the trouble concerns the stage.
    watch = node(Stage.command_line)
    watch.feed(LogLine(3.0, "console", "NFS over TCP not available from 10.20.0.2"))
    watch.tick(100.0, 60.0)
    assert watch.failure is not None
    assert watch.failure.reason == (
        "no sign of this stage for 60 s: the root is not mounted yet: NFS over TCP not available from 10.20.0.2"
    )
    assert "export" in watch.failure.hint
    # Troubles of completed stages do not count.
    watch = node(Stage.command_line)
    watch.feed(LogLine(3.0, "console", "NFS over TCP not available from 10.20.0.2"))
    watch.feed(LogLine(4.0, "console", "Begin: Running /scripts/nfs-bottom ... done."))
    watch.tick(100.0, 60.0)
    assert watch.failure is not None
    assert watch.failure.reason == "no sign of this stage for 60 s"
