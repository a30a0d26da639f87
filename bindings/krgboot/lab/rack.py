"""The rack: namespaces of its own, in which a boot server's daemons see its files at their real paths, and no others.

It is made by bubblewrap, and ends with the process that made it, however that ends: the kernel then kills every process
inside, and takes down the network, the mounts and the memory file systems, since nothing of them has a name outside.
(Threads of the kernel's NFS server are not inside: krgboot.lab.nfs sees to them.)
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from krgboot.errors import CommandError, IoError
from krgboot.formats import FstabTable
from krgboot.lab import needs

if TYPE_CHECKING:
    from collections.abc import Sequence

# What of the host's /etc the daemons' C library asks for. All else in the rack's /etc is the boot server's.
_HOST_ETC = (
    "alternatives",
    "group",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "netconfig",
    "nsswitch.conf",
    "passwd",
    "protocols",
    "rpc",
    "services",
)
_SYSTEM_DIRECTORIES = ("bin", "lib", "lib32", "lib64", "sbin")

_NFS_EXPORT = Path("/sys/module/overlay/parameters/nfs_export")
_KILL_LIMIT = 5.0  # seconds
_KILL_INTERVAL = 0.1

LAB = "/lab"
"""Inside: what belongs to the lab itself, in memory."""


class Rack:
    """A running rack. ``close`` ends it; so does leaving it as a context manager.

    ``root``: the root beneath which the boot server's files lie, as krgboot applied them. ``shown``: directories
    beneath it to be seen inside at the same path, read-only. ``images``: those that are to be written to inside, while
    their own files stay as they are.
    Raises IoError "lab.rack", CommandError.
    """

    def __init__(self, root: Path, shown: Sequence[str], images: Sequence[str]) -> None:
        self._root = root
        self._started: list[subprocess.Popen[bytes]] = []
        self.pid = 0
        """The rack's first process, as the host sees it."""
        program, arguments = needs.program("bwrap"), _arguments(root, shown, images)
        reader, writer = os.pipe()
        with os.fdopen(reader) as info:
            try:
                self._bwrap = subprocess.Popen(
                    [program, "--info-fd", str(writer), *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    pass_fds=[writer],
                    start_new_session=True,  # Ctrl-C is ours: we take down what we set up, in order
                )
            finally:
                os.close(writer)
            try:
                self._set_up(info.read(), images)
            except BaseException:
                self.close()
                raise

    def _set_up(self, report: str, images: Sequence[str]) -> None:
        # Inside runs cat: it answers when all is set up, and ends with us.
        if not report or not self._answers():
            _, errors = self._bwrap.communicate()
            reason = errors.decode(errors="backslashreplace").strip().splitlines()[-1:] or ["bwrap ended"]
            message = f"the lab's namespaces cannot be made: {reason[0]}"
            raise IoError(message, "lab.rack", "unshare", "bwrap", errno.EPERM)
        self.pid = json.loads(report)["child-pid"]
        self.run(["mount", "-t", "overlay", "lab-etc", "-o", _overlay("etc", lower=f"{LAB}/applied/etc"), "/etc"])
        # (A second lower layer would not do: an overlay does not see what is mounted in its layers.)
        host = [f"{LAB}/host/etc/{name}" for name in _HOST_ETC if Path("/etc", name).exists()]
        self.run(["cp", "--archive", "--no-clobber", "--target-directory=/etc", *host])
        self.run(["ln", "--symbolic", "--force", "/proc/self/mounts", "/etc/mtab"])  # NFS-Ganesha reads it
        for number, image in enumerate(images):
            self._lay_over(image, _overlay_name(number))

    def __enter__(self) -> Rack:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def path(self, inside: str) -> Path:
        """Return where the host sees a path of the rack."""
        return Path(f"/proc/{self.pid}/root{inside}")

    @property
    def proc(self) -> Path:
        """The rack's network as /proc shows it is below here, in net/."""
        return Path(f"/proc/{self.pid}")

    def enter(self, argv: Sequence[str]) -> list[str]:
        """Return the command that runs ``argv`` inside."""
        return enter(self.pid, argv)

    def run(self, argv: Sequence[str], *, text: str = "", pass_fds: Sequence[int] = ()) -> str:
        """Run a program inside to its end and return what it wrote. It holds ``pass_fds`` open. Raises CommandError."""
        done = subprocess.run(
            self.enter(argv),
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            pass_fds=pass_fds,
        )
        output = done.stdout.decode(errors="backslashreplace")
        if done.returncode != 0:
            message = f"{argv[0]} failed in the lab: {_reason(output)}"
            raise CommandError(message, "lab.command", list(argv), done.returncode, output)
        return output

    def start(self, argv: Sequence[str], *, pass_fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        """Start a program inside; both its outputs are in ``stdout``. It gets no input, and ends with the rack.

        It holds ``pass_fds`` open.
        """
        process = subprocess.Popen(
            self.enter(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
        )
        self._started.append(process)
        return process

    def give_device(self, device: Path) -> None:
        """Let everybody inside open a device of the machine, by a node that is the rack's: the machine's stays its own.

        Raises CommandError.
        """
        state = device.stat()
        directory = f"{LAB}/devices"  # bubblewrap's /dev is mounted nodev
        self.run(["mkdir", directory])
        self.run(["mount", "-t", "tmpfs", "-o", "nosuid,noexec,mode=755,size=64k", "lab-devices", directory])
        number = (str(os.major(state.st_rdev)), str(os.minor(state.st_rdev)))
        self.run(["mknod", "-m", "666", f"{directory}/{device.name}", "c", *number])
        self.run(["touch", str(device)])
        self.run(["mount", "--bind", f"{directory}/{device.name}", str(device)])

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a program that `start` started, and wait for its end."""
        # The process is nsenter, which waits for the program: its only child, or it is about to have one.
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + _KILL_LIMIT
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                for child in children.read_text().split():
                    os.kill(int(child), signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_KILL_INTERVAL)
        if process.poll() is None:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End everything inside, and wait until it has ended, with all that `start` started."""
        if self._bwrap.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                if self.pid:
                    os.kill(self.pid, signal.SIGKILL)  # bubblewrap waits for it, then ends itself
                else:  # Its child may not end with it yet, and would hold our pipes: both are killed.
                    os.killpg(self._bwrap.pid, signal.SIGKILL)
        self._bwrap.communicate()
        while self._started:
            self._started[-1].wait()
            process = self._started.pop()
            if process.stdout is not None:
                process.stdout.close()

    def _answers(self) -> bool:
        """Whether the first program runs; it says so in a moment, or has ended."""
        assert self._bwrap.stdin is not None and self._bwrap.stdout is not None  # noqa: PT018 (they are pipes)
        with contextlib.suppress(BrokenPipeError):
            self._bwrap.stdin.write(b"\n")
            self._bwrap.stdin.flush()
        return self._bwrap.stdout.readline() == b"\n"

    def _lay_over(self, image: str, name: str) -> None:
        """Mount the image writable: what is written goes into memory."""
        mounting = ["mount", "-t", "overlay", f"lab-{name}", "-o"]
        # index and nfs_export: for NFS file handles; xino: for inode and device numbers that stay, as NFS wants them.
        options = "xino=on,index=on,nfs_export=on,redirect_dir=nofollow," + _overlay(name, lower=f"{LAB}/lower{image}")
        self.run([*mounting, options, image])
        if not self._has_file_handles(image):
            # That of the image has none: an overlay of it would do for anything but NFS. A copy takes memory.
            self.run(["umount", image])
            copy = f"{LAB}/{name}/copy"
            self.run(["cp", "--archive", "--", f"{LAB}/lower{image}", copy])
            self.run(["mount", "--bind", copy, image])

    def _has_file_handles(self, image: str) -> bool:
        """Whether the overlay has what it was asked for; the kernel leaves out what cannot be, without an error."""
        mounts = FstabTable.parse((self.proc / "mounts").read_text()).list()
        (options,) = (mount.options.split(",") for mount in mounts if mount.file == image)
        # Options that are the default are not shown.
        by_default = _NFS_EXPORT.exists() and _NFS_EXPORT.read_text().strip() == "Y"
        return "nfs_export=on" in options or (by_default and "nfs_export=off" not in options)


def enter(pid: int, argv: Sequence[str]) -> list[str]:
    """Return the command that runs ``argv`` in the rack whose first process is ``pid``."""
    # root: where krgboot itself runs in a chroot, the top of the rack's mounts is the machine's, and not the rack's.
    # wd: with another root, nsenter would stay in the directory of the machine where it was started.
    namespaces = ("--mount", "--net", "--uts", "--ipc", "--pid", "--root", "--wd")
    return [needs.program("nsenter"), f"--target={pid}", *namespaces, "--", *argv]


def _reason(output: str) -> str:
    """Return the last line that begins one: mount goes on in an indented line, on where else to look."""
    lines = [line for line in output.splitlines() if line.strip() and not line[0].isspace()]
    return lines[-1] if lines else output.strip()


def _arguments(root: Path, shown: Sequence[str], images: Sequence[str]) -> list[str]:
    """Bubblewrap's arguments, but for the descriptor of its report."""
    arguments = ["--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-ipc", "--die-with-parent"]
    arguments += ["--cap-add", "ALL", "--hostname", "lab", "--ro-bind", "/usr", "/usr"]
    for name in _SYSTEM_DIRECTORIES:
        system = Path("/", name)
        if system.is_symlink():
            arguments += ["--symlink", str(system.readlink()), str(system)]
        elif system.is_dir():
            arguments += ["--ro-bind", str(system), str(system)]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--dev-bind", "/dev/net/tun", "/dev/net/tun"]
    for directory in ("/run", "/tmp", "/var", LAB):
        arguments += ["--tmpfs", directory]
    for name in ("/run/rpcbind", "/var/lib/dhcp", "/var/lib/nfs/ganesha", "/var/log/ganesha", "/etc"):
        arguments += ["--dir", name]
    arguments += ["--symlink", "/run", "/var/run"]
    arguments += ["--ro-bind", "/etc", f"{LAB}/host/etc", "--ro-bind", str(root / "etc"), f"{LAB}/applied/etc"]
    for path in shown:
        arguments += ["--ro-bind", str(root / path.lstrip("/")), path]
    for path in images:
        arguments += ["--ro-bind", str(root / path.lstrip("/")), f"{LAB}/lower{path}", "--dir", path]
    for name in ("etc", *map(_overlay_name, range(len(images)))):
        arguments += ["--dir", f"{LAB}/{name}/upper", "--dir", f"{LAB}/{name}/work"]
    return [*arguments, "--chdir", "/", "--", "cat"]


def _overlay_name(image: int) -> str:
    return f"image{image}"


def _overlay(name: str, *, lower: str) -> str:
    """Return the options of an overlay mount whose changes go into memory."""
    return f"lowerdir={lower},upperdir={LAB}/{name}/upper,workdir={LAB}/{name}/work"
