#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: dhcp_host
short_description: Give one machine an address by DHCP
description:
  - Adds, changes or removes one host of the DHCP server in a file of its own that the server's configuration includes.
    It needs no C(cluster.yaml), and leaves the hosts of clusters alone.
  - The DHCP server checks its whole configuration before a file is replaced, and the old files are put back if it does
    not come up with the new ones.
  - The module warns if the server would give the machine another address, or none, for example because no subnet has
    the address.
options:
  name:
    description: The host name, one label. It is also sent to the machine.
    type: str
    required: true
  mac:
    description: The machine's MAC address. Required with O(state=present).
    type: str
  address:
    description: The IPv4 address. Without it the machine gets one of a pool.
    type: str
  next_server:
    description: The IPv4 address of the TFTP server. Without it the rest of the configuration decides.
    type: str
  filename:
    description: The boot program, as the machine requests it. Without it the rest of the configuration decides.
    type: str
    default: ''
  root_path:
    description: The root path, DHCP option 17. Without it the rest of the configuration decides.
    type: str
    default: ''
  extra:
    description: More lines of the host in the DHCP server's own syntax, each list element one line.
    type: list
    elements: str
    default: []
  state:
    description: Should the DHCP server know the host?
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
  - krgboot.cluster.server.apply
seealso:
  - module: krgboot.cluster.pxelinux_config
  - module: krgboot.cluster.cluster
"""

EXAMPLES = r"""
- name: Give a machine an address and what it boots
  krgboot.cluster.dhcp_host:
    name: rescue1
    mac: 52:54:00:00:00:0a
    address: 10.20.0.60
    next_server: 10.20.0.2
    filename: pxelinux.0

- name: Give a machine one of the addresses of a pool, for an hour
  krgboot.cluster.dhcp_host:
    name: printer
    mac: 52:54:00:00:00:0b
    extra:
      - max-lease-time 3600;

- name: Forget a machine
  krgboot.cluster.dhcp_host:
    name: rescue1
    state: absent
"""

RETURN = r"""
changes:
  description: The differences between the parameters and the server's files.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'What is done: C(create), C(update), C(adopt) or C(remove).', type: str, sample: create}
    path: {description: The file., type: str, sample: /etc/dhcp/krgboot_hosts.conf}
    origin: {description: 'Always empty, since no spec is involved.', type: str, sample: ''}
checks:
  description: The checks of the daemons.
  returned: success
  type: list
  elements: dict
reloaded:
  description: The services that were reloaded.
  returned: success
  type: list
  elements: str
  sample: [dhcp]
diagnostics:
  description: The findings about the parameters and the server's files.
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
    APPLY_ARGUMENTS,
    SERVER_ARGUMENTS,
    apply_options,
    exit_with_report,
    reporting_errors,
    require_krgboot,
)

HOST = dict(
    next_server=dict(type="str"),
    filename=dict(type="str", default=""),
    root_path=dict(type="str", default=""),
    extra=dict(type="list", elements="str", default=[]),
)


def plan_of(krgboot, params):
    """Return the plan for the parameters."""
    net, planning = krgboot.net, krgboot.planning
    name = net.HostName(params["name"])
    if params["state"] == "absent":
        return planning.plan_without_dhcp_host(name, root=params["root"])
    host = {key: params[key] for key in HOST}
    for key in ("address", "next_server"):
        host[key] = net.Ipv4Address(params[key]) if params[key] else None
    return planning.plan_dhcp_host(
        name, net.MacAddress(params["mac"]), root=params["root"], adopt=params["adopt"], **host
    )


def main():
    module = AnsibleModule(
        argument_spec=dict(
            name=dict(type="str", required=True),
            mac=dict(type="str"),
            address=dict(type="str"),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            **HOST,
            **APPLY_ARGUMENTS,
            **SERVER_ARGUMENTS,
        ),
        required_if=[["state", "present", ["mac"]]],
        supports_check_mode=True,
    )
    krgboot = require_krgboot(module)
    with reporting_errors(module):
        report = krgboot.apply(plan_of(krgboot, module.params), **apply_options(module))
    exit_with_report(module, report)


if __name__ == "__main__":
    main()
