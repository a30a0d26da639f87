"""Ssh access to nodes with the lab's own key, which exists only in the lab's tmpfs."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import shlex
import signal
import stat
import subprocess
import tempfile
import time
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from krgboot.errors import CommandError
from krgboot.lab import needs
from krgboot.lab.confinement import limited
from krgboot.lab.rack import LAB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from krgboot.lab.rack import Rack
    from krgboot.lab.streams import Streams

_LONGEST_ANSWER = 1 << 18
_LONGEST_COMPLAINT = 1000
_LONGEST_OUTPUT = 64 << 20  # of a program that the user runs on a node
_LONGEST_WAIT = 120.0  # seconds; a node under emulation takes 20

_KEY = f"{LAB}/ssh/id_ed25519"
_KNOWN_HOSTS = f"{LAB}/ssh/known_hosts"
_CONFIG = f"{LAB}/ssh/config"
_LONGEST_KEY = 65536


def make(rack: Rack, images: Iterable[str]) -> None:
    """Make a key, and authorize it for root in the overlay of each image.

    Keys that the image authorizes stay; sshd(8) requires the modes. An image with a symlink in that path gets no key:
    images are untrusted, so no program of an image is run and no symlink followed.
    """
    rack.run(["mkdir", "-m", "700", f"{LAB}/ssh"])
    rack.run([needs.program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", "krgboot lab", "-f", _KEY])
    key = rack.path(f"{_KEY}.pub").read_bytes()
    host_keys: set[str] = set()
    known = True
    for image in images:
        with contextlib.suppress(OSError):
            _authorize(rack.path(image), key)
        of_image: list[str] = []
        with contextlib.suppress(OSError):
            of_image.extend(_host_keys(rack.path(image)))
        host_keys.update(of_image)
        known = known and bool(of_image)
    rack.path(_KNOWN_HOSTS).write_text("".join(sorted(host_keys)))
    rack.path(_CONFIG).write_text(_config(known=known))


def _config(*, known: bool) -> str:
    """Return ssh's configuration: it checks the host keys of the lab's images, if each image has some.

    A node that makes its own keys has new ones after every boot, so they cannot be checked. That is acceptable: only
    the lab's machines are in its network, and the commands are not secret.
    """
    if known:
        return f"UserKnownHostsFile {_KNOWN_HOSTS}\nStrictHostKeyChecking yes\n"
    return "UserKnownHostsFile /dev/null\nStrictHostKeyChecking no\nLogLevel ERROR\n"


def _authorize(image: Path, key: bytes) -> None:
    with _directory(image, "root") as root:
        with contextlib.suppress(FileExistsError):
            os.mkdir(".ssh", 0o700, dir_fd=root)
        with _directory(".ssh", dir_fd=root) as ssh:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            with os.fdopen(_open_file("authorized_keys", flags, ssh), "r+b", buffering=0) as file:
                size = os.fstat(file.fileno()).st_size
                ended = size == 0 or os.pread(file.fileno(), 1, size - 1) == b"\n"
                file.write(key if ended else b"\n" + key)


def _host_keys(image: Path) -> Iterator[str]:
    """Yield the known_hosts lines for the host keys of an image, valid for any address."""
    with _directory(image, "etc", "ssh") as directory:
        with os.scandir(directory) as entries:
            names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        for name in names:
            if fnmatch(name, "ssh_host_*_key.pub"):
                with os.fdopen(_open_file(name, os.O_RDONLY, directory), "rb") as file:
                    text = file.read(_LONGEST_KEY).decode(errors="replace")
                lines = [line.split()[:2] for line in text.splitlines() if "\ufffd" not in line]
                for words in [line for line in lines if len(line) > 1][:1]:
                    yield " ".join(["*", *words]) + "\n"


def _open_file(name: str, flags: int, directory: int) -> int:
    """Open a regular file of an image; devices and FIFOs are opened with O_PATH only.

    With O_CREAT, makes a missing file. Raises OSError.
    """
    try:
        held = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
        return os.open(name, flags | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        if not stat.S_ISREG(os.fstat(held).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", name)
        return os.open(f"/proc/self/fd/{held}", flags & ~os.O_CREAT | os.O_CLOEXEC)
    finally:
        os.close(held)


@contextlib.contextmanager
def _directory(first: Path | str, *names: str, dir_fd: int | None = None) -> Iterator[int]:
    """Open ``first`` and then each directory of ``names`` below it, without following symlinks."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(first, flags, dir_fd=dir_fd)
    try:
        for name in names:
            inner = os.open(name, flags, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def ssh(address: str, command: Sequence[str] = (), *, options: Sequence[str] = ()) -> list[str]:
    """Return the command, to run in the rack, that runs ``command`` or a shell on a node.

    The node must have one of the host keys of the lab's images. If an image leaves the keys to its nodes, any key is
    accepted. As in ssh(1), ``command`` is one string for the node's shell; ssh joins several words. On a busy host an
    emulated node may need many seconds for its first answer.
    """
    argv = [needs.program("ssh"), "-F", _CONFIG, "-i", _KEY, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]
    argv += ["-o", "GlobalKnownHostsFile=none", "-o", "BatchMode=yes", "-o", "ConnectTimeout=60", *options]
    return [*argv, f"root@{address}", "--", *command]


class Question:
    """A program that runs on a node in the background. The length of its output is limited."""

    def __init__(self, rack: Rack, streams: Streams, address: str, command: str) -> None:
        self._rack = rack
        self._began = time.monotonic()
        self._answers: list[bytearray] = []
        self._open = 2
        self._process = subprocess.Popen(
            rack.enter(ssh(address, [command])),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        for pipe in (self._process.stdout, self._process.stderr):
            self._answers.append(bytearray())
            streams.add_pipe(pipe, lambda _: None, functools.partial(self._heard, self._answers[-1]))

    @property
    def over(self) -> bool:
        """Whether the program is over: it has ended, printed too much, or taken too long."""
        if max(map(len, self._answers)) > _LONGEST_ANSWER or time.monotonic() - self._began > _LONGEST_WAIT:
            self.end()
        return self._process.poll() is not None and self._open == 0

    @property
    def answer(self) -> str | None:
        """The program's output; None if it failed."""
        return self._answers[0].decode(errors="backslashreplace") if self._process.returncode == 0 else None

    @property
    def complaint(self) -> str:
        """The error output of ssh, as one line."""
        if len(self._answers[0]) > _LONGEST_ANSWER:
            return f"the node says more than {_LONGEST_ANSWER} bytes"
        return " ".join(self._answers[1][-_LONGEST_COMPLAINT:].decode(errors="backslashreplace").split()) or "no answer"

    def end(self) -> None:
        """Kill the program."""
        if self._process.poll() is None:
            self._rack.kill(self._process)

    def _heard(self, answer: bytearray, data: bytes) -> None:
        if not data:
            self._open -= 1
        elif len(answer) <= _LONGEST_ANSWER:
            answer += data


def run(rack: Rack, address: str, argv: Sequence[str], *, text: str, check: bool) -> subprocess.CompletedProcess[str]:
    """Run a program on a node, with the words quoted for the node's shell.

    Raises CommandError "lab.command" if the output exceeds 64 MiB; subprocess.CalledProcessError, if ``check``.
    """
    # Output goes to files of limited size: a node may write without end.
    command = rack.enter(limited(ssh(address, [shlex.join(argv)]), file_size=_LONGEST_OUTPUT))
    with (
        tempfile.TemporaryFile("w+", errors="backslashreplace") as out,
        tempfile.TemporaryFile("w+", errors="backslashreplace") as err,
    ):
        done = subprocess.run(command, input=text, stdout=out, stderr=err, text=True, check=False)
        if done.returncode == -signal.SIGXFSZ:
            message = f"{argv[0]} says more than {_LONGEST_OUTPUT >> 20} MiB on {address}"
            raise CommandError(message, "lab.command", list(argv), done.returncode, "")
        for file in (out, err):
            file.seek(0)
        done.stdout, done.stderr = out.read(), err.read()
    done.args = list(argv)
    if check:
        done.check_returncode()
    return done
