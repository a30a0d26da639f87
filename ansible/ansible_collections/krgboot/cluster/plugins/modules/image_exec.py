#!/usr/bin/python
# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: image_exec
short_description: Run a command inside an image
description:
  - Runs a command with the image as its root directory, as C(chroot) does, but in namespaces of its own with C(/proc),
    C(/sys) and a minimal C(/dev). No service starts, the host is not reachable, and everything that the command has
    started ends with it.
  - To run modules inside an image, use the connection plugin P(krgboot.cluster.image#connection).
options:
  path:
    description: The directory of the image.
    type: str
    required: true
  argv:
    description:
      - The command as a list of words. No shell reads it.
      - Exactly one of O(argv) and O(cmd) is required.
    type: list
    elements: str
  cmd:
    description: The command as one string, split into words as a shell does. No shell reads it.
    type: str
  chdir:
    description: The working directory, as seen inside the image.
    type: str
    default: /
  environment:
    description: Variables to add to a clean environment.
    type: dict
    default: {}
  stdin:
    description: Text for the command's standard input.
    type: str
    default: ""
  creates:
    description: A path inside the image. If it exists, the command is not run.
    type: str
  removes:
    description: A path inside the image. If it does not exist, the command is not run.
    type: str
  network:
    description:
      - What the command can reach. V(none) is nothing; V(outbound) is what the server can reach, except the server
        itself; V(host) is the server's own network.
    type: str
    choices: [none, outbound, host]
    default: none
  locale:
    description: The variable C(LC_ALL). If it is empty, the image's own setting counts.
    type: str
    default: C
  timeout:
    description: Seconds after which the command is killed. Without it there is no limit.
    type: float
attributes:
  check_mode:
    support: partial
    details:
      - In check mode the command is not run. With O(creates) or O(removes) the result says whether it would be run;
        without them the task is skipped.
  diff_mode:
    support: none
extends_documentation_fragment:
  - krgboot.cluster.attributes
  - krgboot.cluster.server
seealso:
  - module: krgboot.cluster.image
  - module: ansible.builtin.command
"""

EXAMPLES = r"""
- name: Show the packages of the image
  krgboot.cluster.image_exec:
    path: /srv/nfs/debian
    argv: [dpkg-query, --show]
  changed_when: false

- name: Make a file, once
  krgboot.cluster.image_exec:
    path: /srv/nfs/debian
    cmd: touch /etc/prepared
    creates: /etc/prepared
"""

RETURN = r"""
cmd:
  description: The command.
  returned: always
  type: list
  elements: str
rc:
  description: The exit status, or 128 and the number of the signal that killed the command.
  returned: when the command was run
  type: int
stdout:
  description: What the command wrote to standard output.
  returned: when the command was run
  type: str
stderr:
  description: What the command wrote to standard error.
  returned: when the command was run
  type: str
start:
  description: Time when the command was started.
  returned: when the command was run
  type: str
end:
  description: Time when the command ended.
  returned: when the command was run
  type: str
delta:
  description: Time that the command took.
  returned: when the command was run
  type: str
error:
  description: The error, with a stable C(code) for programs.
  returned: failure
  type: dict
diagnostics:
  description: The findings that belong to the error.
  returned: failure
  type: list
  elements: dict
"""

import datetime
import shlex

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible_collections.krgboot.cluster.plugins.module_utils._krgboot import (
    SERVER_ARGUMENTS,
    reporting_errors,
    require_krgboot,
)


def exists(image, path):
    """Return whether a path exists inside the image. The image's own shell looks, since links lead to places inside."""
    return image.run(["/bin/sh", "-c", 'test -e "$1"', "sh", path]).status == 0


def run(module, krgboot, image, argv):
    """Run the command and return the result."""
    params = module.params
    start = datetime.datetime.now()
    done = image.run(
        argv,
        environment={name: to_text(value) for name, value in params["environment"].items()},
        working_directory=params["chdir"],
        locale=params["locale"],
        network=krgboot.image.InsideNetwork[params["network"]],
        input=to_bytes(params["stdin"]),
        merge_stderr=False,
        output_limit=1 << 30,
        timeout=params["timeout"],
    )
    end = datetime.datetime.now()
    result = dict(
        changed=True,
        cmd=argv,
        rc=done.status,
        stdout=to_text(done.stdout, errors="surrogateescape").rstrip("\r\n"),
        stderr=to_text(done.stderr, errors="surrogateescape").rstrip("\r\n"),
        start=str(start),
        end=str(end),
        delta=str(end - start),
    )
    if done.timed_out:
        module.fail_json(msg=f"the command took longer than {params['timeout']:g} seconds", **result)
    if done.status != 0:
        module.fail_json(msg="non-zero return code", **result)
    return result


def main():
    module = AnsibleModule(
        argument_spec=dict(
            path=dict(type="str", required=True),
            argv=dict(type="list", elements="str"),
            cmd=dict(type="str"),
            chdir=dict(type="str", default="/"),
            environment=dict(type="dict", default={}),
            stdin=dict(type="str", default=""),
            creates=dict(type="str"),
            removes=dict(type="str"),
            network=dict(type="str", choices=["none", "outbound", "host"], default="none"),
            locale=dict(type="str", default="C"),
            timeout=dict(type="float"),
            **SERVER_ARGUMENTS,
        ),
        mutually_exclusive=[["argv", "cmd"]],
        required_one_of=[["argv", "cmd"]],
        supports_check_mode=True,
    )
    krgboot = require_krgboot(module)
    params = module.params
    argv = params["argv"] or shlex.split(params["cmd"] or "")
    if not argv:
        module.fail_json(msg="the command has no words")
    with reporting_errors(module):
        image = krgboot.Image(params["path"], params["root"])
        if params["creates"] and exists(image, params["creates"]):
            module.exit_json(changed=False, cmd=argv, msg=f"{params['creates']} exists")
        if params["removes"] and not exists(image, params["removes"]):
            module.exit_json(changed=False, cmd=argv, msg=f"{params['removes']} does not exist")
        if module.check_mode:
            is_decided = bool(params["creates"] or params["removes"])
            module.exit_json(changed=is_decided, skipped=not is_decided, cmd=argv, msg="not run in check mode")
        module.exit_json(**run(module, krgboot, image, argv))


if __name__ == "__main__":
    main()
