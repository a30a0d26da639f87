"""The console blocks of README.md show the real output of the commands.

Each `$ krgbootctl …` in a console block is run, in order, on a test root in place of build/quickstart/root.
tests/approve updates the output in the file.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import krgboot
from staging import EXAMPLES, SOURCE, krgbootctl, make_root

README = SOURCE / "README.md"
QUICKSTART_ROOT = "build/quickstart/root"


def test_readme_shows_real_output(tmp_path: Path) -> None:
    root = make_root(tmp_path, krgboot.load(EXAMPLES["debian"]))

    def block(match: re.Match[str]) -> str:
        shown: list[str] = []
        for line in match[1].splitlines():
            if not line.startswith("$ "):
                continue
            shown.append(line)
            program, *arguments = shlex.split(line[2:])
            if program != "krgbootctl":
                continue
            arguments = [str(root) if word == QUICKSTART_ROOT else word for word in arguments]
            result = krgbootctl(*arguments, status=None)
            # In the order of a terminal: findings first, since Python flushes standard output at the end.
            text = (result.stderr + result.stdout).replace(str(root), QUICKSTART_ROOT)
            shown += [printed.rstrip() for printed in text.splitlines()]
        return "```console\n" + "\n".join(shown) + "\n```"

    os.chdir(SOURCE)
    text = README.read_text()
    real = re.sub(r"```console\n(.*?)\n```", block, text, flags=re.DOTALL)
    if os.environ.get("KRGBOOT_APPROVE") == "1":
        README.write_text(real)
        text = real
    assert text == real, "README.md shows something else than krgbootctl prints; see tests/approve"
