"""Requirements of tests with a real rack, and the example's directories in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import krgboot
from staging import make_root

if TYPE_CHECKING:
    from pathlib import Path

IMAGE, TFTP = "/srv/nfs/debian", "/srv/tftp"


def applied(cluster: krgboot.Cluster, root: Path) -> Path:
    """Make a root to which the cluster's spec was applied."""
    make_root(root, cluster)
    krgboot.apply(cluster, root)
    return root


def lacking(*programs: str) -> str:
    """Return the requirement of a rack with these programs that this machine lacks; empty: none."""
    if os.geteuid() != 0:
        return "a rack needs root's rights"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "there is no /dev/net/tun"
    return next((f"{name} is not installed" for name in programs if not krgboot.find_program(name)), "")
