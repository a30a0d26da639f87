"""The house's floors: who may include whom. This is the one place where the table stands as data."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
LIBRARY = TOP / "libkrgboot"

# Floor: the floors whose headers it may include besides its own, all of them below it.
BELOW: dict[str, set[str]] = {
    "base": set(),
    "net": {"base"},
    "model": {"base", "net"},
    "config": {"base", "net", "model"},
    "formats": {"base", "net", "model"},
    "plan": {"base", "net", "model", "formats"},
    "system": {"base"},
    "image": {"base", "net", "model", "system"},
    "apply": {"base", "net", "model", "formats", "plan", "system", "image"},
}

# Library: the only floors whose sources may include its headers. No public header may include any of them.
LIBRARIES: dict[str, set[str]] = {
    "fmt": set(BELOW),
    "nlohmann": set(BELOW),
    "yaml-cpp": {"config"},
    "dtl": {"plan"},
    "archive.h": {"image"},
    "archive_entry.h": {"image"},
    "openssl": {"image"},
    "zlib.h": {"image"},
}

# What is neither ours nor named above must be the standard library, or the C library and the kernel. The latter
# only for the floors that touch the machine (config reads one file); all others are pure.
SYSTEM_FLOORS = {"config", "system", "image", "apply"}
PURE_HEADERS = {"arpa/inet.h", "fnmatch.h", "netinet/in.h"}  # functions of their arguments alone

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<(?P<system>[^>]+)>|"(?P<own>[^"]+)")', re.MULTILINE)


def files(*folders: str) -> list[Path]:
    """Every header and source below the folders of libkrgboot."""
    return sorted(p for f in folders for p in (LIBRARY / f).rglob("*") if p.suffix in {".hpp", ".cpp"})


def floor_of(path: Path) -> str:
    """The folder that stands for the floor: the one below include/krgboot or src."""
    parts = path.relative_to(LIBRARY).parts
    return parts[2] if parts[0] == "include" else parts[1]


def includes(path: Path) -> Iterator[tuple[str, bool]]:
    """What a file includes, and whether it stands in quotes."""
    for match in INCLUDE.finditer(path.read_text(encoding="utf-8")):
        yield (match["own"], True) if match["own"] else (match["system"], False)


def faults(path: Path) -> list[str]:
    """Every include of a file that the table forbids."""
    floor, found = floor_of(path), []
    public = path.is_relative_to(LIBRARY / "include")
    for name, own in includes(path):
        parts = name.split("/")
        if own:
            if parts[0] == "krgboot":
                parts = parts[1:]
            elif public:
                found.append(f"{name}: a public header includes a private one")
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


@pytest.mark.parametrize("path", files("include", "src"), ids=lambda p: str(p.relative_to(LIBRARY)))
def test_includes_point_down_only(path: Path) -> None:
    assert floor_of(path) in BELOW
    assert faults(path) == []


def test_the_table_is_the_build_files_order() -> None:
    text = (LIBRARY / "CMakeLists.txt").read_text(encoding="utf-8")
    match = re.search(r"set\(KRGBOOT_FLOORS ([a-z ]+)\)", text)
    assert match
    order = match[1].split()
    assert order == list(BELOW)
    for floor, below in BELOW.items():
        assert all(order.index(lower) < order.index(floor) for lower in below)
        # Closed: what a floor's floors may see, it may see too.
        assert all(BELOW[lower] <= below for lower in below)


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
