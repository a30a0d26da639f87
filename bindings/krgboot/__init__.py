"""Boot servers for diskless clusters: PXE, DHCP, TFTP and NFS root from one description.

    >>> import krgboot
    >>> krgboot.pxelinux_name("10.11.12.101")
    '0A0B0C65'
    >>> cluster = krgboot.load("cluster.yaml")          # doctest: +SKIP
    >>> plan = krgboot.plan(cluster, root="/")          # doctest: +SKIP
    >>> print(krgboot.visible(plan.diff(), lines=True)) # doctest: +SKIP
    >>> krgboot.apply(plan)                             # doctest: +SKIP
    >>> print(krgboot.trace(cluster, "ssi1"))           # doctest: +SKIP

Every function that waits (disk, locks, daemons) releases the GIL. Errors are in ``krgboot.errors``.
"""

from __future__ import annotations

from krgboot import _interrupt

if _interrupt.is_command():
    _interrupt.install(_interrupt.at_once)  # what follows takes its time

import json
from collections.abc import Mapping
from typing import Any

from krgboot import _core, errors
from krgboot._core import *  # noqa: F403
from krgboot._core import Cluster, __version__, loads
from krgboot.errors import (
    ArchiveError,
    ArgumentError,
    CommandError,
    ConfigError,
    ConflictError,
    Error,
    InternalError,
    IoError,
    ValidationError,
)


def from_dict(spec: Mapping[str, Any], file: str = "") -> Cluster:
    """Judge a spec given as plain data, as Ansible or another program holds it.

    ``spec`` has the keys of cluster.yaml; ``file`` is only a name for messages. Raises ConfigError,
    ValidationError.
    """
    return loads(json.dumps(spec), file)


__all__ = [
    "ArchiveError",
    "ArgumentError",
    "CommandError",
    "ConfigError",
    "ConflictError",
    "Error",
    "InternalError",
    "IoError",
    "ValidationError",
    "__version__",
    "errors",
    "from_dict",
    *(name for name in dir(_core) if not name.startswith("_")),
]
