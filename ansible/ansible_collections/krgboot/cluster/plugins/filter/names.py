# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of pxelinux boot files, node ranges, and networks. Their documentation is in the YAML files beside this one."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.basic import missing_required_lib
from ansible_collections.krgboot.cluster.plugins.module_utils._version import version_fault

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    import krgboot
    from krgboot import net, pxelinux
except ImportError as error:
    IMPORT_ERROR: ImportError | None = error
else:
    IMPORT_ERROR = None


def _range(text: str) -> net.Ipv4Range:
    """Return the addresses of an address, a network, or a range with "-"."""
    if "/" in text:
        return net.Ipv4Network(text).range
    ends = [net.Ipv4Address(end.strip()) for end in text.split("-", 1)]
    return net.Ipv4Range(ends[0], ends[-1])


def pxelinux_name(text: Any) -> str:
    """Return the boot file name of an address, a MAC address or a UUID."""
    return krgboot.pxelinux_name(str(text))


def pxelinux_names(text: Any) -> list[str]:
    """Return the boot file names that together match exactly an address, a range or a network."""
    return pxelinux.pxelinux_names(_range(str(text)))


def pxelinux_search_order(machine: dict[str, Any]) -> list[str]:
    """Return the boot file names that a machine tries, in order."""
    kinds = {"uuid": net.Uuid, "mac": net.MacAddress, "address": net.Ipv4Address}
    given = {key: kind(str(machine[key])) for key, kind in kinds.items() if machine.get(key)}
    return pxelinux.pxelinux_search_order(**given)


def expand_nodes(text: Any, base: int = 10) -> list[str]:
    """Return the names that a node range stands for."""
    return net.expand_range(str(text), base)


def compress_nodes(names: list[Any], base: int = 10) -> list[str]:
    """Return a short list of node ranges that expands to exactly these names, in this order."""
    return net.compress_range([str(name) for name in names], base)


def minimal_networks(ranges: Any) -> list[str]:
    """Return the fewest networks that together hold exactly these addresses, networks and ranges."""
    given = [ranges] if isinstance(ranges, str) else ranges
    return [str(network) for network in net.minimal_networks([_range(str(text)) for text in given])]


def _reporting_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def filter_function(*arguments: Any, **options: Any) -> Any:
        if IMPORT_ERROR is not None:
            raise AnsibleFilterError(missing_required_lib("krgboot")) from IMPORT_ERROR
        if fault := version_fault(krgboot):
            raise AnsibleFilterError(fault)
        try:
            return function(*arguments, **options)
        except (krgboot.Error, TypeError) as error:
            raise AnsibleFilterError(f"{function.__name__}: {error}") from error

    return filter_function


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        functions = (
            compress_nodes,
            expand_nodes,
            minimal_networks,
            pxelinux_name,
            pxelinux_names,
            pxelinux_search_order,
        )
        return {function.__name__: _reporting_errors(function) for function in functions}
