# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the versions of the Python package krgboot that it works with."""

# Below 1.0, the second number changes when the package's functions change.
NEEDED = "0.1"


def version_fault(krgboot):
    """Return why the package does not fit this collection, in one line, or None."""
    found = str(krgboot.__version__)
    if found.split(".")[:2] == NEEDED.split("."):
        return None
    return f"krgboot {found} is installed here, but this collection krgboot.cluster needs krgboot {NEEDED}"
