"""Phrases about a boot, shared by the picture, the HTML page and the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krgboot.lab.report import LabReport, NodeReport, Sighting


def ended(node: NodeReport) -> float:
    """Return the time of a node's last known event, in seconds."""
    last = node.sightings[-1].at if node.sightings else 0.0
    return max(last, node.failure.at) if node.failure else last


def verdict(node: NodeReport) -> str:
    """Return the result of a node: "booted", "stopped at root"."""
    if node.failure is not None:
        return f"stopped at {node.failure.stage.name}"
    if node.booted:
        return "booted"
    return f"came as far as {node.stage.name}" if node.stage else "not heard of"


def failed_units(node: NodeReport) -> str:
    """Return a phrase with the failed units of a node; empty: none."""
    return f"failed units: {', '.join(node.failed_units)}" if node.failed_units else ""


def headline(report: LabReport) -> str:
    """Return how many nodes booted: "4 of 5 nodes booted"."""
    booted = sum(node.booted for node in report.nodes)
    return f"{booted} of {len(report.nodes)} node{'' if len(report.nodes) == 1 else 's'} booted"


def changed(image: str) -> str:
    """Return the warning about a changed image."""
    return f"image {image}: its files changed while the lab ran; the lab cannot write to them, so another process did"


def durations(sightings: Sequence[Sighting]) -> list[str]:
    """Return the duration of each stage of a node: "1.20 s". Implied stages count with the next observed one."""
    said: list[str] = []
    implied: list[str] = []
    last = 0.0
    for sighting in sightings:
        if sighting.implied:
            implied.append(sighting.stage.name)
            said.append("implied")
            continue
        said.append(f"{sighting.at - last:.2f} s" + (f" with {', '.join(implied)}" if implied else ""))
        last, implied = sighting.at, []
    return said


def cell(sighting: Sighting, digits: int = 2) -> str:
    """Return the time of a stage for a table: "12.34", or "(12.34)" if it is implied."""
    return f"({sighting.at:.{digits}f})" if sighting.implied else f"{sighting.at:.{digits}f}"
