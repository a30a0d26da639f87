# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of Ansible's ssh connection."""

from __future__ import annotations

from typing import Any

import yaml
from ansible.plugins.connection import ssh


def _options() -> dict[str, Any]:
    """Return the options of the ssh connection of this ansible-core, so that they always fit it."""
    options: dict[str, Any] = yaml.safe_load(ssh.DOCUMENTATION)["options"]
    for option in options.values():
        # They name versions of ansible-core; in a collection they would count as versions of the collection.
        for key in ("version_added", "deprecated"):
            option.pop(key, None)
            for place in ("env", "ini", "vars", "cli"):
                for each in option.get(place, []):
                    each.pop(key, None)
    options["pipelining"] = {
        "description": ["Modules are run from standard input, so that none of their files are left in the image."],
        "type": "boolean",
        "default": True,
        "env": [{"name": "ANSIBLE_KRGBOOT_IMAGE_PIPELINING"}],
        "vars": [{"name": "ansible_krgboot_image_pipelining"}],
    }
    return options


class ModuleDocFragment:
    """The options of the ssh connection, with pipelining."""

    # The annotation is needed: without it ansible-test's yamllint expects a literal.
    DOCUMENTATION: str = yaml.safe_dump({"options": _options()})
