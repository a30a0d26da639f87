#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: image_stage
short_description: Copy an image from the controller next to the image of a boot server
description:
  - Compares the image of a boot server with the manifest of a copy on the controller. If it differs, or if it does not
    exist, the module brings the copy into a directory beside it, C(.NAME.incoming), which only root can enter. Nodes do
    not see it until M(krgboot.cluster.image_publish) has compared it with the manifest and published it.
  - C(rsync) sends only what differs. It starts with a copy of the image that is there. That copy shares blocks if the
    file system can do so, but never a file by a hard link - whoever writes into the old image would then write into the
    new one, too.
  - After an interruption, the next run goes on where the last one ended.
options:
  src:
    description:
      - The directory on the controller with C(tree), the image as M(krgboot.cluster.image_fetch) has copied it, and
        C(manifest), the manifest of its archive.
    type: path
    required: true
  path:
    description: The directory of the image on the boot server.
    type: str
    required: true
  compare:
    description:
      - With V(tree), the whole image is compared with the manifest, and every difference makes a new copy.
      - With V(manifest), an image that was published with the same manifest counts as equal. Use it if the boot
        server's own C(cluster.yaml) changes files in the image after it was published.
    type: str
    choices: [tree, manifest]
    default: tree
  replace_written:
    description:
      - Replace the image even if nodes may write to it, or to a directory in it, by the server's C(exports). What they
        wrote is not in the new image.
    type: bool
    default: false
  timeout:
    description: Seconds without any data after which C(rsync) gives up.
    type: int
    default: 600
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
requirements:
  - rsync (on the controller and on the boot server)
notes:
  - It needs the connection C(ssh) with a key, or C(local); with C(become), the method C(sudo) without a password.
  - An image on a file system of its own is a mount point, which no rename can replace; the module refuses it.
seealso:
  - module: krgboot.cluster.image_fetch
  - module: krgboot.cluster.image_publish
  - ref: ansible_collections.krgboot.cluster.image_copy_role
    description: The role that brings an image to other servers.
"""

EXAMPLES = r"""
- name: Copy the image next to the current one
  krgboot.cluster.image_stage:
    src: images/debian
    path: /srv/nfs/debian
"""

RETURN = r"""
staged:
  description: The directory on the boot server with the new tree and its manifest.
  returned: success
  type: str
differences:
  description:
    - The differences of the present image from the manifest, each with C(path), C(kind) and C(fields). The list may be
      cut.
  returned: when the image was compared as a tree
  type: list
  elements: dict
difference_count:
  description: Number of all differences.
  returned: when the image was compared as a tree
  type: int
diagnostics:
  description: The findings about the image, or those that belong to the error.
  returned: always
  type: list
  elements: dict
error:
  description: The error, with a stable C(code) for programs.
  returned: failure
  type: dict
"""

from pathlib import Path, PurePosixPath

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.krgboot.cluster.plugins.module_utils._krgboot import (
    SERVER_ARGUMENTS,
    as_data,
    diff_of_report,
    reporting_errors,
    require_krgboot,
    shown,
    warning_of,
)
from ansible_collections.krgboot.cluster.plugins.module_utils._staged import BusyError, Staged, written_paths


def refuse_loss(module, krgboot, path):
    """Refuse to replace what nodes have written; in check mode, warn of it."""
    written = written_paths(krgboot, path, module.params["root"])
    if written and not module.params["replace_written"]:
        paths = shown(", ".join(written))
        message = f"nodes may write to {paths}; with replace_written, what they wrote is not in the new image"
        if not module.check_mode:
            module.fail_json(msg=message)
        module.warn(message)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            src=dict(type="path", required=True),
            path=dict(type="str", required=True),
            compare=dict(type="str", choices=["tree", "manifest"], default="tree"),
            replace_written=dict(type="bool", default=False),
            timeout=dict(type="int", default=600),
            **SERVER_ARGUMENTS,
        ),
        supports_check_mode=True,
    )
    krgboot = require_krgboot(module)
    params = module.params
    manifest = Path(params["src"], "manifest")
    warnings = []
    result = dict(diff=dict(prepared=""))
    with reporting_errors(module):
        staged = Staged(krgboot, params["path"], params["root"])
        if reason := staged.why_not_exchangeable():
            module.fail_json(msg=reason)
        exists = staged.image.is_dir()
        report = staged.compare(manifest, trusts_record=params["compare"] == "manifest")
        result.update(staged=str(staged.holder), changed=bool(report) or not exists)
        if not exists:
            result["diff"] = dict(prepared=shown(f"{staged.image}: new\n"))
        elif report is not None:
            warnings += report.warnings
            result.update(difference_count=report.count, differences=report.to_dict()["differences"])
            result["diff"] = diff_of_report(report)
        if result["changed"] and exists:
            refuse_loss(module, krgboot, str(PurePosixPath(params["path"])))
        try:
            if module.check_mode:
                pass
            elif not result["changed"]:
                staged.drop(manifest, is_same=report is not None)
            else:
                staged.make_holder()
                with staged.locked():
                    findings, trouble = staged.prepare(manifest)
                warnings += findings
                if trouble:
                    module.warn("everything is sent, since no copy of the image could be made: " + shown(str(trouble)))
        except (BusyError, OSError) as error:
            module.fail_json(msg=str(error))
    for finding in warnings:
        module.warn(warning_of(finding))
    module.exit_json(diagnostics=as_data(warnings), **result)


if __name__ == "__main__":
    main()
