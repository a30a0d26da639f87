#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: nfs_export_info
short_description: List the exports of an NFS server, and say who may mount what
description:
  - Reads C(/etc/exports) and the files of C(/etc/exports.d) as C(exportfs) does, and returns their entries and what is
    wrong with them. It changes nothing.
options:
  path:
    description: Return the entries of this directory only, and decide about O(addresses).
    type: str
  addresses:
    description: IPv4 addresses of machines. For each the module says whether it may mount O(path), and why.
    type: list
    elements: str
extends_documentation_fragment:
  - krgboot.cluster.attributes.info
  - krgboot.cluster.server
seealso:
  - module: krgboot.cluster.nfs_export
"""

EXAMPLES = r"""
- name: List all exports
  krgboot.cluster.nfs_export_info:
  register: exports

- name: Ask whether two machines may mount a directory
  krgboot.cluster.nfs_export_info:
    path: /srv/data
    addresses: [10.20.0.11, 10.20.0.99]
  register: data
"""

RETURN = r"""
entries:
  description: The entries, each with C(path), C(client), C(options), C(effective) and C(where).
  returned: success
  type: list
  elements: dict
verdicts:
  description: For each of O(addresses) whether it may mount O(path), and the entry that decides.
  returned: when O(addresses) is given
  type: dict
diagnostics:
  description: What is wrong with the tables.
  returned: always
  type: list
  elements: dict
error:
  description: The error, with a stable C(code) for programs.
  returned: failure
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.krgboot.cluster.plugins.module_utils._krgboot import (
    SERVER_ARGUMENTS,
    as_data,
    reporting_errors,
    require_krgboot,
)


def main():
    module = AnsibleModule(
        argument_spec=dict(path=dict(type="str"), addresses=dict(type="list", elements="str"), **SERVER_ARGUMENTS),
        required_by=dict(addresses=["path"]),
        supports_check_mode=True,
    )
    krgboot = require_krgboot(module)
    path, root = module.params["path"], module.params["root"]
    result = dict(changed=False)
    with reporting_errors(module):
        view = krgboot.exports.view_exports(krgboot.exports.read_exports_tables(root), root)
        result["entries"] = [entry.to_dict() for entry in view if path in (None, entry.path)]
        result["diagnostics"] = as_data(krgboot.exports.check_exports(view, root))
        if module.params["addresses"] is not None:
            result["verdicts"] = {
                address: view.would_allow(krgboot.net.Ipv4Address(address), path).to_dict()
                for address in module.params["addresses"]
            }
    module.exit_json(**result)


if __name__ == "__main__":
    main()
