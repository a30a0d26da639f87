"""The words in which a boot is told, alike in the picture, on the page and on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krgboot.lab.report import LabReport, NodeReport, Sighting


def ended(node: NodeReport) -> float:
    """Return after how many seconds the last thing happened that is known of a node."""
    last = node.sightings[-1].at if node.sightings else 0.0
    return max(last, node.failure.at) if node.failure else last


def verdict(node: NodeReport) -> str:
    """Return what became of a node: "booted", "stopped at root"."""
    if node.failure is not None:
        return f"stopped at {node.failure.stage.name}"
    if node.booted:
        return "booted"
    return f"came as far as {node.stage.name}" if node.stage else "not heard of"


def failed_units(node: NodeReport) -> str:
    """Return which units failed on a node, in one phrase; empty: none."""
    return f"failed units: {', '.join(node.failed_units)}" if node.failed_units else ""


def headline(report: LabReport) -> str:
    """Return how many nodes booted: "4 of 5 nodes booted"."""
    booted = sum(node.booted for node in report.nodes)
    return f"{booted} of {len(report.nodes)} node{'' if len(report.nodes) == 1 else 's'} booted"


def changed(image: str) -> str:
    """Return what a changed image means; the lab itself cannot have been it."""
    return f"image {image}: its files changed while the lab ran; the lab cannot write to them, so somebody else did"


def durations(sightings: Sequence[Sighting]) -> list[str]:
    """Return how long a node took for each stage: "1.20 s". When implied ones were over is not known by itself."""
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
    """Return when a stage was come through, for a table of times: "12.34", or "(12.34)" where it is implied."""
    return f"({sighting.at:.{digits}f})" if sighting.implied else f"{sighting.at:.{digits}f}"
