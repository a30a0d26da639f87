"""Writes what a package of krgbootctl installs below /usr/share: manual pages, and completions for shells.

``python3 -m krgboot.cli.share DIRECTORY``, for a DIRECTORY that stands for /usr/share.
"""

from __future__ import annotations

import sys
from pathlib import Path

from typer.completion import get_completion_script

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
        script = get_completion_script(prog_name="krgbootctl", complete_var="_KRGBOOTCTL_COMPLETE", shell=shell)
        _write(directory / path, script + (_FIRST_TIME if shell == "zsh" else "\n"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 -m krgboot.cli.share DIRECTORY")
    main(Path(sys.argv[1]))
