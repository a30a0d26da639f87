# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the action plugin of all modules with a spec.

The spec reaches the boot server as a file in the task's temporary directory, which only the remote user can read. As an
argument it would be in the server's log and in C(-vvv), with the hashes of passwords; and a module with more than
64 KiB of arguments never ends when it is run again under another interpreter.
"""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible_collections.krgboot.cluster.plugins.plugin_utils._spec_text import as_json, spec_text


class SpecActionModule(ActionBase):
    """Copies the spec to the host, then runs the module of the same name there."""

    TRANSFERS_FILES = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module with the path of the copy."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        is_copied = not boolean(arguments.get("remote_src", False)) and bool(arguments.keys() & {"src", "spec"})
        if is_copied and {"src", "spec"} <= arguments.keys():
            raise AnsibleActionFail("parameters are mutually exclusive: src|spec")
        try:
            if is_copied:
                text, label = self._text(arguments)
                directory = self._make_tmp_path()
                path = self._connection._shell.join_path(directory, "cluster.yaml")
                self._transfer_data(path, text)
                self._fixup_perms2((directory, path))
                arguments = {key: value for key, value in arguments.items() if key not in ("src", "spec")}
                arguments = {"label": label} | arguments | {"src": path, "remote_src": True}
            result.update(self._execute_module(module_args=arguments, task_vars=task_vars))
        finally:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _text(self, arguments: dict[str, Any]) -> tuple[str, str]:
        """Return the content of the spec, and its name for messages."""
        if "spec" in arguments:
            return as_json(arguments["spec"]), "spec"
        source = arguments["src"]
        try:
            return spec_text(self._loader, self._find_needle("files", source)), source
        except (AnsibleError, OSError) as error:
            raise AnsibleActionFail(f"cannot read the spec {source}: {error}") from error
