"""The real findmnt still gives tests/golden/fstab/oracle.json; the C++ tests compare krgboot with that file."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "fstab" / "oracle.json").read_text())
COLUMNS = ["source", "target", "fstype", "options", "freq", "passno"]


@pytest.mark.skipif(shutil.which("findmnt") is None, reason="findmnt is not installed")
def test_libmount_reads_these_lines(tmp_path: Path) -> None:
    fstab = tmp_path / "fstab"
    fstab.write_bytes(GOLDEN["fstab"].encode())
    result = subprocess.run(
        ["findmnt", "--tab-file", fstab, "--json", "--output", ",".join(COLUMNS)],
        capture_output=True,
        check=False,
    )
    if result.returncode < 0:  # findmnt of util-linux 2.41 crashes on every line that it ignores
        pytest.skip(f"findmnt died of signal {-result.returncode}; that of util-linux 2.38 reads this file")
    assert result.returncode == 0, result.stderr
    mounts = [
        [mount[column] or 0 if column in ("freq", "passno") else mount[column] or "" for column in COLUMNS]
        for mount in json.loads(result.stdout)["filesystems"]
    ]
    assert mounts == GOLDEN["mounts"]
