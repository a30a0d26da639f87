#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: image_info
short_description: Describe an image, its kernels, and its differences from a manifest
description:
  - Returns the kernels of an image and what each lacks for an NFS root, and the differences between the image and a
    manifest or an archive. It changes nothing.
options:
  name:
    description:
      - Name of an image in the C(cluster.yaml). Then the result has each boot entry of the image, too.
      - Exactly one of O(name) and O(path) is required.
    type: str
  path:
    description: The directory of an image.
    type: str
  manifest:
    description: A manifest, an archive or a directory on the boot server, with which the image is compared.
    type: path
extends_documentation_fragment:
  - krgboot.cluster.attributes.info
  - krgboot.cluster.server
  - krgboot.cluster.server.spec
seealso:
  - module: krgboot.cluster.image
"""

EXAMPLES = r"""
- name: Look at the kernels of the image
  krgboot.cluster.image_info:
    src: cluster.yaml
    name: debian
  register: image

- name: Fail if a boot entry names a kernel that cannot mount an NFS root
  ansible.builtin.assert:
    that: image.kernels | selectattr('boot') | rejectattr('boots') | length == 0
"""

RETURN = r"""
path:
  description: The image, as seen inside O(root).
  returned: success
  type: str
exists:
  description: Does the image exist? If not, the lists are empty.
  returned: success
  type: bool
kernels:
  description: The kernels of all boot entries of the image, then the kernels that no entry names.
  returned: success
  type: list
  elements: dict
  contains:
    boot: {description: 'The boot entry; null for a kernel that no entry names.', type: str, sample: debian}
    initrd: {description: The initrd that is loaded with it., type: str}
    boots: {description: 'Can it mount an NFS root?', type: bool}
    kernel: {description: 'Its C(file), C(version), C(config), C(initrd) and C(modules).', type: dict}
    support: {description: Where it finds what an NFS root needs., type: dict}
    findings: {description: What it lacks., type: list}
differences:
  description: The differences from O(manifest), each with C(path), C(kind) and C(fields). The list may be cut.
  returned: with O(manifest)
  type: list
  elements: dict
difference_count:
  description: Number of all differences.
  returned: with O(manifest)
  type: int
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
    IMAGE_ARGUMENTS,
    IMAGE_RULES,
    SERVER_ARGUMENTS,
    find_image,
    reporting_errors,
    require_krgboot,
)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            manifest=dict(type="path"),
            **IMAGE_ARGUMENTS,
            **SERVER_ARGUMENTS,
        ),
        supports_check_mode=True,
        **IMAGE_RULES,
    )
    krgboot = require_krgboot(module)
    params = module.params
    with reporting_errors(module):
        cluster, path = find_image(module)
        result = dict(path=path, exists=krgboot.Image.exists(path, params["root"]), kernels=[])
        if result["exists"]:
            image = krgboot.Image(path, params["root"])
            for use in krgboot.image.kernel_uses(image, cluster, params["name"]):
                data = dict(boot=use.boot, initrd=use.initrd, boots=bool(use.check))
                result["kernels"].append(dict(data, **use.check.to_dict()))
            if params["manifest"]:
                report = krgboot.image.diff_images(params["manifest"], image)
                result.update(difference_count=report.count, differences=report.to_dict()["differences"])
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
