"""Generates the type stubs of krgboot._core from the installed module."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from staging import SOURCE

STUBS = SOURCE / "bindings" / "krgboot" / "_core.pyi"

# Regular expressions for the output of pybind11-stubgen, and their replacements, which mypy --strict needs.
_MENDED = (
    # A copy is of the same class.
    (r"def (__copy__|__deepcopy__)\(self(, memo: typing\.Any)?\) -> typing\.Any:", r"def \1(self\2) -> typing.Self:"),
    # Members of an enum are values, and its constructor is enum's own.
    (r"^(    \w+): typing\.ClassVar\[\w+\]$", r"\1 = ..."),
    (r"^    @classmethod\n    def __new__\(cls, value\):\s+\.\.\.\n", ""),
    # Any two objects may be compared.
    (r"def __eq__\(self, arg0: [\w.]+\)", "def __eq__(self, arg0: object)"),
    # A mutable class that compares by value has no hash; same form as in typeshed.
    (
        r"^    __hash__: typing\.ClassVar\[None\] = None$",
        "    __hash__: typing.ClassVar[None]  # type: ignore[assignment]",
    ),
    (r"os\.PathLike\b(?!\[)", "os.PathLike[str]"),
    # Constants are tuples of texts.
    (r"^([A-Z_]+): tuple = .*$", r"\1: tuple[str, ...]"),
    # Some classes have a method of that name.
    (r"(?<![\w.])list\[", "builtins.list["),
    (r": (\w+) = None\b", r": \1 | None = None"),
    (r"^from __future__ import annotations\n", "from __future__ import annotations\n\nimport builtins\n"),
)


def generate() -> str:
    """Run pybind11-stubgen and return the stubs' text. Raises CalledProcessError if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pybind11_stubgen", "krgboot._core", "--exit-code", "--output-dir", folder]
        subprocess.run(command, check=True, capture_output=True, text=True)
        text = (Path(folder) / "krgboot" / "_core.pyi").read_text()
    for pattern, replacement in _MENDED:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(STUBS), "-"],
        check=True,
        capture_output=True,
        text=True,
        input=text,
        cwd=SOURCE,
    )
    return formatted.stdout
