"""Installs krgboot on a boot server that is a virtual machine, like pip, from the modules that these tests import."""

from __future__ import annotations

import compileall
import importlib.metadata
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import krgboot
import labs
import pytest
from packaging.requirements import Requirement

PLACE = "/opt/krgboot"
"""Its directory on that server, with its dependencies and shared libraries."""

ENVIRONMENT = ("env", f"PYTHONPATH={PLACE}", f"LD_LIBRARY_PATH={PLACE}/lib")
KRGBOOTCTL = (*ENVIRONMENT, "python3", "-m", "krgboot")

_PYTHON = {"bookworm": (3, 11), "trixie": (3, 13)}


def release() -> str:
    """Return the Debian release that krgboot was built for: the server uses the same."""
    lines = Path("/etc/os-release").read_text().splitlines()
    name = next((line.partition("=")[2] for line in lines if line.startswith("VERSION_CODENAME=")), "")
    if _PYTHON.get(name) != sys.version_info[:2]:
        pytest.skip(f"NOT TESTED: Debian {name or '?'} has no Python {sys.version_info[0]}.{sys.version_info[1]}")
    return name


def install(image: Path) -> Path:
    """Copy krgboot, its required distributions, and its libraries except the C library's; return the directory."""
    target = image / PLACE.lstrip("/")
    package = Path(krgboot.__file__).parent
    shutil.copytree(package, target / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _required():
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or []:
            if ".." not in file.parts and file.suffix != ".pyc":
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(distribution.locate_file(file)), target / file)
    compileall.compile_dir(target, quiet=1)
    (module,) = (target / package.name).glob("_core*.so")
    done = subprocess.run(["ldd", module], check=True, capture_output=True, text=True)
    (target / "lib").mkdir()
    for line in done.stdout.splitlines():
        name, _, path = line.partition(" => ")
        if path and not name.strip().startswith(("libc.", "libm.", "libpthread.", "libdl.", "librt.")):
            shutil.copy(path.split()[0], target / "lib")
    return target


def _required() -> set[str]:
    """Return the transitive requirements of the command."""
    project = tomllib.loads((labs.SOURCE / "pyproject.toml").read_text())["project"]
    waiting: list[str] = project["optional-dependencies"]["cli"]
    found: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name not in found:
            found.add(requirement.name)
            waiting += importlib.metadata.requires(requirement.name) or []
    return found
