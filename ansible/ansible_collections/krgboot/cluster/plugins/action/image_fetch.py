# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies an image of a boot server to the controller, for the module krgboot.cluster.image_fetch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.krgboot.cluster.plugins.plugin_utils import _rsync


class ActionModule(ActionBase):
    """The action plugin, which does all the work."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run rsync from the host to the controller."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = self.validate_argument_spec(
            argument_spec={
                "path": {"type": "str", "required": True},
                "dest": {"type": "path", "required": True},
                "timeout": {"type": "int", "default": 600},
                "root": {"type": "path", "default": "/"},
            }
        )[1]
        if not arguments["path"].startswith("/"):
            raise AnsibleActionFail(f"path must be absolute, not {arguments['path']}")
        place = Path(self._loader.path_dwim(arguments["dest"]))
        tree = place / "tree"
        source = f"{arguments['root'].rstrip('/')}{arguments['path'].rstrip('/')}"
        dry_run = self._task.check_mode
        if dry_run and not tree.exists():
            return result | {"changed": True, "dest": str(place)}
        if not dry_run:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.chmod(0o700)
        changed = _rsync.pull(self._connection, source, str(tree), timeout=arguments["timeout"], dry_run=dry_run)
        return result | {"changed": changed, "dest": str(place)}
