#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: image_fetch
short_description: Copy an image of a boot server to the controller
description:
  - Runs C(rsync) on the controller, and over the connection of the host also on the host, and makes O(dest) equal to
    the image. Only what differs is sent.
  - The controller needs no root. It keeps the tree as C(rsync --fake-super) does, with owners, modes, device nodes,
    access lists and extended attributes in attributes of ordinary files; its file system must have user attributes.
  - The copy has the password hashes and private keys of the image. Only the user of the controller can enter O(dest).
options:
  path:
    description: The directory of the image on the boot server.
    type: str
    required: true
  dest:
    description: The directory on the controller. The image is below it as C(tree).
    type: path
    required: true
  timeout:
    description: Seconds without any data after which C(rsync) gives up.
    type: int
    default: 600
  root:
    description: The directory that holds the boot server's files.
    type: path
    default: /
author:
  - The krgboot authors (@krgboot)
requirements:
  - rsync (on the controller and on the boot server)
attributes:
  diff_mode:
    support: none
extends_documentation_fragment:
  - krgboot.cluster.attributes
notes:
  - It needs the connection C(ssh) with a key, or C(local); with C(become), the method C(sudo) without a password.
  - Mount points inside the image are left empty, and so are C(/proc), C(/sys), C(/run) and the like.
seealso:
  - module: krgboot.cluster.image_stage
  - ref: ansible_collections.krgboot.cluster.image_copy_role
    description: The role that brings an image to other servers.
"""

EXAMPLES = r"""
- name: Copy the image to the controller
  krgboot.cluster.image_fetch:
    path: /srv/nfs/debian
    dest: images/debian
"""

RETURN = r"""
dest:
  description: The directory on the controller.
  returned: success
  type: str
"""
