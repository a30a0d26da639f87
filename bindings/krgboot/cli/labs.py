"""krgbootctl lab: boots the cluster's nodes in virtual machines, as a test without the hardware."""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import krgboot
from krgboot import _interrupt, visible
from krgboot.cli import output

if TYPE_CHECKING:
    from krgboot.lab.boot import Boot

app = typer.Typer(
    help="Boot the cluster's nodes in virtual machines, from the files that krgboot applied.", no_args_is_help=True
)

Spec = Annotated[Path, typer.Argument(metavar="SPEC", help="The cluster.yaml.", show_default=False)]
Machines = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NODE|MAC|UUID|ADDRESS]...", help="Machines to boot, in the spec or not; default: every node."
    ),
]
LabName = Annotated[str | None, typer.Option("--lab", metavar="NAME", help="The lab, if several run.")]
NodeName = Annotated[
    str, typer.Argument(metavar="NODE", help="A node of the lab, or its boot server.", show_default=False)
]


@app.command("run")
def run(
    spec: Spec,
    machines: Machines = None,
    root: Annotated[Path, typer.Option("--root", metavar="DIR", help="Directory with the boot server's files.")] = Path(
        "/"
    ),
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The lab's name.  \\[default: the cluster's name]", show_default=False),
    ] = None,
    logs: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Directory for logs and the report.  \\[default: krgboot-lab/NAME]", show_default=False
        ),
    ] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Keep booted nodes running until Ctrl-C.")] = False,
    time_limit: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="Time limit for each boot stage of a node.")
    ] = 180.0,
    at_once: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="How many nodes boot at a time.  \\[default: one per processor, at least two]"
        ),
    ] = None,
    memory: Annotated[int, typer.Option(metavar="MIB", min=128, help="Memory of each node.")] = 1024,
    accelerator: Annotated[
        str | None, typer.Option(metavar="kvm|tcg", help="How QEMU runs the nodes.  \\[default: kvm if it works]")
    ] = None,
    nfs: Annotated[
        str | None, typer.Option(metavar="ganesha|kernel", help="NFS server.  \\[default: ganesha if installed]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine output.")] = False,
) -> None:
    """Boot nodes and watch them until login. Exit code 2: a node did not boot, or not as trace predicts."""
    from krgboot import lab
    from krgboot.lab.display import LiveTable, print_report

    cluster = krgboot.load(spec)
    if not as_json:
        output.show_diagnostics(cluster.warnings)
    directory = logs or Path("krgboot-lab", name or cluster.name)
    signal.signal(signal.SIGTERM, _interrupt.raise_it)
    settings: dict[str, Any] = {
        "root": root,
        "name": name,
        "memory": memory,
        "accelerator": accelerator,
        "nfs": nfs,
    }
    with lab.Lab(cluster, machines or [], logs=directory, **settings) as running:
        if not as_json:
            how = f"{running.accelerator.name} ({running.accelerator.why})"
            output.say(f"lab {running.name}: {how}, logs in {visible(str(directory))}", to=output.err)
        limits: dict[str, Any] = {"time_limit": time_limit, "at_once": at_once, "stay": stay}
        if as_json:
            report = running.boot(**limits)
            output.write(report.to_json())
        else:
            with LiveTable([guest.name for guest in running.guests], output.err) as table:

                def show(boots: list[Boot]) -> None:
                    for boot in boots:
                        table.update(boot.guest.name, boot.watch.sightings, boot.watch.failure)
                    table.refresh()

                report = running.boot(**limits, on_change=show)
            print_report(report, output.out)
        if stay:
            if not as_json:
                hint = f"krgbootctl lab shell NODE logs in; Ctrl-C or krgbootctl lab stop {running.name} ends it"
                output.say(hint, to=output.err)
            try:
                running.serve()
            except KeyboardInterrupt:
                output.say("ending", to=output.err)
    raise typer.Exit(output.OK if report.ok else output.PENDING)


def _reach(lab: str | None, node: str, command: list[str]) -> None:
    """Replace this process by one that runs ``command``, or a shell, on a node."""
    from krgboot.lab import claim, keys, rack

    state = claim.ask(lab)
    if node == state["server"]:
        argv = rack.enter(state["pid"], command or ["/bin/bash"])
    else:
        nodes = {each["name"]: each for each in state["nodes"]}
        if node not in nodes:
            known = ", ".join([*nodes, state["server"]])
            raise krgboot.ArgumentError(
                f"lab {state['lab']} has no node {visible(node)}; it has {known}", "lab.no_node", node
            )
        if not nodes[node]["booted"]:
            raise krgboot.ArgumentError(f"{visible(node)} is not up: see what lab run says of it", "lab.not_up", node)
        remote = [shlex.join(command)] if command else []
        argv = rack.enter(state["pid"], keys.ssh(nodes[node]["address"], remote))
    if command and (sys.stdout.isatty() or sys.stderr.isatty()):
        raise typer.Exit(_relay(argv))
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # do not pass descriptors of the caller to ssh
    os.execv(argv[0], argv)


def _relay(argv: list[str]) -> int:
    """Run a program, show its output escaped on the terminal, and return its exit status.

    Output to a pipe or file is not changed.
    """
    from krgboot.lab.pieces import Pieces

    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process, selectors.DefaultSelector() as selector:
        for pipe, descriptor in ((process.stdout, 1), (process.stderr, 2)):
            selector.register(pipe, selectors.EVENT_READ, (descriptor, Pieces() if os.isatty(descriptor) else None))  # type: ignore[arg-type]
        while selector.get_map():
            for key, _ in selector.select():
                descriptor, pieces = key.data
                data = os.read(key.fd, 65536)
                shown = data if pieces is None else pieces.feed(data) if data else pieces.end()
                while shown:
                    shown = shown[os.write(descriptor, shown) :]
                if not data:
                    selector.unregister(key.fileobj)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


@app.command("shell")
def shell(node: NodeName, lab: LabName = None) -> None:
    """Open a root shell on a booted node, or on the lab's boot server."""
    _reach(lab, node, [])


@app.command("exec", context_settings={"allow_interspersed_args": False})
def execute(
    node: NodeName,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND...", help="What to run.", show_default=False)],
    lab: LabName = None,
) -> None:
    """Run a program on a booted node. Exits with the program's status."""
    words = command[1:] if command[0] == "--" else command
    if not words:
        raise typer.BadParameter("it is empty", param_hint="'-- COMMAND...'")
    _reach(lab, node, words)


@app.command("list")
def list_labs(as_json: Annotated[bool, typer.Option("--json", help="Machine output.")] = False) -> None:
    """List the labs that run on this machine, and their nodes."""
    from krgboot.lab import claim

    states = claim.states()
    if as_json:
        output.show_json(states)
        return
    for state in states:
        nodes = " ".join(f"{node['name']}{'' if node['booted'] else ' (not up)'}" for node in state["nodes"])
        output.say(f"{state['lab']}: cluster {state['cluster']}, server {state['server']}: {nodes}")


@app.command("stop")
def stop(
    lab: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The lab's name; default: the only lab.")] = None,
) -> None:
    """Stop a running lab, and wait until it has ended completely."""
    import time

    from krgboot.lab import claim

    name = claim.ask(lab, "stop")["lab"]
    while name in claim.running():
        time.sleep(0.1)
