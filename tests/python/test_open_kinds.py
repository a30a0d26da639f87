"""More of each kind of tests/cases/open: files that fail in the same way, or that are right though they look odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from laid_case import BOOTS, BROKEN, SPEC, UNKNOWN, UNKNOWN_END, Case, check, marks, words

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = marks

DHCPD = "etc/dhcp/dhcpd.conf"
MENU = "srv/tftp/pxelinux.cfg/default"
TFTPD = "etc/default/tftpd-hpa"
FILENAME = 'sed -i \'s#filename "pxelinux.0"#filename "{}"#\' $R/etc/dhcp/krgboot.conf'
ROOT = "root=/dev/nfs nfsroot=10.20.0.2:/srv/nfs/debian{} ip=dhcp boot=nfs ro systemd.volatile=state"


def subnet(lines: str, *, before: str = "") -> dict[str, str]:
    """Return a dhcpd.conf with these lines in its subnet, from line 3 on."""
    text = f"{before}\nsubnet 10.20.0.0 netmask 255.255.255.0 {{\n{lines}\n  range 10.20.0.150 10.20.0.199;\n}}\n"
    return {DHCPD: text}


def served(lines: str, *, before: str = "") -> dict[str, str]:
    """Return the like for machines that boot pxelinux."""
    return subnet(f'{lines} next-server 10.20.0.2; filename "pxelinux.0";', before=before)


def menu(append: str, head: str = "DEFAULT l") -> dict[str, str]:
    """Return a pxelinux.cfg/default whose one entry has this command line."""
    return {MENU: f"{head}\nLABEL l\n  LINUX boot/debian/vmlinuz\n  APPEND initrd=boot/debian/initrd.img {append}\n"}


def entry(kernel: str, append: str) -> dict[str, str]:
    """Return a pxelinux.cfg/default whose one entry loads this file, and what its APPEND names."""
    return {MENU: f"DEFAULT l\nLABEL l\n  KERNEL {kernel}\n  APPEND {append}\n"}


def script(name: str, commands: str, **right: object) -> Case:
    """Return a case that shell commands lay."""
    return Case(name, script=commands, **right)  # type: ignore[arg-type]


def enabled(unit: str) -> str:
    """Return the shell's commands that start a service of the image's at boot."""
    wants = "$I/etc/systemd/system/multi-user.target.wants"
    return f"mkdir -p {wants}; ln -s /lib/systemd/system/{unit}.service {wants}/{unit}.service; "


TABLE = (
    # A. dhcpd refuses the file
    Case("A-missing-brace", UNKNOWN, {DHCPD: "subnet 10.20.0.0 netmask 255.255.255.0 {\n"}, (":1:",), (), BROKEN),
    Case(
        "A-address-in-quotes",
        UNKNOWN,
        served('  option routers "10.20.0.1";'),
        (":3:", "an address or a host name is expected"),
        (),
        BROKEN,
    ),
    Case("A-statement-slip", UNKNOWN, served("  fixed-adress 10.20.0.7;"), (":3:", "fixed-address"), (), BROKEN),
    Case("A-hardware-too-short", UNKNOWN, served("  host a { hardware ethernet 52:54; }"), (":3:",), (), ""),
    Case("A-key-not-defined", UNKNOWN, served("", before="zone a.org. { key none; }"), (":1:", "none"), (), BROKEN),
    Case("A-option-not-defined", UNKNOWN, served("  option site.menu 1;"), (":3:", "site"), (), BROKEN),
    Case("A-number-in-words", UNKNOWN, served("  default-lease-time one-day;"), (":3:", "number"), (), BROKEN),
    # dhcpd 4.4.3 ends in a crash here.
    Case(
        "A-crash",
        UNKNOWN,
        served('  if exists user-class { key k { algorithm hmac-md5; secret YWJj; } set a = "b"; }'),
        (),
        ("takes a configuration",),
        BROKEN,
    ),
    # B. which subnet dhcpd takes
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
    # D. what the boot ROM is told
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
        ("option 209 names it", "are sent to machines that ask for them"),
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
        ("/srv/nfs/debian ro",),
        (),
        BOOTS,
    ),
    Case(
        "D-lease-in-hex",
        UNKNOWN,
        served("  range 10.20.0.100 10.20.0.110; default-lease-time 0x93a80; max-lease-time 0x93a80;"),
        never=("an address for",),
        boots=BOOTS,
    ),
    Case(
        "D-lease-of-an-hour-in-octal",
        UNKNOWN,
        served("  range 10.20.0.100 10.20.0.110; default-lease-time 07020;"),
        ("an address for 3600 s",),
        boots=BOOTS,
    ),
    Case(
        "D-lease-that-is-at-least-a-week",
        UNKNOWN,
        served("  range 10.20.0.100 10.20.0.110; default-lease-time 600; min-lease-time 604800;"),
        never=("an address for",),
        boots=BOOTS,
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
        says=("/etc/map", "the map file may name another"),
        boots=UNKNOWN_END,
    ),
    script(
        "E-permissive",
        "sed -i 's#--secure#--secure --permissive#' $R/etc/default/tftpd-hpa; chmod 640 $R/srv/tftp/boot/debian/vm*",
        says=("others may not read it", "--permissive leaves it to its user"),
        boots=UNKNOWN_END,
    ),
    script(
        "E-permissive-menu",
        "sed -i 's#--secure#--secure -p#' $R/etc/default/tftpd-hpa; chmod 600 $R/srv/tftp/pxelinux.cfg/*",
        says=("--permissive leaves it to its user",),
        never=("none of the names",),
        boots=UNKNOWN_END,
    ),
    script(
        "E-permissive-and-nothing-there",
        "sed -i 's#--secure#--secure -p#' $R/etc/default/tftpd-hpa; rm $R/srv/tftp/boot/debian/vmlinuz",
        says=("it is not there",),
        boots=BROKEN,
    ),
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
        says=("hands the machine over to a disk",),
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
        says=("it is not the image's", "krgbootctl apply"),
    ),
    script(
        "H-initrd-is-anothers",
        "echo x >> $R/srv/tftp/boot/debian/initrd.img",
        says=("it is not the image's", "krgbootctl apply"),
    ),
    script("H-modules-gone", "rm -r $I/lib/modules/*", says=("/lib/modules",)),
    Case(
        "H-no-initrd-by-its-whole-path",
        files=entry("/boot/debian/vmlinuz", ROOT.format("").replace(" boot=nfs", "")),
        says=("kernel",),
        boots=BROKEN,
    ),
    Case(
        "H-another-initrd-before-the-images",
        files=entry("boot/debian/vmlinuz", "initrd=ucode.img,boot/debian/initrd.img " + ROOT.format("")),
        boots=BOOTS,
        script="cp $R/srv/tftp/boot/debian/initrd.img $R/srv/tftp/ucode.img",
    ),
    # I. the image
    script(
        "I-dbus-id-by-another-link",
        "mkdir -p $I/var/lib/dbus; ln -sf /etc/own-id $I/var/lib/dbus/machine-id",
        command=words(f"verify --root {{root}} {SPEC}"),
        says=("/var/lib/dbus/machine-id",),
        status=2,
    ),
    script(
        "I-fstab-label", "echo 'LABEL=data /mnt ext4 defaults 0 2' >> $I/etc/fstab", says=("LABEL=data",), boots=BROKEN
    ),
    script("I-fstab-swap", "echo '/dev/sda2 none swap sw 0 0' >> $I/etc/fstab", says=("/dev/sda2",), boots=BOOTS),
    script("I-fstab-nofail", "echo '/dev/sdb1 /mnt ext4 nofail 0 2' >> $I/etc/fstab", says=("/dev/sdb1",), boots=BOOTS),
    script(
        "I-ifupdown",
        enabled("networking") + "mkdir -p $I/etc/network/interfaces.d; "
        "echo 'source interfaces.d/*' > $I/etc/network/interfaces; "
        "printf 'auto ens3\\niface ens3 inet dhcp\\n' > $I/etc/network/interfaces.d/lan",
        says=("ifupdown reconfigures ens3", "image configure"),
        boots=BOOTS,
    ),
    script("I-network-manager", enabled("NetworkManager"), says=("NetworkManager", "image configure"), boots=BOOTS),
    script(
        "I-dhcpcd",
        enabled("dhcpcd") + "echo duid > $I/etc/dhcpcd.conf",
        says=("dhcpcd", "persistent", "image configure"),
        boots=BOOTS,
    ),
    script(
        "I-networkd-of-the-distribution",
        enabled("systemd-networkd") + "mkdir -p $I/usr/lib/systemd/network; "
        "printf '[Match]\\nName=e*\\n[Network]\\nDHCP=ipv4\\n' > $I/usr/lib/systemd/network/50-site.network",
        says=("50-site.network", "KeepConfiguration=yes"),
        boots=BOOTS,
    ),
    script(
        "I-networkd-that-keeps",
        enabled("systemd-networkd") + "mkdir -p $I/etc/systemd/network; "
        "printf '[Match]\\nName=e*\\n[Network]\\nKeepConfiguration=yes\\n' > $I/etc/systemd/network/a.network",
        never=("networkd",),
        boots=BOOTS,
    ),
    script(
        "I-capabilities-elsewhere",
        "cp $I/bin/true $I/usr/sbin/arping; setcap cap_net_raw+ep $I/usr/sbin/arping; "
        "mkdir -p $I/usr/local/bin; cp $I/bin/true $I/usr/local/bin/tool; setcap cap_net_admin+p $I/usr/local/bin/tool",
        says=("/usr/local/bin/tool", "/usr/sbin/arping"),
        boots=BOOTS,
    ),
    script("I-fstab-bind", "mkdir -p $I/mnt; echo '/dev/shm /mnt none bind 0 0' >> $I/etc/fstab", boots=BOOTS),
    script(
        "I-fstab-automount",
        "echo '/dev/sdb1 /mnt ext4 x-systemd.automount 0 2' >> $I/etc/fstab",
        says=("/dev/sdb1",),
        boots=BOOTS,
    ),
    # J. the NFS server
    script(
        "J-nfs-conf-itself",
        "printf '[nfsd]\\n vers3 = off\\n' >> $R/etc/nfs.conf",
        says=("/etc/nfs.conf:", "version 3"),
        boots=BROKEN,
    ),
    script(
        "J-nfs-conf-overridden",
        "printf '[nfsd]\\nvers3=n\\n' > $R/etc/nfs.conf; mkdir -p $R/etc/nfs.conf.d; "
        "printf '[nfsd]\\nvers3=y\\n' > $R/etc/nfs.conf.d/a.conf",
        boots=BOOTS,
    ),
    Case(
        "J-version-3-in-fstab-alone",
        files={
            **menu("ip=dhcp root=nfs:10.20.0.2:/srv/nfs/debian:vers=4 ro systemd.volatile=state"),
            "etc/nfs.conf": "[nfsd]\nvers3=n\n",
        },
        says=("is mounted by NFS version 3, which the server does not speak",),
        boots=BROKEN,
    ),
    Case(
        "J-another-typo",
        files={"etc/exports": "/data 10.20.0.0/24(rw,sync\n/more *(rw)\n"},
        says=("/etc/exports:1",),
        boots=BOOTS,
    ),
    Case(
        "J-name-by-alias",
        files={
            "etc/exports": "/srv/nfs/debian cook(ro,no_root_squash,no_subtree_check)\n",
            "etc/hosts": "10.20.0.101 node1.lab.example.org node1 cook\n",
        },
        command=words("exports explain --root {root} --file /etc/exports 10.20.0.101 /srv/nfs/debian"),
        status=0,
    ),
    # As plan: on the server that this tree will be, the image has a file system of its own.
    Case(
        "J-check-as-plan",
        command=words("exports check --root {root}"),
        says=("nothing to complain of",),
        never=("exports.reaches_server",),
        status=0,
    ),
    script(
        "J-check-of-what-is-not-there",
        "echo '/gone 10.20.0.9(ro,no_subtree_check)' > $R/etc/exports",
        command=words("exports check --root {root}"),
        says=("/gone is not there", "[exports.missing_directory]"),
    ),
    script(
        "J-check-of-what-reaches-further",
        "mkdir $R/data; echo '/data 10.20.0.9(ro,no_root_squash,no_subtree_check)' > $R/etc/exports",
        command=words("exports check --root {root}"),
        says=("[exports.reaches_server]",),
        status=1,
    ),
    Case(
        "J-folder-not-there",
        command=words("exports list --root {root} --file /etc/none/exports"),
        says=("/etc/none/exports",),
        status=1,
    ),
    Case(
        "J-explain-file-not-there",
        command=words("exports explain --root {root} --file /etc/exprots 10.20.0.101 /srv/nfs/debian"),
        says=("/etc/exprots",),
        status=1,
    ),
    # K. bytes that are no UTF-8
    Case("K-host-name", files=served("") | {"etc/hosts": b"10.20.0.9 caf\xe9\n"}, machine=UNKNOWN, boots=BOOTS),
    Case(
        "K-comment-of-dhcpd",
        UNKNOWN,
        {
            DHCPD: b'# caf\xe9\nsubnet 10.20.0.0 netmask 255.255.255.0 { option domain-name "\xe9"; '
            b'range 10.20.0.150 10.20.0.199; next-server 10.20.0.2; filename "p\xe9"; }\n'
        },
        ("p\\xe9",),
        (),
        BROKEN,
    ),
    Case(
        "K-command-line",
        files={
            MENU: b"DEFAULT l\nLABEL l\n  LINUX boot/debian/vmlinuz\n"
            b"  APPEND initrd=boot/debian/initrd.img " + ROOT.format("").encode() + b" x=\xe9\n"
        },
        says=("x=\\xe9",),
        boots=BOOTS,
    ),
    script(
        "K-fstab",
        "printf '10.20.0.2:/caf\\351 /mnt nfs defaults 0 0\\n' >> $I/etc/fstab; mkdir -p $I/mnt",
        says=("caf\\xe9",),
    ),
    script(
        "K-as-json",
        "sed -i 's/debian-console/d\\xe9bian/' $R/srv/tftp/pxelinux.cfg/default",
        command=words(f"trace --json --root {{root}} {SPEC} node1"),
        status=0,
    ),
    script(
        "K-verify",
        "printf '\\351\\n' >> $R/etc/dhcp/krgboot.conf",
        command=words(f"verify --root {{root}} {SPEC}"),
        says=("\\xe9",),
        status=2,
    ),
)


@pytest.mark.parametrize("case", TABLE, ids=[case.name for case in TABLE])
def test_it_is_right(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)
