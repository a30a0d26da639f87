"""The real exportfs still gives tests/golden/exports/oracle.json; the C++ tests compare krgboot with that file."""

import json

import exportfs_oracle
import pytest

REASON = exportfs_oracle.unavailable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

GOLDEN = json.loads(exportfs_oracle.GOLDEN.read_text())


def test_every_answer_is_still_given() -> None:
    answers = exportfs_oracle.answered(GOLDEN)
    for part in GOLDEN:
        assert answers[part] == GOLDEN[part]


@pytest.mark.parametrize("example", GOLDEN["quoting"], ids=lambda example: example["word"])
def test_a_quoted_word_is_read_back(example: dict[str, str]) -> None:
    entry = example["word"].encode("latin-1") + b" 10.0.0.1(rw)\n"
    etab = exportfs_oracle.ask(entry).etab.decode("latin-1")
    assert exportfs_oracle.unescaped(etab.split("\t")[0]) == bytes.fromhex(example["path"])


def test_a_fault_ends_its_own_file_only() -> None:
    answer = exportfs_oracle.ask(
        "/krgboot-oracle/a 10.0.0.1(ro)\n",
        drop_ins={
            "krgboot-a.exports": "/krgboot-oracle/b 10.0.0.1(bogus)\n/krgboot-oracle/c 10.0.0.1(ro)\n",
            "krgboot-b.exports": "/krgboot-oracle/d 10.0.0.1(ro)\n",
        },
    )
    paths = sorted(line.split("\t")[0] for line in answer.etab.decode().splitlines())
    assert paths == ["/krgboot-oracle/a", "/krgboot-oracle/d"]
    assert answer.status == 1
