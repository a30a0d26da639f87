"""Names and content of pxelinux boot files."""

from __future__ import annotations

from krgboot._core import (
    PxelinuxLabel,
    PxelinuxMenu,
    PxelinuxNewLabel,
    check_pxelinux_menu,
    parse_pxelinux_name,
    pxelinux_name,
    pxelinux_names,
    pxelinux_search_order,
    render_pxelinux_menu,
)

__all__ = [
    "PxelinuxLabel",
    "PxelinuxMenu",
    "PxelinuxNewLabel",
    "check_pxelinux_menu",
    "parse_pxelinux_name",
    "pxelinux_name",
    "pxelinux_names",
    "pxelinux_search_order",
    "render_pxelinux_menu",
]
