"""What krgboot takes for a dhcpd.conf is what dhcpd takes, statement by statement."""

from __future__ import annotations

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import dhcpd_corpus
import krgboot
import pytest
from krgboot import Severity
from matrix import WHOLE
from staging import needs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = needs("dhcpd")


def errors_in(text: str) -> list[krgboot.Diagnostic]:
    empty = {"/dev/null": ""}
    found = krgboot.dhcpd_check(text, "dhcpd.conf", empty.get)
    return [finding for finding in found if finding.severity == Severity.error]


def disagreements(directory: Path, texts: Sequence[str]) -> list[str]:
    """Ask dhcpd of each text; return those of which krgboot says otherwise."""
    leases = directory / "leases"
    leases.touch()

    def refusal(numbered: tuple[int, str]) -> str:
        number, text = numbered
        file = directory / f"{number}.conf"
        file.write_text(text)
        argv = [str(krgboot.find_program("dhcpd")), "-t", "-cf", str(file), "-lf", str(leases)]
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
        file.unlink()
        return "" if done.returncode == 0 else done.stderr or f"status {done.returncode}"

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        refusals = list(pool.map(refusal, enumerate(texts)))
    found = []
    for text, refused in zip(texts, refusals, strict=True):
        ours = errors_in(text)
        if bool(ours) != bool(refused):
            found.append(f"{text}\nkrgboot: {[str(error) for error in ours] or 'taken'}\ndhcpd: {refused or 'taken'}")
    return found


def test_every_kind_of_statement_everywhere(tmp_path: Path) -> None:
    texts = dhcpd_corpus.statements()
    assert len(texts) > 4000
    assert disagreements(tmp_path, texts if WHOLE else texts[::3]) == []


def test_whole_files_with_one_slip_each(tmp_path: Path) -> None:
    wholes = dhcpd_corpus.wholes()
    assert [error for text in wholes for error in errors_in(text)] == []
    texts = [slip for text in wholes for slip in dhcpd_corpus.slips(text, 5000 if WHOLE else 400)]
    assert disagreements(tmp_path, [*wholes, *texts]) == []


@pytest.mark.parametrize(
    ("text", "code", "place", "said"),
    [
        ("authoritative;\noption routers 10.0.0.1\nhost a { }\n", "dhcpd.missing_semicolon", (2, 24), '"host" follows'),
        ("option nameserver 10.0.0.1;\n", "dhcpd.unknown_option", (1, 8), "did you mean domain-name-servers?"),
        ("option domain-nam-servers 10.0.0.1;\n", "dhcpd.unknown_option", (1, 8), "did you mean domain-name-servers?"),
        ("max-lease-tme 5;\n", "dhcpd.unknown_statement", (1, 1), "did you mean max-lease-time?"),
        ("filename pxelinux.0;\n", "dhcpd.not_quoted", (1, 18), "filename wants a string in quotes"),
        ("option root-path /srv;\n", "dhcpd.not_quoted", (1, 18), "root-path wants a string in quotes"),
        ("default-lease-time 10m;\n", "dhcpd.bad_value", (1, 20), "a number of seconds for default-lease-time"),
        ("zone a. { primary 127.0.0.1; key k; }\n", "dhcpd.unknown_key", (1, 34), 'no key "k" above'),
        ("option x.y 5;\n", "dhcpd.unknown_space", (1, 10), "`option space x;` defines it"),
        ("uid 01:02;\n", "dhcpd.misplaced", (1, 1), "uid stands outside of a host"),
    ],
)
def test_it_is_said_where_and_what(text: str, code: str, place: tuple[int, int], said: str) -> None:
    (error, *_) = errors_in(text)
    position = error.where.position
    assert (error.code, (position.line, position.column)) == (code, place)
    assert said in f"{error.message}; {error.hint}"


def test_no_secret_is_shown() -> None:
    text = "key k { algorithm hmac-md5; secret hush!hush; }\n"
    (error, *_) = errors_in(text)
    assert not re.search("hush!hush|hush", str(error))
