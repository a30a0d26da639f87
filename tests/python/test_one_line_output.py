"""Foreign text stays in its line on a terminal, and is unchanged in a pipe or file."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import krgboot
from krgboot.cli import clusters, images, output

FORGED = "x\n  ok      login        sshd\tand more"


def test_a_line_that_is_said_stays_one_unless_it_is_to_be_many() -> None:
    with output.out.capture() as one:
        output.say("a\nb", ("c\nd", "bold"))
    assert one.get().count("\n") == 1
    with output.out.capture() as many:
        output.say("a\nb", lines=True)
    assert many.get() == "a\nb\n"


def test_a_step_of_a_trace_and_of_configure_forges_no_line() -> None:
    step = SimpleNamespace(status=krgboot.Status.ok, stage=krgboot.Stage.root, what=FORGED, why=FORGED, hint=FORGED)
    trace: Any = SimpleNamespace(
        verdict="boots", status=krgboot.Status.ok, machine=SimpleNamespace(name="n1", firmware="bios"), steps=[step]
    )
    with output.out.capture() as shown:
        clusters._show_trace(trace)
    assert shown.get().count("\n") == 2
    pending: Any = SimpleNamespace(image="/nfsroot/a", name="packages", why=FORGED)
    with output.out.capture() as told:
        images._announce(pending)
    assert told.get().count("\n") == 1


def test_an_error_may_have_several_lines() -> None:
    with output.err.capture() as shown:
        output.show_error(krgboot.ConflictError("first\nsecond", "x.y", ""), as_json=False)
    assert shown.get() == "error: first\nsecond [x.y]\n"


REACH = """
import sys
import typer
from krgboot.cli import labs
from krgboot.lab import claim, rack
claim.ask = lambda lab: {"server": "server", "pid": 1}
rack.enter = lambda pid, argv: argv
program = "import os; os.write(1, b'\\\\x1b[2Jone\\\\n'); os.write(2, b'\\\\x1b[2Jtwo\\\\n')"
try:
    labs._reach(None, "server", [sys.executable, "-c", program])
except typer.Exit as ended:
    sys.exit(ended.exit_code)
"""


def relayed(*, out: int, err: int) -> None:
    """Run a program whose two outputs have an escape sequence, and relay them to these descriptors."""
    subprocess.run([sys.executable, "-c", REACH], stdout=out, stderr=err, stdin=subprocess.DEVNULL, check=True)


def test_what_a_node_says_acts_on_no_terminal_and_stays_as_it_is_elsewhere(tmp_path: Path) -> None:
    for terminal in ("stdout", "stderr"):
        ours, theirs = pty.openpty()
        with (tmp_path / terminal).open("wb+") as file:
            if terminal == "stdout":
                relayed(out=theirs, err=file.fileno())
            else:
                relayed(out=file.fileno(), err=theirs)
            os.close(theirs)
            shown = os.read(ours, 4096)
            os.close(ours)
            file.seek(0)
            kept = file.read()
        assert b"\x1b" not in shown
        assert b"\\x1b[2J" in shown
        assert kept == b"\x1b[2J" + (b"two\n" if terminal == "stdout" else b"one\n")


def test_a_usage_error_says_what_may_be_said() -> None:
    usage = subprocess.run(
        [sys.executable, "-m", "krgboot", "image", "run", "--network", "no\x1bne\\x", "spec", "a", "--", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert usage.returncode == output.USAGE
    assert "say none, outbound or host, and not no\\x1bne\\\\x" in usage.stderr
    usage = subprocess.run(
        [sys.executable, "-m", "krgboot", "image", "restore", "--devices", "x\x1b", "file", "directory"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert usage.returncode == output.USAGE
    assert "say none, standard or all, and not x\\x1b\n" in usage.stderr
