#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cluster_info
short_description: Compare a boot server with its C(cluster.yaml)
description:
  - Returns the content of a C(cluster.yaml) with all ranges expanded and all defaults filled in, and the differences
    between it and the boot server's files. It changes nothing.
extends_documentation_fragment:
  - krgboot.cluster.attributes.info
  - krgboot.cluster.server
  - krgboot.cluster.server.spec
seealso:
  - module: krgboot.cluster.cluster
"""

EXAMPLES = r"""
- name: Compare the server with the spec
  krgboot.cluster.cluster_info:
    src: cluster.yaml
  register: server

- name: Fail if somebody has changed a file
  ansible.builtin.assert:
    that: server.clean
"""

RETURN = r"""
cluster:
  description: The content of the spec, without hashes of passwords.
  returned: success
  type: dict
clean:
  description: Is everything as the spec says?
  returned: success
  type: bool
changes:
  description: The differences, each with C(action), C(path) and C(origin).
  returned: success
  type: list
  elements: dict
diagnostics:
  description: The findings about the spec and the server's files.
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
    SPEC_ARGUMENTS,
    SPEC_RULES,
    as_data,
    changes_as_data,
    load_spec,
    reporting_errors,
    require_krgboot,
)


def main():
    module = AnsibleModule(
        argument_spec=dict(**SPEC_ARGUMENTS, **SERVER_ARGUMENTS), supports_check_mode=True, **SPEC_RULES
    )
    krgboot = require_krgboot(module)
    with reporting_errors(module):
        cluster = load_spec(module)
        verification = krgboot.verify(cluster, module.params["root"])
    module.exit_json(
        changed=False,
        cluster=cluster.to_dict(),
        clean=verification.clean,
        changes=changes_as_data(verification.drift),
        diagnostics=as_data(verification.drift.findings),
    )


if __name__ == "__main__":
    main()
