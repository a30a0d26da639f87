"""krgbootctl pxename: converts addresses to names of boot files and back."""

from __future__ import annotations

from typing import Annotated

import typer

import krgboot
from krgboot import visible
from krgboot.cli import output


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(pxename)


def _members(text: str) -> list[str]:
    # Ranges in a MAC address count in hexadecimal.
    return krgboot.net.expand_range(text, 16 if text.count(":") == 5 or text.count("-") > 4 else 10)


def pxename(
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="ADDRESS|NETWORK|MAC|UUID...", help="What to name; may be a range such as 10.0.0.[1-4]."
        ),
    ],
    inverse: Annotated[
        bool, typer.Option("--inverse", "-i", help="Take boot file names and print the machines that each one matches.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine output.")] = False,
) -> None:
    """Print the name of the file below pxelinux.cfg/ for an address, a network, a MAC address or a UUID.

    For a network, prints the fewest names that its addresses, and no others, request.
    """
    if inverse:
        subjects = {name: krgboot.pxelinux.parse_pxelinux_name(name) for name in values}
        strangers = [name for name, subject in subjects.items() if subject is None]
        if strangers:
            raise krgboot.ArgumentError(
                f"pxelinux never asks for {', '.join(map(visible, strangers))}", "pxelinux.not_a_name", strangers[0]
            )
        found = {name: [str(subject)] for name, subject in subjects.items()}
    else:
        found = {member: krgboot.pxelinux.pxelinux_names(member) for text in values for member in _members(text)}
    if as_json:
        output.show_json(found)
    elif len(found) == 1:
        for name in next(iter(found.values())):
            output.write(f"{name}\n")
    else:
        width = max(len(visible(value)) for value in found)
        for value, names in found.items():
            output.write(" ".join([visible(value).ljust(width), *names]) + "\n")
