"""The trees that nodes mount as /: make, configure, run programs inside, archive, compare, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from krgboot._core import (
    ArchiveReport,
    BootstrapProgress,
    BootstrapReport,
    BootstrapTool,
    CloneReport,
    CommandResult,
    Compression,
    ConfigureImageReport,
    Devices,
    DifferenceKind,
    DifferenceReport,
    FieldDifference,
    Image,
    InsideNetwork,
    Kernel,
    KernelCheck,
    NfsRootSupport,
    Presence,
    Progress,
    RestoreReport,
    TreeDifference,
    bootstrap_image,
    clone_image,
    configure_image,
    diff_images,
    plan_image,
    remove_image,
    restore_image,
)
from krgboot.cluster import Initramfs
from krgboot.diagnostics import visible
from krgboot.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from krgboot.cluster import Cluster

__all__ = [
    "ArchiveReport",
    "BootstrapProgress",
    "BootstrapReport",
    "BootstrapTool",
    "CloneReport",
    "CommandResult",
    "Compression",
    "ConfigureImageReport",
    "Devices",
    "DifferenceKind",
    "DifferenceReport",
    "FieldDifference",
    "Image",
    "InsideNetwork",
    "Kernel",
    "KernelCheck",
    "KernelUse",
    "NfsRootSupport",
    "Presence",
    "Progress",
    "RestoreReport",
    "TreeDifference",
    "bootstrap_image",
    "clone_image",
    "configure_image",
    "diff_images",
    "kernel_uses",
    "plan_image",
    "remove_image",
    "restore_image",
]


class KernelUse(NamedTuple):
    """A kernel of an image, with the initrd that machines load with it."""

    boot: str | None
    """Name of the boot entry; None for a kernel that no entry names."""
    initrd: str | None
    """Path of the initrd below /boot."""
    check: KernelCheck


def kernel_uses(tree: Image, cluster: Cluster | None = None, name: str | None = None) -> Iterator[KernelUse]:
    """Yield the kernel of each boot entry of the image ``name`` of the cluster, then the kernels that no entry names.

    Raises ArgumentError "kernel.missing" for an entry whose kernel is not in the image, ArchiveError, IoError.
    """
    booted = set()
    for entry in cluster.boot if cluster else []:
        if entry.image.name != name:
            continue
        kernel = tree.find_kernel(entry.kernel)
        if kernel is None:
            message = f"boot entry {entry.name} names {visible(entry.kernel)}"
            message += f", which is not in {visible(str(tree.path))}/boot"
            raise ArgumentError(message, "kernel.missing", f"boot.{entry.name}.kernel")
        booted.add(kernel.version)
        check = tree.check_kernel(kernel, entry.initrd, entry.initramfs, entry.kerrighed)
        yield KernelUse(entry.name, entry.initrd, check)
    for kernel in tree.kernels():
        if kernel.version not in booted:
            maker = Initramfs.initramfs_tools if kernel.initrd else Initramfs.none
            yield KernelUse(None, kernel.initrd, tree.check_kernel(kernel, kernel.initrd, maker))
