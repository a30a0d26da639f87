# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs tasks inside an image on a boot server."""

DOCUMENTATION = r"""
name: image
short_description: Run tasks inside an image of diskless nodes
description:
  - Runs modules inside the directory of an image as if it were a host, so that ordinary modules and roles configure it.
    Programs run as root in krgboot's sandbox, where no service starts and the boot server cannot be reached; everything
    that a task has started ends with it.
  - The image is on a boot server that is reached by ssh, with all options of P(ansible.builtin.ssh#connection), or on
    the controller itself with O(local=true).
  - Files go through the sandbox's standard input and output. No link in the image leads to a file of the server.
  - The image needs C(python3), and C(python3-apt) for M(ansible.builtin.apt). C(async) does not work, since a program
    cannot outlive its task; C(become) is not needed and must be off.
author:
  - The krgboot authors (@krgboot)
requirements:
  - krgboot (Python package, on the boot server)
extends_documentation_fragment:
  - krgboot.cluster.ssh
options:
  path:
    description: The directory of the image on the boot server.
    type: str
    required: true
    vars:
      - name: krgboot_image_path
      - name: ansible_krgboot_image_path
  local:
    description: Is the image on the controller?
    type: bool
    default: false
    vars:
      - name: ansible_krgboot_image_local
  network:
    description:
      - What programs can reach - V(none), V(outbound) for what the server can reach except the server itself, or
        V(host) for the server's own network. Packages need V(outbound), which needs C(slirp4netns) on the server.
    type: str
    choices: [none, outbound, host]
    default: outbound
    vars:
      - name: ansible_krgboot_image_network
  server_become:
    description: Is krgboot run by C(sudo) on the server? It needs root.
    type: bool
    default: false
    vars:
      - name: ansible_krgboot_image_server_become
  python:
    description:
      - The interpreter on the server that has krgboot. By default C(/opt/krgboot/bin/python3) if it exists, else
        C(/usr/bin/python3).
    type: str
    default: ""
    vars:
      - name: ansible_krgboot_image_python
"""

import shlex
import subprocess
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible.plugins.connection.ssh import Connection as SshConnection
from ansible.utils.display import Display
from ansible_collections.krgboot.cluster.plugins.module_utils._krgboot import INTERPRETERS

DISPLAY = Display()

# Sets $p to the first interpreter that is there.
FIND_PYTHON = f"for p in {shlex.join(INTERPRETERS)}; do test ! -x $p || break; done; "
# How krgboot.inside ends if it cannot run a command: its exit status, and the start of its message.
CANNOT_RUN = 125
COMPLAINT = b"krgboot.inside: "
# What Python prints if it has no krgboot.
NO_KRGBOOT = b"module specification for 'krgboot.inside'"


class Connection(SshConnection):
    """ssh, or this machine, and inside it the sandbox of an image."""

    transport = "krgboot.cluster.image"
    has_pipelining = True
    has_tty = False  # a terminal would change bytes

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Run a command inside the image; return its exit status, standard output and standard error."""
        if "async_wrapper" in cmd:
            raise AnsibleError("async does not work inside an image: a program cannot outlive its task")
        outside = self._command_outside(["/bin/sh", "-c", cmd])
        if self.get_option("local"):
            status, out, err = self._run_here(outside, in_data)
        else:
            status, out, err = super().exec_command(outside, in_data=in_data, sudoable=False)
        if (status == CANNOT_RUN and COMPLAINT in err) or NO_KRGBOOT in err:
            raise AnsibleConnectionFailure(to_text(err, errors="surrogate_or_replace").strip())
        return status, out, err

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file of the controller into the image."""
        try:
            content = Path(in_path).read_bytes()
        except OSError as error:
            raise AnsibleError(f"cannot read {in_path}: {error.strerror}") from error
        self._check(self.exec_command(f"cat >{shlex.quote(out_path)}", in_data=content), f"write {out_path}")

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file of the image to the controller."""
        content = self._check(self.exec_command(f"cat <{shlex.quote(in_path)}"), f"read {in_path}")
        Path(out_path).write_bytes(content)

    def reset(self) -> None:
        """Close the ssh connection; a local one is never open."""
        if not self.get_option("local"):
            super().reset()

    def _command_outside(self, argv: list[str]) -> str:
        """Return the shell command that runs the words inside the image."""
        python = self.get_option("python")
        find, program = ("", shlex.quote(python)) if python else (FIND_PYTHON, "$p")
        sudo = "sudo -n -- " if self.get_option("server_become") else ""
        options = ["-m", "krgboot.inside", "--network", self.get_option("network"), self.get_option("path"), "--"]
        return f"{find}exec {sudo}{program} {shlex.join([*options, *argv])}"

    def _run_here(self, command: str, in_data: bytes | None) -> tuple[int, bytes, bytes]:
        DISPLAY.vvv(f"EXEC {command}", host=self.get_option("path"))
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            input=to_bytes(in_data) if in_data is not None else b"",
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    @staticmethod
    def _check(result: tuple[Any, ...], what: str) -> bytes:
        status, out, err = result
        if status != 0:
            message = to_text(err, errors="surrogate_or_replace").strip()
            raise AnsibleError(f"cannot {what} in the image: {message}")
        return bytes(out)
