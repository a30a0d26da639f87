"""The type stubs in the package are those of the module as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from staging import SOURCE

STUBS = SOURCE / "bindings" / "krgboot" / "_core.pyi"


def test_stubs_are_up_to_date(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pybind11_stubgen", "krgboot._core", "--exit-code", "--output-dir", str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
    )
    text = (tmp_path / "krgboot" / "_core.pyi").read_text()
    if os.environ.get("KRGBOOT_APPROVE") == "1":
        STUBS.write_text(text)
    assert text == STUBS.read_text(), "bindings/krgboot/_core.pyi is out of date; see tests/approve"
