"""/usr/bin/krgbootctl runs the directory that this file is in: see bindings/launcher/krgbootctl.cpp."""

from __future__ import annotations

from krgboot.cli import main

if __name__ == "__main__":
    main()
