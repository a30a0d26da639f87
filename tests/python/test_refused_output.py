"""A program in an image on a terminal ends when its output is closed, and does not hang."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from busybox_image import make_busybox_image


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: the sandbox of an image takes root")
def test_a_reader_that_goes(tmp_path: Path) -> None:
    small = make_busybox_image(tmp_path)
    ours, theirs = pty.openpty()
    script = "while :; do echo line; done"
    command = [sys.executable, "-m", "krgboot", *small, "--terminal", "--", "busybox", "sh", "-c", script]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    os.close(theirs)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"line"
    process.stdout.close()
    assert process.wait(60) == 128 + signal.SIGKILL
    os.close(ours)
