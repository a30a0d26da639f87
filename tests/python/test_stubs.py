"""The type stubs in the package match the module."""

from __future__ import annotations

import os

from stubs import STUBS, generate


def test_stubs_are_up_to_date() -> None:
    text = generate()
    if os.environ.get("KRGBOOT_APPROVE") == "1":
        STUBS.write_text(text)
    assert text == STUBS.read_text(), "bindings/krgboot/_core.pyi is out of date; see tests/approve"
