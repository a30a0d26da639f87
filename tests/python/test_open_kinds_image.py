"""More cases of the kinds in tests/cases/open: images, exports, and bytes that are not UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from laid_case import (
    BOOTS,
    BROKEN,
    DHCPD,
    MENU,
    ROOT,
    SPEC,
    UNKNOWN,
    Case,
    check,
    enabled,
    marks,
    menu,
    script,
    served,
    words,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = marks

CONFIGURE = words(f"image configure --root {{root}} {SPEC} debian")

TABLE = (
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
        says=("ifupdown reconfigures ens3", "configure the image"),
        boots=BOOTS,
    ),
    script("I-network-manager", enabled("NetworkManager"), says=("NetworkManager", "configure the image"), boots=BOOTS),
    script(
        "I-dhcpcd",
        enabled("dhcpcd") + "echo duid > $I/etc/dhcpcd.conf",
        says=("dhcpcd", "persistent", "configure the image"),
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
    script(
        "I-machine-id-that-is-filled",
        "rm -f $I/etc/machine-id; echo 0123456789abcdef0123456789abcdef > $I/etc/machine-id",
        says=("all nodes get one machine ID", "/srv/nfs/debian/etc/machine-id"),
        boots=BOOTS,
    ),
    script(
        "I-machine-id-of-dbus-configured",
        "rm -f $I/var/lib/dbus/machine-id; mkdir -p $I/var/lib/dbus; echo 0123 > $I/var/lib/dbus/machine-id",
        command=CONFIGURE,
        says=("/var/lib/dbus/machine-id",),
        status=0,
    ),
    script(
        "I-fstab-without-its-directory",
        "echo 'UUID=0-1 /nowhere ext4 defaults 0 2' >> $I/etc/fstab",
        says=("the disk UUID=0-1, which a node does not have",),
        boots=BROKEN,
    ),
    script(
        "I-fstab-in-verify",
        "echo '/dev/sdb1 /mnt ext4 nofail 0 2' >> $I/etc/fstab",
        command=words(f"verify --root {{root}} {SPEC}"),
        says=("fstab mounts /mnt from the disk /dev/sdb1",),
        never=("90 seconds",),
    ),
    script(
        "I-capabilities-in-configure",
        "cp $I/bin/true $I/usr/games/tool; setcap cap_net_raw+ep $I/usr/games/tool",
        command=CONFIGURE,
        says=("/usr/games/tool", "chmod u+s"),
        status=0,
    ),
    script(
        "I-stale-copy-in-configure",
        "echo x >> $R/srv/tftp/boot/debian/initrd.img",
        command=CONFIGURE,
        says=("TFTP serves another /boot/initrd.img than the image's", "apply the spec"),
        status=0,
    ),
    script(
        "I-shared-root-in-configure",
        f"sed -e 's/^    root: ro/    root: rw/' -e '/^    writable:/d' "
        f"-e 's/pool: {{/&writable: true, /' {SPEC} > $R/spec.yaml",
        command=words("image configure --root {root} {root}/spec.yaml debian"),
        says=("[image.shared_rw]",),
    ),
    script(
        "I-version-3-off-in-configure",
        "printf '[nfsd]\\nvers3=n\\n' > $R/etc/nfs.conf",
        command=CONFIGURE,
        says=("[nfs.version_3_off]", "set vers3=y in [nfsd]"),
        status=0,
    ),
    # J. the NFS server
    script(
        "J-nfs-conf-itself",
        "printf '[nfsd]\\n vers3 = off\\n' >> $R/etc/nfs.conf",
        says=("/etc/nfs.conf:", "NFSv3"),
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
        says=("is mounted by NFSv3, which the NFS server has switched off",),
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
        says=("root stays root",),
        status=0,
    ),
    # As in plan: on the server that this tree is for, the image has its own file system.
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
    Case(
        "J-nfs-conf-with-a-comment",
        files={"etc/nfs.conf": "[nfsd]\nvers3=n  # version 4 only\n"},
        says=("/etc/nfs.conf:2", "NFSv3"),
        boots=BROKEN,
    ),
    Case(
        "J-check-of-odd-paths",
        files={"etc/exports": "/srv/nfs/ 10.20.0.1(ro,no_subtree_check)\n/srv/../etc 10.20.0.1(ro,no_subtree_check)\n"},
        command=words("exports check --root {root} --file /etc/exports"),
        says=("/srv/nfs",),
        never=("bad path",),
    ),
    Case(
        "J-check-of-rights-that-nobody-has",
        files={"etc/exports": "/srv 10.20.0.1(rw,no_subtree_check) 10.20.0.2(ro,no_root_squash,no_subtree_check)\n"},
        command=words("exports check --root {root} --file /etc/exports"),
        says=("reads as root",),
        never=("reads and writes as root", "/srv, /srv"),
    ),
    Case(
        "J-check-file-not-there",
        command=words("exports check --root {root} --file /etc/exports.d/none.exports"),
        says=("/etc/exports.d/none.exports",),
        status=1,
    ),
    Case(
        "J-name-that-is-not-in-hosts",
        files={"etc/exports": "/srv/nfs/debian cook(ro,no_root_squash,no_subtree_check)\n", "etc/hosts": ""},
        command=words("exports explain --root {root} --file /etc/exports 10.20.0.101 /srv/nfs/debian"),
        never=("root stays root",),
    ),
    # K. bytes that are not UTF-8
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
        "sed -i 's/quiet/d\\xe9bian/' $R/srv/tftp/pxelinux.cfg/default",
        command=words(f"trace --json --root {{root}} {SPEC} node1"),
        says=("d\\\\xe9bian",),
        status=0,
    ),
    script(
        "K-verify",
        "printf '\\351\\n' >> $R/etc/dhcp/krgboot.conf",
        command=words(f"verify --root {{root}} {SPEC}"),
        says=("\\xe9",),
        status=2,
    ),
    script(
        "K-file-name",
        "printf '[fstab' > \"$(printf '%s/srv/tftp/pxelinux.cfg/01-52-54-00-99-00-\\351' \"$R\")\"",
        boots=BOOTS,
    ),
    Case("K-argument", machine="caf\udce9", says=("caf\\xe9",), never=("boots",)),
)


@pytest.mark.parametrize("case", TABLE, ids=[case.name for case in TABLE])
def test_it_is_right(case: Case, tmp_path: Path) -> None:
    check(case, tmp_path)
