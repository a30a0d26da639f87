"""krgbootctl image: the trees that nodes mount as their root."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

import krgboot
from krgboot.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(help="Make, look at, keep and restore the trees that nodes mount as /.", no_args_is_help=True)

Spec = Annotated[Path, typer.Argument(metavar="SPEC", help="The cluster.yaml.", show_default=False)]
ImageName = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="The image's name; all of them without.", show_default=False)
]
RootDirectory = Annotated[Path, typer.Option("--root", metavar="DIR", help="Where the images' paths begin.")]
Json = Annotated[bool, typer.Option("--json", help="Machine output.")]


def _entry(cluster: krgboot.Cluster, name: str) -> krgboot.ImageEntry:
    for image in cluster.images:
        if image.name == name:
            return image
    known = ", ".join(image.name for image in cluster.images)
    raise krgboot.ArgumentError(f"there is no image {name} in the spec; it has {known}", "image.unknown", name)


def _checks(
    cluster: krgboot.Cluster, image: krgboot.ImageEntry, tree: krgboot.Image
) -> Iterator[tuple[str, str | None, krgboot.KernelCheck]]:
    """Every boot entry of the image with its kernel and initrd, then the kernels that no entry boots."""
    booted = set()
    for entry in cluster.boot:
        if cluster.images[entry.image].name != image.name:
            continue
        kernel = tree.find_kernel(entry.kernel)
        if kernel is None:
            raise krgboot.ArgumentError(
                f"boot entry {entry.name} names {entry.kernel}, which is not in {tree.path}/boot",
                "kernel.missing",
                f"boot.{entry.name}.kernel",
            )
        booted.add(kernel.version)
        yield entry.name, entry.initrd, tree.check_kernel(kernel, entry.initrd, entry.initramfs, entry.kerrighed)
    for kernel in tree.kernels():
        if kernel.version not in booted:
            kind = krgboot.Initramfs.initramfs_tools if kernel.initrd else krgboot.Initramfs.none
            yield "", kernel.initrd, tree.check_kernel(kernel, kernel.initrd, kind)


@app.command()
def kernels(spec: Spec, name: ImageName = None, root: RootDirectory = Path("/"), as_json: Json = False) -> None:
    """List the kernels of an image, and what each lacks to boot over NFS. Exit code 2: a boot entry's would not."""
    cluster = krgboot.load(spec)
    images = [_entry(cluster, name)] if name is not None else list(cluster.images)
    data: list[dict[str, Any]] = []
    table = Table("image", "boot entry", "kernel", "initrd", "modules", "drivers", "NFS root", box=None, pad_edge=False)
    findings = []
    broken = False
    for image in images:
        for entry, initrd, check in _checks(cluster, image, krgboot.Image(image.path, root)):
            kernel, support = check.kernel, check.support
            broken = broken or (entry != "" and not check)
            data.append({"image": image.name, "boot": entry or None} | output.plain(check.to_json()))
            drivers = f"{len(support.drivers)} ({support.network_driver.name})"
            table.add_row(
                image.name,
                entry or "-",
                kernel.version or kernel.file,
                initrd or "-",
                "yes" if kernel.modules else "no",
                drivers,
                support.nfs_root.name,
            )
            if entry:
                findings.extend(check.findings)
    if as_json:
        output.show_json(data)
    else:
        output.out.print(table)
        output.show_diagnostics(findings)
    raise typer.Exit(output.PENDING if broken else output.OK)
