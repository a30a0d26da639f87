"""More cases of the kinds in tests/cases/open: menus, command lines, kernels and initrds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from laid_case import BOOTS, BROKEN, MENU, ROOT, UNKNOWN_END, Case, check, entry, marks, menu, script

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = marks

MODULES = "cd /usr/lib/syslinux/modules/bios"
LAID = "echo program > $R/srv/tftp/{}"
APPEND = "initrd=boot/debian/initrd.img " + ROOT.format("")
PLAIN = ROOT.replace(" boot=nfs", "")  # in the kernel's form
# At the prompt a label's name ends at a blank; menus compare the whole line.
LABELS = (
    "{}\nLABEL Debian 11\n  LINUX boot/old/vmlinuz\nLABEL Debian 12\n  MENU DEFAULT\n"
    f"  LINUX boot/debian/vmlinuz\n  APPEND {APPEND}\n"
)

TABLE = (
    # F. pxelinux.cfg
    Case(
        "F-local-disk-by-chain",
        files={MENU: "DEFAULT d\nLABEL d\n  COM32 chain.c32\n  APPEND hd0\n"},
        says=("chain.c32",),
        never=("name it with LINUX",),
        boots=BROKEN,
    ),
    Case(
        "F-menu-module-beside",
        files=menu(ROOT.format(""), "UI menu.c32\nTIMEOUT 50\nONTIMEOUT l"),
        says=("libutil.c32",),
        boots=BROKEN,
        script="cp /usr/lib/syslinux/modules/bios/menu.c32 $R/srv/tftp/",
    ),
    Case(
        "F-menu-complete",
        files=menu(ROOT.format(""), "UI menu.c32\nTIMEOUT 50\nONTIMEOUT l"),
        boots=BOOTS,
        script="cd /usr/lib/syslinux/modules/bios; cp menu.c32 libutil.c32 libcom32.c32 $R/srv/tftp/",
    ),
    Case(
        "F-include-finding",
        files={**menu(ROOT.format(""), "INCLUDE more.cfg\nDEFAULT l"), "srv/tftp/more.cfg": "\nKERNAL x\n"},
        says=("more.cfg:2:1",),
    ),
    script(
        "F-mac-without-01",
        "cd $R/srv/tftp/pxelinux.cfg; mv 01-52-54-00-20-00-10 52-54-00-20-00-10",
        machine="console",
        says=("52-54-00-20-00-10", "01-52-54-00-20-00-10"),
    ),
    script(
        "F-mac-in-capitals",
        "cd $R/srv/tftp/pxelinux.cfg; cp default 01-52-54-00-99-00-AB",
        machine="52:54:00:99:00:ab",
        says=("01-52-54-00-99-00-AB", "01-52-54-00-99-00-ab"),
        boots=BOOTS,
    ),
    script(
        "F-mac-with-colons",
        "cd $R/srv/tftp/pxelinux.cfg; mv 01-52-54-00-20-00-10 01-52:54:00:20:00:10",
        machine="console",
        says=("01-52:54:00:20:00:10", "01-52-54-00-20-00-10"),
    ),
    Case(
        "F-local-disk-by-chain-that-is-there",
        files={MENU: "DEFAULT d\nLABEL d\n  COM32 chain.c32\n  APPEND hd0\n"},
        says=("boots from a disk",),
        boots=BROKEN,
        script="cd /usr/lib/syslinux/modules/bios; cp chain.c32 libutil.c32 libcom32.c32 $R/srv/tftp/",
    ),
    Case(
        "F-another-module",
        files={MENU: "DEFAULT d\nLABEL d\n  COM32 reboot.c32\n"},
        says=("COM32 module",),
        boots=UNKNOWN_END,
        script="cd /usr/lib/syslinux/modules/bios; cp reboot.c32 libcom32.c32 $R/srv/tftp/",
    ),
    Case(
        "F-labels-with-blanks-at-the-prompt",
        files={MENU: LABELS.format("PROMPT 1\nDEFAULT Debian\nTIMEOUT 50")},
        says=("Debian", "boot/old/vmlinuz: it is not there"),
        boots=BROKEN,
    ),
    Case(
        "F-labels-with-blanks-in-vesamenu",
        files={MENU: LABELS.format("UI vesamenu.c32\nTIMEOUT 50")},
        never=("duplicate",),
        boots=BOOTS,
        script=f"{MODULES}; cp vesamenu.c32 libutil.c32 libcom32.c32 $R/srv/tftp/",
    ),
    Case(
        "F-labels-with-blanks-on-timeout",
        files={MENU: LABELS.format("UI menu.c32\nTIMEOUT 50\nONTIMEOUT Debian")},
        says=("boot/old/vmlinuz: it is not there",),
        boots=BROKEN,
        script=f"{MODULES}; cp menu.c32 libutil.c32 $R/srv/tftp/",
    ),
    Case(
        "F-modules-by-path",
        files=menu(ROOT.format(""), "PATH modules\nUI vesamenu.c32\nTIMEOUT 50"),
        boots=BOOTS,
        script=f"mkdir $R/srv/tftp/modules; {MODULES}; cp vesamenu.c32 libutil.c32 libcom32.c32 $R/srv/tftp/modules",
    ),
    Case(
        "F-include-in-an-include",
        files={
            **menu(ROOT.format(""), "INCLUDE a.cfg\nDEFAULT l"),
            "srv/tftp/a.cfg": "INCLUDE b.cfg\n",
            "srv/tftp/b.cfg": "\n\nKERNAL x\n",
        },
        says=("b.cfg:3:1",),
    ),
    Case(
        "F-include-that-nobody-may-read",
        files={**menu(ROOT.format(""), "INCLUDE a.cfg\nDEFAULT l"), "srv/tftp/a.cfg": "\n"},
        says=("pxelinux.cfg/default:1:1", "a.cfg"),
        script="chmod 600 $R/srv/tftp/a.cfg",
        boots=BOOTS,
    ),
    Case("F-include-by-http", files=menu(ROOT.format(""), "INCLUDE http://10.20.0.2/a\nDEFAULT l"), boots=UNKNOWN_END),
    Case(
        "F-chain-loaded-ipxe",
        files=entry("ipxe.0", ""),
        says=("iPXE",),
        boots=UNKNOWN_END,
        script=LAID.format("ipxe.0"),
    ),
    Case(
        "F-chain-loaded-grub",
        files=entry("grub.0", ""),
        says=("GRUB",),
        boots=UNKNOWN_END,
        script=LAID.format("grub.0"),
    ),
    Case("F-memdisk", files=entry("memdisk", ""), says=("memdisk",), boots=UNKNOWN_END, script=LAID.format("memdisk")),
    Case("F-kernel-with-a-server", files=entry("10.20.0.2::boot/debian/vmlinuz", APPEND), boots=BOOTS),
    Case("F-kernel-of-another-server", files=entry("10.20.0.9::boot/debian/vmlinuz", APPEND), boots=UNKNOWN_END),
    Case("F-kernel-by-http", files=entry("http://10.20.0.2/vmlinuz", APPEND), boots=UNKNOWN_END),
    Case("F-default-that-is-a-file", files={MENU: f"DEFAULT boot/debian/vmlinuz {APPEND}\n"}, boots=BOOTS),
    # G. the kernel command line
    Case(
        "G-dracut-live",
        files=menu("ip=dhcp root=live:nfs://10.20.0.2/srv/nfs/live.squashfs"),
        says=("live images",),
        never=("no root over NFS",),
        boots=UNKNOWN_END,
    ),
    Case("G-url", files=menu("ip=dhcp root=nfs://10.20.0.2/srv/nfs/debian"), says=("root=nfs:SERVER",), boots=BROKEN),
    Case("G-iscsi", files=menu("ip=dhcp root=iscsi:10.20.0.2::::iqn.a"), says=("iscsi:",), boots=UNKNOWN_END),
    Case("G-netroot-nbd", files=menu("ip=dhcp root=dhcp netroot=nbd:10.20.0.2:a"), says=("nbd:",), boots=UNKNOWN_END),
    Case("G-own-script", files=menu("boot=overlay ip=dhcp root=/dev/nfs"), says=('"overlay"',), boots=UNKNOWN_END),
    Case(
        "G-casper",
        files=menu("boot=casper netboot=nfs nfsroot=10.20.0.2:/srv/nfs/debian ip=dhcp"),
        says=("casper",),
        never=("initramfs:",),
        boots=UNKNOWN_END,
    ),
    Case("G-unknown-option", files=menu(ROOT.format(",vers=3,noexec")), says=("bad option", "noexec"), boots=BROKEN),
    Case("G-timeo-in-words", files=menu(ROOT.format(",timeo=long")), says=("timeo",), boots=BROKEN),
    Case(
        "G-options-that-are-right",
        files=menu(ROOT.format(",vers=3,tcp,rsize=65536,wsize=65536,hard,intr,timeo=14")),
        boots=BOOTS,
    ),
    Case(
        "G-netroot-of-another-server",
        files=menu("ip=dhcp root=dhcp netroot=nfs:10.20.0.9:/srv/nfs/debian ro"),
        says=("10.20.0.9",),
        boots=BROKEN,
    ),
    Case(
        "G-dracut-root-nfs",
        files=menu("ip=dhcp root=nfs:10.20.0.2:/srv/nfs/debian:vers=3 ro"),
        says=("/srv/nfs/debian",),
        never=("no root over NFS",),
        boots=BROKEN,
    ),
    Case("G-without-boot-nfs", files=menu(PLAIN.format("")), never=("ROOT_NFS", "boot=nfs"), boots=BOOTS),
    Case("G-without-boot-nfs-and-a-bad-option", files=menu(PLAIN.format(",proto=tcp")), says=("proto",), boots=BROKEN),
    Case("G-numbers-in-hex", files=menu(ROOT.format(",rsize=0x8000")), boots=BOOTS),
    Case(
        "G-version-2",
        files=menu(ROOT.format(",v2")) | {"etc/nfs.conf": "[nfsd]\nvers2=n\n"},
        says=("NFSv2",),
        boots=BROKEN,
    ),
    # H. kernel and TFTP copies
    Case(
        "H-initrd-missing",
        files={
            MENU: f"DEFAULT l\nLABEL l\n  KERNEL boot/debian/vmlinuz\n  APPEND initrd=boot/none {ROOT.format('')}\n"
        },
        says=("boot/none",),
        boots=BROKEN,
    ),
    script(
        "H-kernel-is-anothers",
        "echo x >> $R/srv/tftp/boot/debian/vmlinuz",
        says=("it is not the image's", "apply the spec"),
    ),
    script(
        "H-initrd-is-anothers",
        "echo x >> $R/srv/tftp/boot/debian/initrd.img",
        says=("it is not the image's", "apply the spec"),
    ),
    script("H-modules-gone", "rm -r $I/lib/modules/*", says=("/lib/modules",)),
    Case(
        "H-no-initrd-by-its-whole-path",
        files=entry("/boot/debian/vmlinuz", PLAIN.format("")),
        says=("CONFIG_ROOT_NFS",),
        boots=BROKEN,
    ),
    Case(
        "H-another-initrd-before-the-images",
        files=entry("boot/debian/vmlinuz", "initrd=ucode.img,boot/debian/initrd.img " + ROOT.format("")),
        boots=BOOTS,
        script="cp $R/srv/tftp/boot/debian/initrd.img $R/srv/tftp/ucode.img",
    ),
    Case(
        "H-copies-elsewhere",
        files=entry("kernels/vmlinuz", PLAIN.format("")),
        says=("CONFIG_ROOT_NFS",),
        boots=BROKEN,
        script="cd $R/srv/tftp; cp -r boot/debian kernels",
    ),
    Case(
        "H-no-images-kernel",
        files=entry("kernels/vmlinuz", APPEND),
        says=("no image has this kernel",),
        boots=BOOTS,
        script="cd $R/srv/tftp; cp -r boot/debian kernels; echo x >> kernels/vmlinuz",
    ),
    Case(
        "H-init-of-somebodys-own",
        files=entry("boot/debian/vmlinuz", "initrd=own.img " + PLAIN.format("")),
        says=("neither initramfs-tools nor dracut made it",),
        boots=UNKNOWN_END,
        script="cd $R; mkdir own; cd own; touch init; find . | cpio -oH newc 2>/dev/null > ../srv/tftp/own.img",
    ),
)


@pytest.mark.parametrize("case", TABLE, ids=[case.name for case in TABLE])
def test_it_is_right(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)
