"""A test case: a fault in files of a boot server's root, and the expected output of a command.

The root is that of examples/quickstart with an overlay, so that the changes of a case are in memory only.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from staging import EXAMPLES, QUICKSTART, in_own_mounts, needs, needs_root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

marks = [
    needs_root,
    needs("unshare", "dhcpd"),
    pytest.mark.skipif(
        not (QUICKSTART / "srv/nfs/debian/boot/initrd.img").exists(), reason="NOT TESTED: run examples/quickstart first"
    ),
]

SPEC = EXAMPLES["debian"]
UNKNOWN = "52:54:00:99:00:01"
BOOTS, BROKEN, UNKNOWN_END = "boots", "would not boot", "cannot be followed to the end"

OVERLAY = """
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay none -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root"
R=$1/root
I=$R/srv/nfs/debian
shift 2
"""


@dataclass(frozen=True)
class Case:
    """A case and its expected result.

    ``files``: texts by path in the root; ``script``: additional sh script, with ``$R``, the root, and ``$I``, the
    image. ``command``: its words, with ``{root}`` for the root; empty: trace of ``machine``. ``says``, ``never``:
    texts that the output must or must not have, with blanks collapsed. ``boots``: the expected verdict of trace.
    """

    name: str
    machine: str = "node1"
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    boots: str = ""
    command: tuple[str, ...] = ()
    status: int | None = None
    script: str = ""


def words(line: str) -> tuple[str, ...]:
    """Return the words of the command line."""
    return tuple(line.split())


def check(case: Case, scratch: Path) -> None:
    """Set up the case, run its command, and compare."""
    laid = scratch / "laid"
    laid.mkdir()
    script = "set -e\n" + OVERLAY
    for number, (path, content) in enumerate(case.files.items()):
        (laid / str(number)).write_bytes(content if isinstance(content, bytes) else content.encode())
        script += f'mkdir -p "$(dirname "$R/{path}")"; cp "{laid}/{number}" "$R/{path}"\n'
    script += f'export LC_ALL=C\n{case.script}\nexport LC_ALL=C.UTF-8\nexec "$@"'
    mount_point = scratch / "overlay"
    mount_point.mkdir()
    root = str(mount_point / "root")
    command = case.command or ("trace", "--root", "{root}", str(SPEC), case.machine)
    argv = [sys.executable, "-m", "krgboot", *(word.format(root=root) for word in command)]
    done = subprocess.run(
        in_own_mounts(script, mount_point, QUICKSTART, *argv),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = " ".join((done.stdout + done.stderr).split())
    for text in case.says:
        assert text in said, said
    for text in (*case.never, "Traceback"):
        assert text not in said, said
    if case.boots:
        assert f" {case.boots}" in said, said
    if case.status is not None:
        assert done.returncode == case.status, said


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
    """Return such a file for machines that boot pxelinux."""
    return subnet(f'{lines} next-server 10.20.0.2; filename "pxelinux.0";', before=before)


def menu(append: str, head: str = "DEFAULT l") -> dict[str, str]:
    """Return a pxelinux.cfg/default with one entry that has this command line."""
    return {MENU: f"{head}\nLABEL l\n  LINUX boot/debian/vmlinuz\n  APPEND initrd=boot/debian/initrd.img {append}\n"}


def entry(kernel: str, append: str) -> dict[str, str]:
    """Return a pxelinux.cfg/default with one entry that loads this file and has this APPEND."""
    return {MENU: f"DEFAULT l\nLABEL l\n  KERNEL {kernel}\n  APPEND {append}\n"}


def script(name: str, commands: str, **right: object) -> Case:
    """Return a case that shell commands set up."""
    return Case(name, script=commands, **right)  # type: ignore[arg-type]


def enabled(unit: str) -> str:
    """Return shell commands that enable a service of the image at boot."""
    wants = "$I/etc/systemd/system/multi-user.target.wants"
    return f"mkdir -p {wants}; ln -s /lib/systemd/system/{unit}.service {wants}/{unit}.service; "
