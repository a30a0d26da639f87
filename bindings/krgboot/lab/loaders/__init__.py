"""The loaders that a lab supports, one module each: the files that they request, and their console messages."""

from __future__ import annotations

from krgboot.lab.loaders import pxelinux

FAULTS = (*pxelinux.FAULTS,)


def name_of_boot_file(file: str) -> str:
    """Return the name of a boot file without its directory; "" for any other file."""
    return pxelinux.name_of_boot_file(file)


def is_loader(file: str) -> bool:
    """Return whether a file is a loader, or a part of one."""
    return pxelinux.is_loader(file)
