"""Objects of the extension module as data for JSON."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from krgboot import _core

if TYPE_CHECKING:
    from collections.abc import Callable

# Attributes that refer to another object; the data has that object's name.
_REFERENCES: dict[tuple[type, str], Callable[[Any], str]] = {
    (_core.BootEntry, "image"): lambda image: image.name,
    (_core.Cluster, "default_boot"): lambda entry: entry.name,
    (_core.Node, "boot"): lambda entry: entry.name,
    (_core.Node, "network"): lambda network: str(network.subnet),
}
_LEFT_OUT = {(_core.Cluster, "server_release")}  # an entry of a static table; the server has the release's name
_TEXTS = (
    _core.DomainName,
    _core.HostName,
    _core.Ipv4Address,
    _core.Ipv4Network,
    _core.Ipv4Range,
    _core.Location,
    _core.MacAddress,
    _core.Uuid,
)


def data_of(value: Any) -> Any:
    """Return ``value`` as texts, numbers, lists and dicts."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, list | tuple):
        return [data_of(each) for each in value]
    if isinstance(value, dict):
        return {str(key): data_of(each) for key, each in value.items()}
    if isinstance(value, _TEXTS):
        return str(value)
    if isinstance(value, _core.Diagnostic):
        return value.to_dict()
    return _attributes_of(value)


def _attributes_of(value: object) -> dict[str, Any]:
    kind = type(value)
    data: dict[str, Any] = {}
    for name, attribute in vars(kind).items():
        if not isinstance(attribute, property) or (kind, name) in _LEFT_OUT:
            continue
        held = getattr(value, name)
        refer = _REFERENCES.get((kind, name))
        data[name] = refer(held) if refer and held is not None else data_of(held)
    return data
