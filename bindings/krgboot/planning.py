"""What a boot server needs, what apply would change there, and what it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krgboot._core import (
    AccountLines,
    Action,
    ApplyReport,
    Change,
    Changes,
    CopyFile,
    DaemonCheck,
    EditFile,
    IncludeLine,
    MakeDirectory,
    MakeLink,
    MarkedBlock,
    PendingStep,
    Plan,
    Reload,
    Remove,
    Rendering,
    Role,
    ServiceKind,
    ServiceName,
    TftpdDefaults,
    Verification,
    WriteFile,
    apply,
    plan,
    plan_items,
    program_words,
    scopes,
    unified_hunks,
    verify,
)

if TYPE_CHECKING:
    from krgboot.cluster import Cluster


def render(cluster: Cluster) -> Rendering:
    """Return everything that the boot server of ``cluster`` needs, as data, without looking at any server.

    Pure and deterministic: the same cluster gives the same bytes. Raises ValidationError for what no file could
    hold.
    """
    return cluster.render()


__all__ = [
    "AccountLines",
    "Action",
    "ApplyReport",
    "Change",
    "Changes",
    "CopyFile",
    "DaemonCheck",
    "EditFile",
    "IncludeLine",
    "MakeDirectory",
    "MakeLink",
    "MarkedBlock",
    "PendingStep",
    "Plan",
    "Reload",
    "Remove",
    "Rendering",
    "Role",
    "ServiceKind",
    "ServiceName",
    "TftpdDefaults",
    "Verification",
    "WriteFile",
    "apply",
    "plan",
    "plan_items",
    "program_words",
    "render",
    "scopes",
    "unified_hunks",
    "verify",
]
