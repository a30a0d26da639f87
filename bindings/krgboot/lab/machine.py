"""A node as a virtual machine: QEMU with the node's MAC address and UUID, booting from the network like the real one.

Its serial line is the console; its screen is a VGA card that stays in text mode, whose memory can be read: so a node
without a serial console is followed as well.
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
_VGA_SIZE = 0x8000  # all that the kernel's console scrolls through
_COLUMNS = 80
_QMP_LIMIT = 10.0
_LONGEST_ANSWER = 1 << 20
_SCREEN, _PICTURE = "screen", "screen.png"
_MOST_WRITTEN = 16 << 20  # into each of them


SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
"""QEMU's own seccomp filter: no other user, no new program, no priorities, no system calls of old."""


def arguments(
    name: str, mac: str, uuid: str, *, tap: int, monitor: int, accelerator: Accelerator, memory: int
) -> list[str]:
    """Return QEMU's command line for a node.

    ``uuid``: as loaders show it. ``tap`` and ``monitor``: descriptors of its network card's other end, and of a
    socket for the machine protocol. ``memory``: MiB. The machine has nothing but what takes part in a boot: no disk, no
    second network card.
    """
    argv = [needs.program("qemu-system-x86_64"), "-name", name, "-nodefaults", "-no-user-config", "-display", "none"]
    argv += ["-sandbox", SANDBOX]
    # The first three groups of a UUID lie in memory with their lowest byte first (SMBIOS 2.6), where QEMU puts them so,
    # and loaders show the bytes as they lie there.
    smbios_uuid = str(UUID(bytes_le=UUID(uuid).bytes))
    # graphics=off: the BIOS shows on the serial line what it shows on the screen.
    argv += ["-machine", "pc,graphics=off", *accelerator.options]
    argv += ["-smp", "1", "-m", str(memory), "-uuid", smbios_uuid, "-boot", "n"]
    # No graphics driver binds to an ISA card, which so stays a console of text.
    argv += ["-device", "isa-vga", "-serial", "stdio", "-device", "virtio-rng-pci"]
    argv += ["-netdev", f"tap,id=net,fd={tap}", "-device", f"virtio-net-pci,netdev=net,mac={mac}"]
    return [*argv, "-chardev", f"socket,id=monitor,fd={monitor}", "-mon", "chardev=monitor,mode=control"]


def switch_on(
    rack: Rack, name: str, mac: str, uuid: str, tap: str, *, user: int, accelerator: Accelerator, memory: int
) -> VirtualMachine:
    """Start a node's machine. ``tap``: the interface that its network card is plugged into. Raises OSError.

    QEMU runs as ``user``, without any capability. All that it is given of the rack are three descriptors (its console,
    the tap, the monitor) and two files that it may write to, which lie in a directory of root's: whoever takes QEMU
    over can put nothing in their place.
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
    """A running machine. ``process.stdout`` is its serial line; on ``monitor`` QEMU speaks its machine protocol."""

    def __init__(self, rack: Rack, name: str, process: Popen[bytes], monitor: socket.socket) -> None:
        self._rack = rack
        self._directory = _directory(name)
        self._monitor = _Monitor(monitor)
        self.process = process

    @property
    def running(self) -> bool:
        """Whether it is switched on."""
        return self.process.poll() is None

    def screen(self) -> list[str] | None:
        """Return the lines of its screen and of what has scrolled off it, without empty ones.

        None where it cannot be had, as while the machine starts.
        """
        with contextlib.suppress(OSError):
            self._monitor.execute("pmemsave", val=_VGA_TEXT, size=_VGA_SIZE, filename=f"{self._directory}/{_SCREEN}")
            characters = self._read(_SCREEN, _VGA_SIZE)[0::2].replace(b"\0", b" ").decode("cp437")
            rows = (characters[start : start + _COLUMNS].rstrip() for start in range(0, len(characters), _COLUMNS))
            return [row for row in rows if row]
        return None

    def picture(self) -> bytes:
        """Return its screen as a PNG; empty where it cannot be had."""
        with contextlib.suppress(OSError):
            self._monitor.execute("screendump", filename=f"{self._directory}/{_PICTURE}", format="png")
            return self._read(_PICTURE, _MOST_WRITTEN)
        return b""

    def switch_off(self) -> None:
        """Pull the plug, and wait until it is out."""
        self._monitor.close()
        if self.running:
            self._rack.kill(self.process)

    def _read(self, file: str, most: int) -> bytes:
        """Read what QEMU wrote. Raises OSError."""
        descriptor = os.open(self._rack.path(f"{self._directory}/{file}"), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            return opened.read(most)


class _Monitor:
    """QEMU's machine protocol (docs/interop/qmp-spec): one command, one answer. Raises OSError.

    QEMU may be in the hands of its guest: an answer that comes too late, or is too long, is none.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._heard = b""
        self._asked = 0
        self._ready = False

    def execute(self, command: str, **arguments: Any) -> Any:
        if not self._ready:
            # What precedes the answer is the greeting. (It is an error where an earlier one came too late.)
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
            # An event, or an answer that came late, is not that to this command.
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
