"""Table of console messages and their meaning.

A progress sign shows the stage that a node has completed. A fault shows the stage that it cannot complete, and why. The
watch searches lines without control sequences for the patterns in this order; the first match counts.

The messages are those of iPXE 1.0, SeaBIOS 1.16, Linux 2.6.30 and 6.1, initramfs-tools 0.142, klibc's
nfsmount 2.0, dracut 059, systemd 252, util-linux' sulogin 2.38, sysvinit 3.06 and startpar 0.65.
"""

from __future__ import annotations

import re

from krgboot.lab.loaders import FAULTS as LOADER_FAULTS
from krgboot.lab.sign import fault, progress
from krgboot.tracing import Stage

PROGRESS = (
    # Linux. The kernel prints its command line once. With a quiet kernel, the initramfs prints the first line.
    progress(Stage.command_line, r"(?:Kernel command line|Command line): (.*)"),
    progress(Stage.command_line, r"(Linux version \d\S+)"),
    progress(Stage.command_line, r"(IP-Config: \S+ hardware address)"),
    progress(Stage.command_line, r"^(Loading, please wait\.\.\.|Begin: Loading essential drivers)"),
    progress(Stage.command_line, r"dracut: (dracut-\d\S*)"),
    progress(Stage.root, r"VFS: Mounted root \((nfs filesystem)\)"),
    progress(Stage.root, r"Begin: (Running /scripts/nfs-bottom)|dracut: (Mounted root filesystem \S+)"),
    # systemd, sysvinit. (Specific patterns precede general ones.)
    progress(Stage.mounts, r"Reached target (?:remote-fs\.target - )?(Remote File Systems)\."),
    progress(Stage.mounts, r"^INIT: (Entering runlevel: [2-5])"),
    progress(Stage.init, r"^(Welcome to \S.*!)$|^(INIT: version \S+)"),
    progress(Stage.init, r"^\[ {2}OK {2}\] (Reached target \S+|Started \S+|Mounted \S+|Created slice \S+)"),
    progress(Stage.login, r"^(?:\S+ )?(login:) *$"),
)

# systemd inside an initramfs of dracut prints the same messages as the root's systemd.
INITRAMFS_BEGINS = re.compile(r"^Welcome to .*\(Initramfs\)!$|^Booting initrd of |systemd\[1\]: Running in initrd\.")
INITRAMFS_ENDS = re.compile(r"systemd\[1\]: Switching root\.|^Welcome to \S.*!$")

_NO_ROOT = "look at the export, the address of the NFS server and the network driver in the initrd"

FAULTS = (
    # iPXE, the boot ROM of QEMU's network cards, and the BIOS after it has given up.
    # (Their lines wrap after 80 columns.)
    fault(Stage.dhcp, r"\.\. No configuration|PXE-E5[12]:", "nobody answered the node's DHCP request"),
    fault(Stage.loader, r"Nothing to boot|PXE-E53:", "DHCP named no file to boot from", "filename and next-server"),
    fault(
        Stage.loader,
        r"^tftp://\S+?\.\.+ +([A-Z][^(]*[^( ])",
        "the loader could not be fetched by TFTP",
        "is the loader below the TFTP root, readable by all?",
    ),
    fault(Stage.loader, r"^Could not boot image: ([^(]*[^( ])", "the loader is no program for a PC's BIOS"),
    fault(Stage.loader, r"No bootable device|No more network devices", "the node found nothing to boot from"),
    *LOADER_FAULTS,
    # Linux.
    fault(
        Stage.command_line,
        r"Kernel panic.*kerrighed: incomplete session ID",
        "a Kerrighed kernel without session_id=, or without the address that its node ID is made of",
        "session_id= in the boot entry, and ip=dhcp, which the kernel itself has to understand",
        later=True,
    ),
    fault(
        Stage.root,
        r"VFS: (?:Unable to mount root fs|Cannot open root device)|Root-NFS: (?:[Nn]o NFS|Server returned error)",
        "the kernel could not mount its root",
        _NO_ROOT,
    ),
    fault(Stage.init, r"No (?:working )?init found\. +Try passing init=", "the root has no init that runs"),
    fault(Stage.root, r"Attempted to kill init", "init ended, and the kernel with it", later=True),
    fault(
        Stage.command_line,
        r"Kernel panic - not syncing: (System is deadlocked|Out of memory)",
        "the node has too little memory",
        later=True,
    ),
    fault(Stage.command_line, r"Kernel panic - not syncing:? *(.*)", "the kernel stopped", later=True),
    # initramfs-tools and dracut.
    fault(Stage.root, r"ALERT! +(\S.* does not exist)", "the initramfs found no root", _NO_ROOT),
    fault(Stage.root, r"mount call failed - server replied: (.*?)\.?$", "the NFS server refused the root", _NO_ROOT),
    fault(Stage.root, r"dracut: FATAL: (.*)", "dracut gave up", _NO_ROOT),
    fault(Stage.root, r"dracut.*Warning: Could not boot|Entering emergency mode\.", "dracut found no root", _NO_ROOT),
    fault(Stage.root, r"^(?:\(initramfs\)|dracut:/#)", "the initramfs gave up before the root was there", _NO_ROOT),
    # systemd, sysvinit.
    fault(
        Stage.init,
        r"Failed to execute /sbin/init|systemd\[1\]: Freezing execution",
        "the init of the root could not be started",
        "the files of the root cannot be read, or they are another processor's",
        later=True,
    ),
    fault(
        Stage.init,
        r"^INIT: (No inittab file found|no more processes left in this runlevel)",
        "init has nothing to start",
        "/etc/inittab says what it starts",
        denies=True,
    ),
    fault(
        Stage.mounts,
        r"You are in emergency mode|the root account is locked|(?:Give root password|Press Enter) for maintenance",
        "something that /etc/fstab needs could not be mounted",
    ),
)

TROUBLES = (
    # (The initramfs retries for minutes.)
    fault(Stage.root, r"(NFS over TCP not available from \S+)", "the root is not mounted yet", _NO_ROOT),
    fault(Stage.root, r"dracut-initqueue.*timeout", "dracut does not find its root", _NO_ROOT),
    fault(Stage.mounts, r"Failed to mount (?:\S+\.mount - )?(/\S*?)\.?$", "a mount of /etc/fstab failed"),
    fault(Stage.mounts, r"\bmount\.nfs4?: (.*)", "a mount by NFS failed"),
    fault(
        Stage.login,
        r"^INIT: (cannot execute \S+|Id \S+ respawning too fast)",
        "init cannot start what /etc/inittab says",
    ),
)
"""Signs of problems after which the boot may continue; reported as the reason if it does not."""

FAILED_SCRIPTS = re.compile(r"^startpar: service\(s\) returned failure: (.*?)(?: \.\.\.| *$)")
"""Message of Debian's startpar at the end of a runlevel: the failed sysvinit scripts, separated by blanks."""

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_c78=>]|[\x00-\x07\x0b-\x1f\x7f]")


def plain(text: str) -> str:
    """Return a console line without control sequences and trailing blanks; applies backspaces."""
    shown: list[str] = []
    position = 0
    for character in _CONTROL.sub("", text):
        if character == "\b":
            position = max(position - 1, 0)
        else:
            shown[position : position + 1] = character
            position += 1
    return "".join(shown).rstrip()
