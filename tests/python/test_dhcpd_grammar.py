"""krgboot accepts the same dhcpd.conf files as dhcpd, statement by statement."""

from __future__ import annotations

import os
import re
import subprocess
from bisect import bisect_left
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


# Files that dhcpd -t accepts but that are as wrong as those it refuses: dhcpd misreads them, or crashes later.
_MISREAD, _DEADLY = "dhcpd.misread", "dhcpd.deadly"


def place(finding: krgboot.Diagnostic) -> tuple[int, int]:
    return finding.where.position.line, finding.where.position.column


def is_near(text: str, lines: Sequence[int], told: int) -> bool:
    """Whether dhcpd reports one of these lines; its line number may be off by one word, and it skips blank lines."""
    full = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*[^\s#]", line)]
    return any(abs(bisect_left(full, line) - bisect_left(full, told)) <= 1 for line in lines)


def disagreement(text: str, status: int, said: str) -> str:
    """Compare krgboot's findings for a text with status and output of ``dhcpd -t``; return "" if they agree."""
    errors = errors_in(text)
    if any(error.code == _MISREAD for error in errors):
        return ""
    deadly = {place(error) for error in errors if error.code == _DEADLY}
    if deadly and all(place(error) in deadly for error in errors):
        # Depending on the statement, it crashes at its start or at the first request.
        return "" if status <= 0 else "dhcpd refuses it"
    if bool(errors) != (status != 0):
        return "only one of them takes it"
    line = re.search(r"\.conf line (\d+): ", said)
    if not line or {error.code for error in errors} == {"dhcpd.unclosed_brace"}:  # dhcpd reports the end of the file
        return ""
    lines = [error.where.position.line for error in errors]
    if len(errors) == 1 and errors[0].code == "dhcpd.missing_semicolon" and lines[0] > int(line[1]):
        return "dhcpd misses the ';' further up"
    return "" if is_near(text, lines, int(line[1])) else "they tell other lines"


def disagreements(directory: Path, texts: Sequence[str]) -> list[str]:
    """Run dhcpd on each text; return those for which krgboot's result differs."""
    leases = directory / "leases"
    leases.touch()

    def answer(numbered: tuple[int, str]) -> tuple[int, str]:
        number, text = numbered
        file = directory / f"{number}.conf"
        file.write_text(text)
        argv = [str(krgboot.find_program("dhcpd")), "-t", "-cf", str(file), "-lf", str(leases)]
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
        file.unlink()
        return done.returncode, done.stderr

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(answer, enumerate(texts)))
    found = []
    for text, (status, said) in zip(texts, answers, strict=True):
        if how := disagreement(text, status, said):
            ours = [str(error) for error in errors_in(text)] or "taken"
            found.append(f"{how}:\n{text}\nkrgboot: {ours}\ndhcpd: {said if status else 'taken'}")
    return found


def test_every_kind_of_statement_everywhere(tmp_path: Path) -> None:
    texts = dhcpd_corpus.statements()
    assert len(texts) > 9000
    assert disagreements(tmp_path, texts if WHOLE else texts[::3]) == []


def test_whole_files_with_one_slip_each(tmp_path: Path) -> None:
    wholes = dhcpd_corpus.wholes()
    assert [error for text in wholes for error in errors_in(text)] == []
    texts = [slip for text in wholes for slip in dhcpd_corpus.slips(text, 5000 if WHOLE else 400)]
    assert disagreements(tmp_path, [*wholes, *texts]) == []


@pytest.mark.parametrize(
    ("text", "code", "place", "said"),
    [
        ("authoritative;\noption routers 10.0.0.1\nhost a { }\n", "dhcpd.missing_semicolon", (2, 24), 'and "host"'),
        ("option nameserver 10.0.0.1;\n", "dhcpd.unknown_option", (1, 8), "did you mean domain-name-servers?"),
        ("option domain-nam-servers 10.0.0.1;\n", "dhcpd.unknown_option", (1, 8), "did you mean domain-name-servers?"),
        ("max-lease-tme 5;\n", "dhcpd.unknown_statement", (1, 1), "did you mean max-lease-time?"),
        ("filename pxelinux.0;\n", "dhcpd.not_quoted", (1, 18), "filename wants a string in quotes"),
        ("option root-path /srv;\n", "dhcpd.not_quoted", (1, 18), "root-path wants a string in quotes"),
        ("default-lease-time 10m;\n", "dhcpd.bad_value", (1, 20), "a number of seconds for default-lease-time"),
        ("zone a. { primary 127.0.0.1; key k; }\n", "dhcpd.unknown_key", (1, 34), 'key "k" is not declared above'),
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
    for secret in ("secret hush!hush;", "SECRET hush * hush;", 'Secret hush "hush!";'):
        (error, *_) = errors_in(f"key k {{ algorithm hmac-md5; {secret} }}\n")
        assert "hush" not in str(error)
