#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: pxelinux_config
short_description: Give machines a boot file of pxelinux
description:
  - Writes or removes the file below C(pxelinux.cfg) that pxelinux requests on exactly these machines, with the name
    that it requests. It needs no C(cluster.yaml), and leaves the boot files of clusters alone.
  - The text is read as pxelinux reads it. A label that pxelinux would refuse to start, for example because its kernel
    command line is too long, is an error; a probable mistake is a warning.
options:
  machines:
    description:
      - The machines - an IPv4 address, a network such as V(10.20.0.0/25), a MAC address, a UUID, or V(default) for all
        machines that have no other boot file.
      - A network may need several files with the same text.
    type: str
    required: true
  tftp_root:
    description: The directory that the TFTP server serves.
    type: path
    default: /srv/tftp
  labels:
    description:
      - What the machines can boot, the first by default.
      - With O(state=present) one of O(labels) and O(content) is required.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the label, one word.
        type: str
        required: true
      kernel:
        description: The Linux kernel, below the TFTP root.
        type: str
        default: ''
      initrds:
        description: The initrds, below the TFTP root.
        type: list
        elements: str
        default: []
      append:
        description: The kernel command line, without C(initrd=).
        type: str
        default: ''
      sysappend:
        description: What pxelinux appends to the kernel command line, as in its C(SYSAPPEND); V(2) is C(BOOTIF=).
        type: int
        default: 0
      localboot:
        description: Instead of O(labels[].kernel), continue with the next boot device; the type, for example V(0).
        type: str
      extra:
        description: More lines of the label.
        type: list
        elements: str
        default: []
  content:
    description: The whole text of the file, instead of O(labels).
    type: str
  default:
    description: The label that boots without user input. Without it the first.
    type: str
    default: ''
  prompt:
    description: Wait at the prompt.
    type: bool
    default: false
  timeout:
    description: Time in tenths of a second until O(default) boots. V(0) means no limit.
    type: int
    default: 0
  state:
    description: Should the machines have the boot file?
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
  - krgboot.cluster.server.apply
seealso:
  - module: krgboot.cluster.dhcp_host
  - module: krgboot.cluster.cluster
"""

EXAMPLES = r"""
- name: Let one machine boot a rescue system
  krgboot.cluster.pxelinux_config:
    machines: 52:54:00:00:00:0a
    labels:
      - name: rescue
        kernel: rescue/vmlinuz
        initrds: [rescue/initrd.img]
        append: console=ttyS0

- name: Let the machines of a network boot from their disk
  krgboot.cluster.pxelinux_config:
    machines: 10.20.1.0/24
    labels:
      - {name: disk, localboot: "0"}

- name: Use a text of your own
  krgboot.cluster.pxelinux_config:
    machines: 10.20.2.7
    content: |
      DEFAULT memtest
      LABEL memtest
        LINUX memtest86+
"""

RETURN = r"""
changes:
  description: The differences between the parameters and the server's files.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'What is done: C(create), C(update), C(adopt) or C(remove).', type: str, sample: create}
    path: {description: The file., type: str, sample: /srv/tftp/pxelinux.cfg/01-52-54-00-00-00-0a}
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
  sample: []
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

LABEL = dict(
    name=dict(type="str", required=True),
    kernel=dict(type="str", default=""),
    initrds=dict(type="list", elements="str", default=[]),
    append=dict(type="str", default=""),
    sysappend=dict(type="int", default=0),
    localboot=dict(type="str"),
    extra=dict(type="list", elements="str", default=[]),
)


def text_of(pxelinux, params):
    """Return the text of the boot file, or None for absent."""
    if params["state"] == "absent":
        return None
    if params["content"] is not None:
        return params["content"]
    labels = [pxelinux.PxelinuxNewLabel(**label) for label in params["labels"]]
    return pxelinux.render_pxelinux_menu(labels, **{key: params[key] for key in ("default", "prompt", "timeout")})


def main():
    module = AnsibleModule(
        argument_spec=dict(
            machines=dict(type="str", required=True),
            tftp_root=dict(type="path", default="/srv/tftp"),
            labels=dict(type="list", elements="dict", options=LABEL),
            content=dict(type="str"),
            default=dict(type="str", default=""),
            prompt=dict(type="bool", default=False),
            timeout=dict(type="int", default=0),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            **APPLY_ARGUMENTS,
            **SERVER_ARGUMENTS,
        ),
        mutually_exclusive=[["labels", "content"]],
        required_if=[["state", "present", ["labels", "content"], True]],
        supports_check_mode=True,
    )
    krgboot = require_krgboot(module)
    with reporting_errors(module):
        plan = krgboot.planning.plan_boot_file(
            module.params["machines"],
            text_of(krgboot.pxelinux, module.params),
            loader="pxelinux",
            **{key: module.params[key] for key in ("tftp_root", "root", "adopt")},
        )
        report = krgboot.apply(plan, **apply_options(module))
    exit_with_report(module, report)


if __name__ == "__main__":
    main()
