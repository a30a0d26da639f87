"""What the log of a server tells of a node."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Talked:
    """A DHCP message from or to ``mac``, as colon-separated pairs of hex digits in lower case.

    ``address``: that the server acknowledged with this message; empty: it did not.
    """

    mac: str
    address: str = ""


@dataclass(frozen=True)
class Requested:
    """The machine at ``address`` asks TFTP for ``file``. ``key``: by which a refusal of this request is known."""

    key: str
    address: str
    file: str


@dataclass(frozen=True)
class Refused:
    """The request with this ``key`` is refused. ``file``, ``address``: where the line says them."""

    key: str
    why: str
    address: str = ""
    file: str = ""


Event = Talked | Requested | Refused
