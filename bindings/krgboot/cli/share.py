"""Writes what a package of krgbootctl installs below /usr/share: manual pages, and completions for shells.

``python3 -m krgboot.cli.share DIRECTORY``, for a DIRECTORY that stands for /usr/share.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from krgboot.cli import manual
from krgboot.cli.app import app

_COMPLETIONS = {
    "bash": "bash-completion/completions/krgbootctl",
    "zsh": "zsh/vendor-completions/_krgbootctl",
    "fish": "fish/vendor_completions.d/krgbootctl.fish",
}

# zsh loads the file when it completes the command for the first time: then its function has to answer, too.
_FIRST_TIME = '\n_krgbootctl_completion "$@"\n'


def main(directory: Path) -> None:
    """Write all files below ``directory``."""
    for page in manual.pages(app):
        _write(directory / f"man/man{page.section}/{page.name}.{page.section}", str(page))
    for shell, path in _COMPLETIONS.items():
        _write(directory / path, _completion(shell) + (_FIRST_TIME if shell == "zsh" else "\n"))


def _completion(shell: str) -> str:
    """Return the script that krgbootctl itself prints for a shell, as programs that use typer do."""
    environment = {**os.environ, "_KRGBOOTCTL_COMPLETE": f"source_{shell}"}
    argv = [sys.executable, "-m", "krgboot"]
    return subprocess.run(argv, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 -m krgboot.cli.share DIRECTORY")
    main(Path(sys.argv[1]))
