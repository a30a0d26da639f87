"""The lab's NFS server: NFS-Ganesha or the kernel's nfsd. Both serve exactly the applied exports."""

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
_ETAB = "/var/lib/nfs/etab"  # export table that exportfs writes for rpc.mountd
_FSID = re.compile(r"(?<=[(,])fsid=([^,)]+)")
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
_STOP_LIMIT = 30.0  # seconds

# Runs outside the rack, in the rack's network namespace and a new mount namespace, where /proc/fs/nfsd is that of the
# rack's network. It waits until every writer of its input has closed it.
_KEEPER = f"mount -t nfsd nfsd {_NFSD} && echo kept && cat >/dev/null && echo 0 >{_NFSD}/threads"

GANESHA_ROOT = f"{LAB}/nfs"
"""Root directory of NFS-Ganesha, inside. Ganesha 4.3 (FSAL_VFS) looks up any name that a client sends, including
slashes: it serves "/etc" or "../../etc" even if they are not exported. So this directory has only the images, and the
programs and libraries of the machine's packages."""

GANESHA_CONF = f"{GANESHA_ROOT}/etc/ganesha.conf"
"""Path of its configuration, inside."""

# Arguments: its root directory, and the images. Its passwd has root only, so that nodes get numeric owners.
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
        """Name of the server, for reports."""

    def start(self, rack: Rack, images: Sequence[str], said: Callable[[str], None]) -> Command:
        """Set up the server, after rpcbind has started, and return the daemon to run until the lab ends.

        ``images``: the existing images; only these are exported. ``said``: called with each message. Raises
        CommandError.
        """

    def close(self) -> None:
        """End what survives the rack. The caller calls this after the rack has ended. Raises CommandError."""


def find_nfs_server(wanted: str | None, cluster: Cluster, root: Path) -> Server:
    """Return the NFS server of that name. Raises like ``needs.nfs_server`` if something is missing.

    ``root``: directory with the boot server's files, as krgboot applied them.
    """
    return Kernel() if needs.nfs_server(wanted) == "kernel" else Ganesha(cluster, root)


@dataclass
class Ganesha:
    """NFS-Ganesha: an ordinary process, which needs no kernel module and ends with the rack."""

    _cluster: Cluster
    _root: Path

    @property
    def name(self) -> str:
        """Such as "NFS-Ganesha 4.3"."""
        return f"NFS-Ganesha {self._version()}".strip()

    def _version(self) -> str:
        """Such as "4.3"; empty if unknown."""
        argv = [needs.program("ganesha.nfsd"), "-v"]
        said = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
        version = re.search(r"Release = V?(\S+)", said)
        return version[1] if version else ""

    def start(self, rack: Rack, images: Sequence[str], said: Callable[[str], None]) -> Command:
        """Write its configuration. Reports features of the tables that nfsd supports and Ganesha does not."""
        tables = krgboot.exports.read_exports_tables(self._root, self._cluster.server.release)
        udp = serves_udp(self._version())
        if not udp:
            said("NFS-Ganesha serves over TCP alone: from version 5 on it does not survive a client that uses UDP")
        # The lab has mounted the images itself, as overlays.
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
        """Do nothing: Ganesha has ended with the rack."""


def serves_udp(version: str) -> bool:
    """Whether Ganesha of that version ("4.3") can serve a client over UDP without failing other clients.

    Version 6.5 (libntirpc 6.3) sooner or later loses its UDP socket: it then answers no client over UDP, and uses a
    whole processor to write log lines. Version 4.3 does not. Versions between them are untested.
    """
    major = re.match(r"\d+", version)
    return major is not None and int(major[0]) < 5


@dataclass
class Kernel:
    """The kernel's nfsd, as nfs-kernel-server starts it, in the rack's network: separate from the machine's own nfsd.

    Its threads are kernel threads, not processes of the rack. Linux 6.1 ends them with the last mount of
    /proc/fs/nfsd of their network, some time after the rack. The lab does not rely on that: the keeper, a process
    outside the rack, ends them as soon as the lab ends, for any reason, and the lab waits for it. The module stays
    loaded.
    """

    _keeper: subprocess.Popen[str] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """Such as "the kernel's nfsd 6.1.0-44-amd64"."""
        return f"the kernel's nfsd {os.uname().release}"

    def start(self, rack: Rack, images: Sequence[str], said: Callable[[str], None]) -> Command:
        """Export according to the applied files, start the threads, and return the command of rpc.mountd."""
        if not needs.kernel_has_nfsd():
            subprocess.run([needs.program("modprobe"), "nfsd"], stdin=subprocess.DEVNULL, check=False)
        rack.run(["mount", "-t", "nfsd", "nfsd", _NFSD])
        rack.run(["touch", _ETAB, "/var/lib/nfs/rmtab"])
        self._export(rack, images, said)
        keeper_input = self._keep(rack)
        # rpc.nfsd also holds the keeper's input, so that the keeper cannot end the threads before they have started.
        # In the grace time NFSv4 clients may reclaim state of an earlier server, and other requests wait. The lab has
        # no earlier server: 10 seconds is the minimum that nfsd accepts, and they pass before a node connects.
        rack.run([needs.program("rpc.nfsd"), "--grace-time", "10"], pass_fds=[keeper_input])
        argv = [needs.program("rpc.mountd"), "--foreground"]
        if not rack.path("/etc/nfs.conf").exists():
            argv += ["--manage-gids"]  # as in Debian's /etc/nfs.conf
        return Command("nfs", tuple(argv), "starting", program="mountd")

    def close(self) -> None:
        """End the threads, so that the network namespace can end."""
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
        """Start the keeper; return the descriptor of the write end of its input."""
        # slave: an unmount on the machine takes effect in the keeper's namespace too.
        argv = [needs.program("nsenter"), f"--target={rack.pid}", "--net", "--"]
        argv += [needs.program("unshare"), "--mount", "--propagation", "slave", "--", "sh", "-c", _KEEPER]
        keeper = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,  # Ctrl-C and a closed terminal do not end it
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
        """Run exportfs on the applied files, then add an fsid= to each entry of its table that has none.

        An image in the rack is an overlay, which has no device: nfsd can identify it in file handles only by an
        fsid=. The boot server's images are on disks, so the applied files have no fsid=. They must not change, so the
        lab edits the table that exportfs makes of them. Each path gets its own number, because the number identifies
        the path in file handles: /img and /img/home are two exports in one file system.

        exportfs runs without /proc, so that it cannot test each export with the kernel, which refuses entries without
        a number. Its complaints do not stop the lab, as they do not stop a boot server (nfs-server.service ignores
        them).
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
    """Return exportfs's table reduced to paths in ``images``, each path with its own fsid=."""
    entries = [entry for entry in etab.splitlines() if _is_in(_path_of(entry), images)]
    taken = {found[1] for entry in entries if (found := _FSID.search(entry)) is not None}
    free = (str(number) for number in itertools.count(1) if str(number) not in taken)  # 0 is the NFSv4 root
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
    """Return the path of an entry of exportfs's table, with its octal escapes decoded."""
    escaped = os.fsencode(entry.partition("\t")[0])
    return os.fsdecode(_OCTAL.sub(lambda octal: bytes([int(octal[1], 8)]), escaped))


def _is_in(path: str, images: Sequence[str]) -> bool:
    return any(path == image or path.startswith(f"{image}/") for image in images)


def _tables_of(tables: Sequence[ExportsTable], images: Sequence[str]) -> Sequence[ExportsTable]:
    """Remove the entries outside the existing images from the tables."""
    for table in tables:
        for entry in table.list():
            if not _is_in(entry.path, images):
                table.remove(entry.path, entry.client)
    return tables
