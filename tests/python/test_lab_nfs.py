"""exportfs's table of the applied files, as the lab edits it for rpc.mountd. (tests/boot runs nfsd.)"""

from __future__ import annotations

import re

import exportfs_oracle as oracle
import pytest
from krgboot.lab.nfs import number_exports, serves_udp

unavailable = oracle.unavailable()


@pytest.mark.parametrize(
    ("version", "udp"),
    [("4.3", True), ("2.8.4", True), ("4-dev.73", True), ("5.0", False), ("6.5", False), ("10.1", False), ("", False)],
)
def test_versions_of_ganesha_that_serve_udp(version: str, udp: bool) -> None:
    assert serves_udp(version) is udp


def numbers(etab: str, *images: str) -> dict[tuple[str, str], str]:
    """Return the fsid of each entry by path, in its written form, and client."""
    found = {}
    for line in number_exports(etab, images).splitlines():
        path, _, rest = line.partition("\t")
        (fsid,) = re.findall(r"[(,]fsid=([^,)]*)", rest)
        assert rest.endswith(")")
        found[path, rest.partition("(")[0]] = fsid
    return found


def test_each_path_has_one_number() -> None:
    etab = (
        "/srv/a\t10.0.0.1(ro,sec=sys,ro)\n"
        "/srv/a\t10.0.0.2/31(rw,sec=sys,rw)\n"
        "/srv/a/home\t10.0.0.1(rw)\n"
        "/srv/b\t*(rw)\n"
    )
    assert numbers(etab, "/srv/a", "/srv/b") == {
        ("/srv/a", "10.0.0.1"): "1",
        ("/srv/a", "10.0.0.2/31"): "1",
        ("/srv/a/home", "10.0.0.1"): "2",
        ("/srv/b", "*"): "3",
    }
    assert number_exports("/srv/b\t*(rw)\n", ["/srv/b"]) == "/srv/b\t*(rw,fsid=1)\n"
    assert number_exports("", ["/srv/b"]) == ""


def test_numbers_that_are_there_stay_and_are_nobody_elses() -> None:
    etab = (
        "/srv/a\t10.0.0.1(rw)\n/srv/b\t10.0.0.1(rw,fsid=1,sec=sys)\n/srv/c\t10.0.0.1(fsid=0)\n"
        "/srv/d\t10.0.0.1(rw,fsid=9cd5ea75-7a6d-4f2b-9ec5-3a3cb6f5e8a1)\n/srv/e\t10.0.0.1(rw,xfsid=3)\n"
    )
    found = numbers(etab.replace("xfsid=3", "sec=fsid"), "/srv/a", "/srv/b", "/srv/c", "/srv/d", "/srv/e")
    assert [number for (path, _), number in sorted(found.items())] == [
        *("2", "1", "0", "9cd5ea75-7a6d-4f2b-9ec5-3a3cb6f5e8a1", "3")
    ]


def test_what_is_in_no_image_is_left_out() -> None:
    etab = "/srv/a\t*(rw)\n/srv/ab\t*(rw)\n/srv\t*(rw)\n/\t*(rw)\n/etc\t*(ro)\n/srv/a/home\t*(rw)\n"
    assert set(numbers(etab, "/srv/a")) == {("/srv/a", "*"), ("/srv/a/home", "*")}


@pytest.mark.skipif(unavailable is not None, reason=f"NOT TESTED: {unavailable}")
def test_paths_as_exportfs_writes_them() -> None:
    exports = '"/srv/a b" 10.0.0.1(rw)\n"/srv/a b/größe" 10.0.0.1(rw)\n/srv/a 10.0.0.1(rw)\n'
    etab = oracle.ask(exports).etab.decode()
    assert "\\040" in etab
    assert sorted(numbers(etab, "/srv/a b").values()) == ["1", "2"]
    assert len(numbers(etab, "/srv/a b/größe")) == 1
    # exportfs reads the edited table back unchanged.
    numbered = number_exports(etab, ["/srv/a b", "/srv/a"])
    listed = oracle.ask("", "-s", etab=numbered.encode()).output
    assert sorted(re.findall(r"fsid=(\d+)", listed)) == ["1", "2", "3"]
