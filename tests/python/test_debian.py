"""debian/ agrees with the rest of the tree: versions, licences, and the lists of debian-packages.txt."""

from __future__ import annotations

import re
import tomllib

from staging import SOURCE

CONTROL = (SOURCE / "debian/control").read_text(encoding="utf-8")


def section(name: str) -> set[str]:
    """Return the packages in a section of debian-packages.txt."""
    text = (SOURCE / "debian-packages.txt").read_text(encoding="utf-8")
    body = text.partition(f"[{name}]")[2].partition("\n[")[0].partition("\n")[2]
    return {line.split("#")[0].strip() for line in body.splitlines()} - {""}


def packages(field: str, of: str = "") -> set[str]:
    """Return the packages in a field of a package of debian/control; of alternatives, the first."""
    text = re.sub(r"^#.*\n", "", CONTROL, flags=re.MULTILINE)
    paragraph = next(each for each in text.split("\n\n") if (f"Package: {of}\n" if of else "Source: ") in f"{each}\n")
    match = re.search(rf"^{field}:(.*(?:\n .*)*)", paragraph, re.MULTILINE)
    assert match
    return {re.split(r"[ (|]", each.strip())[0] for each in match[1].split(",") if each.strip()}


def test_the_lists_of_packages_agree() -> None:
    # The environment .venv is for the tree alone; the build takes pip from Debian, and debhelper.
    own = {"debhelper-compat", "dh-sequence-python3", "python3-pip"}
    assert packages("Build-Depends") - own == section("build") - {"python3-venv"}
    assert packages("Recommends", "krgboot") == section("run")
    assert packages("Depends", "krgboot-lab") - {"krgboot", "${misc:Depends}"} == section("lab")


def test_the_daemons_that_are_suggested_are_those_of_the_readme() -> None:
    match = re.search(r"`apt install ([^`]*)`", (SOURCE / "README.md").read_text(encoding="utf-8"))
    assert match
    assert set(match[1].split()) - section("run") == packages("Suggests", "krgboot") - {"krgboot-lab"}


def test_versions_agree() -> None:
    match = re.search(r"project\(krgboot VERSION ([0-9.]+)", (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8"))
    assert match
    changelog = (SOURCE / "debian/changelog").read_text(encoding="utf-8")
    assert changelog.startswith(f"krgboot ({match[1]}) ")
    assert f"Package: libkrgboot{match[1].rpartition('.')[0]}\n" in CONTROL


def pinned(name: str) -> dict[str, str]:
    """Return the packages of PyPI in a file of debian/, with their versions."""
    text = (SOURCE / "debian" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([0-9.]+)", text, re.MULTILINE))


def test_the_pinned_libraries_are_those_of_pyproject() -> None:
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split("[><=]", each)[0] for each in project["project"]["optional-dependencies"]["cli"]}
    assert wanted <= set(pinned("python-command.txt"))
    assert set(pinned("python-build.txt")) == {"pybind11"}


def test_every_library_in_the_package_has_its_licence_in_the_list() -> None:
    listed = (SOURCE / "debian/copyright").read_text(encoding="utf-8")
    for name in pinned("python-command.txt"):
        module = {"markdown-it-py": "markdown_it"}.get(name, name.replace("-", "_"))
        assert re.search(rf"krgbootctl/{module}(/\*|\.py)", listed), name
