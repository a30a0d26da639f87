#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: boot_trace_info
short_description: Follow the boot of machines through the boot server's files
description:
  - Says for each machine how it would boot from the files that are on the boot server now, stage by stage - DHCP, boot
    loader, boot file, kernel, initrd, command line, root file system, init, mounts and login.
  - It starts no machine and changes nothing. A machine that does not boot is a result and no failure.
options:
  machines:
    description:
      - The machines to follow - names of nodes, MAC addresses, or IPv4 addresses. By default all nodes of the spec.
    type: list
    elements: str
  firmware:
    description:
      - What boots the machines - V(bios), the PXE ROM of the network card of a PC; V(uefi), UEFI by PXE; V(uefi-http),
        UEFI by HTTP boot; V(ipxe), iPXE in the ROM of the network card.
    type: str
    choices: [bios, uefi, uefi-http, ipxe]
    default: bios
extends_documentation_fragment:
  - krgboot.cluster.attributes.info
  - krgboot.cluster.server
  - krgboot.cluster.server.spec
seealso:
  - module: krgboot.cluster.cluster
"""

EXAMPLES = r"""
- name: Follow the boot of every node
  krgboot.cluster.boot_trace_info:
    src: cluster.yaml
  register: boot

- name: Follow the boot of machines with UEFI
  krgboot.cluster.boot_trace_info:
    src: cluster.yaml
    firmware: uefi

- name: Show the nodes that would not boot
  ansible.builtin.debug:
    msg: "{{ boot.traces | rejectattr('boots') | map(attribute='machine.name') }}"
"""

RETURN = r"""
boots:
  description: Does each of the machines boot?
  returned: success
  type: bool
traces:
  description: The boot of each machine.
  returned: success
  type: list
  elements: dict
  contains:
    machine: {description: 'Its C(name), C(mac), C(uuid), C(address) and C(firmware).', type: dict}
    boots: {description: 'Does it boot?', type: bool}
    status: {description: 'The worst status of its stages: C(ok), C(warning), C(unknown) or C(broken).', type: str}
    steps: {description: 'What happens, each with C(stage), C(status), C(what), C(why) and C(hint).', type: list}
    boot_file: {description: The boot file that it loads., type: str, sample: 0A140065}
    kernel: {description: The kernel that it loads., type: str, sample: boot/debian/vmlinuz}
    command_line: {description: The kernel's command line., type: str}
diagnostics:
  description: The findings about the spec.
  returned: failure
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
    load_spec,
    reporting_errors,
    require_krgboot,
)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            machines=dict(type="list", elements="str"),
            firmware=dict(type="str", choices=["bios", "uefi", "uefi-http", "ipxe"], default="bios"),
            **SPEC_ARGUMENTS,
            **SERVER_ARGUMENTS,
        ),
        supports_check_mode=True,
        **SPEC_RULES,
    )
    krgboot = require_krgboot(module)
    machines = module.params["machines"]
    with reporting_errors(module):
        cluster = load_spec(module)
        if machines is None:
            machines = [str(node.name) for node in cluster.nodes]
        root, firmware = module.params["root"], module.params["firmware"]
        traces = krgboot.tracing.trace_all(cluster, machines, root, firmware=firmware)
    module.exit_json(
        changed=False,
        boots=all(trace.boots for trace in traces),
        traces=[trace.to_dict() for trace in traces],
    )


if __name__ == "__main__":
    main()
