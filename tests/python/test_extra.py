"""`import krgboot` needs no other package; krgbootctl needs those of the extra "cli"."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys

from staging import SOURCE

# What the extra installs, with all that it needs.
HIDDEN = ("annotated_types", "markdown_it", "pydantic", "pydantic_core", "pygments", "rich", "shellingham", "typer")


def test_the_package_requires_nothing() -> None:
    required = importlib.metadata.requires("krgboot") or []
    assert [each for each in required if "extra ==" not in each] == []
    assert {re.split(r"[^a-z]", each)[0] for each in required} == {"rich", "typer"}


def test_every_module_but_those_of_the_command_works_without_the_extra() -> None:
    program = [sys.executable, SOURCE / "tests/package/imports.py", *HIDDEN]
    lacking = subprocess.run(program, capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in lacking if not name.startswith("krgboot.cli.")] == ["krgboot.lab.display"]


def test_krgbootctl_says_what_to_install() -> None:
    for package in ("rich", "typer", "typer.exceptions"):
        code = f"import sys, runpy; sys.modules[{package!r}] = None; runpy.run_module('krgboot', run_name='__main__')"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        start = f"error: krgbootctl needs more Python packages, {package}[a-z.]* is missing: "
        assert re.fullmatch(start + r"pip install 'krgboot\[cli\]' .*\n", done.stderr)
