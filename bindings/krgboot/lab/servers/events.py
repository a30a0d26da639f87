"""Events about nodes in the logs of servers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Talked:
    """A DHCP message from or to ``mac``, as colon-separated pairs of hex digits in lower case.

    ``address``: the address that this message acknowledges; empty: none.
    """

    mac: str
    address: str = ""


@dataclass(frozen=True)
class Requested:
    """The machine at ``address`` requests ``file`` by TFTP. ``key``: identifies the request in a later refusal."""

    key: str
    address: str
    file: str


@dataclass(frozen=True)
class Refused:
    """The request with this ``key`` is refused. ``file``, ``address``: empty if the line does not name them."""

    key: str
    why: str
    address: str = ""
    file: str = ""


Event = Talked | Requested | Refused
