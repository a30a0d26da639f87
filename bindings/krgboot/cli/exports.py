"""krgbootctl exports: the tables of exports(5), with or without a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import krgboot
from krgboot import ExportsTable, visible
from krgboot.cli import output
from krgboot.diagnostics import Severity
from krgboot.exports import Admission, ExportsView
from krgboot.net import Ipv4Address

app = typer.Typer(help="Read and edit exports(5) tables; edits preserve every other byte.", no_args_is_help=True)

RootDirectory = Annotated[Path, typer.Option("--root", metavar="DIR", help="Work on a staged tree.")]
OneFile = Annotated[
    str | None,
    typer.Option("--file", metavar="PATH", help="Only this file, instead of /etc/exports and /etc/exports.d."),
]
ChangedFile = Annotated[
    str, typer.Option("--file", metavar="PATH", help="The file to change, as seen inside the root.")
]
ExportedPath = Annotated[str, typer.Argument(metavar="PATH", help="The exported directory.", show_default=False)]
Client = Annotated[
    str,
    typer.Argument(metavar="CLIENT", help="Address, network, host name, wildcard or @netgroup.", show_default=False),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, let exportfs check it, write nothing.")
]
Check = Annotated[bool, typer.Option("--check/--no-check", help="Let exportfs check the new table.")]
Reload = Annotated[bool, typer.Option("--reload", help="Make the NFS server reload the table: exportfs -ra.")]
LockTimeout = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="How long to wait for another krgboot.  \\[default: no limit]")
]
Json = Annotated[bool, typer.Option("--json", help="Machine output.")]

_EXPORTS = "/etc/exports"


def _view(root: Path, file: str | None) -> ExportsView:
    return krgboot.exports.view_exports(_tables(root, file), root)


def _tables(root: Path, file: str | None) -> list[ExportsTable]:
    if file is not None:
        return [krgboot.exports.read_exports_table(file, root)]
    return krgboot.exports.read_exports_tables(root)


@app.command("list")
def list_entries(root: RootDirectory = Path("/"), file: OneFile = None, as_json: Json = False) -> None:
    """List every path and client, with the options in force."""
    entries = [entry for table in _tables(root, file) for entry in table.list()]
    if as_json:
        output.show_json(
            [
                {
                    "path": e.path,
                    "client": e.client or "*",
                    "options": e.options,
                    "effective": e.effective,
                    "where": str(e.where),
                }
                for e in entries
            ]
        )
        return
    table = Table("path", "client", "options", "where", box=None, pad_edge=False)
    for entry in entries:
        table.add_row(*map(visible, (entry.path, entry.client or "*", entry.options, str(entry.where))))
    output.out.print(table)


def _show_edit(report: krgboot.exports.ExportsEditReport, *, as_json: bool) -> None:
    """Print the report of an edit: as JSON, or for a dry run as a diff; else only its warnings."""
    if as_json:
        output.show_json(report.to_json())
        return
    if report.dry_run:
        output.show_diff(report.diff())
    output.show_diagnostics(report.warnings)


@app.command()
def add(
    path: ExportedPath,
    client: Client,
    options: Annotated[str, typer.Argument(metavar="[OPTIONS]", help="Comma-separated, as in exports(5).")] = "",
    root: RootDirectory = Path("/"),
    file: ChangedFile = _EXPORTS,
    dry_run: DryRun = False,
    check: Check = True,
    reload: Reload = False,
    lock_timeout: LockTimeout = None,
    as_json: Json = False,
) -> None:
    """Add one client to a path, on its line or on a new one."""
    report = krgboot.exports.edit_exports_table(
        lambda table: table.add(path, client, options),
        file,
        root,
        dry_run=dry_run,
        check=check,
        reload=reload,
        lock_timeout=lock_timeout,
    )
    _show_edit(report, as_json=as_json)


@app.command()
def change(
    path: ExportedPath,
    client: Client,
    options: Annotated[str, typer.Argument(metavar="OPTIONS", help="Comma-separated, as in exports(5).")],
    root: RootDirectory = Path("/"),
    file: ChangedFile = _EXPORTS,
    dry_run: DryRun = False,
    check: Check = True,
    reload: Reload = False,
    lock_timeout: LockTimeout = None,
    as_json: Json = False,
) -> None:
    """Replace the options of one client of a path."""
    report = krgboot.exports.edit_exports_table(
        lambda table: table.change(path, client, options),
        file,
        root,
        dry_run=dry_run,
        check=check,
        reload=reload,
        lock_timeout=lock_timeout,
    )
    _show_edit(report, as_json=as_json)


@app.command()
def remove(
    path: ExportedPath,
    client: Client,
    root: RootDirectory = Path("/"),
    file: ChangedFile = _EXPORTS,
    dry_run: DryRun = False,
    check: Check = True,
    reload: Reload = False,
    lock_timeout: LockTimeout = None,
    as_json: Json = False,
) -> None:
    """Remove one client from a path, and the path with its last client."""

    def edit(table: ExportsTable) -> None:
        if not table.remove(path, client):
            message = f"{visible(file)} does not export {visible(path)} to {visible(client)}"
            raise krgboot.ArgumentError(message, "exports.no_entry", path)

    report = krgboot.exports.edit_exports_table(
        edit, file, root, dry_run=dry_run, check=check, reload=reload, lock_timeout=lock_timeout
    )
    _show_edit(report, as_json=as_json)


@app.command()
def check(root: RootDirectory = Path("/"), file: OneFile = None, as_json: Json = False) -> None:
    """Show entries that exportfs would drop, probable mistakes, and files outside exports that clients can reach."""
    findings = krgboot.exports.check_exports(_view(root, file), root)
    if as_json:
        output.show_json(output.diagnostics_data(findings))
    else:
        output.show_diagnostics(findings, output.out)
        if not findings:
            output.say("nothing to complain of")
    if any(finding.severity is Severity.error for finding in findings):
        raise typer.Exit(output.FAILED)


@app.command()
def explain(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The client's address.", show_default=False)],
    path: Annotated[str, typer.Argument(metavar="PATH", help="The path to mount.", show_default=False)],
    root: RootDirectory = Path("/"),
    file: OneFile = None,
    as_json: Json = False,
) -> None:
    """Show whether an address may mount a path, and the entry that decides. Exit code 2: it may not."""
    verdict = _view(root, file).would_allow(Ipv4Address(address), path)
    if as_json:
        entry = verdict.entry
        output.show_json(
            {
                "address": str(verdict.address),
                "path": verdict.path,
                "admission": verdict.admission.name,
                "exported_path": verdict.exported_path,
                "read_only": verdict.read_only,
                "root_squash": verdict.root_squash,
                "certain": verdict.certain,
                "entry": entry and {"client": entry.client or "*", "options": entry.options, "where": str(entry.where)},
            }
        )
    else:
        output.write(verdict.explain() + "\n")
    raise typer.Exit(output.OK if verdict.admission is Admission.allowed else output.PENDING)
