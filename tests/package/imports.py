"""Imports every module of krgboot, and prints those that need a package which is not installed.

Arguments: packages to hide.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

for hidden in sys.argv[1:]:
    sys.modules[hidden] = None  # type: ignore[assignment]  # then an import of it fails

import krgboot  # noqa: E402

for module in pkgutil.walk_packages(krgboot.__path__, "krgboot."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("krgboot"):
            raise
        print(module.name)
