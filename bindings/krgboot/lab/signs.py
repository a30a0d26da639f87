"""What nodes write on their console, and what it means: the table of signs, and nothing else.

A sign of progress says which stage a node is through; a sign of failure, which stage it is not through, and why. They
are looked for in lines without control sequences, in the order given; the first that is found counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from krgboot import Stage


@dataclass(frozen=True)
class Progress:
    """``pattern``, found in a line: the node is through ``stage``. Its first group, if any, says what it came to."""

    stage: Stage
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Fault:
    """``pattern``, found in a line: the node does not come through ``stage``."""

    stage: Stage
    pattern: re.Pattern[str]
    reason: str
    hint: str = ""


def _progress(stage: Stage, pattern: str) -> Progress:
    return Progress(stage, re.compile(pattern))


def _fault(stage: Stage, pattern: str, reason: str, hint: str = "") -> Fault:
    return Fault(stage, re.compile(pattern), reason, hint)


PROGRESS = (
    # Linux. The command line stands there once, and says it all; a quiet kernel is first heard of by its initramfs.
    _progress(Stage.command_line, r"(?:Kernel command line|Command line): (.*)"),
    _progress(Stage.command_line, r"(Linux version \S+)"),
    _progress(Stage.command_line, r"(IP-Config: \S+ hardware address)"),
    _progress(Stage.command_line, r"^(Loading, please wait\.\.\.|Begin: Loading essential drivers|dracut: dracut-\S+)"),
    _progress(Stage.root, r"VFS: Mounted root \((nfs filesystem)\)"),
    _progress(Stage.root, r"Begin: (Running /scripts/nfs-bottom)|dracut: (Mounted root filesystem \S+)"),
    # systemd, sysvinit. (What is special stands before what any line of theirs shows.)
    _progress(Stage.mounts, r"Reached target .*?(Remote File Systems)\.|^\[ *ok *\] (Mounting remaining NFS filesystems)"),
    _progress(Stage.init, r"systemd\[1\]: (systemd \S+ running in system mode)"),
    _progress(Stage.init, r"^(Welcome to \S.*!)$|^(INIT: version \S+)"),
    _progress(Stage.init, r"^\[ {2}OK {2}\] (Reached target \S+|Started \S+|Mounted \S+|Created slice \S+)"),
    _progress(Stage.login, r"^(?:\S+ )?(login:) *$"),
)

_NO_ROOT = "look at the export, the address of the NFS server and the network driver in the initrd"

FAULTS = (
    # iPXE, the boot ROM of QEMU's network cards, and the BIOS after it has given up.
    _fault(Stage.dhcp, r"No configuration methods succeeded|PXE-E5[123]", "nobody answered the node's DHCP request"),
    _fault(Stage.loader, r"Nothing to boot|PXE-E53", "DHCP named no file to boot from", "filename and next-server"),
    _fault(
        Stage.loader,
        r"^tftp://\S+\.\.+ *(?!ok)\S.*\(https?://ipxe\.org/",
        "the loader could not be fetched by TFTP",
        "is pxelinux.0 below the TFTP root, readable by all?",
    ),
    _fault(Stage.loader, r"No bootable device|No more network devices", "the node found nothing to boot from"),
    # pxelinux.
    _fault(Stage.loader, r"Failed to load (?:COM32 file )?ldlinux\.c32", "pxelinux.0 misses ldlinux.c32 beside it"),
    _fault(
        Stage.boot_file,
        r"Unable to locate configuration file|No DEFAULT or UI configuration directive found",
        "no boot file for this node that says what to boot",
        "a file below pxelinux.cfg/ with DEFAULT and LABEL",
    ),
    _fault(
        Stage.kernel,
        r"Could not find kernel image|Loading \S*vmlinu\S*\.\.+ *failed",
        "the kernel is not there, or others may not read it",
    ),
    _fault(Stage.kernel, r"Invalid or corrupt kernel image", "what the boot file names is no kernel"),
    _fault(Stage.initrd, r"Loading \S*initr\S*\.\.+ *failed|Could not find ramdisk image", "the initrd is not there"),
    _fault(Stage.command_line, r"Not enough memory to load|out of memory.*initrd", "the node has too little memory"),
    # Linux.
    _fault(
        Stage.command_line,
        r"Kernel panic.*session_id|Kerrighed.*session.?[iI][dD].*(?:missing|not set|mandatory)",
        "a Kerrighed kernel without session_id=",
    ),
    _fault(Stage.root, r"VFS: Unable to mount root fs|Root-NFS: .*(?:failed|Unable)", "the root was refused", _NO_ROOT),
    _fault(Stage.init, r"No working init found|No init found\. Try passing init=", "the root has no init that runs"),
    _fault(Stage.init, r"Attempted to kill init", "init ended, and the kernel with it"),
    _fault(Stage.command_line, r"Kernel panic - not syncing: (?:System is deadlocked|Out of memory)", "too little memory"),
    _fault(Stage.command_line, r"Kernel panic - not syncing", "the kernel stopped"),
    # initramfs-tools and dracut.
    _fault(Stage.root, r"ALERT! .*does not exist|dracut-initqueue.*timeout|Entering emergency mode", "no root", _NO_ROOT),
    _fault(Stage.root, r"^(?:mount call failed|nfsmount: |mount: .* failed: ).*", "the root was not mounted", _NO_ROOT),
    _fault(Stage.root, r"^\(initramfs\)", "the initramfs gave up before the root was there", _NO_ROOT),
    # systemd.
    _fault(
        Stage.mounts,
        r"You are in emergency mode|Cannot open access to console, the root account is locked",
        "something that /etc/fstab needs could not be mounted",
    ),
)

TROUBLES = (
    _fault(Stage.mounts, r"Failed to mount (?:\S+\.mount - )?(\S+?)\.?$", "a mount of /etc/fstab failed"),
)
"""Signs of what is wrong, though the boot may go on: told as the reason when it does not."""

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_c78=>]|[\x00-\x08\x0b-\x1f\x7f]")


def plain(text: str) -> str:
    """Return a console's line without control sequences and trailing blanks; backspaces take back what they took."""
    while "\b" in text:
        shorter = re.sub(r"[^\b]\b", "", text, count=0)
        if shorter == text:
            break
        text = shorter
    return _CONTROL.sub("", text).rstrip()
