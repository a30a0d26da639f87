"""From a bare Debian to a booted node by the collection's playbooks, over ssh, with two virtual machines on one link.

The server boots from a disk with Debian, systemd, ssh and Python, and nothing of a boot server. The playbook `site`
installs krgboot and the real daemons; its packages come from this machine's apt sources. The image is made from an
archive, and configured by ordinary modules through the connection plugin. Then a node boots from the server.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import installed
import krgboot
import labs
import link
import pytest
import yaml
from ansible_site import COLLECTION, SpecSite
from krgboot.cluster import ReleaseName
from staging import needs

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = needs("ansible-playbook")

CASE = "ansible-server"
ROOT = labs.BUILD / f"{CASE}-root"
BARE = "/srv/bare"
PACKAGES = [
    *("linux-image-cloud-amd64", "initramfs-tools", "systemd-sysv", "openssh-server", "sudo", "python3"),
    # Emulation makes their installation slow. The first two belong to Debian's standard system.
    *("ca-certificates", "perl", "python3-venv", "python3-setuptools"),
]
ARCHIVE = "/var/backups/debian.tar.zst"
SERVER_MAC, CONSOLE_MAC = "52:54:00:20:00:02", "52:54:00:20:00:10"
SERVER, CONSOLE = "10.20.0.2", "10.20.0.110"
IMAGE_HOST = "debian.images.lab"
SERVICES = ("isc-dhcp-server", "tftpd-hpa", "nfs-server", "srv-nfs-debian.mount")

# What an installer of Debian sets up: a file system table, the network, an account of the administrator.
FILES = {
    "etc/fstab": "/dev/vda / ext4 defaults 0 1\n",
    "etc/hostname": "server\n",
    "etc/hosts": "127.0.0.1 localhost\n127.0.1.1 server\n",
    "etc/systemd/network/eth0.network": f"[Match]\nName=eth0\n[Network]\nAddress={SERVER}/24\nGateway={link.ADDRESS}\n",
    "etc/sudoers.d/admin": "admin ALL=(ALL) NOPASSWD: ALL\n",
    "etc/apt/sources.list": f"deb [trusted=yes] {link.URL} ./\n",
}
NETWORK_UNITS = {
    "multi-user.target.wants": "systemd-networkd.service",
    "network-online.target.wants": "systemd-networkd-wait-online.service",
}

# The site's own playbook: the collection's, then ordinary modules inside the image.
SITE = """
- name: Set up the boot server
  ansible.builtin.import_playbook: krgboot.cluster.site

- name: Complete the image
  hosts: images
  gather_facts: false
  tasks:
    - name: Greet at the console
      ansible.builtin.copy:
        content: "Configured by a playbook\\n"
        dest: /etc/issue
        mode: "0644"
    - name: Write the message of the day
      ansible.builtin.template:
        src: motd.j2
        dest: /etc/motd
        mode: "0644"
    - name: Set an option of the shell
      ansible.builtin.lineinfile:
        path: /etc/profile
        regexp: ^TMOUT=
        line: TMOUT=900
    - name: Make an account
      ansible.builtin.user:
        name: guest
        uid: 1234
        password: "!"
    - name: Let the administrator log in
      ansible.builtin.copy:
        src: key.pub
        dest: /root/.ssh/authorized_keys
        mode: "0600"
    - name: Write a unit
      ansible.builtin.copy:
        content: |
          [Service]
          Type=oneshot
          ExecStart=/bin/touch /run/greeted
          [Install]
          WantedBy=multi-user.target
        dest: /etc/systemd/system/greet.service
        mode: "0644"
    - name: Enable the unit
      ansible.builtin.systemd_service:
        name: greet
        enabled: true
"""


def make_server(key: str) -> Path:
    """Make the tree of a bare Debian, on which the administrator can log in with a key."""
    shutil.rmtree(ROOT, ignore_errors=True)
    (ROOT / "etc").mkdir(parents=True)
    krgboot.bootstrap_image(BARE, ReleaseName[installed.release()], packages=PACKAGES, root=ROOT)
    tree = ROOT / BARE.lstrip("/")
    for path, text in FILES.items():
        (tree / path).write_text(text)
    for target, unit in NETWORK_UNITS.items():
        wants = tree / "etc" / "systemd" / "system" / target
        wants.mkdir(exist_ok=True)
        (wants / unit).symlink_to(f"/lib/systemd/system/{unit}")
    krgboot.Image(BARE, ROOT).run(["/usr/sbin/useradd", "--create-home", "--shell", "/bin/bash", "admin"])
    ssh = tree / "home" / "admin" / ".ssh"
    ssh.mkdir()
    (ssh / "authorized_keys").write_text(key)
    return tree


def make_archive(spec: dict[str, Any], file: Path) -> None:
    """Write the image of examples/quickstart, completed with what Ansible's modules need, as an archive."""
    entry = spec["images"]["debian"]
    staged = labs.BUILD / f"{CASE}-image"
    shutil.rmtree(staged, ignore_errors=True)
    (staged / entry["path"].lstrip("/")).parent.mkdir(parents=True)
    krgboot.clone_image(krgboot.Image(labs.QUICKSTART_ROOT / labs.DEBIAN_IMAGE.lstrip("/")), entry["path"], root=staged)
    krgboot.image.configure_image(krgboot.cluster.from_dict(spec), "debian", root=staged)
    file.parent.mkdir(exist_ok=True)
    krgboot.Image(entry["path"], staged).archive(file)
    shutil.rmtree(staged)


def wanted_packages() -> list[str]:
    """Return the packages that the role installs on a bare server."""
    defaults = yaml.safe_load((COLLECTION / "roles" / "boot_server" / "defaults" / "main.yml").read_text())
    libraries = defaults["boot_server_libraries"][installed.release()]
    # python3-apt is for Ansible's module apt, python3-packaging for pip.
    return [*libraries, *defaults["boot_server_packages"], "python3-apt", "python3-packaging"]


def make_disk(tree: Path) -> Path:
    disk = ROOT / "disk"
    subprocess.run(["mkfs.ext4", "-q", "-d", tree, disk, "6G"], check=True)
    return disk


def spec_of_site() -> dict[str, Any]:
    """Return examples/debian with an image from the archive, in which modules can run."""
    spec: dict[str, Any] = yaml.safe_load(labs.DEBIAN.read_text())
    spec["server"]["release"] = installed.release()
    image = spec["images"]["debian"]
    image["packages"].append("python3")
    image["filesystem"]["size"] = "2G"
    image["source"] = ARCHIVE
    return spec


def site_of(directory: Path, spec: dict[str, Any], known_hosts: str) -> SpecSite:
    """Make the administrator's site, with the key that was made there."""
    (directory / "known_hosts").write_text(known_hosts)
    (directory / "motd.j2").write_text("A node of {{ krgboot_cluster }}\n")
    (directory / "site.yml").write_text(SITE)
    options = f"-o UserKnownHostsFile={directory}/known_hosts -o IdentitiesOnly=yes"
    access = {
        "ansible_user": "admin",
        "ansible_ssh_private_key_file": str(directory / "key"),
        "ansible_ssh_common_args": options,
        "ansible_ssh_pipelining": True,
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    return SpecSite(
        directory,
        spec,
        {
            "boot_servers": access | {"boot_server_interfaces": ["eth0"]},
            "images": access | {"ansible_krgboot_image_server_become": True},
        },
    )


class Place:
    """The server on its link, the site, and what was printed."""

    def __init__(self, site: SpecSite, on: link.Link, server: link.VirtualMachine) -> None:
        self.site = site
        self.link = on
        self.server = server

    def playbook(self, name: str, *options: str) -> Any:
        result = self.site.playbook(name, *options, within=self.link.within())
        with (self.link.logs / "playbooks.log").open("a") as log:
            log.write(f"$ ansible-playbook {' '.join([*options, name])}\n{result.stdout}{result.stderr}\n")
        return result

    def ssh(self, address: str, user: str, *command: str) -> str:
        """Run a command on a machine, with the administrator's key."""
        key = ["-i", str(self.site.directory / "key"), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"]
        quiet = ["-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
        argv = self.link.within("ssh", *key, *quiet, f"{user}@{address}", *command)
        return subprocess.run(argv, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    labs.need_a_lab()
    directory = tmp_path_factory.mktemp("site")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory / "key"], check=True)
    spec = spec_of_site()
    tree = make_server((directory / "key.pub").read_text())
    boot = next((tree / "boot").glob("vmlinuz-*")).name.removeprefix("vmlinuz-")
    make_archive(spec, tree / ARCHIVE.lstrip("/"))
    host_key = (tree / "etc/ssh/ssh_host_ed25519_key.pub").read_text()
    kernel = f"{BARE}/boot"
    options = ["-kernel", f"{kernel}/vmlinuz-{boot}", "-initrd", f"{kernel}/initrd.img-{boot}"]
    options += ["-append", "root=/dev/vda rw console=ttyS0,115200 net.ifnames=0 mitigations=off"]
    repository = ROOT / "repository"
    link.make_repository(repository, tree, installed.release(), wanted_packages())
    disk = make_disk(tree)
    with (
        link.on_one_link(ROOT, [kernel], labs.BUILD / CASE) as on,
        link.serving(on, repository),
        on.machine("server", SERVER_MAC, memory=1536, options=options, disk=disk) as server,
    ):
        server.wait_for("server login:")
        yield Place(site_of(directory, spec, f"{SERVER} {host_key}"), on, server)


@pytest.fixture(scope="module")
def provisioned(place: Place) -> Place:
    """The server after the first run of the site's playbook."""
    with pytest.raises(subprocess.CalledProcessError):
        place.ssh(SERVER, "admin", "dpkg-query --show isc-dhcp-server tftpd-hpa nfs-kernel-server pxelinux")
    first = place.playbook("site.yml")
    assert first.count("changed", "server") > 0
    assert first.count("changed", IMAGE_HOST) > 0
    return place


def test_a_second_run_changes_nothing(provisioned: Place) -> None:
    for options in ((), ("--check", "--diff")):
        again = provisioned.playbook("site.yml", *options)
        assert again.count("changed", "server") == 0
        assert again.count("changed", IMAGE_HOST) == 0
    assert provisioned.playbook("krgboot.cluster.verify").count("changed", "server") == 0


def check_services(place: Place) -> None:
    assert place.ssh(SERVER, "admin", "sudo", "systemctl", "is-active", *SERVICES) == "active\n" * len(SERVICES)
    assert place.ssh(SERVER, "admin", "sudo systemctl --failed --plain --no-legend") == ""


def check_node(place: Place) -> None:
    """Boot the node `console` from the server, and look for what the playbook wrote into the image."""
    with place.link.machine("console", CONSOLE_MAC, memory=1024) as node:
        assert "Configured by a playbook" in node.wait_for("console login:")
        seen = place.ssh(
            CONSOLE, "root", "grep -c ' / nfs ro,' /proc/mounts; id -u guest; cat /etc/motd; ls /run/greeted"
        )
        assert seen == "1\n1234\nA node of lab\n/run/greeted\n"
        assert place.ssh(CONSOLE, "root", "systemctl --failed --plain --no-legend") == ""


def test_a_node_boots_from_it(provisioned: Place) -> None:
    check_services(provisioned)
    check_node(provisioned)


def test_a_node_boots_after_a_restart_of_the_server(provisioned: Place) -> None:
    provisioned.ssh(SERVER, "admin", "sudo systemd-run --on-active=1 systemctl reboot")
    provisioned.server.wait_for("server login:", times=2)
    check_services(provisioned)
    check_node(provisioned)
