# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attributes of the modules."""


class ModuleDocFragment:
    """What all modules support."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and return the changes without making them.
    support: full
  diff_mode:
    description: Returns the details of what has changed, or would change in check mode.
    support: full
  platform:
    description: The systems on which it works.
    support: full
    platforms: debian
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode; it changes nothing in any mode.
    support: full
  diff_mode:
    description: Returns the details of what has changed.
    support: N/A
  platform:
    description: The systems on which it works.
    support: full
    platforms: debian
"""
