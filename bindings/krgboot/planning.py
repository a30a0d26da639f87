"""Desired state of a boot server, plans, and reports of apply and verify."""

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
    plan_boot_file,
    plan_dhcp_host,
    plan_items,
    plan_without_dhcp_host,
    program_words,
    scopes,
    unified_hunks,
    verify,
)

if TYPE_CHECKING:
    from krgboot.cluster import Cluster


def render(cluster: Cluster) -> Rendering:
    """Return all files that the boot server of ``cluster`` needs, as data, without access to a server.

    Pure and deterministic: the same cluster gives the same bytes. Raises ValidationError for values that
    a file cannot hold.
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
    "plan_boot_file",
    "plan_dhcp_host",
    "plan_items",
    "plan_without_dhcp_host",
    "program_words",
    "render",
    "scopes",
    "unified_hunks",
    "verify",
]
