# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit tests of how a spec is read on the controller."""

from __future__ import annotations

import json

from ansible.parsing.dataloader import DataLoader
from ansible_collections.krgboot.cluster.plugins.plugin_utils._spec_text import as_json, spec_text


def test_a_spec_without_secrets_stays_as_it_is(tmp_path):
    (tmp_path / "cluster.yaml").write_text("# a comment\nversion: 1\n")
    assert spec_text(DataLoader(), str(tmp_path / "cluster.yaml")) == "# a comment\nversion: 1\n"


def test_data_of_every_kind():
    data = {"name": "n\u00e4me", "list": [1, 2.5, True, None]}
    assert json.loads(as_json(data)) == data
