#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: nfs_export
short_description: Export a directory to NFS clients
description:
  - Adds, changes or removes clients of one directory in C(/etc/exports) or in a file of C(/etc/exports.d). It needs no
    C(cluster.yaml).
  - Every other byte of the file stays as it is. C(exportfs) checks the new table before it is used, and the old one is
    put back if the NFS server does not take the new one.
options:
  path:
    description: The exported directory.
    type: str
    required: true
  clients:
    description:
      - The clients, compared by meaning - V(10.0.0.0/255.255.255.0) is V(10.0.0.0/24), and the order of options and
        options with their default value do not matter.
      - Required with O(state=present). With O(state=absent) these clients are removed, or all without it.
    type: list
    elements: dict
    suboptions:
      client:
        description: An address, a network, a host name, a wildcard or a netgroup, as in C(exports(5)).
        type: str
        required: true
      options:
        description: The options, as in C(exports(5)).
        type: list
        elements: str
        default: []
  exclusive:
    description: Remove all other clients of O(path) from O(dest).
    type: bool
    default: false
  state:
    description: Should the clients have the export?
    type: str
    choices: [present, absent]
    default: present
  dest:
    description: The file to change, C(/etc/exports) or one in C(/etc/exports.d) whose name ends with C(.exports).
    type: str
    default: /etc/exports
  validate:
    description: Let C(exportfs) check the new table, if it is installed, also in check mode.
    type: bool
    default: true
  reload:
    description: Let the NFS server read its tables again after a change.
    type: bool
    default: true
  lock_timeout:
    description: Seconds to wait for another krgboot on this server. Without it there is no limit.
    type: float
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
seealso:
  - module: krgboot.cluster.nfs_export_info
"""

EXAMPLES = r"""
- name: Export a directory to a network
  krgboot.cluster.nfs_export:
    path: /srv/data
    clients:
      - client: 10.20.0.0/24
        options: [rw, no_subtree_check]
    dest: /etc/exports.d/data.exports

- name: Let two machines read it, and nobody else
  krgboot.cluster.nfs_export:
    path: /srv/data
    clients:
      - {client: 10.20.0.11, options: [ro, no_subtree_check]}
      - {client: 10.20.0.12, options: [ro, no_subtree_check]}
    exclusive: true
    dest: /etc/exports.d/data.exports

- name: Export it to nobody
  krgboot.cluster.nfs_export:
    path: /srv/data
    state: absent
    dest: /etc/exports.d/data.exports
"""

RETURN = r"""
entries:
  description: All entries of the file after the change, each with C(path), C(client), C(options) and C(effective).
  returned: success
  type: list
  elements: dict
checks:
  description: What C(exportfs) said about the new table.
  returned: success
  type: list
  elements: dict
reloaded:
  description: Did the NFS server read its tables again?
  returned: success
  type: bool
error:
  description: The error, with a stable C(code) for programs.
  returned: failure
  type: dict
diagnostics:
  description: The findings that belong to the error.
  returned: failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.krgboot.cluster.plugins.module_utils._krgboot import (
    SERVER_ARGUMENTS,
    reporting_errors,
    require_krgboot,
    shown,
    warning_of,
)


def edit(table, params):
    """Change the table as the module's parameters say."""
    path = params["path"]
    named = type(table)()  # as a table, since clients are compared by meaning
    for client in params["clients"] or []:
        named.add(path, client["client"], ",".join(client["options"]))
    if params["state"] == "present":
        for wanted in named:
            entry = table.find(path, wanted.client)
            if entry is None:
                table.add(path, wanted.client, wanted.options)
            elif entry.effective != wanted.effective:
                table.change(path, wanted.client, wanted.options)
    is_whole_path = params["exclusive"] if params["state"] == "present" else params["clients"] is None
    for entry in [each for each in table if each.path == path]:
        is_named = named.find(path, entry.client) is not None
        if is_named if params["state"] == "absent" and not is_whole_path else is_whole_path and not is_named:
            table.remove(path, entry.client)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            path=dict(type="str", required=True),
            clients=dict(
                type="list",
                elements="dict",
                options=dict(
                    client=dict(type="str", required=True),
                    options=dict(type="list", elements="str", default=[]),
                ),
            ),
            exclusive=dict(type="bool", default=False),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            dest=dict(type="str", default="/etc/exports"),
            validate=dict(type="bool", default=True),
            reload=dict(type="bool", default=True),
            lock_timeout=dict(type="float"),
            **SERVER_ARGUMENTS,
        ),
        required_if=[["state", "present", ["clients"]]],
        supports_check_mode=True,
    )
    krgboot = require_krgboot(module)
    with reporting_errors(module):
        report = krgboot.exports.edit_exports_table(
            lambda table: edit(table, module.params),
            module.params["dest"],
            module.params["root"],
            dry_run=module.check_mode,
            check=module.params["validate"],
            reload=module.params["reload"] and module.params["root"] == "/",
            lock_timeout=module.params["lock_timeout"],
        )
    data = report.to_dict()
    for finding in report.warnings:
        module.warn(warning_of(finding))
    module.exit_json(
        changed=report.changed,
        entries=[entry.to_dict() for entry in krgboot.ExportsTable(report.after, module.params["dest"])],
        checks=data["checks"],
        reloaded=data["reloaded"],
        diff=dict(prepared=shown(report.diff())),
    )


if __name__ == "__main__":
    main()
