# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings an image from the controller beside the image of a boot server, for the module krgboot.cluster.image_stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.krgboot.cluster.plugins.plugin_utils import _rsync


class ActionModule(ActionBase):
    """Lets the module compare and prepare, then runs rsync if there is a difference."""

    TRANSFERS_FILES = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module with a copy of the manifest, then rsync from the controller to the host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        place = Path(self._loader.path_dwim(str(arguments.get("src", ""))))
        if not (place / "manifest").is_file() or not (place / "tree").is_dir():
            raise AnsibleActionFail(f"{place} on the controller has not both a tree and its manifest")
        try:
            directory = self._make_tmp_path()
            manifest = self._connection._shell.join_path(directory, "manifest")
            self._transfer_file(str(place / "manifest"), manifest)
            self._fixup_perms2((directory, manifest))
            result.update(self._execute_module(module_args=arguments | {"src": directory}, task_vars=task_vars))
        finally:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        if result.get("changed") and not result.get("failed") and not self._task.check_mode:
            holder = result["staged"]
            timeout = int(arguments.get("timeout", 600))
            _rsync.push(self._connection, str(place / "tree"), f"{holder}/tree", lock=f"{holder}/lock", timeout=timeout)
        return result
