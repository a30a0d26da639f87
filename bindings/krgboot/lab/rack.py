"""The rack: namespaces in which the daemons see only the boot server's files, at their real paths.

Bubblewrap makes it. It ends with the process that made it, for any reason: the kernel then kills every process inside,
and removes the network, the mounts and the tmpfs file systems, because nothing outside refers to them.
(Threads of the kernel's NFS server are not inside: krgboot.lab.nfs ends them.)
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

# Files of the host's /etc that the daemons' C library needs. The rest of the rack's /etc is the boot server's.
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
"""Directory inside for the lab's own files, on tmpfs."""


class Rack:
    """A running rack. ``close`` ends it, and so does the end of its ``with`` block.

    ``root``: directory with the boot server's files, as krgboot applied them. ``shown``: directories below it that
    appear inside at the same path, read-only. ``images``: images that are writable inside; their files on disk do not
    change.
    Raises IoError "lab.rack", CommandError.
    """

    def __init__(self, root: Path, shown: Sequence[str], images: Sequence[str]) -> None:
        self._root = root
        self._started: list[subprocess.Popen[bytes]] = []
        self.pid = 0
        """PID of the rack's first process on the host."""
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
                    start_new_session=True,  # Ctrl-C reaches only krgboot, which shuts down in order
                )
            finally:
                os.close(writer)
            try:
                self._set_up(info.read(), images)
            except BaseException:
                self.close()
                raise

    def _set_up(self, report: str, images: Sequence[str]) -> None:
        # cat runs inside: it answers when the setup is complete, and ends with this process.
        if not report or not self._answers():
            _, errors = self._bwrap.communicate()
            reason = errors.decode(errors="backslashreplace").strip().splitlines()[-1:] or ["bwrap ended"]
            message = f"the lab's namespaces cannot be made: {reason[0]}"
            raise IoError(message, "lab.rack", "unshare", "bwrap", errno.EPERM)
        self.pid = json.loads(report)["child-pid"]
        self.run(["mount", "-t", "overlay", "lab-etc", "-o", _overlay("etc", lower=f"{LAB}/applied/etc"), "/etc"])
        # (Not a second lower layer: an overlay does not see mounts inside its layers.)
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
        """Return the host's path for a path inside the rack."""
        return Path(f"/proc/{self.pid}/root{inside}")

    @property
    def proc(self) -> Path:
        """The /proc directory of the rack's first process; net/ in it shows the rack's network."""
        return Path(f"/proc/{self.pid}")

    def enter(self, argv: Sequence[str]) -> list[str]:
        """Return the command that runs ``argv`` inside."""
        return enter(self.pid, argv)

    def run(self, argv: Sequence[str], *, text: str = "", pass_fds: Sequence[int] = ()) -> str:
        """Run a program inside and return its output. It inherits ``pass_fds``. Raises CommandError."""
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
        """Start a program inside, with standard error merged into ``stdout`` and no input. It ends with the rack.

        It inherits ``pass_fds``.
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
        """Let every user inside open a device of the machine, by a new device node; the machine's node stays unchanged.

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
        """Kill a program that `start` started, and wait for its end."""
        # The process is nsenter, which waits for the program, its only child. The child may not exist yet.
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
        """Kill every process inside, and wait for them and for the processes of `start`."""
        if self._bwrap.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                if self.pid:
                    os.kill(self.pid, signal.SIGKILL)  # bubblewrap waits for it, then ends itself
                else:  # The child may not die with it yet, and would keep the pipes open: kill both.
                    os.killpg(self._bwrap.pid, signal.SIGKILL)
        self._bwrap.communicate()
        while self._started:
            self._started[-1].wait()
            process = self._started.pop()
            if process.stdout is not None:
                process.stdout.close()

    def _answers(self) -> bool:
        """Whether the first program runs; returns after its answer or its end."""
        assert self._bwrap.stdin is not None and self._bwrap.stdout is not None  # noqa: PT018 (they are pipes)
        with contextlib.suppress(BrokenPipeError):
            self._bwrap.stdin.write(b"\n")
            self._bwrap.stdin.flush()
        return self._bwrap.stdout.readline() == b"\n"

    def _lay_over(self, image: str, name: str) -> None:
        """Mount the image writable; changes go to tmpfs."""
        mounting = ["mount", "-t", "overlay", f"lab-{name}", "-o"]
        # index and nfs_export: for NFS file handles; xino: for stable inode and device numbers, which NFS needs.
        options = "xino=on,index=on,nfs_export=on,redirect_dir=nofollow," + _overlay(name, lower=f"{LAB}/lower{image}")
        self.run([*mounting, options, image])
        if not self._has_file_handles(image):
            # The image's file system has no file handles, so NFS cannot serve an overlay of it. The copy takes memory.
            self.run(["umount", image])
            copy = f"{LAB}/{name}/copy"
            self.run(["cp", "--archive", "--", f"{LAB}/lower{image}", copy])
            self.run(["mount", "--bind", copy, image])

    def _has_file_handles(self, image: str) -> bool:
        """Whether the overlay supports file handles; the kernel drops unsupported options without an error."""
        mounts = FstabTable.parse((self.proc / "mounts").read_text()).list()
        (options,) = (mount.options.split(",") for mount in mounts if mount.file == image)
        # /proc/mounts does not show default options.
        by_default = _NFS_EXPORT.exists() and _NFS_EXPORT.read_text().strip() == "Y"
        return "nfs_export=on" in options or (by_default and "nfs_export=off" not in options)


def enter(pid: int, argv: Sequence[str]) -> list[str]:
    """Return the command that runs ``argv`` in the rack whose first process is ``pid``."""
    # root: if krgboot itself runs in a chroot, the top of the mount namespace is the machine's root, not the rack's.
    # wd: without it, nsenter would keep its working directory on the machine.
    namespaces = ("--mount", "--net", "--uts", "--ipc", "--pid", "--root", "--wd")
    return [needs.program("nsenter"), f"--target={pid}", *namespaces, "--", *argv]


def _reason(output: str) -> str:
    """Return the last line that is not indented: mount adds an indented hint to its message."""
    lines = [line for line in output.splitlines() if line.strip() and not line[0].isspace()]
    return lines[-1] if lines else output.strip()


def _arguments(root: Path, shown: Sequence[str], images: Sequence[str]) -> list[str]:
    """Bubblewrap's arguments, except --info-fd."""
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
    """Return the options of an overlay mount whose changes go to tmpfs."""
    return f"lowerdir={lower},upperdir={LAB}/{name}/upper,workdir={LAB}/{name}/work"
