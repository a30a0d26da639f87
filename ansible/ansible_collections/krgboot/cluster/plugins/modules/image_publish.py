#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: image_publish
short_description: Publish an image that was brought to a boot server
description:
  - Compares the tree that M(krgboot.cluster.image_stage) has brought with its manifest, and gives it the place of the
    image by one rename. Nothing is published if there is any difference.
  - After an interruption, the next run finishes what the last one began.
options:
  path:
    description: The directory of the image.
    type: str
    required: true
  keep_old:
    description:
      - Keep the old tree beside the image as C(NAME.old), and remove what had that name before. Otherwise the old tree
        is removed. A tree that is exported, or in which something is mounted, is not removed.
    type: bool
    default: true
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
notes:
  - Nodes that run from the old tree do not move to the new one. They lose it with the next C(exportfs -ra), restart of
    the NFS server, or removal of the old tree. Publish for nodes that are switched off, and restart all others.
  - NFS-Ganesha gives the old tree to new mounts, too, until it is restarted.
seealso:
  - module: krgboot.cluster.image_stage
  - ref: ansible_collections.krgboot.cluster.image_copy_role
    description: The role that brings an image to other servers.
"""

EXAMPLES = r"""
- name: Check the image and publish it
  krgboot.cluster.image_publish:
    path: /srv/nfs/debian
"""

RETURN = r"""
path:
  description: The image.
  returned: success
  type: str
old:
  description: The old tree, if it was kept.
  returned: success
  type: str
differences:
  description:
    - The differences of the new tree from its manifest, each with C(path), C(kind) and C(fields). The list may be cut.
  returned: when there are any
  type: list
  elements: dict
difference_count:
  description: Number of all differences.
  returned: when there are any
  type: int
diagnostics:
  description: The findings that belong to the error.
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
    reporting_errors,
    require_krgboot,
    shown,
)
from ansible_collections.krgboot.cluster.plugins.module_utils._staged import BusyError, Staged


def check(module, staged, new):
    """Fail unless the tree is as its manifest says."""
    report = staged.differences(new)
    if report:
        count = report.count
        first = shown("; ".join(map(str, report.differences[:3])))
        module.fail_json(
            msg=f"{new} was not published: {count} differences from its manifest, the first are {first}",
            difference_count=count,
            differences=report.to_dict()["differences"],
        )


def publish(module, staged, result):
    """Publish the new tree, and end what an interrupted run has left."""
    new = staged.find_new()
    if new:
        check(module, staged, new)
    result["changed"] = bool(new) or staged.checked.is_dir()
    result["diff"] = dict(prepared=shown(f"{staged.image}: published\n") if new else "")
    if not module.check_mode:
        if new:
            staged.exchange(new)
        kept = staged.finish(module.params["keep_old"])
        result["old"] = str(kept) if kept else None


def main():
    module = AnsibleModule(
        argument_spec=dict(
            path=dict(type="str", required=True),
            keep_old=dict(type="bool", default=True),
            **SERVER_ARGUMENTS,
        ),
        supports_check_mode=True,
    )
    krgboot = require_krgboot(module)
    result = dict(changed=False, path=module.params["path"], old=None, diff=dict(prepared=""))
    with reporting_errors(module):
        staged = Staged(krgboot, module.params["path"], module.params["root"])
        try:
            if staged.holder.is_dir():
                with staged.locked():
                    publish(module, staged, result)
        except (BusyError, OSError) as error:
            module.fail_json(msg=str(error))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
