#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: image_archive
short_description: Write an image as a lossless tar archive
description:
  - Writes a directory with owners, modes, times, hard links, holes, access lists, extended attributes and capabilities
    as a reproducible tar archive, and beside it a manifest in the format of C(mtree(5)), named C(DEST.manifest).
  - If the manifest says that the image has not changed, the archive is left as it is.
options:
  path:
    description: The directory of the image.
    type: str
    required: true
  dest:
    description: The archive on the boot server. Its name ends with C(.tar), C(.tar.zst), C(.tar.gz) or C(.tar.xz).
    type: path
    required: true
  level:
    description: The compression level, by default that of the format.
    type: int
  threads:
    description: Number of threads that compress; V(0) is one for each processor.
    type: int
    default: 0
  tolerate_changes:
    description: Warn of a file that changes while it is read, instead of failing.
    type: bool
    default: false
  allow_loss:
    description: Leave out files that are mount points with a warning, instead of failing.
    type: bool
    default: false
  mode:
    description:
      - Permissions of the archive and the manifest, as a quoted octal number. An archive has the image's password
        hashes and private keys.
    type: str
    default: "0600"
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
seealso:
  - module: krgboot.cluster.image
"""

EXAMPLES = r"""
- name: Keep the image as it is now
  krgboot.cluster.image_archive:
    path: /srv/nfs/debian
    dest: /var/backups/debian.tar.zst
"""

RETURN = r"""
dest:
  description: The archive.
  returned: success
  type: str
manifest:
  description: The manifest of the archive.
  returned: success
  type: str
entries:
  description: Number of entries in a new archive.
  returned: when an archive was written
  type: int
size:
  description: Size of a new archive in bytes.
  returned: when an archive was written
  type: int
differences:
  description: Number of differences between the image and the archive that was there.
  returned: when there was an archive
  type: int
diagnostics:
  description: The findings about the image.
  returned: always
  type: list
  elements: dict
error:
  description: The error, with a stable C(code) for programs.
  returned: failure
  type: dict
"""

import re
from pathlib import Path

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

# Options that Image.archive has under the same name.
OPTIONS = ("level", "threads", "tolerate_changes", "allow_loss")


def main():
    module = AnsibleModule(
        argument_spec=dict(
            path=dict(type="str", required=True),
            dest=dict(type="path", required=True),
            level=dict(type="int"),
            threads=dict(type="int", default=0),
            tolerate_changes=dict(type="bool", default=False),
            allow_loss=dict(type="bool", default=False),
            mode=dict(type="str", default="0600"),
            **SERVER_ARGUMENTS,
        ),
        supports_check_mode=True,
    )
    krgboot = require_krgboot(module)
    params = module.params
    if not re.match("0?[0-7]{3}$", params["mode"]):
        module.fail_json(msg=f'mode must be a quoted octal number such as "0640", not {params["mode"]}')
    dest, manifest = params["dest"], params["dest"] + ".manifest"
    result = dict(changed=True, dest=dest, manifest=manifest, diff=dict(prepared=shown(f"{dest}: new\n")))
    warnings = []
    with reporting_errors(module):
        image = krgboot.Image(params["path"], params["root"])
        if Path(dest).exists() and Path(manifest).exists():
            report = krgboot.image.diff_images(manifest, image)
            result.update(changed=bool(report), differences=report.count, diff=diff_of_report(report))
            warnings += report.warnings
        if result["changed"] and not module.check_mode:
            made = image.archive(
                dest, replace=True, output_mode=int(params["mode"], 8), **{name: params[name] for name in OPTIONS}
            )
            result.update(entries=made.entries, size=made.archive_size)
            warnings += made.warnings
    for finding in warnings:
        module.warn(warning_of(finding))
    module.exit_json(diagnostics=as_data(warnings), **result)


if __name__ == "__main__":
    main()
