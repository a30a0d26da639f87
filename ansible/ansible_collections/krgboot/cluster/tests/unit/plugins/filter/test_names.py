# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit tests of the filters."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.krgboot.cluster.plugins.filter.names import FilterModule

FILTERS = FilterModule().filters()


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("pxelinux_name", "10.11.12.101", "0A0B0C65"),
        ("pxelinux_name", "52:54:00:12:34:0a", "01-52-54-00-12-34-0a"),
        ("pxelinux_names", "10.0.0.1", ["0A000001"]),
        ("pxelinux_names", "192.168.0.1 - 192.168.0.2", ["C0A80001", "C0A80002"]),
        ("expand_nodes", "n[08-10]", ["n08", "n09", "n10"]),
        ("compress_nodes", ["n1", "n2", "n3"], ["n[1-3]"]),
        ("compress_nodes", [], []),
        ("minimal_networks", ["10.0.0.0/25", "10.0.0.128/25"], ["10.0.0.0/24"]),
        ("minimal_networks", "10.0.0.8-10.0.0.10", ["10.0.0.8/31", "10.0.0.10/32"]),
    ],
)
def test_filter(name, given, expected):
    assert FILTERS[name](given) == expected


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("pxelinux_name", "300.1.1.1"),
        ("pxelinux_names", "10.0.0.2-10.0.0.1"),
        ("expand_nodes", "n[1-"),
        ("minimal_networks", "10.0.0.0/33"),
        ("minimal_networks", 7),
    ],
)
def test_a_mistake_names_the_filter(name, given):
    with pytest.raises(AnsibleFilterError, match=f"^{name}: "):
        FILTERS[name](given)
