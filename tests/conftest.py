"""Reports skipped tests to ctest by exit status; ctest shows no output of a run that passed."""

from __future__ import annotations

import os

import pytest


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Exit with KRGBOOT_SKIP_CODE, ctest's SKIP_RETURN_CODE, if tests were skipped and none failed."""
    code = os.environ.get("KRGBOOT_SKIP_CODE")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if code is None or reporter is None or not reporter.stats.get("skipped"):
        return
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = int(code)
