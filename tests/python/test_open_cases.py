"""Cases from real files and reports: each is set up in a boot server's root, and the command must report it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import krgboot
import pytest
from laid_case import BOOTS, BROKEN, DHCPD, MENU, SPEC, UNKNOWN, UNKNOWN_END, Case, check, marks, words
from staging import SOURCE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = marks

CASES = SOURCE / "tests" / "cases" / "open"
EXPORTS = "etc/exports"

# In `files`, the suffix of the case's file below CASES stands for its content.

TABLE = (
    # dhcpd refuses the file
    Case(
        "dhcpd-semicolon-before-subnet",
        UNKNOWN,
        {DHCPD: ".conf"},
        (":2:", "a ';' is missing between"),
        ("no subnet is declared",),
        BROKEN,
    ),
    Case(
        "dhcpd-option-name",
        UNKNOWN,
        {DHCPD: ".conf"},
        (":3:", 'dhcpd knows no option "nameserver"', "did you mean domain-name-servers?"),
        (),
        BROKEN,
    ),
    Case(
        "dhcpd-filename-unquoted", UNKNOWN, {DHCPD: ".conf"}, (":4:", "filename wants a string in quotes"), (), BROKEN
    ),
    Case("dhcpd-lease-time-unit", UNKNOWN, {DHCPD: ".conf"}, (":1:", "a number of seconds"), (), BROKEN),
    # which subnet it selects
    Case(
        "dhcpd-subnet-twice",
        files={DHCPD: ".conf"},
        says=("10.20.0.150", "is declared twice"),
        never=("lies within",),
        boots=BOOTS,
    ),
    Case("dhcpd-odd-netmask", UNKNOWN, {DHCPD: ".conf"}, ("has a hole",), ("is no network",)),
    # boot programs
    Case("loader-undionly", says=("iPXE",), never=("pxelinux.cfg/",), boots=UNKNOWN_END),
    Case("loader-lpxelinux-without-ldlinux", says=("ldlinux.c32",), boots=BROKEN),
    Case(
        "loader-in-folder",
        says=("/srv/tftp/bios/pxelinux.cfg", "in the directory above"),
        never=("default_boot",),
        boots=BROKEN,
    ),
    # DHCP options for the boot ROM
    Case(
        "dhcpd-next-server-name",
        UNKNOWN,
        {DHCPD: ".conf"},
        ("next-server names the host", "0.0.0.0", 'from "tftp.lab.example.org", if that is 10.20.0.2'),
        ("boots pxelinux.0 from 10.20.0.2",),
        BOOTS,
    ),
    Case("dhcpd-bootfile-option-only", UNKNOWN, {DHCPD: ".conf"}, ("option 67", "pxelinux.0"), (), BOOTS),
    Case("dhcpd-pxelinux-configfile", UNKNOWN, {DHCPD: ".conf"}, ("configs/common", "option 209"), (), BOOTS),
    # in.tftpd
    Case("tftpd-other-address", says=("10.99.0.2",), boots=BROKEN),
    Case("tftpd-map-file", says=("/etc/tftpd.map",), boots=UNKNOWN_END),
    # pxelinux.cfg
    Case(
        "pxe-localboot", files={MENU: ".cfg"}, says=("LOCALBOOT", "disk"), never=("name it with LINUX",), boots=BROKEN
    ),
    Case(
        "pxe-menu-module-missing",
        files={MENU: ".cfg"},
        says=("vesamenu.c32", "libcom32.c32", "libutil.c32"),
        boots=BROKEN,
    ),
    Case("pxe-include-missing", files={MENU: ".cfg"}, says=("pxelinux.cfg/default:1:1", "menu/none.cfg")),
    Case("pxe-name-in-lower-case", "spare", says=("0a140078", "0A140078")),
    # command lines
    Case(
        "cmd-live",
        files={MENU: ".cfg"},
        says=("live-boot",),
        never=("initramfs:", "gets no address"),
        boots=UNKNOWN_END,
    ),
    Case("cmd-root-dhcp", files={MENU: ".cfg"}, says=("/srv/nfs/debian",), never=("no root over NFS",)),
    Case("cmd-nfsmount-proto", files={MENU: ".cfg"}, says=("bad option", "proto"), boots=BROKEN),
    # kernels
    Case(
        "kernel-no-initrd-by-hand",
        files={MENU: ".cfg"},
        says=("CONFIG_ROOT_NFS", "CONFIG_IP_PNP_DHCP", "a network card's driver"),
        boots=BROKEN,
    ),
    Case(
        "tftp-copies-stale",
        script=f"krgbootctl image run --root $R {SPEC} debian -- "
        "sh -c 'N=$(ls /lib/modules); mkinitramfs -o /boot/initrd.img-$N $N'",
        says=("/srv/nfs/debian/boot/vmlinuz", "/srv/nfs/debian/boot/initrd.img", "it is not the image's"),
    ),
    # images
    Case(
        "image-dbus-machine-id",
        command=("verify", "--root", "{root}", str(SPEC)),
        says=("/var/lib/dbus/machine-id",),
        status=2,
    ),
    Case("image-dbus-machine-id", says=("all nodes get one machine ID",), boots=BOOTS),
    Case("image-fstab-uuid", says=("UUID=1b2c3d4e", "UUID=AAAA-BBBB", "swaps to the disk"), boots=BROKEN),
    Case("image-networkd", says=("systemd-networkd", "KeepConfiguration=yes", "configure the image"), boots=BOOTS),
    Case(
        "image-capabilities",
        says=("NFS does not carry file capabilities", "/usr/bin/ping", "net.ipv4.ping_group_range"),
        boots=BOOTS,
    ),
    # the NFS server
    Case("nfsd-no-v3", says=("/etc/nfs.conf.d/local.conf:2", "NFSv3"), boots=BROKEN),
    Case("exports-foreign-typo", files={EXPORTS: ".exports"}, says=("/etc/exports:",), boots=BOOTS),
    Case(
        "exports-names",
        files={EXPORTS: ".exports", "etc/hosts": ".hosts"},
        command=words("exports explain --root {root} --file /etc/exports 10.20.0.101 /srv/nfs/debian"),
        says=("root stays root",),
        status=0,
    ),
    Case(
        "exports-file-not-there",
        command=words("exports check --root {root} --file /etc/exprots"),
        says=("/etc/exprots",),
        never=("nothing to complain of",),
        status=1,
    ),
    # bytes that are not UTF-8
    Case(
        "latin1-exports",
        files={EXPORTS: ".exports"},
        command=words("exports list --root {root}"),
        says=("\\xe9",),
        never=("Traceback",),
        status=0,
    ),
    Case("latin1-label", never=("Traceback",), says=("\\xe9",)),
)


@pytest.mark.parametrize(
    "case", TABLE, ids=[f"{case.name}{''.join(f'-{word}' for word in case.command[:1])}" for case in TABLE]
)
def test_it_is_right(case: Case, tmp_path: Path) -> None:
    files = {path: (CASES / f"{case.name}{ending}").read_bytes() for path, ending in case.files.items()}
    script = CASES / f"{case.name}.sh"
    laid = f'sh "{script}" "$R"; {case.script}' if script.exists() else case.script
    check(replace(case, files=files, script=laid), tmp_path)


def test_a_module_is_no_kernel_that_is_named_wrongly() -> None:
    text = (CASES / "pxe-vesamenu-module.cfg").read_text()
    assert krgboot.PxelinuxMenu.parse(text).diagnostics == []


def test_labels_with_blanks_are_the_menus() -> None:
    menu = krgboot.PxelinuxMenu.parse((CASES / "pxe-labels-with-blanks.cfg").read_text())
    assert menu.diagnostics == []
    assert menu.boots is not None
    assert menu.boots.kernel == "boot/debian/vmlinuz"


def test_root_dhcp_is_a_root_over_nfs() -> None:
    assert krgboot.KernelCommandLine("root=dhcp").nfs_root is not None
