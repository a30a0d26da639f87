"""The files that the wheel installs, and the symbols that it exports."""

import importlib.metadata
import re
import subprocess
from pathlib import Path

import krgboot
import krgboot._core

TOP = Path(__file__).resolve().parents[2]
PACKAGE = Path(krgboot.__file__).parent


def test_version_comes_from_the_project_line() -> None:
    match = re.search(r"project\(krgboot VERSION ([0-9.]+)", (TOP / "CMakeLists.txt").read_text(encoding="utf-8"))
    assert match
    assert importlib.metadata.version("krgboot") == match[1]


def test_the_installed_package_is_tested_not_the_source_tree() -> None:
    assert not PACKAGE.is_relative_to(TOP / "bindings")
    assert (PACKAGE / "py.typed").is_file()


def test_metadata() -> None:
    metadata = importlib.metadata.metadata("krgboot")
    assert metadata["License-Expression"] == "Apache-2.0"
    files = {str(file) for file in importlib.metadata.files("krgboot") or ()}
    assert any(file.endswith("licenses/LICENSE") for file in files)
    # The wheel has only the package and its metadata: no header, library or test.
    assert {
        file for file in files if not re.match(r"krgboot(-[0-9.]+\.dist-info)?/|\.\./\.\./\.\./bin/", file)
    } == set()
    assert [file for file in files if "/bin/" in file] == ["../../../bin/krgbootctl"]


def test_the_module_shows_its_entry_and_nothing_else_of_krgboot() -> None:
    listing = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--format=just-symbols", krgboot._core.__file__],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    # The compiler may export templates of the standard library; krgboot's own symbols never.
    assert [symbol for symbol in listing if not symbol.startswith("_ZNSt")] == ["PyInit__core"]
