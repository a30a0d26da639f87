"""Names and content of pxelinux boot files."""

from __future__ import annotations

from krgboot._core import (
    PxelinuxLabel,
    PxelinuxMenu,
    parse_pxelinux_name,
    pxelinux_name,
    pxelinux_names,
    pxelinux_search_order,
)

__all__ = [
    "PxelinuxLabel",
    "PxelinuxMenu",
    "parse_pxelinux_name",
    "pxelinux_name",
    "pxelinux_names",
    "pxelinux_search_order",
]
