"""pxelinux 3 to 6.04."""

from __future__ import annotations

from krgboot.lab.sign import fault
from krgboot.tracing import Stage

_FOLDER = "pxelinux.cfg/"
_PROGRAMS = (".0", ".c32", ".efi", ".e32", ".e64", ".bin")

FAULTS = (
    fault(Stage.loader, r"Failed to load (?:COM32 file )?ldlinux\.c32", "pxelinux.0 misses ldlinux.c32 beside it"),
    fault(Stage.boot_file, r"Failed to load COM32 file (\S+)", "the boot file names a module that cannot be loaded"),
    fault(
        Stage.boot_file,
        r"Unable to locate configuration file|No configuration file found|No DEFAULT or UI configuration directive",
        "no boot file for this node that says what to boot",
        "a file below pxelinux.cfg/ with DEFAULT and LABEL",
    ),
    fault(Stage.kernel, r"Could not find kernel image: *(\S+)", "the kernel is not there, or others may not read it"),
    fault(Stage.initrd, r"Could not find ramdisk image: *(\S+)", "the initrd is not there, or others may not read it"),
    # (The watch determines from the name whether it is the kernel or an initrd.)
    fault(Stage.kernel, r"^Loading (\S+?)(?:\.\.+| ) *failed", "what the boot file names could not be loaded"),
    fault(
        Stage.kernel,
        r"Invalid or corrupt kernel|Booting kernel failed: *(.*)",
        "what the boot file names is no kernel",
        denies=True,
    ),
    fault(Stage.command_line, r"Not enough memory to load", "the node has too little memory"),
    fault(Stage.loader, r"^Boot failed: press a key to retry", "pxelinux gave up", later=True),
)


def name_of_boot_file(file: str) -> str:
    """Return "default" for "pxelinux.cfg/default"; "" for a file that is not a boot file."""
    return file.partition(_FOLDER)[2]


def is_loader(file: str) -> bool:
    """Return whether it is pxelinux, a module of it, or another program that machines load first."""
    return file.endswith(_PROGRAMS)
