"""Include rules of the library's layers: checks the sources against floors.json, which the build files read too."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
LIBRARY = TOP / "libkrgboot"

# Layer: the other layers whose headers it may include, all below it.
BELOW: dict[str, set[str]] = {
    row["floor"]: set(row["may_include"]) for row in json.loads((LIBRARY / "floors.json").read_text(encoding="utf-8"))
}

# Library: the only layers whose sources may include its headers. No public header may include any of them.
LIBRARIES: dict[str, set[str]] = {
    "fmt": set(BELOW),
    "nlohmann": set(BELOW),
    "yaml-cpp": {"config"},
    "dtl": {"plan"},
    "archive.h": {"tree"},
    "archive_entry.h": {"tree"},
    "openssl": {"tree"},
    "zlib.h": {"tree", "image"},
}

# Other headers must be of the standard library, or of the C library and the kernel. The latter are allowed only in
# layers that use the machine (config reads one file); all other layers are pure.
SYSTEM_FLOORS = {"config", "system", "tree", "image", "apply"}
PURE_HEADERS = {"arpa/inet.h", "fnmatch.h", "netinet/in.h"}  # functions without side effects

# Headers for users of the library, which include those of many layers.
UMBRELLAS = {"krgboot/krgboot.hpp", "krgboot/tree.hpp"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<(?P<system>[^>]+)>|"(?P<own>[^"]+)")', re.MULTILINE)


def files(*folders: str) -> list[Path]:
    """Return every header and source below the folders of libkrgboot."""
    return sorted(p for f in folders for p in (LIBRARY / f).rglob("*") if p.suffix in {".hpp", ".cpp"})


def of_layers(paths: list[Path]) -> list[Path]:
    """Return those of the files that belong to a layer."""
    return [path for path in paths if path.parent != LIBRARY / "include/krgboot"]


def floor_of(path: Path) -> str:
    """Return the folder of a layer: the one below include/krgboot or src."""
    parts = path.relative_to(LIBRARY).parts
    return parts[2] if parts[0] == "include" else parts[1]


def includes(path: Path) -> Iterator[tuple[str, bool]]:
    """Return the includes of a file, and whether each is in quotes."""
    for match in INCLUDE.finditer(path.read_text(encoding="utf-8")):
        yield (match["own"], True) if match["own"] else (match["system"], False)


def faults(path: Path) -> list[str]:
    """Return every include of a file that the table forbids."""
    floor, found = floor_of(path), []
    public = path.is_relative_to(LIBRARY / "include")
    for name, own in includes(path):
        parts = name.split("/")
        if own:
            if parts[0] == "krgboot":
                parts = parts[1:]
            elif public:
                found.append(f"{name}: a public header includes a private one")
            if name in UMBRELLAS:
                found.append(f"{name}: for users of the library")
            target = parts[0] if len(parts) > 1 else floor
            if target != floor and target not in BELOW[floor] and name != "krgboot/version.hpp":
                found.append(f"{name}: {floor} may not look up to {target}")
        elif parts[0] in LIBRARIES:
            if public or floor not in LIBRARIES[parts[0]]:
                found.append(f"{name}: not for {'public headers' if public else floor}")
        elif len(parts) > 1 and not name.endswith(".h"):
            found.append(f"{name}: a library that the table does not know")
        elif name.endswith(".h") and floor not in SYSTEM_FLOORS and name not in PURE_HEADERS:
            found.append(f"{name}: {floor} is pure")
    return found


@pytest.mark.parametrize("path", of_layers(files("include", "src")), ids=lambda p: str(p.relative_to(LIBRARY)))
def test_includes_point_down_only(path: Path) -> None:
    assert floor_of(path) in BELOW
    assert faults(path) == []


def test_the_umbrellas_are_complete() -> None:
    public = {f"krgboot/{p.relative_to(LIBRARY / 'include/krgboot')}" for p in files("include")} | {
        "krgboot/version.hpp"
    }
    everything = {name for name, _ in includes(LIBRARY / "include/krgboot/krgboot.hpp")}
    assert everything == public - {"krgboot/krgboot.hpp"}
    archiver = {name for name, _ in includes(LIBRARY / "include/krgboot/tree.hpp")}
    # An initramfs is read for images, not archived.
    assert archiver == {name for name in public if name.startswith("krgboot/tree/")} - {"krgboot/tree/initramfs.hpp"}


def test_the_table_is_closed() -> None:
    order = list(BELOW)
    for floor, below in BELOW.items():
        assert all(order.index(lower) < order.index(floor) for lower in below)
        # A layer may also include what the layers below it may include.
        assert all(BELOW[lower] <= below for lower in below)


@pytest.mark.parametrize("folder", [*(f"libkrgboot/src/{f}" for f in BELOW), *(f"tests/cpp/{f}" for f in BELOW)])
def test_every_source_is_listed(folder: str) -> None:
    here = TOP / folder
    listed = re.findall(r"[\w/]+\.cpp", (here / "CMakeLists.txt").read_text(encoding="utf-8"))
    assert sorted(set(listed)) == sorted(str(p.relative_to(here)) for p in here.rglob("*.cpp"))


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("bindings", "src/*.cpp"),
        ("tests/python", "test_*.py"),
        ("tests/boot", "test_*.py"),
        ("tests/fuzz", "fuzz_*.cpp"),
    ],
)
def test_every_file_of_the_kind_is_listed(folder: str, pattern: str) -> None:
    here = TOP / folder
    text = (here / "CMakeLists.txt").read_text(encoding="utf-8")
    assert [str(p.relative_to(here)) for p in here.glob(pattern) if str(p.relative_to(here)) not in text] == []


def test_the_check_sees_what_it_forbids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "LIBRARY", tmp_path)
    header = tmp_path / "include/krgboot/net/x.hpp"
    source = tmp_path / "src/model/x.cpp"
    for path in (header, source):
        path.parent.mkdir(parents=True)
    header.write_text(
        '#include "krgboot/model/spec.hpp"\n#  include <fmt/format.h>\n#include "hex.hpp"\n#include <map>\n'
    )
    source.write_text(
        '#include "krgboot/net/x.hpp"\n#include <yaml-cpp/yaml.h>\n#include <boost/x.hpp>\n#include <fcntl.h>\n'
    )
    assert [fault.split(":")[0] for fault in faults(header)] == [
        "krgboot/model/spec.hpp",
        "fmt/format.h",
        "hex.hpp",
    ]
    assert [fault.split(":")[0] for fault in faults(source)] == ["yaml-cpp/yaml.h", "boost/x.hpp", "fcntl.h"]


def test_headers_that_are_named_are_there() -> None:
    named = re.compile(r"\bkrgboot/[a-z_/]+\.hpp\b")
    headers = {f"krgboot/{p.relative_to(LIBRARY / 'include/krgboot')}" for p in files("include")} | {
        "krgboot/version.hpp"
    }
    missing = [
        f"{path.relative_to(TOP)}: {name}"
        for folder in ("libkrgboot", "bindings", "tests", "examples")
        for path in sorted((TOP / folder).rglob("*"))
        if path.suffix in {".md", ".hpp", ".cpp", ".py"} and path != Path(__file__)
        for name in named.findall(path.read_text(encoding="utf-8", errors="replace"))
        if name not in headers
    ]
    assert missing == []
