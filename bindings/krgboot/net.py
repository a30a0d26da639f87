"""Addresses, networks, host names, and ranges of them."""

from __future__ import annotations

from krgboot._core import (
    DomainName,
    HostName,
    Ipv4Address,
    Ipv4Network,
    Ipv4Range,
    MacAddress,
    Uuid,
    compress_range,
    expand_range,
    minimal_networks,
)

__all__ = [
    "DomainName",
    "HostName",
    "Ipv4Address",
    "Ipv4Network",
    "Ipv4Range",
    "MacAddress",
    "Uuid",
    "compress_range",
    "expand_range",
    "minimal_networks",
]
