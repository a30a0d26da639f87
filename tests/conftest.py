"""Tests that were skipped are told to ctest, which shows nothing else of a run that passed."""

from __future__ import annotations

import os

import pytest


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """End with KRGBOOT_SKIP_CODE, ctest's SKIP_RETURN_CODE, where tests were skipped; but never where one failed."""
    code = os.environ.get("KRGBOOT_SKIP_CODE")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if code is None or reporter is None or not reporter.stats.get("skipped"):
        return
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = int(code)
