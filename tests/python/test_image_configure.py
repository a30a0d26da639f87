"""krgbootctl image configure, on a copy of the real Debian image of examples/quickstart.

ctest makes that image first (the fixture quickstart_image); if it is missing, every test here is skipped with that
reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import krgboot
import pytest
from staging import QUICKSTART, krgbootctl, make_root, needs_root

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = QUICKSTART / "srv" / "nfs" / "debian"

pytestmark = [
    needs_root,
    pytest.mark.skipif(
        not (IMAGE / "boot" / "initrd.img").exists(), reason="NOT TESTED: run examples/quickstart first"
    ),
]

SPEC = """
version: 1
cluster: {{name: lab, domain: lab.example.org}}
server: {{name: server, address: 10.20.0.2, release: bookworm, tftp_root: /srv/tftp}}
networks: [{{subnet: 10.20.0.0/24, router: 10.20.0.1}}]
images:
  debian:
    path: /srv/nfs/debian
    shares_file_system: a test
    release: bookworm
    root: ro
    writable: [/home, /root]
    packages: [{packages}]
    users: [{{name: krg, password_hash: "!"}}]
    locale: {locale}
boot:
  debian: {{image: debian, kernel: vmlinuz, initrd: initrd.img}}
  {boot}
default_boot: {default}
nodes: [{{name: "n[1-2]", address: "10.20.0.[11-12]", mac: "52:54:00:00:00:[01-02]"}}]
"""


class Lab:
    """A root with one image, and its spec."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tree = root / "srv" / "nfs" / "debian"
        self.spec = root / "cluster.yaml"
        self.write()

    def write(
        self, packages: str = "linux-image-cloud-amd64", locale: str = "C", boot: str = "", default: str = "debian"
    ) -> None:
        self.spec.write_text(SPEC.format(packages=packages, locale=locale, boot=boot, default=default))

    def configure(self, status: int = 0) -> dict[str, Any]:
        """Configure the image; return the report."""
        shown = krgbootctl("image", "configure", self.spec, "debian", "--root", self.root, "--json", status=status)
        data: Any = json.loads(shown.stdout)
        found: dict[str, Any] = data[0] if status == 0 else data["error"]
        return found

    def steps(self) -> list[str]:
        """The names of the steps that configure made."""
        return [step["step"] for step in self.configure()["steps"]]

    def inside(self, *command: str, status: int = 0) -> str:
        shown = krgbootctl("image", "run", self.spec, "debian", "--root", self.root, "--", *command, status=status)
        return shown.stdout


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The image after a first configure; tests must not change it."""
    root = tmp_path_factory.mktemp("configured")
    (root / "srv" / "nfs").mkdir(parents=True)
    krgboot.clone_image(krgboot.Image(IMAGE), root / "srv" / "nfs" / "debian")
    lab = Lab(root)
    lab.configure()
    return lab


@contextmanager
def copy_of(configured: Lab, root: Path) -> Iterator[Lab]:
    """Make a copy; afterwards nothing may run or be mounted in it."""
    (root / "srv" / "nfs").mkdir(parents=True)
    krgboot.clone_image(krgboot.Image(configured.tree), root / "srv" / "nfs" / "debian")
    shutil.copytree(configured.root / "var", root / "var")
    yield Lab(root)
    assert str(root) not in Path("/proc/self/mountinfo").read_text()
    assert [path.name for path in (root / "srv" / "nfs").iterdir()] == ["debian"]
    shutil.rmtree(root)  # pytest would keep it, and it has half a gigabyte


@pytest.fixture
def lab(configured: Lab, tmp_path: Path) -> Iterator[Lab]:
    """A copy for one test."""
    with copy_of(configured, tmp_path) as lab:
        yield lab


@pytest.fixture(scope="module")
def refusing(configured: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A copy for all tests in which nothing is installed: a copy takes longer than they do."""
    with copy_of(configured, tmp_path_factory.mktemp("refusing")) as lab:
        yield lab


def listing(tree: Path) -> str:
    """Return every name with type, mode, owner, size, time and digest, from a foreign program."""
    keywords = "type,mode,uid,gid,size,time,link,device,sha256"
    shown = subprocess.run(
        ["mtree", "-c", "-k", keywords, "-p", tree, "-P"], capture_output=True, text=True, check=True
    )
    return "".join(line for line in shown.stdout.splitlines(keepends=True) if line[0] != "#")  # creation time and user


def attributes(tree: Path) -> tuple[str, str]:
    """Return extended attributes and capabilities of all files, from the programs of attr and libcap."""
    names = subprocess.run(
        ["getfattr", "--recursive", "--physical", "--no-dereference", "--dump", "--match=-", "--encoding=hex", "."],
        cwd=tree, capture_output=True, text=True, check=True,
    )  # fmt: skip
    capabilities = subprocess.run(["getcap", "-r", "."], cwd=tree, capture_output=True, text=True, check=True)
    return names.stdout, capabilities.stdout


def test_a_second_time_nothing_changes(configured: Lab) -> None:
    before = listing(configured.tree)
    assert configured.configure() | {"image": "debian"} == {
        "image": "debian", "changes": [], "notices": [], "reloads": [], "findings": [], "accepted": [], "steps": []
    }  # fmt: skip
    assert listing(configured.tree) == before
    shown = krgbootctl("image", "configure", configured.spec, "--root", configured.root).stdout
    assert "nothing to change" in shown


def test_an_archive_of_a_real_image_comes_back_to_the_bit(lab: Lab) -> None:
    ping = lab.tree / "usr" / "bin" / "krgboot-test"
    shutil.copy("/bin/true", ping)
    subprocess.run(["setcap", "cap_net_raw=ep", ping], check=True)
    subprocess.run(["setfacl", "-m", "u:1234:rx", ping], check=True)
    subprocess.run(["setfacl", "-d", "-m", "g:99:rwx", lab.tree / "home"], check=True)
    os.mknod(lab.tree / "dev" / "krgboot-null", 0o600 | 0o020000, os.makedev(1, 3))
    file, again, back = (lab.root / name for name in ("a.tar.zst", "b.tar.zst", "back"))
    krgbootctl("image", "archive", lab.tree, file)
    krgbootctl("image", "archive", lab.tree, again)
    assert file.read_bytes() == again.read_bytes()
    krgbootctl("image", "restore", file, back)
    assert "krgboot-test cap_net_raw=ep" in attributes(back)[1]
    assert attributes(back) == attributes(lab.tree)
    assert listing(back) == listing(lab.tree)
    assert krgbootctl("image", "verify", back, f"{file}.manifest").stdout == ""
    # Our manifest, as read by the program that defines its format.
    checked = subprocess.run(["mtree", "-f", f"{file}.manifest", "-p", back], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
    # bsdtar unpacks our archive.
    other = lab.root / "other"
    other.mkdir()
    subprocess.run(["bsdtar", "-xpf", file, "--acls", "--xattrs", "-C", other], check=True)
    assert attributes(other) == attributes(lab.tree)
    times = lab.tree.stat()
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))  # bsdtar leaves this unchanged
    assert listing(other) == listing(lab.tree)


def test_only_what_is_missing_is_made(lab: Lab) -> None:
    initrd = (lab.tree / "boot" / "initrd.img").resolve()
    keys = {path.name: path.read_bytes() for path in (lab.tree / "etc" / "ssh").glob("ssh_host_*")}
    before = initrd.stat().st_mtime_ns
    (lab.tree / "etc/ssh/ssh_host_rsa_key").unlink()
    assert lab.steps() == ["ssh host keys"]
    changed = {name for name, content in keys.items() if (lab.tree / "etc/ssh" / name).read_bytes() != content}
    assert changed == {"ssh_host_rsa_key", "ssh_host_rsa_key.pub"}
    assert (lab.tree / "etc/ssh/ssh_host_rsa_key").stat().st_mode & 0o777 == 0o600
    assert initrd.stat().st_mtime_ns == before

    (lab.tree / "etc/modprobe.d/nic.conf").write_text("options e1000e IntMode=1\n")
    shown = krgbootctl("verify", lab.spec, "--root", lab.root, status=2).stdout
    assert "configure /srv/nfs/debian: initramfs: /boot/initrd.img was not made from the current configuration" in shown
    assert re.search(r"^-initrd.img of .*, made from [0-9a-f]{12}\n\+initrd.img of", shown, re.MULTILINE)
    assert lab.steps() == ["initramfs"]
    assert initrd.stat().st_mtime_ns > before
    assert "etc/modprobe.d/nic.conf" in krgboot.Image(lab.tree).list_initramfs("/boot/initrd.img")
    assert lab.steps() == []

    (lab.tree / "boot" / "vmlinuz").unlink()
    (lab.tree / "boot" / "initrd.img").unlink()
    assert lab.steps() == ["kernel names"]
    assert str((lab.tree / "boot" / "vmlinuz").readlink()).startswith("vmlinuz-")


def test_packages_and_locale_come_from_debian(lab: Lab) -> None:
    lab.write(packages="linux-image-cloud-amd64, hostname, tree", locale="de_DE.UTF-8")
    planned = json.loads(krgbootctl("plan", lab.spec, "--root", lab.root, "--json", status=2).stdout)
    assert planned["steps"][0]["why"] == "locales, tree are not installed"
    assert lab.steps() == ["packages", "locale"]
    assert lab.inside("tree", "--version").startswith("tree v")
    assert "de_DE.utf8" in lab.inside("locale", "-a").split()
    assert lab.steps() == []
    lab.write(packages="no-such-package-anywhere")
    refused = lab.configure(status=1)
    assert refused["code"] == "command.failed"
    assert "no-such-package-anywhere" in refused["output"]


def test_killed_while_it_installs_it_is_finished_by_the_next(lab: Lab) -> None:
    lab.write(packages="linux-image-cloud-amd64, tree")
    command = [sys.executable, "-m", "krgboot", "image", "configure", str(lab.spec), "--root", str(lab.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.startswith("Unpacking tree") for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while any_inside(lab.tree) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert any_inside(lab.tree) == []
    assert "packages" in lab.steps()
    assert lab.inside("tree", "--version")
    assert lab.inside("dpkg", "--audit") == ""
    assert lab.steps() == []


def any_inside(tree: Path) -> list[str]:
    """Return the processes whose root is the image."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "root").samefile(tree):
                found.append(entry.name)
        except OSError:
            continue
    return found


BUILD_TREE = """install:
\tinstall -d $(DESTDIR)/boot $(DESTDIR)/etc/init.d $(DESTDIR)/etc/default $(DESTDIR)/usr/bin $(DESTDIR)/lib
\techo kernel >$(DESTDIR)/boot/vmlinuz-2.6.30-krg3.0.0
\tinstall -m 755 init $(DESTDIR)/etc/init.d/kerrighed-host
\techo ISOLATE_UTS=n >$(DESTDIR)/etc/default/kerrighed-host
\techo {version} >$(DESTDIR)/usr/bin/krgadm
\techo installed >stamp
"""

INIT = """#!/bin/sh
### BEGIN INIT INFO
# Provides: kerrighed-host
# Required-Start: $remote_fs
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop:
### END INIT INFO
"""

KERRIGHED = (
    "krg: {{image: debian, kernel: vmlinuz-2.6.30-krg3.0.0, "
    "kerrighed: {{session_id: 1, boot_id: 11, install: {source}}}}}"
)


@pytest.fixture
def build_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("kerrighed")
    (tree / "Makefile").write_text(BUILD_TREE.format(version=1))
    (tree / "init").write_text(INIT)
    return tree


def test_kerrighed_is_installed_from_its_build_tree(lab: Lab, build_tree: Path) -> None:
    lab.write(boot=KERRIGHED.format(source=build_tree))
    assert lab.steps() == ["kerrighed", "service"]
    assert (lab.tree / "usr/bin/krgadm").read_text() == "1\n"
    assert (lab.tree / "lib").is_symlink()  # of Debian's merged /usr
    settings = (lab.tree / "etc/default/kerrighed-host").read_text()
    assert settings == "ISOLATE_UTS=n\n# BEGIN krgboot: kerrighed\nBOOT_ID=11\n# END krgboot: kerrighed\n"
    assert lab.inside("dpkg-query", "--search", "/usr/bin/krgadm").startswith("kerrighed-built:")
    assert any(path.name.endswith("kerrighed-host") for path in (lab.tree / "etc/rc2.d").iterdir())
    assert lab.steps() == []

    # A new build replaces the old one; local changes of its configuration stay.
    (lab.tree / "etc/default/kerrighed-host").write_text(settings + "# mine\n")
    (build_tree / "Makefile").write_text(BUILD_TREE.format(version=2))
    assert lab.steps() == ["kerrighed"]
    assert (lab.tree / "usr/bin/krgadm").read_text() == "2\n"
    assert (lab.tree / "etc/default/kerrighed-host").read_text() == settings + "# mine\n"


def test_kerrighed_is_installed_from_a_tarball(lab: Lab, build_tree: Path, tmp_path: Path) -> None:
    subprocess.run(["make", "install", f"DESTDIR={tmp_path}/made"], cwd=build_tree, check=True)
    with tarfile.open(tmp_path / "kerrighed.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "made", ".")
    lab.write(boot=KERRIGHED.format(source=tmp_path / "kerrighed.tar.gz"))
    assert lab.steps() == ["kerrighed", "service"]
    assert (lab.tree / "usr/bin/krgadm").stat().st_uid == 0
    assert lab.steps() == []


@pytest.mark.parametrize(
    "line", ["touch /etc/krgboot-was-here", "ldconfig -r $(DESTDIR) && echo >/usr/krgboot-was-here", "false"]
)
def test_a_build_tree_that_fails_or_reaches_out_changes_nothing(refusing: Lab, build_tree: Path, line: str) -> None:
    (build_tree / "Makefile").write_text(BUILD_TREE.format(version=1) + f"\t{line}\n")
    refusing.write(boot=KERRIGHED.format(source=build_tree))
    refused = refusing.configure(status=1)
    assert (refused["class"], refused["code"]) == ("CommandError", "command.failed")
    assert not Path("/etc/krgboot-was-here").exists()
    assert not Path("/usr/krgboot-was-here").exists()
    assert not (refusing.tree / "usr/bin/krgadm").exists()


def test_nothing_is_installed_from_an_empty_or_hostile_source(refusing: Lab, build_tree: Path, tmp_path: Path) -> None:
    (build_tree / "Makefile").write_text("install:\n")
    refusing.write(boot=KERRIGHED.format(source=build_tree))
    assert "has it been built?" in refusing.configure(status=1)["message"]
    with tarfile.open(tmp_path / "kerrighed.tar", "w") as archive:
        archive.add(build_tree / "init", "../../outside")
    refusing.write(boot=KERRIGHED.format(source=tmp_path / "kerrighed.tar"))
    assert refusing.configure(status=1)["code"] == "archive.path"
    refusing.write(boot=KERRIGHED.format(source=tmp_path / "none"))
    assert refusing.configure(status=1)["class"] == "IoError"


def test_kerrighed_waits_until_the_image_boots_without_it(tmp_path: Path) -> None:
    spec = tmp_path / "cluster.yaml"
    boot = "krg: {image: debian, kernel: vmlinuz-2.6.30-krg3.0.0, kerrighed: {session_id: 1}}"
    spec.write_text(SPEC.format(packages="", locale="C", boot=boot, default="krg"))
    plain = tmp_path / "plain.yaml"
    plain.write_text(SPEC.format(packages="", locale="C", boot=boot, default="debian"))
    make_root(tmp_path, krgboot.load(spec))

    refused = krgbootctl("apply", spec, "--root", tmp_path, status=1).stderr
    assert "n1 would boot Kerrighed's kernel (krg), and has not booted its image without Kerrighed" in refused
    assert "--kerrighed-at-once" in refused
    assert not (tmp_path / "srv/tftp").exists()

    # Exported, but not bootable: the kernel is damaged.
    krgbootctl("apply", plain, "--root", tmp_path)
    served = tmp_path / "srv/tftp/boot/debian/vmlinuz"
    kernel = served.read_bytes()
    served.unlink()
    assert (
        "does not boot its image without Kerrighed (debian)"
        in krgbootctl("apply", spec, "--root", tmp_path, status=1).stderr
    )
    served.write_bytes(kernel)
    krgbootctl("apply", spec, "--root", tmp_path)
    # After a successful apply, this check does not run again.
    spec.write_text(spec.read_text().replace("session_id: 1", "session_id: 2"))
    krgbootctl("apply", spec, "--root", tmp_path)


def test_apply_and_trace_tell_of_what_waits(refusing: Lab) -> None:
    lab = refusing
    lab.write(packages="linux-image-cloud-amd64, tree")
    for source in ("usr/lib/PXELINUX/pxelinux.0", "usr/lib/syslinux/modules/bios/ldlinux.c32"):
        (lab.root / source).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(f"/{source}", lab.root / source)
    shown = krgbootctl("apply", lab.spec, "--root", lab.root)
    warning = "/srv/nfs/debian: packages: tree is not installed (configure the image) [image.pending]"
    assert warning in shown.stderr
    assert "configure" not in shown.stdout
    traced = krgbootctl("trace", lab.spec, "n1", "--root", lab.root).stdout
    assert "warning root         packages: tree is not installed" in traced
    drift = krgboot.verify(krgboot.load(lab.spec), lab.root).drift
    assert [(step.name, step.image, step.origin) for step in drift.steps] == [
        ("packages", "/srv/nfs/debian", "images.debian.packages")
    ]


def test_mistakes_are_one_line(refusing: Lab) -> None:
    refusing.write()
    configure = ("image", "configure", "--root", refusing.root, refusing.spec)
    shown = krgbootctl(*configure, "debain", status=1).stderr
    assert "there is no image debain in the spec; it has debian [image.unknown]" in shown
    packages = (refusing.tree / "var/lib/dpkg").rename(refusing.root / "dpkg")
    assert "no Debian tree" in krgbootctl(*configure, status=1).stderr
    packages.rename(refusing.tree / "var/lib/dpkg")
    moved = refusing.tree.rename(refusing.root / "moved")
    assert "[image.missing]" in krgbootctl(*configure, status=1).stderr
    moved.rename(refusing.tree)
