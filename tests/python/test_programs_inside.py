"""Usual administration inside images works despite the sandbox: packages, users, locales, keys, initrds.

Runs on a copy of the image of examples/quickstart, and with `tests/run --all` also on a Debian 13 image.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import krgboot
import pytest
from matrix import WHOLE
from staging import QUICKSTART, krgbootctl, needs_root

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = "/srv/nfs/debian"

pytestmark = [
    needs_root,
    pytest.mark.skipif(
        not (QUICKSTART / "srv/nfs/debian/boot/initrd.img").exists(), reason="NOT TESTED: run examples/quickstart first"
    ),
]

SPEC = """
version: 1
cluster: {{name: lab, domain: lab.example.org}}
server: {{name: server, address: 10.20.0.2, release: {release}, tftp_root: /srv/tftp}}
networks: [{{subnet: 10.20.0.0/24, router: 10.20.0.1}}]
images:
  debian:
    path: /srv/nfs/debian
    shares_file_system: a test
    release: {release}
    root: ro
    components: [main]
    packages: [linux-image-cloud-amd64, initramfs-tools]
boot:
  debian: {{image: debian, kernel: vmlinuz, initrd: initrd.img}}
default_boot: debian
"""

# Messages of a syscall filter or a missing right; the programs below print them for no other reason.
REFUSED = re.compile(r"not permitted|permission denied|not implemented|bad system call|cannot (open|create|set)", re.I)
# dracut's nodes for a kernel without devtmpfs (docs/sandbox.md).
HARMLESS = re.compile(r"mknod: \S+/initramfs/dev/\w+: Operation not permitted")

PACKAGES = ("iputils-ping", "libcap2-bin", "locales", "openssh-server", "dracut-core", "make")

# Similar to Kerrighed's tools and modules: a kernel with modules, programs, a library, an init script, a node.
MAKEFILE = """
KERNEL = 2.6.30-krg3.0.0
install:
\tinstall -D -m 644 $(MODULE) /lib/modules/$(KERNEL)/extra/$(MODULE)
\tinstall -D -m 644 vmlinuz /boot/vmlinuz-$(KERNEL)
\tinstall -D -o root -g root -m 4755 krgadm /usr/local/bin/krgadm
\tinstall -D -m 644 libkerrighed.so.1 /usr/local/lib/libkerrighed.so.1
\tln -sf libkerrighed.so.1 /usr/local/lib/libkerrighed.so
\tinstall -D -m 755 kerrighed.init /etc/init.d/kerrighed
\tupdate-rc.d kerrighed defaults
\tldconfig
\tdepmod $(KERNEL)
\tchown daemon:daemon /usr/local/bin/krgadm && chown root:root /usr/local/bin/krgadm && chmod 4755 /usr/local/bin/krgadm
\tcp -a /usr/local/lib/libkerrighed.so /usr/local/lib/libkerrighed-copy.so
\ttouch -d 2010-06-11 /usr/local/bin/krgadm
"""
INIT_SCRIPT = """#!/bin/sh
### BEGIN INIT INFO
# Provides: kerrighed
# Required-Start: $local_fs
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop:
### END INIT INFO
"""


class Inside:
    """An image of one release, with a method that runs programs by `krgbootctl image run`."""

    def __init__(self, root: Path, release: str) -> None:
        self.root = root
        self.release = release
        self.tree = root / IMAGE.lstrip("/")
        self.spec = root / "cluster.yaml"
        self.spec.write_text(SPEC.format(release=release))

    def run(self, *command: str, network: str = "none") -> str:
        """Run a program that must succeed without messages about missing rights; return its output."""
        shown = krgbootctl(
            *("image", "run", self.spec, "debian", "--root", self.root, "--network", network, "--", *command)
        )
        lines = (shown.stdout + shown.stderr).splitlines()
        refused = [line for line in lines if REFUSED.search(line) and not HARMLESS.fullmatch(line)]
        assert refused == []
        return shown.stdout

    def sh(self, script: str) -> str:
        return self.run("sh", "-ec", script)


def apt_get(inside: Inside, *words: str) -> None:
    quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0")
    inside.run(*quiet, *words, network="outbound" if shutil.which("slirp4netns") else "host")


@pytest.fixture(scope="module", params=["bookworm", "trixie"] if WHOLE else ["bookworm"])
def inside(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Inside]:
    root = tmp_path_factory.mktemp(request.param)
    made = Inside(root, request.param)
    if request.param == "bookworm":
        made.tree.parent.mkdir(parents=True)
        krgboot.clone_image(krgboot.Image(QUICKSTART / IMAGE.lstrip("/")), made.tree)
    else:
        krgbootctl("image", "bootstrap", "--plain", "--root", root, made.spec, "debian")
    apt_get(made, "update")
    apt_get(made, "install", "--no-install-recommends", *PACKAGES)
    yield made
    shutil.rmtree(root)


def test_apt_and_dpkg_install_and_remove(inside: Inside) -> None:
    # Maintainer scripts set file capabilities, for example that of ping in Debian 12.
    inside.sh("cp /bin/true /usr/local/bin/capable && setcap cap_net_raw+ep /usr/local/bin/capable")
    assert "cap_net_raw=ep" in inside.run("getcap", "/usr/local/bin/capable")
    if inside.release == "bookworm":
        assert "cap_net_raw" in inside.run("getcap", "/bin/ping")
    inside.sh("cd /var/cache/apt/archives && dpkg -i --force-confold iputils-ping_*.deb")
    apt_get(inside, "purge", "iputils-ping")
    inside.run("dpkg", "--configure", "-a")
    assert inside.run("dpkg", "--audit") == ""


def test_users_and_groups(inside: Inside) -> None:
    inside.sh("groupadd -g 4242 ssi && useradd -m -u 4242 -g ssi -s /bin/sh krg && usermod -aG audio krg")
    inside.sh("echo krg:secret | chpasswd && chage -M 90 krg && gpasswd -a krg video")
    assert inside.sh("su krg -c 'id -un; touch ~/mine; stat -c %U ~/mine'") == "krg\nkrg\n"
    inside.sh("adduser --system --group --quiet node && userdel -r krg && ! id krg 2>/dev/null")


def test_locales(inside: Inside) -> None:
    inside.sh("sed -i 's/^# *\\(de_DE.UTF-8\\)/\\1/' /etc/locale.gen && locale-gen")
    assert "de_DE.utf8" in inside.run("locale", "-a")


def test_ssh_keys(inside: Inside) -> None:
    inside.sh("rm -f /etc/ssh/ssh_host_*")
    inside.run("ssh-keygen", "-A")
    assert len(list((inside.tree / "etc" / "ssh").glob("ssh_host_*_key"))) >= 3
    assert inside.sh("ssh-keygen -q -t ed25519 -N '' -f /root/k && ssh-keygen -y -f /root/k").startswith("ssh-ed25519 ")


def test_initrds_by_both_makers(inside: Inside) -> None:
    (kernel,) = {path.name for path in (inside.tree / "lib" / "modules").iterdir() if "krg" not in path.name}
    inside.run("update-initramfs", "-u", "-k", kernel)
    assert "init" in inside.run("lsinitramfs", f"/boot/initrd.img-{kernel}").splitlines()
    inside.run("mkinitramfs", "-o", "/tmp/initrd", kernel)
    inside.run("dracut", "--force", "--no-hostonly", "--quiet", "/tmp/dracut.img", kernel)
    assert "usr/lib/dracut/" in inside.sh("lsinitrd /tmp/dracut.img || lsinitramfs /tmp/dracut.img")


def test_make_install(inside: Inside) -> None:
    source = inside.tree / "root" / "kerrighed"
    source.mkdir()
    (source / "Makefile").write_text(MAKEFILE)
    (source / "kerrighed.init").write_text(INIT_SCRIPT)
    for name in ("vmlinuz", "krgadm"):
        (source / name).write_text(name)
    library = ["-shared", "-Wl,-soname,libkerrighed.so.1", "-o", source / "libkerrighed.so.1", "-x", "c", "/dev/null"]
    subprocess.run(["cc", *library], check=True)
    module = next((inside.tree / "lib" / "modules").rglob("nfs.ko*"))  # Debian 13 compresses them
    shutil.copy(module, source / module.name)
    inside.run("make", "-C", "/root/kerrighed", "install", f"MODULE={module.name}")
    assert (inside.tree / "usr/local/bin/krgadm").stat().st_mode & 0o7777 == 0o4755
    assert f"extra/{module.name}" in (inside.tree / "lib/modules/2.6.30-krg3.0.0/modules.dep").read_text()
    assert "libkerrighed.so.1" in inside.run("ldconfig", "-p")
