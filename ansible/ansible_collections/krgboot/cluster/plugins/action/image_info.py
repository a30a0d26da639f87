# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies the spec to the boot server for the module krgboot.cluster.image_info."""

from __future__ import annotations

from ansible_collections.krgboot.cluster.plugins.plugin_utils._spec_action import SpecActionModule


class ActionModule(SpecActionModule):
    """The action plugin of the module."""
