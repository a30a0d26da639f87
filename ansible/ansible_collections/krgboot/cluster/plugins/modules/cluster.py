#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cluster
short_description: Set up a boot server for diskless nodes from a C(cluster.yaml)
description:
  - Writes all files of a boot server, or none - for the DHCP server, the TFTP server, the boot loader, the NFS server
    and the nodes' root file systems - then reloads the services whose files have changed.
  - Unlike a template for each file, it lets the daemons check all files before one is replaced, keeps what others have
    written into shared files, removes the files of nodes and images that have left the spec, and puts every file back
    if a service does not come up.
  - Several clusters can share a server. The module changes only the files of its own.
options:
  allow_missing:
    description: Write the files even if an image, a kernel or the boot loader is missing.
    type: bool
    default: false
  kerrighed_at_once:
    description:
      - Let machines boot a Kerrighed kernel although they do not yet boot its image without Kerrighed.
    type: bool
    default: false
  skip_bad_images:
    description:
      - Leave an image as it is if its content prevents reading or writing it, and write everything else.
    type: bool
    default: false
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
  - krgboot.cluster.server.apply
  - krgboot.cluster.server.spec
seealso:
  - module: krgboot.cluster.cluster_info
  - module: krgboot.cluster.boot_trace_info
"""

EXAMPLES = r"""
- name: Set up the boot server
  krgboot.cluster.cluster:
    src: cluster.yaml

- name: Prepare a tree of its files, without images and services
  krgboot.cluster.cluster:
    src: cluster.yaml
    root: /srv/staged
    allow_missing: true

- name: Set up the server of a small cluster
  krgboot.cluster.cluster:
    spec:
      version: 1
      cluster: {name: lab, domain: lab.example.org}
      server: {name: server, address: 10.20.0.2, release: bookworm}
      networks: [{subnet: 10.20.0.0/24, router: 10.20.0.1}]
      images: {debian: {path: /srv/nfs/debian, release: bookworm, shares_file_system: a staged tree}}
      boot: {debian: {image: debian, kernel: vmlinuz, initrd: initrd.img}}
      nodes: [{name: node1, address: 10.20.0.101, mac: "52:54:00:20:00:01", boot: debian}]
    root: /srv/small
    allow_missing: true
"""

RETURN = r"""
changes:
  description: The differences between the spec and the server's files.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'What is done: C(create), C(update), C(adopt) or C(remove).', type: str, sample: create}
    path: {description: The file., type: str, sample: /etc/dhcp/krgboot.conf}
    origin: {description: The part of the spec that it comes from., type: str, sample: networks}
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
  sample: [dhcp, nfs]
steps:
  description: What remains to be done in images, for example packages to install.
  returned: success
  type: list
  elements: dict
diagnostics:
  description: The findings about the spec and the server's files. A finding has the key path of the spec.
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
    SPEC_ARGUMENTS,
    SPEC_RULES,
    apply_options,
    exit_with_report,
    load_spec,
    reporting_errors,
    require_krgboot,
)

# The options that krgboot.apply has under the same name.
OPTIONS = dict(
    allow_missing=dict(type="bool", default=False),
    kerrighed_at_once=dict(type="bool", default=False),
    skip_bad_images=dict(type="bool", default=False),
)


def main():
    module = AnsibleModule(
        argument_spec=dict(**OPTIONS, **APPLY_ARGUMENTS, **SPEC_ARGUMENTS, **SERVER_ARGUMENTS),
        supports_check_mode=True,
        **SPEC_RULES,
    )
    krgboot = require_krgboot(module)
    with reporting_errors(module):
        report = krgboot.apply(
            load_spec(module),
            module.params["root"],
            adopt=module.params["adopt"],
            **{name: module.params[name] for name in OPTIONS},
            **apply_options(module),
        )
    exit_with_report(module, report, steps=report.to_dict()["steps"])


if __name__ == "__main__":
    main()
