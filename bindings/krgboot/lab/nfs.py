"""The lab's NFS server: NFS-Ganesha, or the kernel's nfsd. Both offer what the applied exports do, and no more."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import krgboot
from krgboot.errors import CommandError
from krgboot.lab import needs
from krgboot.lab.daemons import Command
from krgboot.lab.rack import LAB

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from krgboot import Cluster, ExportsTable
    from krgboot.lab.rack import Rack

_NFSD = "/proc/fs/nfsd"
_ETAB = "/var/lib/nfs/etab"  # where exportfs tells rpc.mountd what is exported, to whom and how
_FSID = re.compile(r"(?<=[(,])fsid=([^,)]+)")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_STOP_LIMIT = 30.0  # seconds

# Runs outside of the rack, in the rack's network but with mounts of its own: there /proc/fs/nfsd is that network's
# nfsd, whatever the machine itself has there. It waits until nobody holds the other end of its input any more.
_KEEPER = f"mount -t nfsd nfsd {_NFSD} && echo kept && cat >/dev/null && echo 0 >{_NFSD}/threads"

GANESHA_ROOT = f"{LAB}/nfs"
"""What NFS-Ganesha takes for /, inside. It looks up any name that a client sends, slashes and all (4.3, FSAL_VFS):
"/etc" or "../../etc" is answered with what lies there, exported or not. So there lie the images, the programs and
libraries of the machine's packages, and nothing else."""

GANESHA_CONF = f"{GANESHA_ROOT}/etc/ganesha.conf"
"""Where its configuration is written, inside."""

# Arguments: its root, and the images. Names of users are not told to nodes: they get numbers.
_ENCLOSE = """
r=$1; shift
mkdir -p "$r/usr" "$r/etc" "$r/run" "$r/dev" "$r/proc" "$r/tmp" "$r/var/lib/nfs/ganesha" "$r/var/log/ganesha"
for d in bin lib lib32 lib64 sbin; do
  if [ -d "/usr/$d" ]; then mkdir -p "$r/usr/$d"; mount --bind "/usr/$d" "$r/usr/$d"; fi
  if [ -L "/$d" ]; then cp -Pf "/$d" "$r/"; elif [ -d "/$d" ]; then mkdir -p "$r/$d"; mount --bind "/$d" "$r/$d"; fi
done
for f in ld.so.cache netconfig nsswitch.conf protocols rpc services; do
  if [ -e "/etc/$f" ]; then cp "/etc/$f" "$r/etc/$f"; fi
done
echo root:x:0:0::/:/bin/false >"$r/etc/passwd"
echo root:x:0: >"$r/etc/group"
ln -sf /proc/self/mounts "$r/etc/mtab"
mount --rbind /proc "$r/proc"
for f in /dev/null /dev/zero /dev/urandom /run/rpcbind.sock; do
  touch "$r$f"
  mount --bind "$f" "$r$f"
done
for image; do
  mkdir -p "$r$image"
  mount --bind "$image" "$r$image"
done
"""


class Server(Protocol):
    """An NFS server of a lab."""

    @property
    def name(self) -> str:
        """What it is, for reports."""

    def start(self, rack: Rack, images: Sequence[str], said: Callable[[str], None]) -> Command:
        """Set up all that it needs, once rpcbind serves, and return the daemon that is to run as long as the lab.

        ``images``: those that are there; nothing else is offered. ``said``: gets what is said meanwhile. Raises
        CommandError.
        """

    def close(self) -> None:
        """End what does not end with the rack; to be called when that has ended. Raises CommandError."""


def find_nfs_server(wanted: str | None, cluster: Cluster, root: Path) -> Server:
    """Return the NFS server of that name, as ``needs.nfs_server`` has it, which raises what is missing.

    ``root``: where the boot server's files lie, as krgboot applied them.
    """
    return Kernel() if needs.nfs_server(wanted) == "kernel" else Ganesha(cluster, root)


@dataclass
class Ganesha:
    """NFS-Ganesha: an ordinary process, which needs nothing of the kernel and ends with the rack."""

    _cluster: Cluster
    _root: Path

    @property
    def name(self) -> str:
        """As "NFS-Ganesha 4.3"."""
        return f"NFS-Ganesha {self._version()}".strip()

    def _version(self) -> str:
        """As "4.3"; empty where it does not say."""
        argv = [needs.program("ganesha.nfsd"), "-v"]
        said = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
        version = re.search(r"Release = V?(\S+)", said)
        return version[1] if version else ""

    def start(self, rack: Rack, images: Sequence[str], said: Callable[[str], None]) -> Command:
        """Write its configuration. What nfsd would do with the tables and it cannot is said."""
        tables = krgboot.exports.read_exports_tables(self._root, self._cluster.server.release)
        udp = serves_udp(self._version())
        if not udp:
            said("NFS-Ganesha serves over TCP alone: from version 5 on it does not survive a client that uses UDP")
        # The lab has mounted the images itself, in layers of its own.
        made = krgboot.exports.ganesha_conf(
            _tables_of(tables, images), self._cluster.server.address, udp=udp, mounted=True
        )
        for diagnostic in made.diagnostics:
            said(str(diagnostic))
        rack.run(["sh", "-ec", _ENCLOSE, "sh", GANESHA_ROOT, *images])
        rack.path(GANESHA_CONF).write_text(made.text)
        conf = GANESHA_CONF.removeprefix(GANESHA_ROOT)
        argv = (needs.program("ganesha.nfsd"), "-F", "-L", "STDOUT", "-p", "/run/ganesha.pid", "-f", conf)
        refuses = "Errors processing block (EXPORT)"
        ready = "NFS SERVER INITIALIZED"
        return Command("nfs", argv, ready, refuses=refuses, program="ganesha", root=GANESHA_ROOT)

    def close(self) -> None:
        """Nothing: it has ended with the rack."""


def serves_udp(version: str) -> bool:
    """Whether Ganesha of that version ("4.3") can be asked over UDP by one client without failing others.

    6.5 (libntirpc 6.3) sooner or later loses its UDP socket: from then on it answers nobody over UDP, and takes a whole
    processor to write a line of its log after the other. 4.3 does not. Of those between them nothing is known.
    """
    major = re.match(r"\d+", version)
    return major is not None and int(major[0]) < 5


@dataclass
class Kernel:
    """The kernel's nfsd, as nfs-kernel-server starts it, in the rack's network: a server apart from the machine's own.

    Its threads are the kernel's, and no processes of the rack. Linux 6.1 ends them with the last mount of their
    network's /proc/fs/nfsd, some time after the rack. The lab neither relies on that nor returns before: a keeper, a
    process outside of the rack, ends them as soon as the lab has ended, however it did. The module stays loaded.
    """

    _keeper: subprocess.Popen[str] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """As "the kernel's nfsd 6.1.0-44-amd64"."""
        return f"the kernel's nfsd {os.uname().release}"

    def start(self, rack: Rack, images: Sequence[str], said: Callable[[str], None]) -> Command:
        """Export what the applied files say, and start the threads; rpc.mountd then answers for them."""
        if not needs.kernel_has_nfsd():
            subprocess.run([needs.program("modprobe"), "nfsd"], stdin=subprocess.DEVNULL, check=False)
        rack.run(["mount", "-t", "nfsd", "nfsd", _NFSD])
        rack.run(["touch", _ETAB, "/var/lib/nfs/rmtab"])
        self._export(rack, images, said)
        keeper_input = self._keep(rack)
        # While rpc.nfsd starts threads, it holds the keeper's input as well: they are not ended before they are there.
        # NFSv4 clients may reclaim what they had from a server before it; others wait meanwhile. Here nobody had
        # anything: 10 seconds are the fewest that nfsd takes, and pass before a node asks.
        rack.run([needs.program("rpc.nfsd"), "--grace-time", "10"], pass_fds=[keeper_input])
        argv = [needs.program("rpc.mountd"), "--foreground"]
        if not rack.path("/etc/nfs.conf").exists():
            argv += ["--manage-gids"]  # as Debian's /etc/nfs.conf has it
        return Command("nfs", tuple(argv), "starting", program="mountd")

    def close(self) -> None:
        """End the threads, and so the network."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        try:
            _, errors = keeper.communicate(timeout=_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            errors = f"nothing happens for {_STOP_LIMIT:.0f} s"
        if keeper.poll() != 0:
            message = f"the lab's NFS server in the kernel does not end: {errors.strip()}"
            raise CommandError(message, "lab.command", ["nfsd"], keeper.returncode or 0, errors)

    def _keep(self, rack: Rack) -> int:
        """Start the keeper; return the descriptor of the other end of its input."""
        # slave: what the machine unmounts meanwhile is not held by the keeper.
        argv = [needs.program("nsenter"), f"--target={rack.pid}", "--net", "--"]
        argv += [needs.program("unshare"), "--mount", "--propagation", "slave", "--", "sh", "-c", _KEEPER]
        keeper = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,  # neither Ctrl-C nor the end of a terminal ends it
        )
        self._keeper = keeper
        assert keeper.stdin is not None and keeper.stdout is not None  # noqa: PT018 (they are pipes)
        if keeper.stdout.readline() != "kept\n":
            self._keeper = None
            _, errors = keeper.communicate()
            message = f"the kernel's NFS server cannot be set up in the lab: {errors.strip()}"
            raise CommandError(message, "lab.command", argv, keeper.returncode, errors)
        return keeper.stdin.fileno()

    def _export(self, rack: Rack, images: Sequence[str], said: Callable[[str], None]) -> None:
        """Have exportfs read the applied files, and number in its table what it leaves without a number.

        An image in the rack is an overlay, which is on no device: nfsd names it in file handles by nothing but an
        fsid=. The boot server's images lie on disks, so that the applied files have none, and they stay as they are:
        exportfs reads just them, and what it makes of them is added to. Each path gets a number of its own, for it
        stands for that path in file handles: /img and /img/home are two exports in one file system.

        Without /proc exportfs cannot try each export on the kernel, which refuses those that have no number yet. What
        it complains of ends no boot server's start either (nfs-server.service passes over it).
        """
        hidden = 'mount -t tmpfs none /proc && exec "$@"'
        argv = [needs.program("unshare"), "--mount", "--", "sh", "-c", hidden, "sh", needs.program("exportfs"), "-ra"]
        try:
            complaints = rack.run(argv)
        except CommandError as error:
            complaints = error.output
        for line in complaints.splitlines():
            said(line)
        etab = rack.path(_ETAB)
        etab.write_text(number_exports(etab.read_text(errors="surrogateescape"), images), errors="surrogateescape")


def number_exports(etab: str, images: Sequence[str]) -> str:
    """Return exportfs's table with what lies in ``images`` alone, each path with an fsid= of its own."""
    entries = [entry for entry in etab.splitlines() if _is_in(_path_of(entry), images)]
    taken = {found[1] for entry in entries if (found := _FSID.search(entry)) is not None}
    free = (str(number) for number in itertools.count(1) if str(number) not in taken)  # (0 is the root of NFSv4)
    numbers: dict[str, str] = {}
    text = ""
    for entry in entries:
        if _FSID.search(entry) is None:
            path = _path_of(entry)
            if path not in numbers:
                numbers[path] = next(free)
            entry = f"{entry.removesuffix(')')},fsid={numbers[path]})"
        text += f"{entry}\n"
    return text


def _path_of(entry: str) -> str:
    """Return the path of an entry of exportfs's table, which writes what is special in it as octal numbers."""
    escaped = os.fsencode(entry.partition("\t")[0])
    return os.fsdecode(_OCTAL.sub(lambda octal: bytes([int(octal[1], 8)]), escaped))


def _is_in(path: str, images: Sequence[str]) -> bool:
    return any(path == image or path.startswith(f"{image}/") for image in images)


def _tables_of(tables: Sequence[ExportsTable], images: Sequence[str]) -> Sequence[ExportsTable]:
    """Take out of the tables what lies in no image that is there."""
    for table in tables:
        for entry in table.list():
            if not _is_in(entry.path, images):
                table.remove(entry.path, entry.client)
    return tables
