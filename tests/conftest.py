"""Leaves out tests for `tests/run --all`, and reports skipped tests to ctest, which shows no output of a passed run."""

from __future__ import annotations

import os

import pytest
from matrix import WHOLE


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --all, leave out the tests of the marker `all`, unless the command line names tests itself."""
    if WHOLE or any("::" in name for name in config.args) or config.option.keyword:
        return
    left_out = [item for item in items if item.get_closest_marker("all")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Exit with KRGBOOT_SKIP_CODE, ctest's SKIP_RETURN_CODE, if tests were skipped and none failed."""
    code = os.environ.get("KRGBOOT_SKIP_CODE")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if code is None or reporter is None or not reporter.stats.get("skipped"):
        return
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = int(code)
