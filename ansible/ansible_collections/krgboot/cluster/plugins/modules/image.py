#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: image
short_description: Make, configure or remove an image that diskless nodes boot
description:
  - An image is the directory that nodes mount as their root file system. It is made from Debian packages, from an
    archive, or as a copy of a directory; the complete image appears at its path by one rename.
  - With a C(cluster.yaml), the module also configures the image - packages, users, ssh host keys, locale, services and
    the initrd. Programs run inside the image in a sandbox, without access to the host.
options:
  name:
    description:
      - Name of an image in the C(cluster.yaml), which says where the image is and how it is made.
      - Exactly one of O(name) and O(path) is required.
    type: str
  path:
    description: The directory of an image without a C(cluster.yaml).
    type: str
  state:
    description: Should the image exist? An image that is exported, or in which something is mounted, is not removed.
    type: str
    choices: [present, absent]
    default: present
  configure:
    description: With O(name), bring the image to the state that the spec describes.
    type: bool
    default: true
  adopt:
    description: Take over files of others in the image that lie at krgboot's paths.
    type: bool
    default: false
  release:
    description: With O(path), make the image from packages of this Debian release.
    type: str
  packages:
    description: With O(release), packages to install besides the base system.
    type: list
    elements: str
    default: []
  components:
    description: With O(release), the components of the archive.
    type: list
    elements: str
    default: [main]
  mirror:
    description: With O(release), the mirror, by default that of the boot server's own apt.
    type: str
  architecture:
    description: With O(release), a dpkg architecture, by default that of the boot server.
    type: str
    default: ""
  trust_unsigned:
    description: With O(release), accept packages without a valid signature, as for releases that are archived.
    type: bool
    default: false
  archive:
    description: With O(path), make the image from this tar archive on the boot server.
    type: path
  clone:
    description: With O(path), make the image as a copy of this directory on the boot server.
    type: path
  replace:
    description: With O(archive) or O(clone), replace an existing image that differs from it.
    type: bool
    default: false
  timeout:
    description: Seconds after which a program that builds the image is killed. Without it there is no limit.
    type: float
  lock_timeout:
    description: Seconds to wait for another krgboot on this server. Without it there is no limit.
    type: float
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
  - krgboot.cluster.server.spec
seealso:
  - module: krgboot.cluster.image_archive
  - module: krgboot.cluster.image_exec
  - module: krgboot.cluster.image_info
"""

EXAMPLES = r"""
- name: Make an image from packages, or configure the existing one
  krgboot.cluster.image:
    src: cluster.yaml
    name: debian

- name: Make a copy of it
  krgboot.cluster.image:
    path: /srv/nfs/debian-test
    clone: /srv/nfs/debian

- name: Remove the copy
  krgboot.cluster.image:
    path: /srv/nfs/debian-test
    state: absent
"""

RETURN = r"""
path:
  description: The image, as seen inside O(root).
  returned: success
  type: str
  sample: /srv/nfs/debian
created:
  description: Was the image made, or would it be made?
  returned: success
  type: bool
changes:
  description: The files that were written in an existing image, each with C(action), C(path) and C(origin).
  returned: success
  type: list
  elements: dict
steps:
  description: The steps that programs inside the image made, each with C(name) and C(why).
  returned: success
  type: list
  elements: dict
log:
  description: The last lines that the programs printed.
  returned: success
  type: list
  elements: str
diagnostics:
  description: The findings about the spec and the image.
  returned: always
  type: list
  elements: dict
error:
  description: The error, with a stable C(code) for programs.
  returned: failure
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.krgboot.cluster.plugins.module_utils._image_work import ImageWork
from ansible_collections.krgboot.cluster.plugins.module_utils._krgboot import (
    IMAGE_ARGUMENTS,
    IMAGE_RULES,
    SERVER_ARGUMENTS,
    as_data,
    find_image,
    reporting_errors,
    require_krgboot,
    warning_of,
)

# What an image without a spec is made from.
SOURCES = ("release", "archive", "clone")


def main():
    module = AnsibleModule(
        argument_spec=dict(
            state=dict(type="str", choices=["present", "absent"], default="present"),
            configure=dict(type="bool", default=True),
            adopt=dict(type="bool", default=False),
            release=dict(type="str"),
            packages=dict(type="list", elements="str", default=[]),
            components=dict(type="list", elements="str", default=["main"]),
            mirror=dict(type="str"),
            architecture=dict(type="str", default=""),
            trust_unsigned=dict(type="bool", default=False),
            archive=dict(type="path"),
            clone=dict(type="path"),
            replace=dict(type="bool", default=False),
            timeout=dict(type="float"),
            lock_timeout=dict(type="float"),
            **IMAGE_ARGUMENTS,
            **SERVER_ARGUMENTS,
        ),
        supports_check_mode=True,
        **IMAGE_RULES,
    )
    krgboot = require_krgboot(module)
    params = module.params
    sources = [source for source in SOURCES if params[source]]
    if len(sources) > 1:
        module.fail_json(msg=f"parameters are mutually exclusive: {'|'.join(sources)}")
    if params["path"] and params["state"] == "present" and not sources:
        module.fail_json(msg=f"path with state present needs one of {', '.join(SOURCES)}")
    if params["release"] and params["release"] not in krgboot.cluster.ReleaseName.__members__:
        module.fail_json(msg=f"release must be one of {', '.join(krgboot.cluster.ReleaseName.__members__)}")
    work = ImageWork(module, krgboot)
    with reporting_errors(module):
        cluster, path = find_image(module)
        if params["state"] == "absent":
            work.remove(path)
        elif cluster:
            work.of_spec(cluster)
        else:
            work.of_path(path)
    for finding in work.warnings:
        module.warn(warning_of(finding))
    module.exit_json(path=path, log=list(work.log), diagnostics=as_data(work.warnings), **work.result)


if __name__ == "__main__":
    main()
