"""The loaders that a lab knows, one module each: which files they ask for, and what they say on the console."""

from __future__ import annotations

from krgboot.lab.loaders import pxelinux

FAULTS = (*pxelinux.FAULTS,)


def name_of_boot_file(file: str) -> str:
    """Return the name of a boot file among those that its loader asks for; "" for any other file."""
    return pxelinux.name_of_boot_file(file)


def is_loader(file: str) -> bool:
    """Say whether a file is a loader, or a part of one."""
    return pxelinux.is_loader(file)
