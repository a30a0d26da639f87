"""The content of a cluster.yaml: Cluster and its parts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from krgboot._core import (
    BootEntry,
    BootFileKind,
    Cluster,
    ExportRules,
    FileSystem,
    FileSystemType,
    ImageEntry,
    Initramfs,
    Kerrighed,
    KerrighedTools,
    Network,
    Node,
    Pool,
    Release,
    ReleaseName,
    RootMode,
    SecurityFlavor,
    Server,
    Squash,
    SshHostKeyPlace,
    Trust,
    User,
    Variant,
    WritableDirectory,
    cluster_json_schema,
    cluster_reference,
    load,
    loads,
    releases,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def from_dict(spec: Mapping[str, Any], file: str = "") -> Cluster:
    """Validate a spec given as plain data, for Ansible and other programs.

    ``spec`` has the keys of cluster.yaml; ``file`` is only a name for messages. Raises ConfigError,
    ValidationError.
    """
    return loads(json.dumps(spec), file)


__all__ = [
    "BootEntry",
    "BootFileKind",
    "Cluster",
    "ExportRules",
    "FileSystem",
    "FileSystemType",
    "ImageEntry",
    "Initramfs",
    "Kerrighed",
    "KerrighedTools",
    "Network",
    "Node",
    "Pool",
    "Release",
    "ReleaseName",
    "RootMode",
    "SecurityFlavor",
    "Server",
    "Squash",
    "SshHostKeyPlace",
    "Trust",
    "User",
    "Variant",
    "WritableDirectory",
    "cluster_json_schema",
    "cluster_reference",
    "from_dict",
    "load",
    "loads",
    "releases",
]
