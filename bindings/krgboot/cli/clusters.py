"""krgbootctl check, render, plan, apply, verify, trace: commands that work on a cluster.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import krgboot
from krgboot import visible
from krgboot.cli import output, progress
from krgboot.tracing import Status

Spec = Annotated[Path, typer.Argument(metavar="SPEC", help="The cluster.yaml.", show_default=False)]
RootDirectory = Annotated[
    Path, typer.Option("--root", metavar="DIR", help="Work on a staged tree; no service is reloaded.")
]
Json = Annotated[bool, typer.Option("--json", help="Machine output.")]
Adopt = Annotated[bool, typer.Option("--adopt", help="Take over foreign files at krgboot's paths.")]

_STATUS_STYLES = {Status.ok: "green", Status.warning: "yellow", Status.unknown: "magenta", Status.broken: "bold red"}


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (check, render, plan, apply, remove, verify, trace, inventory, schema):
        app.command()(command)


def _load(spec: Path, *, quiet: bool = False) -> krgboot.Cluster:
    cluster = krgboot.load(spec)
    if not quiet:
        output.show_diagnostics(cluster.warnings)
    return cluster


def check(spec: Spec, as_json: Json = False) -> None:
    """Read and validate a cluster.yaml; show all problems with their locations."""
    cluster = _load(spec, quiet=as_json)
    if as_json:
        output.show_json({"cluster": cluster.name, "diagnostics": output.diagnostics_data(cluster.warnings)})
    else:
        counts = f"{len(cluster.nodes)} nodes, {len(cluster.boot)} boot entries, {len(cluster.images)} images"
        output.say(f"{visible(str(spec))}: cluster {cluster.name}: {counts}")


def render(
    spec: Spec,
    path: Annotated[str | None, typer.Option(metavar="PATH", help="Show only the content of this file.")] = None,
    as_json: Json = False,
) -> None:
    """Show every file that the boot server needs, without access to a server."""
    rendered = _load(spec, quiet=as_json).render()
    if path is not None:
        for item in rendered.items:
            if isinstance(item, krgboot.planning.WriteFile) and item.path == path:
                output.pass_on(item.content)
                return
        raise krgboot.ArgumentError(
            f"no file {visible(path)} is rendered from {visible(str(spec))}", "render.no_such_file", path
        )
    if as_json:
        output.show_json(rendered.to_json())
        return
    output.write(str(rendered))


def _show_remarks(changes: krgboot.planning.Changes) -> None:
    output.show_diagnostics(changes.accepted)
    output.show_diagnostics(changes.notices)


def _show_proposal(changes: krgboot.planning.Changes, *, diff: bool) -> None:
    output.write(str(changes))
    if diff:
        output.show_diff(changes.diff())
    output.show_diagnostics(changes.findings)
    _show_remarks(changes)


def plan(
    spec: Spec,
    root: RootDirectory = Path("/"),
    diff: Annotated[bool, typer.Option("--diff/--no-diff", help="Show the changes in each file.")] = True,
    adopt: Adopt = False,
    as_json: Json = False,
) -> None:
    """Show what apply would change. Exit code 2: changes are pending."""
    proposal = krgboot.plan(_load(spec, quiet=as_json), root, adopt=adopt)
    if as_json:
        output.show_json(proposal.to_json())
    elif proposal.clean and not proposal:
        _show_remarks(proposal.changes)
        output.say("nothing to change")
    else:
        _show_proposal(proposal.changes, diff=diff)
    raise typer.Exit(output.OK if proposal.clean and not proposal else output.PENDING)


def apply(
    spec: Spec,
    root: RootDirectory = Path("/"),
    adopt: Adopt = False,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Write even if an image, kernel or loader is missing.")
    ] = False,
    kerrighed_at_once: Annotated[
        bool,
        typer.Option(
            "--kerrighed-at-once", help="Boot the Kerrighed kernel although the image was not booted without it."
        ),
    ] = False,
    skip_bad_images: Annotated[
        bool,
        typer.Option(
            "--skip-bad-images",
            help="Leave an image unchanged if its content prevents reading or writing it; write everything else.",
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check/--no-check", help="Let the daemons check the staged files."),
    ] = True,
    reload: Annotated[bool, typer.Option("--reload/--no-reload", help="Reload services whose files changed.")] = True,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Stage and check everything, but write nothing. Exit code 2: changes pending; 1: apply would fail.",
        ),
    ] = False,
    lock_timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long to wait for another apply.  \\[default: no limit]")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write all changes, or none: a failure leaves every file unchanged."""
    cluster = _load(spec, quiet=as_json)
    with progress.changes(shown=not as_json) as advance:
        report = krgboot.apply(
            cluster,
            root,
            adopt=adopt,
            allow_missing=allow_missing,
            kerrighed_at_once=kerrighed_at_once,
            skip_bad_images=skip_bad_images,
            check=check,
            reload=reload,
            dry_run=dry_run,
            lock_timeout=lock_timeout,
            progress=advance,
        )
    if as_json:
        output.show_json(report.to_json())
    else:
        _show_applied(report)
    if not report:
        raise typer.Exit(output.FAILED)
    if dry_run and report.changes:
        raise typer.Exit(output.PENDING)


def remove(
    cluster: Annotated[str, typer.Argument(metavar="NAME", help="The cluster's name, or its cluster.yaml.")],
    root: RootDirectory = Path("/"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be removed.")] = False,
    as_json: Json = False,
) -> None:
    """Remove all files of one cluster from a boot server; files of other clusters stay."""
    name = krgboot.load(cluster).name if Path(cluster).is_file() else cluster
    known = [scope for scope, _ in krgboot.planning.scopes(root)]
    if name not in known:
        there = f"; there are {', '.join(map(visible, known))}" if known else ""
        raise krgboot.ArgumentError(f"no cluster {visible(name)!r} has files here{there}", "scope.unknown", name)
    report = krgboot.apply(krgboot.planning.plan_items([], scope=name, root=root), dry_run=dry_run)
    if as_json:
        output.show_json(report.to_json())
    else:
        _show_applied(report)


def _show_applied(report: krgboot.planning.ApplyReport) -> None:
    output.write(str(report.changes))
    for daemon in report.checks:
        output.say(f"check {daemon.detail}" if daemon.ran else f"check {daemon.daemon} skipped: {daemon.detail}")
    output.show_diagnostics(report.warnings)
    output.show_diagnostics(report.stopped_by)
    count = len(report.changes)
    done = "would be made" if report.dry_run else "made"
    output.say(f"{count} {'change' if count == 1 else 'changes'} {done}" if count else "nothing to change")


def verify(spec: Spec, root: RootDirectory = Path("/"), as_json: Json = False) -> None:
    """Compare the existing files with the spec. Exit code 2: they differ."""
    verification = krgboot.verify(_load(spec, quiet=as_json), root)
    if as_json:
        output.show_json(verification.to_json())
    elif verification.clean:
        _show_remarks(verification.drift)
        output.say("everything is as the spec says")
    else:
        _show_proposal(verification.drift, diff=True)
    raise typer.Exit(output.OK if verification.clean else output.PENDING)


def _show_trace(trace: krgboot.Trace) -> None:
    firmware = trace.machine.firmware
    by = "" if firmware == krgboot.tracing.FIRMWARES[0] else f" by {firmware}"
    output.say((trace.machine.name, "bold"), f"{by} ", (trace.verdict, _STATUS_STYLES[trace.status]))
    for step in trace.steps:
        output.say(
            "  ",
            (f"{step.status.name:<8}", _STATUS_STYLES[step.status]),
            f"{step.stage.name:<13}",
            step.what,
            (f"  {step.why}" if step.why else "", "dim"),
            (f" ({step.hint})" if step.hint else "", "dim"),
        )


def trace(
    spec: Spec,
    machines: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NODE|MAC|UUID|ADDRESS]...", help="Machines to trace, in the spec or not; default: every node."
        ),
    ] = None,
    root: RootDirectory = Path("/"),
    firmware: Annotated[
        str,
        typer.Option(
            metavar="|".join(krgboot.tracing.FIRMWARES),
            help="The machines' firmware, which loads the boot program.",
        ),
    ] = krgboot.tracing.FIRMWARES[0],
    as_json: Json = False,
) -> None:
    """Simulate a node's boot from the existing files. Exit code 2: it would not boot, or krgboot cannot tell."""
    cluster = _load(spec, quiet=as_json)
    wanted = machines or [str(node.name) for node in cluster.nodes]
    traces = krgboot.tracing.trace_all(cluster, wanted, root, firmware=firmware)
    if as_json:
        output.show_json([trace.to_dict() for trace in traces])
    else:
        for trace in traces:
            _show_trace(trace)
    raise typer.Exit(output.OK if all(trace.boots for trace in traces) else output.PENDING)


def inventory(spec: Spec) -> None:
    """Print nodes, server and images as an Ansible inventory in JSON, with groups by network, image and boot entry."""
    from krgboot.inventory import inventory_of

    output.show_json(inventory_of(_load(spec, quiet=True)))


def schema() -> None:
    """Print the JSON Schema of cluster.yaml, for editors."""
    output.write(krgboot.cluster.cluster_json_schema())
