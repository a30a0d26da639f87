"""What nodes write on their console, and what it means: the table of signs, and nothing else.

A sign of progress says which stage a node is through; a sign of failure, which stage it is not through, and why. They
are looked for in lines without control sequences, in the order given; the first that is found counts.

The wording is that of iPXE 1.0, SeaBIOS 1.16, pxelinux 3 to 6.04, Linux 2.6.30 and 6.1, initramfs-tools 0.142, klibc's
nfsmount 2.0, dracut 059, systemd 252, util-linux' sulogin 2.38, sysvinit 3.06 and startpar 0.65.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from krgboot.tracing import Stage


@dataclass(frozen=True)
class Progress:
    """``pattern``, found in a line: the node is through ``stage``. Its first group, if any, says what it came to."""

    stage: Stage
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Fault:
    """``pattern``, found in a line: the node does not come through ``stage``. Its first group, if any, says why.

    ``later``: it also stops a node that is through ``stage`` already, wherever it is. ``denies``: it says that the node
    is not through ``stage``, whatever seemed to show it.
    """

    stage: Stage
    pattern: re.Pattern[str]
    reason: str
    hint: str = ""
    later: bool = False
    denies: bool = False


def _progress(stage: Stage, pattern: str) -> Progress:
    return Progress(stage, re.compile(pattern))


def _fault(
    stage: Stage, pattern: str, reason: str, hint: str = "", *, later: bool = False, denies: bool = False
) -> Fault:
    return Fault(stage, re.compile(pattern), reason, hint, later, denies)


PROGRESS = (
    # Linux. The command line stands there once, and says it all; a quiet kernel is first heard of by its initramfs.
    _progress(Stage.command_line, r"(?:Kernel command line|Command line): (.*)"),
    _progress(Stage.command_line, r"(Linux version \d\S+)"),
    _progress(Stage.command_line, r"(IP-Config: \S+ hardware address)"),
    _progress(Stage.command_line, r"^(Loading, please wait\.\.\.|Begin: Loading essential drivers)"),
    _progress(Stage.command_line, r"dracut: (dracut-\d\S*)"),
    _progress(Stage.root, r"VFS: Mounted root \((nfs filesystem)\)"),
    _progress(Stage.root, r"Begin: (Running /scripts/nfs-bottom)|dracut: (Mounted root filesystem \S+)"),
    # systemd, sysvinit. (What is special stands before what any line of theirs shows.)
    _progress(Stage.mounts, r"Reached target (?:remote-fs\.target - )?(Remote File Systems)\."),
    _progress(Stage.mounts, r"^INIT: (Entering runlevel: [2-5])"),
    _progress(Stage.init, r"^(Welcome to \S.*!)$|^(INIT: version \S+)"),
    _progress(Stage.init, r"^\[ {2}OK {2}\] (Reached target \S+|Started \S+|Mounted \S+|Created slice \S+)"),
    _progress(Stage.login, r"^(?:\S+ )?(login:) *$"),
)

# An initramfs with a systemd of its own, as dracut makes it, writes what the root's systemd writes as well.
INITRAMFS_BEGINS = re.compile(r"^Welcome to .*\(Initramfs\)!$|^Booting initrd of |systemd\[1\]: Running in initrd\.")
INITRAMFS_ENDS = re.compile(r"systemd\[1\]: Switching root\.|^Welcome to \S.*!$")

_NO_ROOT = "look at the export, the address of the NFS server and the network driver in the initrd"

FAULTS = (
    # iPXE, the boot ROM of QEMU's network cards, and the BIOS after it has given up.
    # (Their lines are broken after 80 columns.)
    _fault(Stage.dhcp, r"\.\. No configuration|PXE-E5[12]:", "nobody answered the node's DHCP request"),
    _fault(Stage.loader, r"Nothing to boot|PXE-E53:", "DHCP named no file to boot from", "filename and next-server"),
    _fault(
        Stage.loader,
        r"^tftp://\S+?\.\.+ +([A-Z][^(]*[^( ])",
        "the loader could not be fetched by TFTP",
        "is pxelinux.0 below the TFTP root, readable by all?",
    ),
    _fault(Stage.loader, r"^Could not boot image: ([^(]*[^( ])", "the loader is no program for a PC's BIOS"),
    _fault(Stage.loader, r"No bootable device|No more network devices", "the node found nothing to boot from"),
    # pxelinux.
    _fault(Stage.loader, r"Failed to load (?:COM32 file )?ldlinux\.c32", "pxelinux.0 misses ldlinux.c32 beside it"),
    _fault(Stage.boot_file, r"Failed to load COM32 file (\S+)", "the boot file names a module that cannot be loaded"),
    _fault(
        Stage.boot_file,
        r"Unable to locate configuration file|No configuration file found|No DEFAULT or UI configuration directive",
        "no boot file for this node that says what to boot",
        "a file below pxelinux.cfg/ with DEFAULT and LABEL",
    ),
    _fault(Stage.kernel, r"Could not find kernel image: *(\S+)", "the kernel is not there, or others may not read it"),
    _fault(Stage.initrd, r"Could not find ramdisk image: *(\S+)", "the initrd is not there, or others may not read it"),
    # (The watch knows by the name whether it is the kernel or an initrd.)
    _fault(Stage.kernel, r"^Loading (\S+?)(?:\.\.+| ) *failed", "what the boot file names could not be loaded"),
    _fault(
        Stage.kernel,
        r"Invalid or corrupt kernel|Booting kernel failed: *(.*)",
        "what the boot file names is no kernel",
        denies=True,
    ),
    _fault(Stage.command_line, r"Not enough memory to load", "the node has too little memory"),
    _fault(Stage.loader, r"^Boot failed: press a key to retry", "pxelinux gave up", later=True),
    # Linux.
    _fault(
        Stage.command_line,
        r"Kernel panic.*kerrighed: incomplete session ID",
        "a Kerrighed kernel without session_id=, or without the address that its node ID is made of",
        "session_id= in the boot entry, and ip=dhcp, which the kernel itself has to understand",
        later=True,
    ),
    _fault(
        Stage.root,
        r"VFS: (?:Unable to mount root fs|Cannot open root device)|Root-NFS: (?:[Nn]o NFS|Server returned error)",
        "the kernel could not mount its root",
        _NO_ROOT,
    ),
    _fault(Stage.init, r"No (?:working )?init found\. +Try passing init=", "the root has no init that runs"),
    _fault(Stage.root, r"Attempted to kill init", "init ended, and the kernel with it", later=True),
    _fault(
        Stage.command_line,
        r"Kernel panic - not syncing: (System is deadlocked|Out of memory)",
        "the node has too little memory",
        later=True,
    ),
    _fault(Stage.command_line, r"Kernel panic - not syncing:? *(.*)", "the kernel stopped", later=True),
    # initramfs-tools and dracut.
    _fault(Stage.root, r"ALERT! +(\S.* does not exist)", "the initramfs found no root", _NO_ROOT),
    _fault(Stage.root, r"mount call failed - server replied: (.*?)\.?$", "the NFS server refused the root", _NO_ROOT),
    _fault(Stage.root, r"dracut: FATAL: (.*)", "dracut gave up", _NO_ROOT),
    _fault(Stage.root, r"dracut.*Warning: Could not boot|Entering emergency mode\.", "dracut found no root", _NO_ROOT),
    _fault(Stage.root, r"^(?:\(initramfs\)|dracut:/#)", "the initramfs gave up before the root was there", _NO_ROOT),
    # systemd, sysvinit.
    _fault(
        Stage.init,
        r"Failed to execute /sbin/init|systemd\[1\]: Freezing execution",
        "the init of the root could not be started",
        "the files of the root cannot be read, or they are another processor's",
        later=True,
    ),
    _fault(
        Stage.init,
        r"^INIT: (No inittab file found|no more processes left in this runlevel)",
        "init has nothing to start",
        "/etc/inittab says what it starts",
        denies=True,
    ),
    _fault(
        Stage.mounts,
        r"You are in emergency mode|the root account is locked|(?:Give root password|Press Enter) for maintenance",
        "something that /etc/fstab needs could not be mounted",
    ),
)

TROUBLES = (
    # (The initramfs tries again for minutes.)
    _fault(Stage.root, r"(NFS over TCP not available from \S+)", "the root is not mounted yet", _NO_ROOT),
    _fault(Stage.root, r"dracut-initqueue.*timeout", "dracut does not find its root", _NO_ROOT),
    _fault(Stage.mounts, r"Failed to mount (?:\S+\.mount - )?(/\S*?)\.?$", "a mount of /etc/fstab failed"),
    _fault(Stage.mounts, r"\bmount\.nfs4?: (.*)", "a mount by NFS failed"),
    _fault(
        Stage.login,
        r"^INIT: (cannot execute \S+|Id \S+ respawning too fast)",
        "init cannot start what /etc/inittab says",
    ),
)
"""Signs of what is wrong, though the boot may go on: told as the reason when it does not."""

FAILED_SCRIPTS = re.compile(r"^startpar: service\(s\) returned failure: (.*?)(?: \.\.\.| *$)")
"""Debian's startpar, at the end of a runlevel: the init scripts of sysvinit's that failed, with blanks between."""

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_c78=>]|[\x00-\x07\x0b-\x1f\x7f]")


def plain(text: str) -> str:
    """Return a console's line without control sequences and trailing blanks; backspaces go back to write over it."""
    shown: list[str] = []
    position = 0
    for character in _CONTROL.sub("", text):
        if character == "\b":
            position = max(position - 1, 0)
        else:
            shown[position : position + 1] = character
            position += 1
    return "".join(shown).rstrip()
