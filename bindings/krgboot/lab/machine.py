"""A node as a virtual machine: QEMU with the node's MAC address and UUID, booting from the network like the real one.

Its serial line is the console; its screen is a VGA card that stays in text mode, whose memory can be read: so a node
without a serial console is followed as well.
"""

from __future__ import annotations

import contextlib
import json
import socket
from typing import TYPE_CHECKING, Any
from uuid import UUID

from krgboot.lab import needs
from krgboot.lab.rack import LAB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krgboot.lab.acceleration import Accelerator
    from krgboot.lab.rack import Rack

_VGA_TEXT = 0xB8000
_VGA_SIZE = 0x8000  # all that the kernel's console scrolls through
_COLUMNS = 80
_QMP_LIMIT = 10.0


def arguments(name: str, mac: str, uuid: str, tap: str, *, accelerator: Accelerator, memory: int) -> list[str]:
    """Return QEMU's command line for a node.

    ``uuid``: as pxelinux shows it. ``memory``: MiB. The machine has nothing but what takes part in a boot: no disk, no
    second network card.
    """
    argv = [needs.program("qemu-system-x86_64"), "-name", name, "-nodefaults", "-no-user-config", "-display", "none"]
    # The first three groups of a UUID lie in memory with their lowest byte first (SMBIOS 2.6), where QEMU puts them so,
    # and pxelinux shows the bytes as they lie there.
    smbios_uuid = str(UUID(bytes_le=UUID(uuid).bytes))
    # graphics=off: the BIOS shows on the serial line what it shows on the screen.
    argv += ["-machine", "pc,graphics=off", *accelerator.options]
    argv += ["-smp", "1", "-m", str(memory), "-uuid", smbios_uuid, "-boot", "n"]
    # No graphics driver binds to an ISA card, which so stays a console of text.
    argv += ["-device", "isa-vga", "-serial", "stdio", "-device", "virtio-rng-pci"]
    argv += ["-netdev", f"tap,id=net,ifname={tap},script=no,downscript=no"]
    argv += ["-device", f"virtio-net-pci,netdev=net,mac={mac}"]
    return [*argv, "-qmp", f"unix:{_qmp_path(name)},server=on,wait=off"]


def _qmp_path(name: str) -> str:
    return f"{LAB}/{name}.qmp"


class VirtualMachine:
    """A running machine. ``process.stdout`` is its serial line."""

    def __init__(self, rack: Rack, name: str, argv: Sequence[str]) -> None:
        self._rack = rack
        self._name = name
        self._monitor: _Monitor | None = None
        self.process = rack.start(argv)

    @property
    def running(self) -> bool:
        """Whether it is switched on."""
        return self.process.poll() is None

    def screen(self) -> list[str] | None:
        """Return the lines of its screen and of what has scrolled off it, without empty ones.

        None where it cannot be had, as while the machine starts.
        """
        file = f"{LAB}/{self._name}.screen"
        with contextlib.suppress(OSError):
            self._ask("pmemsave", val=_VGA_TEXT, size=_VGA_SIZE, filename=file)
            characters = self._rack.path(file).read_bytes()[0::2].replace(b"\0", b" ").decode("cp437")
            rows = (characters[start : start + _COLUMNS].rstrip() for start in range(0, len(characters), _COLUMNS))
            return [row for row in rows if row]
        return None

    def picture(self) -> bytes:
        """Return its screen as a PNG; empty where it cannot be had."""
        file = f"{LAB}/{self._name}.png"
        with contextlib.suppress(OSError):
            self._ask("screendump", filename=file, format="png")
            return self._rack.path(file).read_bytes()
        return b""

    def switch_off(self) -> None:
        """Pull the plug, and wait until it is out."""
        self._hang_up()
        if self.running:
            self._rack.kill(self.process)

    def _ask(self, command: str, **arguments: Any) -> None:
        """Have QEMU do something. Raises OSError."""
        if self._monitor is None:
            self._monitor = _Monitor(str(self._rack.path(_qmp_path(self._name))))
        try:
            self._monitor.execute(command, **arguments)
        except OSError:
            self._hang_up()  # an answer that comes late would be taken for that to the next command
            raise

    def _hang_up(self) -> None:
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None


class _Monitor:
    """QEMU's machine protocol (docs/interop/qmp-spec): one command, one answer. Raises OSError."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._socket.settimeout(_QMP_LIMIT)
        self._lines = self._socket.makefile("rb")
        try:
            self._socket.connect(path)
            self._lines.readline()  # the greeting
            self.execute("qmp_capabilities")
        except BaseException:
            self.close()
            raise

    def execute(self, command: str, **arguments: Any) -> Any:
        request: dict[str, Any] = {"execute": command}
        if arguments:
            request["arguments"] = arguments
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while line := self._lines.readline():
            if not line.endswith(b"\n"):
                break  # it ended in the midst of it
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise OSError(answer["error"].get("desc", "QEMU refused a command"))
        raise OSError("QEMU has gone")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()
