# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: reads a spec on the controller, with values from Ansible Vault."""

from __future__ import annotations

import json
from typing import Any

from ansible.module_utils.common.json import AnsibleJSONEncoder


def as_json(data: Any) -> str:
    """Return data as JSON, encrypted values as their plain text. Every JSON is YAML."""
    return json.dumps(data, cls=AnsibleJSONEncoder, vault_to_text=True)


def spec_text(loader: Any, path: str) -> str:
    """Return the content of a spec, which may be encrypted as a whole or in single values.

    Raises AnsibleError, OSError.
    """
    with open(loader.get_real_file(path), encoding="utf-8") as file:
        content = file.read()
    # Only Ansible's reader can decrypt single values.
    return as_json(loader.load_from_file(path)) if "!vault" in content else content
