"""A node as a virtual machine: QEMU with the node's MAC address and UUID, which boots from the network.

Its serial line is the console. Its VGA card stays in text mode, so that krgboot can read the screen from its memory:
this covers nodes without a serial console.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from krgboot.lab import needs, network
from krgboot.lab.confinement import confined, limited
from krgboot.lab.rack import LAB

if TYPE_CHECKING:
    from subprocess import Popen

    from krgboot.lab.acceleration import Accelerator
    from krgboot.lab.rack import Rack

_VGA_TEXT = 0xB8000
_VGA_SIZE = 0x8000  # the whole scroll area of the kernel's console
_COLUMNS = 80
_QMP_LIMIT = 10.0
_LONGEST_ANSWER = 1 << 20
_SCREEN, _PICTURE = "screen", "screen.png"
_MOST_WRITTEN = 16 << 20  # limit for each of the two files, in bytes


SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
"""QEMU's seccomp filter: no change of user, no new programs, no priorities, no obsolete system calls."""


def arguments(
    name: str, mac: str, uuid: str, *, tap: int, monitor: int, accelerator: Accelerator, memory: int
) -> list[str]:
    """Return QEMU's command line for a node.

    ``uuid``: in the form that loaders show. ``tap`` and ``monitor``: descriptors of the TAP device and of a socket for
    QMP. ``memory``: MiB. The machine has only the devices that a boot needs: no disk, no second network card.
    """
    argv = [needs.program("qemu-system-x86_64"), "-name", name, "-nodefaults", "-no-user-config", "-display", "none"]
    argv += ["-sandbox", SANDBOX]
    # SMBIOS 2.6 stores the first three groups of a UUID in little-endian order, and so does QEMU; loaders show the
    # bytes in memory order.
    smbios_uuid = str(UUID(bytes_le=UUID(uuid).bytes))
    # graphics=off: the BIOS copies its screen output to the serial line.
    argv += ["-machine", "pc,graphics=off", *accelerator.options]
    argv += ["-smp", "1", "-m", str(memory), "-uuid", smbios_uuid, "-boot", "n"]
    # No graphics driver binds to an ISA card, so it stays in text mode.
    argv += ["-device", "isa-vga", "-serial", "stdio", "-device", "virtio-rng-pci"]
    argv += ["-netdev", f"tap,id=net,fd={tap}", "-device", f"virtio-net-pci,netdev=net,mac={mac}"]
    return [*argv, "-chardev", f"socket,id=monitor,fd={monitor}", "-mon", "chardev=monitor,mode=control"]


def switch_on(
    rack: Rack, name: str, mac: str, uuid: str, tap: str, *, user: int, accelerator: Accelerator, memory: int
) -> VirtualMachine:
    """Start a node's machine. ``tap``: the TAP device of its network card. Raises OSError.

    QEMU runs as ``user``, without any capability. In the rack it has access only to three descriptors (console, tap,
    monitor) and two writable files. The files are in a directory of root, so that a compromised QEMU cannot replace
    them.
    """
    directory = rack.path(_directory(name))
    directory.mkdir(mode=0o711, parents=True, exist_ok=True)
    for file in (_SCREEN, _PICTURE):
        with (directory / file).open("wb") as made:
            os.fchmod(made.fileno(), 0o600)
            os.fchown(made.fileno(), user, user)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with theirs:
        descriptor = network.open_tap(rack, tap)
        try:
            given = {"tap": descriptor, "monitor": theirs.fileno()}
            argv = arguments(name, mac, uuid, **given, accelerator=accelerator, memory=memory)
            argv = confined(limited(argv, file_size=_MOST_WRITTEN), user=user)
            process = rack.start(argv, pass_fds=tuple(given.values()))
        except BaseException:
            ours.close()
            raise
        finally:
            os.close(descriptor)
    return VirtualMachine(rack, name, process, ours)


def _directory(name: str) -> str:
    return f"{LAB}/nodes/{name}"


class VirtualMachine:
    """A running machine. ``process.stdout`` is its serial line; ``monitor`` is the socket for QMP."""

    def __init__(self, rack: Rack, name: str, process: Popen[bytes], monitor: socket.socket) -> None:
        self._rack = rack
        self._directory = _directory(name)
        self._monitor = _Monitor(monitor)
        self.process = process

    @property
    def running(self) -> bool:
        """Whether the machine is running."""
        return self.process.poll() is None

    def screen(self) -> list[str] | None:
        """Return the lines of its screen and of its scroll-back, without empty ones.

        None if the screen cannot be read, for example while the machine starts.
        """
        with contextlib.suppress(OSError):
            self._monitor.execute("pmemsave", val=_VGA_TEXT, size=_VGA_SIZE, filename=f"{self._directory}/{_SCREEN}")
            characters = self._read(_SCREEN, _VGA_SIZE)[0::2].replace(b"\0", b" ").decode("cp437")
            rows = (characters[start : start + _COLUMNS].rstrip() for start in range(0, len(characters), _COLUMNS))
            return [row for row in rows if row]
        return None

    def picture(self) -> bytes:
        """Return its screen as a PNG; empty if it cannot be read."""
        with contextlib.suppress(OSError):
            self._monitor.execute("screendump", filename=f"{self._directory}/{_PICTURE}", format="png")
            return self._read(_PICTURE, _MOST_WRITTEN)
        return b""

    def switch_off(self) -> None:
        """Kill the machine, and wait for its end."""
        self._monitor.close()
        if self.running:
            self._rack.kill(self.process)

    def _read(self, file: str, most: int) -> bytes:
        """Read a file that QEMU wrote. Raises OSError."""
        descriptor = os.open(self._rack.path(f"{self._directory}/{file}"), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            return opened.read(most)


class _Monitor:
    """Client of QMP, QEMU's machine protocol (docs/interop/qmp-spec): one command, one answer. Raises OSError.

    The guest may have compromised QEMU: time and length of an answer are limited.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._heard = b""
        self._asked = 0
        self._ready = False

    def execute(self, command: str, **arguments: Any) -> Any:
        if not self._ready:
            # The greeting precedes the answer. (The answer is an error if an earlier attempt timed out.)
            self._ask("qmp_capabilities", {})
            self._ready = True
        answer = self._ask(command, arguments)
        if "return" not in answer:
            raise OSError("QEMU refused a command")
        return answer["return"]

    def close(self) -> None:
        self._socket.close()

    def _ask(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self._asked += 1
        request: dict[str, Any] = {"execute": command, "id": self._asked}
        if arguments:
            request["arguments"] = arguments
        deadline = time.monotonic() + _QMP_LIMIT
        self._socket.settimeout(_QMP_LIMIT)
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            try:
                answer = json.loads(self._line(deadline))
            except (ValueError, RecursionError):
                raise OSError("QEMU speaks something else") from None
            # Skip events and late answers to earlier commands.
            if isinstance(answer, dict) and answer.get("id") == self._asked:
                return answer

    def _line(self, deadline: float) -> bytes:
        while (remaining := deadline - time.monotonic()) > 0 and b"\n" not in self._heard:
            if len(self._heard) > _LONGEST_ANSWER:
                raise OSError("QEMU says too much")
            self._socket.settimeout(remaining)
            if not (data := self._socket.recv(65536)):
                raise OSError("QEMU has gone")
            self._heard += data
        if remaining <= 0:
            raise OSError("QEMU does not answer")
        line, _, self._heard = self._heard.partition(b"\n")
        return line
