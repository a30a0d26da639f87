"""krgbootctl image: commands for the trees that nodes mount as their root."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.filesize import decimal
from rich.table import Table

import krgboot
from krgboot import visible
from krgboot.cli import output, progress

app = typer.Typer(help="Make, inspect, archive and restore the trees that nodes mount as /.", no_args_is_help=True)

_LOGIN_SHELL = ["/bin/bash", "--login"]

Spec = Annotated[Path, typer.Argument(metavar="SPEC", help="The cluster.yaml.", show_default=False)]
ImageName = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="The image's name; default: all images.", show_default=False)
]
RootDirectory = Annotated[
    Path, typer.Option("--root", metavar="DIR", help="Directory that the images' paths are relative to.")
]
Json = Annotated[bool, typer.Option("--json", help="Machine output.")]
AllowLoss = Annotated[
    bool, typer.Option("--allow-loss", help="Owners, nodes and attributes that cannot be set are only a warning.")
]
LeaveOut = Annotated[bool, typer.Option("--allow-loss", help="Omit files that are mount points, with a warning.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace an existing target, by one rename at the end.")]


@app.command()
def kernels(spec: Spec, name: ImageName = None, root: RootDirectory = Path("/"), as_json: Json = False) -> None:
    """List the kernels of an image, and what each lacks for an NFS root. Exit code 2: a boot entry would not boot."""
    cluster = krgboot.load(spec)
    images = [cluster.image(name)] if name is not None else list(cluster.images)
    data: list[dict[str, Any]] = []
    table = Table("image", "boot entry", "kernel", "initrd", "modules", "drivers", "NFS root", box=None, pad_edge=False)
    findings = []
    broken = False
    for image in images:
        for entry, initrd, check in krgboot.image.kernel_uses(krgboot.Image(image.path, root), cluster, image.name):
            kernel, support = check.kernel, check.support
            broken = broken or (entry is not None and not check)
            data.append({"image": image.name, "boot": entry} | output.plain(check.to_json()))
            drivers = f"{len(support.drivers)} ({support.network_driver.name})"
            cells = (image.name, entry or "-", kernel.version or kernel.file, initrd or "-")
            modules = "yes" if kernel.modules else "no"
            table.add_row(*map(visible, cells), modules, drivers, support.nfs_root.name)
            if entry:
                findings.extend(check.findings)
    if as_json:
        output.show_json(data)
    else:
        output.out.print(table)
        output.show_diagnostics(findings)
    raise typer.Exit(output.PENDING if broken else output.OK)


def _show_report(
    place: Path,
    report: krgboot.image.ArchiveReport | krgboot.image.RestoreReport | krgboot.image.CloneReport,
    said: str,
    *,
    as_json: bool,
    **more: int,
) -> None:
    """Print a report as one line, or all figures as JSON."""
    if as_json:
        warnings = output.diagnostics_data(report.warnings)
        output.show_json({"entries": report.entries, "bytes": report.bytes, **more, "warnings": warnings})
        return
    output.show_diagnostics(report.warnings)
    output.say(f"{visible(str(place))}: {report.entries} entries, {said}")


@app.command()
def archive(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The tree.", show_default=False)],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=".tar, .tar.zst, .tar.gz or .tar.xz.", show_default=False)
    ],
    level: Annotated[int | None, typer.Option(metavar="N", help="Compression level.")] = None,
    manifest: Annotated[bool, typer.Option("--manifest/--no-manifest", help="Also write FILE.manifest.")] = True,
    tolerate_changes: Annotated[
        bool, typer.Option("--tolerate-changes", help="A file that changes while it is read is only a warning.")
    ] = False,
    allow_loss: LeaveOut = False,
    output_mode: Annotated[
        str, typer.Option(metavar="MODE", help="Permissions of FILE and its manifest, in octal.")
    ] = "0600",
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Write a tree as a lossless and reproducible tar archive."""
    if not re.fullmatch("0?[0-7]{3}", output_mode):
        raise typer.BadParameter(f"{output_mode} is no mode such as 0640", param_hint="--output-mode")
    with progress.entries("archiving", shown=not as_json) as advance:
        report = krgboot.Image(directory).archive(
            file,
            level=level,
            manifest=manifest,
            replace=replace,
            tolerate_changes=tolerate_changes,
            allow_loss=allow_loss,
            output_mode=int(output_mode, 8),
            progress=advance,
        )
    sizes = f"{decimal(report.bytes)} in {decimal(report.archive_size)}"
    _show_report(file, report, sizes, as_json=as_json, archive_size=report.archive_size)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A tar archive, compressed or not.", show_default=False)],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The directory to make.", show_default=False)],
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Manifest that the tree must match.  \\[default: FILE.manifest, if it exists]"
        ),
    ] = None,
    devices: Annotated[str, typer.Option(metavar="WHICH", help="Device nodes it may contain: none, standard, all.")] = (
        "standard"
    ),
    max_entries: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Refuse an archive with more entries.  \\[default: 500000]")
    ] = None,
    max_bytes: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Refuse more bytes of files, including holes.  \\[default: 256 GiB]"),
    ] = None,
    allow_loss: AllowLoss = False,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Unpack an archive as a directory, which appears only when it is complete and verified."""
    if devices not in krgboot.image.Devices.__members__:
        raise typer.BadParameter(f"say none, standard or all, and not {devices}", param_hint="--devices")
    with progress.entries("restoring", shown=not as_json) as advance:
        report = krgboot.image.restore_image(
            file,
            directory,
            manifest=manifest,
            max_entries=max_entries,
            max_bytes=max_bytes,
            devices=krgboot.image.Devices[devices],
            allow_loss=allow_loss,
            replace=replace,
            progress=advance,
        )
    checked = "as the manifest says" if report.verified else "no manifest to check it against"
    _show_report(directory, report, f"{decimal(report.bytes)}, {checked}", as_json=as_json, verified=report.verified)


def _show_differences(report: krgboot.image.DifferenceReport, *, as_json: bool) -> None:
    if as_json:
        output.show_json(report.to_json())
    else:
        output.show_diagnostics(report.warnings)
        for difference in report.differences:
            output.write(f"{difference}\n")
        left_out = report.count - len(report.differences)
        if left_out:
            output.say(f"and {left_out} more", to=output.err)
    raise typer.Exit(output.PENDING if report else output.OK)


@app.command()
def verify(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The tree.", show_default=False)],
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help="A manifest that image archive wrote.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """Compare a tree with a manifest. Exit code 2: they differ."""
    with progress.entries("verifying", shown=not as_json) as advance:
        report = krgboot.Image(directory).verify(manifest, progress=advance)
    _show_differences(report, as_json=as_json)


@app.command()
def diff(
    before: Annotated[
        Path, typer.Argument(metavar="BEFORE", help="A tree, an archive or a manifest.", show_default=False)
    ],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Another one.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Show the differences between two trees, archives or manifests. Exit code 2: they differ."""
    with progress.entries("comparing", shown=not as_json) as advance:
        report = krgboot.image.diff_images(before, after, progress=advance)
    _show_differences(report, as_json=as_json)


@app.command()
def clone(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The tree.", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The copy to make.", show_default=False)],
    allow_loss: Annotated[
        bool,
        typer.Option(
            "--allow-loss",
            help="Owners, nodes and attributes that cannot be set, and omitted files that are mount points, are only a "
            "warning.",
        ),
    ] = False,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Copy a tree with all metadata that an archive keeps; shares blocks if the file system supports it."""
    with progress.entries("cloning", shown=not as_json) as advance:
        report = krgboot.image.clone_image(
            krgboot.Image(directory), target, allow_loss=allow_loss, replace=replace, progress=advance
        )
    shared = f", {decimal(report.shared_bytes)} of them shared" if report.shared_bytes else ""
    sizes = f"{decimal(report.bytes)}{shared}"
    _show_report(target, report, sizes, as_json=as_json, shared_bytes=report.shared_bytes)


@app.command()
def bootstrap(
    spec: Spec,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The image's name.", show_default=False)],
    root: RootDirectory = Path("/"),
    plain: Annotated[
        bool,
        typer.Option("--plain", help="In a staged tree: use a plain directory instead of a dedicated file system."),
    ] = False,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="Give up after that time.")] = None,
) -> None:
    """Make an image as the spec describes it: from Debian packages, or from a tarball or directory."""
    entry = krgboot.load(spec).image(name)
    with progress.phases() as advance:
        report = krgboot.image.bootstrap_image(entry, root=root, plain=plain, timeout=timeout, progress=advance)
    output.show_diagnostics(report.warnings)
    output.say(f"{visible(str(root / entry.path.lstrip('/')))}: made")


@app.command()
def configure(
    spec: Spec,
    name: ImageName = None,
    root: RootDirectory = Path("/"),
    adopt: Annotated[bool, typer.Option("--adopt", help="Take over foreign files at krgboot's paths.")] = False,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="Time limit for each program.")] = None,
    as_json: Json = False,
) -> None:
    """Bring an image to the state in the spec: files, packages, kernels, keys and initramfs. Idempotent."""
    cluster = krgboot.load(spec)
    names = [name] if name is not None else [image.name for image in cluster.images]
    data: list[dict[str, Any]] = []
    for each in names:
        if not as_json:
            output.show_diagnostics(
                [warning for warning in cluster.warnings if warning.key.startswith(f"images.{each}.")]
            )
        told: list[krgboot.diagnostics.Diagnostic] = []

        def warn(warning: krgboot.diagnostics.Diagnostic, told: list[krgboot.diagnostics.Diagnostic] = told) -> None:
            told.append(warning)
            output.show_diagnostics([warning])

        report = krgboot.image.configure_image(
            cluster,
            each,
            root=root,
            adopt=adopt,
            timeout=timeout,
            on_step=None if as_json else _announce,
            on_line=None if as_json else _told,
            on_warning=None if as_json else warn,
        )
        if as_json:
            data.append({"image": each} | output.plain(report.to_json()))
            continue
        output.write(str(report.changes))
        output.show_diagnostics([warning for warning in report.warnings if warning not in told])
        done = f"{len(report.changes)} files changed, {len(report.steps)} steps made" if report else "nothing to change"
        output.say(f"{each}: {done}")
    if as_json:
        output.show_json(data)


def _announce(step: krgboot.planning.PendingStep) -> None:
    output.say((f"configure {step.image}: {step.name}: {step.why}", "bold"))


def _told(line: str) -> None:
    output.write_foreign(f"{line}\n")


@app.command(context_settings={"ignore_unknown_options": True})
def run(
    spec: Annotated[
        Path, typer.Argument(metavar="SPEC|DIR", help="The cluster.yaml, or the image itself.", show_default=False)
    ],
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The image's name, after SPEC.", show_default=False)
    ] = None,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- COMMAND...]", help="What to run; default: a login shell.", show_default=False),
    ] = None,
    root: RootDirectory = Path("/"),
    network: Annotated[
        str,
        typer.Option(metavar="WHICH", help="none, outbound (through slirp4netns), or host: this machine's network."),
    ] = "none",
    terminal: Annotated[
        bool, typer.Option("--terminal", "-t", help="Run COMMAND on a terminal, like a login shell.")
    ] = False,
    locale: Annotated[str, typer.Option(metavar="LOCALE", help="LC_ALL; empty: the image's own.")] = "C",
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="Kill it after that time.")] = None,
) -> None:
    """Run a command inside an image, as chroot does, and clean up afterwards. Exits with the command's status."""
    if network not in krgboot.image.InsideNetwork.__members__:
        raise typer.BadParameter(f"say none, outbound or host, and not {network}", param_hint="--network")
    reached = krgboot.image.InsideNetwork[network]
    if krgboot.Image.exists(spec, root):
        image = krgboot.Image(spec, root)
        command = [*([] if name is None else [name]), *(command or [])]  # all words after DIR are COMMAND
    elif name is None:
        raise typer.BadParameter("say the image's NAME after SPEC, or the image's directory alone", param_hint="NAME")
    else:
        image = krgboot.Image(krgboot.load(spec).image(name).path, root)
    if terminal or (not command and sys.stdin.isatty()):
        raise typer.Exit(image.run_terminal(command or _LOGIN_SHELL, locale=locale, network=reached))
    typed = b"" if command else sys.stdin.buffer.read()  # commands for the login shell
    result = image.run(
        command or _LOGIN_SHELL,
        locale=locale,
        network=reached,
        input=typed,
        timeout=timeout,
        on_line=output.pass_on_line,
    )
    if result.timed_out:
        output.say(f"ended after {timeout} seconds", to=output.err)
    raise typer.Exit(result.status)
