"""No source above the layer `services` names a daemon or loader: new ones need only files there and table entries."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
NAMES = re.compile(
    r"\b(isc|dhcpd|tftpd|tftpd_hpa|tftpd-hpa|hpa|in\.tftpd|dnsmasq|kea|pxelinux|lpxelinux|syslinux|ldlinux|grub|ipxe)\b",
    re.IGNORECASE,
)
# Sources above `services` that belong to one program by design.
OWN = {
    "bindings/src/bind_formats.cpp": "the formats of single programs, for scripts",
    "bindings/src/bind_net.cpp": "the same",
    "bindings/src/bind_plan.cpp": "the edits of services/edit.hpp",
    "bindings/src/bind_values.cpp": "the same",
    "bindings/src/bind_base.cpp": "an error that a test raises",
    "bindings/krgboot/formats.py": "the same",
    "bindings/krgboot/lab/boot.py": "reads the boot file that a node loaded",
    "bindings/krgboot/lab/watch.py": "the same",
    "bindings/krgboot/lab/network.py": "the boot ROM of QEMU's network cards",
    "bindings/krgboot/lab/signs.py": "the same",
    "bindings/krgboot/pxelinux.py": "the same",
    "bindings/krgboot/__init__.py": "the same",
    "bindings/krgboot/cli/names.py": "krgbootctl pxename",
    "bindings/krgboot/lab/servers/dhcp_isc.py": "how a lab runs it",
    "bindings/krgboot/lab/servers/tftp_hpa.py": "how a lab runs it",
    "bindings/krgboot/lab/servers/tftp_dnsmasq.py": "how a lab runs it",
    "bindings/krgboot/lab/servers/__init__.py": "the table of these",
    "bindings/krgboot/lab/loaders/pxelinux.py": "what it says on the console",
    "bindings/krgboot/lab/loaders/__init__.py": "the table of these",
}
FLOORS = ("config", "plan", "system", "tree", "image", "apply")
# Debian's package isc-dhcp-client gives images a DHCP client; it is not a server.
CLIENT = re.compile(r"isc-dhcp-client")


def sources() -> list[Path]:
    """Return every source above `services`."""
    library = [TOP / "libkrgboot" / folder / floor for folder in ("include/krgboot", "src") for floor in FLOORS]
    folders = [*library, TOP / "bindings/src", TOP / "bindings/krgboot"]
    return sorted(p for f in folders for p in f.rglob("*") if p.suffix in {".hpp", ".cpp", ".py"})


def named(text: str) -> list[str]:
    """Return each line that names a program."""
    lines = (CLIENT.sub("", line) for line in text.splitlines() if not line.lstrip().startswith("#include"))
    return [line.strip() for line in lines if NAMES.search(line)]


def test_no_program_is_named() -> None:
    found = {str(path.relative_to(TOP)): named(path.read_text(encoding="utf-8")) for path in sources()}
    assert {name: lines for name, lines in found.items() if lines and name not in OWN} == {}


def test_what_may_name_them_is_there() -> None:
    assert [name for name in OWN if not (TOP / name).exists()] == []


def test_the_check_sees_what_it_forbids() -> None:
    assert named('x = "isc"\n// pxelinux\nDhcpIsc y;\n"isc-dhcp-client"\n') == ['x = "isc"', "// pxelinux"]
