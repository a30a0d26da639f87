# Copyright: the krgboot authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unit tests of what all modules share."""

from __future__ import annotations

import krgboot
import pytest
from ansible_collections.krgboot.cluster.plugins.module_utils import _krgboot


class FailedError(Exception):
    """What fail_json of the module below raises."""


class Module:
    """As much of an AnsibleModule as reporting_errors needs."""

    def __init__(self, **params):
        self.params = params

    def fail_json(self, **result):
        raise FailedError(result)


def result_of(text, **params):
    with pytest.raises(FailedError) as failed, _krgboot.reporting_errors(Module(**params)):
        krgboot.loads(text, params["label"])
    return failed.value.args[0]


def test_errors_have_a_code_and_all_findings():
    result = result_of("version: 1\ncluster: {name: lab}\nsever: {}\n", label="cluster.yaml")
    assert result["error"]["code"]
    assert len(result["diagnostics"]) > 1
    assert all(finding["key"] for finding in result["diagnostics"])
    assert "cluster.yaml:3:" in result["msg"]


def test_findings_in_data_have_key_paths_and_no_lines():
    result = result_of("version: 1\nsever: {}\n", label=_krgboot.DATA_LABEL)
    assert "sever: " in result["msg"]
    assert "spec:2" not in result["msg"]


def test_text_of_a_hostile_file_is_shown_without_control_characters():
    assert "\x1b" not in _krgboot.shown("a\x1b[2Jb\nc")
    assert _krgboot.shown("a\nb").splitlines() == ["a", "b"]


def test_krgboot_is_found():
    assert _krgboot.require_krgboot(Module()) is krgboot
