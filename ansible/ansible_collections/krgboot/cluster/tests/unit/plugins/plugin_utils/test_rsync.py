# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit tests of the command line of rsync."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.krgboot.cluster.plugins.plugin_utils import _rsync

OPTIONS = {
    "ssh_executable": "ssh",
    "host_key_checking": True,
    "ssh_args": "-C -o ControlPersist=60s",
    "ssh_common_args": "-o 'ProxyCommand=ssh gate'",
    "ssh_extra_args": None,
    "port": 2222,
    "remote_user": "admin",
    "private_key_file": "/keys/a key",
    "host": "10.20.0.2",
}


class Become:
    """A become plugin."""

    def __init__(self, name):
        self.name = name


class Connection:
    """As much of a connection plugin as rsync needs."""

    def __init__(self, transport="ssh", become=None, **options):
        self.transport = transport
        self.become = Become(become) if become else None
        self.options = {**OPTIONS, **options}

    def get_option(self, name):
        return self.options[name]


def test_ssh_has_the_options_of_the_connection():
    words, host = _rsync._shell(Connection())
    assert host == "10.20.0.2"
    assert words[:5] == ["ssh", "-o", "BatchMode=yes", "-o", "ControlMaster=no"]
    assert words[-6:] == ["-p", "2222", "-l", "admin", "-i", "/keys/a key"]
    assert "ProxyCommand=ssh gate" in words
    assert "StrictHostKeyChecking=no" not in words
    assert "StrictHostKeyChecking=no" in _rsync._shell(Connection(host_key_checking=False))[0]


def test_an_ipv6_address_stands_in_brackets():
    assert _rsync._shell(Connection(host="fd00::2"))[1] == "[fd00::2]"


def test_words_are_quoted_as_rsync_reads_them():
    assert _rsync._quoted("a key") == "'a key'"
    assert _rsync._quoted("it's") == "'it''s'"


def test_sudo_is_the_only_way_to_become_root():
    assert _rsync._become(Connection()) == ""
    assert _rsync._become(Connection(become="ansible.builtin.sudo")) == "sudo -n -- "
    with pytest.raises(AnsibleActionFail, match="sudo, not su"):
        _rsync._become(Connection(become="su"))


def test_other_connections_are_refused():
    with pytest.raises(AnsibleActionFail, match="not winrm"):
        _rsync._shell(Connection("winrm"))


@pytest.mark.parametrize("name", ["plain", "with blank", "it's", '"$HOME"', "-n"])
def test_a_tree_goes_there_and_back(tmp_path, name):
    """The real rsync, with names that a shell would split or expand."""
    source = tmp_path / name / "tree"
    source.mkdir(parents=True)
    (source / "file").write_text("text")
    (tmp_path / name / "lock").touch()
    local = Connection("local")
    assert _rsync.pull(local, str(source), str(tmp_path / "kept"), timeout=60, dry_run=True)
    assert not (tmp_path / "kept").exists()
    assert _rsync.pull(local, str(source), str(tmp_path / "kept"), timeout=60, dry_run=False)
    assert not _rsync.pull(local, str(source), str(tmp_path / "kept"), timeout=60, dry_run=False)
    target = tmp_path / name / "copy"
    _rsync.push(local, str(tmp_path / "kept"), str(target), lock=str(tmp_path / name / "lock"), timeout=60)
    assert (target / "file").read_text() == "text"
