"""More cases of the kinds in tests/cases/open: answers of dhcpd and in.tftpd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from laid_case import (
    BOOTS,
    BROKEN,
    DHCPD,
    FILENAME,
    UNKNOWN,
    UNKNOWN_END,
    Case,
    check,
    marks,
    menu,
    script,
    served,
    subnet,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = marks

TABLE = (
    # A. dhcpd refuses the file
    Case("A-missing-brace", UNKNOWN, {DHCPD: "subnet 10.20.0.0 netmask 255.255.255.0 {\n"}, (":1:",), (), BROKEN),
    Case(
        "A-address-in-quotes",
        UNKNOWN,
        served('  option routers "10.20.0.1";'),
        (":3:", "expected an address or a host name"),
        (),
        BROKEN,
    ),
    Case("A-statement-slip", UNKNOWN, served("  fixed-adress 10.20.0.7;"), (":3:", "fixed-address"), (), BROKEN),
    Case("A-hardware-too-short", UNKNOWN, served("  host a { hardware ethernet 52:54; }"), (":3:",), (), ""),
    Case("A-key-not-defined", UNKNOWN, served("", before="zone a.org. { key none; }"), (":1:", "none"), (), BROKEN),
    Case("A-option-not-defined", UNKNOWN, served("  option site.menu 1;"), (":3:", "site"), (), BROKEN),
    Case("A-number-in-words", UNKNOWN, served("  default-lease-time one-day;"), (":3:", "number"), (), BROKEN),
    # dhcpd 4.4.3 crashes here.
    Case(
        "A-crash",
        UNKNOWN,
        served('  if exists user-class { key k { algorithm hmac-md5; secret YWJj; } set a = "b"; }'),
        (),
        ("takes a configuration",),
        BROKEN,
    ),
    # B. which subnet dhcpd selects
    Case(
        "B-three-times",
        UNKNOWN,
        {
            DHCPD: "subnet 10.20.0.0 netmask 255.255.255.0 { range 10.20.0.10 10.20.0.11; }\n"
            "subnet 10.20.0.0 netmask 255.255.255.0 { range 10.20.0.20 10.20.0.21; }\n"
            "subnet 10.20.0.0 netmask 255.255.255.0 "
            '{ range 10.20.0.30 10.20.0.31; next-server 10.20.0.2; filename "pxelinux.0"; }\n'
        },
        ("10.20.0.30", "is declared twice"),
        ("10.20.0.10 ",),
        BOOTS,
    ),
    Case(
        "B-twice-by-an-include",
        UNKNOWN,
        {
            DHCPD: 'include "/etc/dhcp/one.conf";\nsubnet 10.20.0.0 netmask 255.255.255.0 '
            '{ range 10.20.0.40 10.20.0.41; next-server 10.20.0.2; filename "pxelinux.0"; }\n',
            "etc/dhcp/one.conf": "subnet 10.20.0.0 netmask 255.255.255.0 { range 10.20.0.20 10.20.0.21; }\n",
        },
        ("10.20.0.40", "is declared twice"),
        (),
        BOOTS,
    ),
    Case(
        "B-netmask-hole-elsewhere",
        "10.20.0.160",
        served("", before="subnet 172.0.16.0 netmask 255.0.255.0 { }"),
        ("has a hole", ":1:"),
        ("is no network",),
        BOOTS,
    ),
    Case(
        "B-in-a-shared-network",
        UNKNOWN,
        {
            DHCPD: "subnet 10.20.0.0 netmask 255.255.255.0 { }\nshared-network all {\n"
            "subnet 10.20.0.0 netmask 255.255.255.0 "
            '{ range 10.20.0.60 10.20.0.61; next-server 10.20.0.2; filename "pxelinux.0"; }\n}\n'
        },
        ("10.20.0.60", "is declared twice"),
        (),
        BOOTS,
    ),
    # C. a boot program that is not pxelinux.0
    script(
        "C-ipxe-for-uefi",
        FILENAME.format("snponly.efi") + "; echo program > $R/srv/tftp/snponly.efi",
        says=("iPXE",),
        never=("pxelinux.cfg/",),
        boots=UNKNOWN_END,
    ),
    script(
        "C-grub",
        FILENAME.format("grub/grubnetx64.efi") + "; mkdir $R/srv/tftp/grub; echo x > $R/srv/tftp/grub/grubnetx64.efi",
        says=("GRUB",),
        never=("pxelinux.cfg/",),
        boots=UNKNOWN_END,
    ),
    script(
        "C-syslinux-for-uefi",
        FILENAME.format("syslinux.efi") + "; echo program > $R/srv/tftp/syslinux.efi",
        says=("syslinux",),
        boots=UNKNOWN_END,
    ),
    script(
        "C-somebodys-own",
        FILENAME.format("boot.nbp") + "; echo program > $R/srv/tftp/boot.nbp",
        says=("not known here",),
        never=("pxelinux.cfg/",),
        boots=UNKNOWN_END,
    ),
    script(
        "C-named-like-pxelinux",
        "rm $R/srv/tftp/pxelinux.0; echo another program > $R/srv/tftp/pxelinux.0",
        says=("not known here",),
        never=("pxelinux.cfg/",),
        boots=UNKNOWN_END,
    ),
    script(
        "C-folder-that-has-all",
        FILENAME.format("bios/pxelinux.0")
        + "; cd $R/srv/tftp; mkdir bios; cp -r pxelinux.0 ldlinux.c32 pxelinux.cfg boot bios",
        says=("bios/pxelinux.0",),
        boots=BOOTS,
    ),
    script(
        "C-folder-without-ldlinux",
        FILENAME.format("bios/pxelinux.0") + "; cd $R/srv/tftp; mkdir bios; cp pxelinux.0 bios",
        says=("bios/ldlinux.c32",),
        boots=BROKEN,
    ),
    script(
        "C-prefix-that-is-no-folder",
        FILENAME.format("lab_pxelinux.0") + "; cd $R/srv/tftp; mv pxelinux.0 lab_pxelinux.0",
        says=("lab_ldlinux.c32",),
        boots=BROKEN,
    ),
    script(
        "C-prefix-that-has-all",
        FILENAME.format("lab_pxelinux.0")
        + "; cd $R/srv/tftp; for f in pxelinux.0 ldlinux.c32 pxelinux.cfg boot; do mv $f lab_$f; done",
        boots=BOOTS,
    ),
    script(
        "C-lpxelinux-complete",
        FILENAME.format("lpxelinux.0") + "; printf 'PXELINUX 6.04 lwIP 20200816\\0' > $R/srv/tftp/lpxelinux.0",
        says=("lpxelinux.0 and ldlinux.c32",),
        boots=BOOTS,
    ),
    script(
        "C-lpxelinux-in-a-folder-without-ldlinux",
        FILENAME.format("l/lpxelinux.0")
        + "; mkdir $R/srv/tftp/l; printf 'PXELINUX 6.04 lwIP\\0' > $R/srv/tftp/l/lpxelinux.0",
        says=("l/ldlinux.c32",),
        boots=BROKEN,
    ),
    script(
        "C-gpxelinux",
        FILENAME.format("gpxelinux.0") + "; echo packed > $R/srv/tftp/gpxelinux.0; rm $R/srv/tftp/ldlinux.c32",
        boots=BOOTS,
    ),
    script(
        "C-shim",
        FILENAME.format("shimx64.efi") + "; echo program > $R/srv/tftp/shimx64.efi",
        says=("shim",),
        never=("pxelinux.cfg/",),
        boots=UNKNOWN_END,
    ),
    script("C-empty", "rm $R/srv/tftp/pxelinux.0; touch $R/srv/tftp/pxelinux.0", says=("is empty",), boots=BROKEN),
    # D. DHCP options for the boot ROM
    Case(
        "D-next-server-in-hosts",
        UNKNOWN,
        {**subnet('  next-server tftp; filename "pxelinux.0";'), "etc/hosts": "10.20.0.2 tftp\n"},
        ("10.20.0.2",),
        ("0.0.0.0",),
        BOOTS,
    ),
    Case(
        "D-next-server-in-hosts-is-another",
        UNKNOWN,
        {**subnet('  next-server tftp; filename "pxelinux.0";'), "etc/hosts": "10.20.0.3 tftp\n"},
        ("10.20.0.3",),
        (),
        BROKEN,
    ),
    Case(
        "D-path-prefix",
        UNKNOWN,
        served(
            '  site-option-space "pxelinux"; option pxelinux.magic f1:00:74:7e; option pxelinux.pathprefix "/none/";',
            before="option space pxelinux; option pxelinux.magic code 208 = string; "
            "option pxelinux.pathprefix code 210 = text;",
        ),
        ("/none/",),
        (),
        "",
    ),
    Case(
        "D-tftp-server-name",
        UNKNOWN,
        subnet('  option tftp-server-name "10.20.0.2"; option bootfile-name "pxelinux.0";'),
        ("option 67", "pxelinux.0 from 10.20.0.2"),
        (),
        BOOTS,
    ),
    Case(
        "D-tftp-server-name-of-another",
        UNKNOWN,
        subnet('  option tftp-server-name "10.99.0.9"; option bootfile-name "pxelinux.0";'),
        ("option 66", "10.99.0.9"),
        (),
        BROKEN,
    ),
    Case(
        "D-options-that-nobody-asks-for",
        UNKNOWN,
        served('  option loader-configfile "default";'),
        ("option 209 names it", "only on request"),
        (),
        BOOTS,
    ),
    Case(
        "D-root-path-of-another-server",
        UNKNOWN,
        {
            **served('  option root-path "10.20.0.9:/srv/nfs/debian";'),
            **menu("ip=dhcp boot=nfs root=/dev/nfs ro systemd.volatile=state"),
        },
        ("10.20.0.9:/srv/nfs/debian",),
        (),
        BROKEN,
    ),
    Case(
        "D-root-path-with-options",
        UNKNOWN,
        {
            **served('  option root-path "10.20.0.2:/srv/nfs/debian,vers=3";'),
            **menu("ip=dhcp boot=nfs root=/dev/nfs ro systemd.volatile=state"),
        },
        ("/srv/nfs/debian,vers=3",),  # initramfs-tools reads options only from nfsroot=
        (),
        BROKEN,
    ),
    Case(
        "D-lease-in-hex",
        UNKNOWN,
        served("  range 10.20.0.100 10.20.0.110; default-lease-time 0x93a80; max-lease-time 0x93a80;"),
        never=("the lease lasts",),
        boots=BOOTS,
    ),
    Case(
        "D-lease-of-an-hour-in-octal",
        UNKNOWN,
        served("  range 10.20.0.100 10.20.0.110; default-lease-time 07020;"),
        ("the lease lasts 3600 s",),
        boots=BOOTS,
    ),
    Case(
        "D-lease-that-is-at-least-a-week",
        UNKNOWN,
        served("  range 10.20.0.100 10.20.0.110; default-lease-time 600; min-lease-time 604800;"),
        never=("the lease lasts",),
        boots=BOOTS,
    ),
    Case(
        "D-tftp-server-by-name",
        UNKNOWN,
        subnet('  option tftp-server-name "tftp"; option bootfile-name "pxelinux.0";')
        | {"etc/hosts": "10.20.0.2 tftp\n"},
        ("option 66", "option 67", "pxelinux.0 from 10.20.0.2"),
        (),
        BOOTS,
    ),
    Case(
        "D-tftp-server-by-a-name-that-is-not-there",
        UNKNOWN,
        subnet('  option tftp-server-name "tftp"; option bootfile-name "pxelinux.0";'),
        ("option 66 names the host",),
        (),
        BOOTS,
    ),
    Case(
        "D-bootfile-name-beside-a-filename",
        UNKNOWN,
        served('  option bootfile-name "other.0";'),
        ("pxelinux.0 from 10.20.0.2",),
        ("option 67",),
        BOOTS,
    ),
    Case(
        "D-next-server-worked-out",
        UNKNOWN,
        subnet('  next-server = packet(20, 4); filename "pxelinux.0";'),
        ("the boot server is an expression",),
        (),
        UNKNOWN_END,
    ),
    Case(
        "D-config-file-under-a-name-of-ones-own",
        UNKNOWN,
        served('  option menu-file "menus/lab";', before="option menu-file code 209 = text;")
        | {"srv/tftp/menus/lab": "DEFAULT none\n"},
        ("menus/lab",),
        (),
        BROKEN,
    ),
    Case(
        "D-config-file-of-a-space-that-is-not-sent",
        UNKNOWN,
        served(
            '  option pxelinux.configfile "none";',
            before="option space pxelinux; option pxelinux.configfile code 209 = text;",
        ),
        (),
        ("option 209",),
        BOOTS,
    ),
    Case(
        "D-path-prefix-that-has-all",
        UNKNOWN,
        served('  option loader-pathprefix "lab/"; option dhcp-parameter-request-list = concat(d0, d1, d2);'),
        (),
        (),
        BOOTS,
        script="cd $R/srv/tftp; mkdir lab; cp -r ldlinux.c32 pxelinux.cfg boot lab",
    ),
    Case(
        "D-path-prefix-by-http",
        UNKNOWN,
        served('  option loader-pathprefix "http://10.20.0.2/";'),
        ("comes from another server",),
        (),
        UNKNOWN_END,
    ),
    Case("D-path-prefix-that-leads-out", UNKNOWN, served('  option loader-pathprefix "../";'), (), (), BROKEN),
    Case(
        "D-lease-that-is-dhcpds-own",
        UNKNOWN,
        served("  range 10.20.0.100 10.20.0.110;"),
        ("the lease lasts 43200 s",),
        (),
        BOOTS,
    ),
    # E. in.tftpd
    script("E-another-port", "sed -i 's/:69/:6969/' $R/etc/default/tftpd-hpa", says=("6969", "port 69"), boots=BROKEN),
    script(
        "E-map-file-in-long",
        "sed -i 's#--secure#--secure --map-file /etc/map#' $R/etc/default/tftpd-hpa",
        says=("/etc/map", "does not follow"),
        boots=UNKNOWN_END,
    ),
    script(
        "E-not-readable", "chmod 640 $R/srv/tftp/boot/debian/vmlinuz", says=("others may not read it",), boots=BROKEN
    ),
    script(
        "E-link-out-of-the-folder",
        "cd $R/srv/tftp/boot/debian; rm vmlinuz; ln -s /srv/nfs/debian/boot/vmlinuz vmlinuz",
        says=("it is a link to /srv/nfs/debian/boot/vmlinuz",),
        boots=BROKEN,
    ),
    script(
        "E-another-folder",
        "sed -i 's#/srv/tftp#/var/lib/tftpboot#' $R/etc/default/tftpd-hpa",
        says=("/var/lib/tftpboot",),
        boots=BROKEN,
    ),
    script(
        "E-map-file-and-no-such-name",
        "sed -i 's#--secure#--secure -m /etc/map#' $R/etc/default/tftpd-hpa; rm $R/srv/tftp/pxelinux.0",
        says=("/etc/map", "the server may rewrite the name to that of another file"),
        boots=UNKNOWN_END,
    ),
    script(
        "E-permissive",
        "sed -i 's#--secure#--secure --permissive#' $R/etc/default/tftpd-hpa; cd $R/srv/tftp/boot/debian; "
        "chmod 640 vmlinuz; chown 123:0 vmlinuz",
        says=("others may not read it; krgboot does not know whether in.tftpd's user may",),
        boots=UNKNOWN_END,
    ),
    script(
        "E-permissive-menu",
        "sed -i 's#--secure#--secure -p#' $R/etc/default/tftpd-hpa; "
        "chmod 600 $R/srv/tftp/pxelinux.cfg/*; chown 123 $R/srv/tftp/pxelinux.cfg/*",
        says=("krgboot does not know whether in.tftpd's user may",),
        never=("none of the names",),
        boots=UNKNOWN_END,
    ),
    script(
        "E-permissive-and-nothing-there",
        "sed -i 's#--secure#--secure -p#' $R/etc/default/tftpd-hpa; rm $R/srv/tftp/boot/debian/vmlinuz",
        says=("it is not there",),
        boots=BROKEN,
    ),
    script(
        "E-permissive-and-roots",
        "sed -i 's#--secure#--secure --permissive#' $R/etc/default/tftpd-hpa; chmod 640 $R/srv/tftp/boot/debian/vm*",
        says=("others may not read it",),
        boots=BROKEN,
    ),
    script(
        "E-folder-not-to-be-entered",
        "chmod 750 $R/srv/tftp/boot/debian",
        says=("others may not enter /boot/debian",),
        boots=BROKEN,
    ),
    script(
        "E-folder-of-the-daemons-user",
        "chmod 700 $R/srv/tftp/boot/debian; chown 123 $R/srv/tftp/boot/debian",
        says=("others may not enter /boot/debian; krgboot does not know whether in.tftpd's user may",),
        boots=UNKNOWN_END,
    ),
    script("E-by-ipv6", "sed -i 's#:69#[2001:db8::1]:69#' $R/etc/default/tftpd-hpa", says=("IPv4",), boots=BROKEN),
    script(
        "E-by-ipv6-alone",
        "sed -i 's#--secure#--secure --ipv6#' $R/etc/default/tftpd-hpa",
        says=("does not listen by IPv4",),
        boots=BROKEN,
    ),
    script("E-by-both", "sed -i 's#:69#[::]:69#' $R/etc/default/tftpd-hpa", boots=BOOTS),
    script(
        "E-by-a-name-of-another",
        "sed -i 's#:69#storage:69#' $R/etc/default/tftpd-hpa; echo '10.99.0.2 storage' >> $R/etc/hosts",
        says=("10.99.0.2 only",),
        boots=BROKEN,
    ),
    script(
        "E-map-file-among-letters",
        "sed -i 's#--secure#-sm /etc/map#' $R/etc/default/tftpd-hpa",
        says=("/etc/map",),
        boots=UNKNOWN_END,
    ),
)


@pytest.mark.parametrize("case", TABLE, ids=[case.name for case in TABLE])
def test_it_is_right(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)
