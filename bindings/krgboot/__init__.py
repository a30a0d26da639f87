"""Boot servers for diskless clusters: PXE, DHCP, TFTP and NFS root from one description.

    >>> import krgboot
    >>> krgboot.pxelinux_name("10.11.12.101")
    '0A0B0C65'
    >>> cluster = krgboot.load("cluster.yaml")          # doctest: +SKIP
    >>> plan = krgboot.plan(cluster, root="/")          # doctest: +SKIP
    >>> print(krgboot.visible(plan.diff(), lines=True)) # doctest: +SKIP
    >>> krgboot.apply(plan)                             # doctest: +SKIP
    >>> print(krgboot.trace(cluster, "ssi1"))           # doctest: +SKIP

This module has the most used names. All others are in modules by subject:

    krgboot.cluster      the content of a cluster.yaml
    krgboot.planning     render, plan, apply, verify, and their results
    krgboot.tracing      a node's boot, simulated from the files
    krgboot.image        the trees that nodes mount as /
    krgboot.exports      tables of exports(5)
    krgboot.pxelinux     names and content of pxelinux boot files
    krgboot.net          addresses, networks, host names
    krgboot.formats      kernel command lines, fstab, hosts, dhcpd.conf
    krgboot.diagnostics  findings, and escaping of untrusted text
    krgboot.system       directories that confine path lookups, installed programs
    krgboot.errors       the exceptions of krgboot

Every function that waits (disk, locks, daemons) releases the GIL.
"""

from __future__ import annotations

from krgboot import _interrupt

if _interrupt.is_command():
    _interrupt.install(_interrupt.at_once)  # the imports below are slow

from typing import TYPE_CHECKING

from krgboot import cluster, diagnostics, errors, exports, formats, image, net, planning, pxelinux, system, tracing
from krgboot._core import __version__
from krgboot.cluster import Cluster, from_dict, load, loads
from krgboot.diagnostics import visible
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
from krgboot.exports import ExportsTable
from krgboot.image import Image
from krgboot.planning import Plan, apply, plan, render, verify
from krgboot.pxelinux import pxelinux_name
from krgboot.tracing import Trace, trace

__all__ = [
    "ArchiveError",
    "ArgumentError",
    "Cluster",
    "CommandError",
    "ConfigError",
    "ConflictError",
    "Error",
    "ExportsTable",
    "Image",
    "InternalError",
    "IoError",
    "Plan",
    "Trace",
    "ValidationError",
    "__version__",
    "apply",
    "cluster",
    "diagnostics",
    "errors",
    "exports",
    "formats",
    "from_dict",
    "image",
    "load",
    "loads",
    "net",
    "plan",
    "planning",
    "pxelinux",
    "pxelinux_name",
    "render",
    "system",
    "trace",
    "tracing",
    "verify",
    "visible",
]

if not TYPE_CHECKING:  # programs that use a type checker must name the modules

    def __getattr__(name: str) -> object:
        """Look up a name in the modules, for programs written before the modules existed."""
        for module in (cluster, diagnostics, exports, formats, image, net, planning, pxelinux, system, tracing):
            if name in module.__all__:
                return getattr(module, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
