"""NFS-Ganesha, configured by `ganesha_conf`, admits the clients that krgboot expects nfsd to admit."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import ganesha_oracle
import krgboot
import pytest

REASON = ganesha_oracle.unavailable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

SERVER = krgboot.Ipv4Address(ganesha_oracle.SERVER)
ADDRESSES = ("10.99.0.2", "10.99.0.3", "10.99.0.77", "10.99.1.2", "10.99.200.9")
PRIVILEGED = 700

# Each is one exports file; D stands for a directory that has a, a/b, a/b/c, ab, home and others.
FILES = {
    "precedence": """
        D/a *(ro,no_root_squash) 10.99.0.0/16(rw) 10.99.0.0/24(rw,no_root_squash) 10.99.0.2(ro,no_root_squash)
        D/ab 10.99.0.0/24(rw,no_root_squash) 10.99.0.0/16(ro)
    """,
    "nested": """
        D/a 10.99.0.2(ro) 10.99.1.0/24(rw,no_root_squash)
        D/a/b/c 10.99.0.3(ro)
        D/a/b 10.99.0.2(rw,no_root_squash) 10.99.200.9(ro)
    """,
    "squash": """
        D/a 10.99.0.2(rw,no_root_squash) 10.99.0.3(rw) 10.99.0.77(rw,all_squash,no_root_squash)
        D/ab 10.99.0.2(rw,anonuid=0) 10.99.0.3(ro,anonuid=0) 10.99.0.77(rw,all_squash,anonuid=0)
    """,
    "masks": """
        D/a 10.99.0.77/30(ro) 10.99.1.9/255.255.255.0(rw,no_root_squash) 10.99.200.9/32(ro) 10.99.0.2/0(ro)
        D/ab 0.0.0.0/0.0.0.0(ro)
        D/home
    """,
    "kerberos": """
        D/a 10.99.0.2(rw,sec=krb5) *(ro)
        D/ab gss/krb5(rw) 10.99.0.2(rw,no_root_squash,sec=sys:krb5p)
    """,
    "given twice": "D/a 10.99.0.2(ro)\nD/a/ 10.99.0.2(rw,no_root_squash) 10.99.0.3(ro)",
    "quoting": """
        D/a\\040b 10.99.0.2(ro)
        D/q\\042\\134q 10.99.0.3(ro)
        D/it's;}# 10.99.0.77(ro)
        D/it's\\042 10.99.0.2(ro)
        D/\xe4 10.99.1.2(ro)
    """,
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Directories to export: owned by root, not writable for others."""
    for name in ("a/b/c", "ab", "home", "a b", 'q"\\q', 'q"\\', "it's;}#", "it's\"", "\xe4"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def view_of(exports: str, tree: Path) -> krgboot.ExportsView:
    lines = (line.strip().replace("D/", f"{tree}/", 1) for line in exports.strip().splitlines())
    return krgboot.ExportsView([krgboot.ExportsTable.parse("".join(f"{line}\n" for line in lines), "exports")])


def paths_of(tree: Path) -> list[str]:
    return [str(tree), *sorted(map(str, tree.rglob("*")))]


def asked(kind: str, address: str, path: str, port: int = PRIVILEGED) -> dict[str, Any]:
    return {"ask": kind, "address": address, "path": path, "port": port}


def rights(view: krgboot.ExportsView, address: str, path: str) -> bool | None:
    """Return whether root on that machine may write to a directory of root; None if it cannot mount it."""
    verdict = view.would_allow(krgboot.Ipv4Address(address), path)
    if not verdict:
        return None
    squashed = verdict.root_squash or verdict.all_squash
    anonymous_root = verdict.entry is not None and "anonuid=0," in verdict.entry.effective
    return not verdict.read_only and (not squashed or anonymous_root)


def compare(view: krgboot.ExportsView, tree: Path) -> list[str]:
    """Return Ganesha's deviations from nfs-utils: MOUNT and writing, from every address, to every path."""
    conf = krgboot.ganesha_conf(view, SERVER)
    places = list(itertools.product(ADDRESSES, paths_of(tree)))
    questions = [asked("mount", *place) for place in places] + [asked("write", *place) for place in places]
    answers, log = ganesha_oracle.ask(conf.text, questions)
    assert "NFS SERVER INITIALIZED" in log
    assert " errors" not in log.split("NFS SERVER INITIALIZED")[0]
    expected = [rights(view, *place) for place in places]
    wanted = [0 if right is not None else 13 for right in expected] + expected
    return [
        f"{question}: {answer}, not {want}"
        for question, answer, want in zip(questions, answers, wanted, strict=True)
        if answer != want
    ]


@pytest.mark.parametrize("name", FILES)
def test_it_admits_whom_nfsd_would(name: str, tree: Path) -> None:
    assert compare(view_of(FILES[name], tree), tree) == []


def test_a_backslash_at_the_end(tree: Path) -> None:
    view = view_of("D/q\\042\\134 10.99.0.3(ro)\nD/a 10.99.0.2(ro)", tree)
    if ganesha_oracle.version() < (6,):
        assert compare(view, tree) == []
        return
    # Ganesha treats single quotes as part of the path, which then does not exist, and serves the other exports.
    questions = [asked("mount", "10.99.0.3", f'{tree}/q"\\'), asked("mount", "10.99.0.2", f"{tree}/a")]
    answers, log = ganesha_oracle.ask(krgboot.ganesha_conf(view, SERVER).text, questions)
    assert answers == [13, 0]
    assert f"Could not create export for ('{tree}/q\"\\')" in log


def test_it_admits_whom_nfsd_would_by_exports_at_random(tree: Path) -> None:
    chosen = random.Random(20)
    clients = [*ADDRESSES, "10.99.0.0/24", "10.99.0.0/25", "10.99.0.0/16", "10.99.0.64/26", "10.0.0.0/8", "*"]
    options = ["ro", "rw", "rw,no_root_squash", "rw,all_squash", "ro,anonuid=0", "rw,anonuid=0", "rw,sec=krb5"]
    for _ in range(12):
        lines = []
        for path in chosen.sample(["D/a", "D/a/b", "D/a/b/c", "D/ab", "D/home", "D/"], 4):
            few = chosen.sample(clients, chosen.randint(1, 5))
            lines.append(" ".join([path, *(f"{client}({chosen.choice(options)})" for client in few)]))
        exports = "\n".join(lines)
        assert compare(view_of(exports, tree), tree) == [], exports


def test_nobody_gets_more_where_ganesha_lacks_words(tree: Path) -> None:
    # Ganesha reads a name that begins with a digit as a number, and 0.0.0.0 as every client.
    view = view_of("D/a 2.example.org(ro) 10.99.0.0/16(rw,no_root_squash) *(ro)\nD/ab 0.0.0.0(rw)", tree)
    conf = krgboot.ganesha_conf(view, SERVER)
    assert [finding.code for finding in conf.diagnostics] == [
        "ganesha.client",
        "ganesha.after_client",
        "ganesha.client",
    ]
    questions = [asked("write", "10.99.0.2", f"{tree}/a"), asked("mount", "10.99.0.2", f"{tree}/ab")]
    questions.append(asked("mount", "10.99.0.2", f"{tree}/a"))
    answers, _ = ganesha_oracle.ask(conf.text, questions, hosts="10.99.0.2 2.example.org\n")
    # As a member of "everyone" the machine gets no more than by its own name.
    assert answers == [False, 13, 0]


def test_clients_by_name(tree: Path) -> None:
    view = view_of("D/a ssi2(rw,no_root_squash) *.example.org(ro)\nD/ab ssi[2-3].example.org(ro)", tree)
    conf = krgboot.ganesha_conf(view, SERVER)
    assert {finding.code for finding in conf.diagnostics} == {"ganesha.client_by_name"}
    hosts = "10.99.0.2 ssi2.example.org ssi2\n10.99.0.3 ssi3.example.org ssi3\n10.99.0.77 other.example.net\n"
    places = [(address, f"{tree}/{name}") for name in ("a", "ab") for address in ADDRESSES[:3]]
    answers, _ = ganesha_oracle.ask(conf.text, [asked("write", *place) for place in places], hosts=hosts)
    assert answers == [True, False, None, False, False, None]


def test_ports_above_1023(tree: Path) -> None:
    view = view_of("D/a 10.99.0.2(ro) 10.99.0.3(ro,insecure)", tree)
    questions = [
        asked("write", address, f"{tree}/a", port) for address in ADDRESSES[:2] for port in (PRIVILEGED, 50700)
    ]
    answers, log = ganesha_oracle.ask(krgboot.ganesha_conf(view, SERVER).text, questions)
    assert answers == [False, None, False, False]
    assert "Non-reserved Port 50700 is not allowed" in log


def test_nobody_finds_acls(tree: Path) -> None:
    """ACL calls of Ganesha 4.3 fail: a client that finds no ACL support copies files without ACLs."""
    conf = krgboot.ganesha_conf(view_of("D/a *(rw)", tree), SERVER).text
    nfs, acls = 100003, 100227
    questions = [{"ask": "takes", "address": ADDRESSES[0], "program": program, "version": 3} for program in (nfs, acls)]
    assert ganesha_oracle.ask(conf, questions)[0] == [True, False]


def test_version_4(tree: Path) -> None:
    view = view_of("D/a 10.99.0.2(ro)\nD/ab 10.99.0.3(rw)", tree)
    places = [(address, f"{tree}/{name}") for name in ("a", "a/b", "ab", "home") for address in ADDRESSES[:3]]
    answers, _ = ganesha_oracle.ask(
        krgboot.ganesha_conf(view, SERVER).text, [asked("walk", *place) for place in places]
    )
    assert answers == [0 if view.would_allow(krgboot.Ipv4Address(a), path) else 2 for a, path in places]


def test_version_4_begins_at_fsid_0(tree: Path) -> None:
    view = view_of(
        "D/a 10.99.0.2(ro,fsid=0) 10.99.0.3(ro)\nD/a/b 10.99.0.2(ro) 10.99.0.3(ro)\nD/ab 10.99.0.2(ro)", tree
    )
    questions = [asked("walk", "10.99.0.2", path) for path in ("/", "/b", "/b/c", "/ab", f"{tree}/a")]
    questions += [asked("walk", "10.99.0.3", "/b"), asked("mount", "10.99.0.3", f"{tree}/a")]
    questions.append(asked("mount", "10.99.0.2", f"{tree}/ab"))
    answers, _ = ganesha_oracle.ask(krgboot.ganesha_conf(view, SERVER).text, questions)
    assert [answer == 0 for answer in answers] == [True, True, True, False, False, False, True, True]


def test_the_log_tells_who_was_refused_and_only_that(tree: Path) -> None:
    view = view_of("D/a 10.99.0.2(ro)", tree)
    conf = krgboot.ganesha_conf(view, SERVER).text
    path = f"{tree}/a"

    def told(*questions: dict[str, Any]) -> list[str]:
        _, log = ganesha_oracle.ask(conf, list(questions))
        lines = log.split("SERVER INITIALIZED")[1].splitlines()
        return [line.split(" :INFO :", 1)[1] for line in lines if " :EXPORT :INFO :" in line]

    served = [asked(kind, "10.99.0.2", path) for kind in ("mount", "write", "walk")] * 5
    assert told(*served) == []
    mount, walk = told(asked("mount", "10.99.0.3", path)), told(asked("walk", "10.99.0.3", path))
    assert mount == [f"MOUNT: Export entry {path} does not allow access for client ::ffff:10.99.0.3"]
    assert walk == [f"Access not allowed on Export_Id 1 {path} for client ::ffff:10.99.0.3"]
