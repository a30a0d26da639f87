# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that work on a boot server."""


class ModuleDocFragment:
    """The server itself, and the spec."""

    DOCUMENTATION = r"""
options:
  root:
    description:
      - The directory that holds the boot server's files.
      - With another directory than V(/) the module works on a staged tree, and no service is reloaded.
    type: path
    default: /
requirements:
  - krgboot (Python package, on the boot server)
notes:
  - If the Python interpreter of the host has no krgboot, the module runs under C(/opt/krgboot/bin/python3) or
    C(/usr/bin/python3), where one of them has it.
author:
  - The krgboot authors (@krgboot)
"""

    APPLY = r"""
options:
  adopt:
    description: Take over files of others that lie at krgboot's paths.
    type: bool
    default: false
  validate:
    description: Let the installed daemons check the new files before they are used, also in check mode.
    type: bool
    default: true
  reload:
    description: Reload the services whose files have changed.
    type: bool
    default: true
  lock_timeout:
    description: Seconds to wait for another krgboot on this server. Without it there is no limit.
    type: float
attributes:
  check_mode:
    details:
      - The daemons check the new files, as without check mode. What would stop a real run is a warning, since packages
        and images may come from earlier tasks that check mode has not run.
"""

    SPEC = r"""
options:
  src:
    description:
      - The C(cluster.yaml), on the controller unless O(remote_src=true).
      - A file on the controller may be encrypted by Ansible Vault, as a whole or in single values.
      - Exactly one of O(src) and O(spec) is required.
    type: path
  spec:
    description:
      - The content of a C(cluster.yaml) as data.
      - It reaches the server as a file, so that it may be large and may have values from Ansible Vault.
    type: dict
  remote_src:
    description: Is O(src) a file on the boot server?
    type: bool
    default: false
  label:
    description: Name of the spec in messages, by default O(src), or V(spec) for data.
    type: str
"""
