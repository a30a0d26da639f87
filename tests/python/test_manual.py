"""The manual pages and the completions of krgbootctl."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import krgboot
import pytest
from krgboot.cli import manual, roff
from krgboot.cli.app import app
from staging import needs
from test_terminal import commands

PAGES = {f"{page.name}.{page.section}": str(page) for page in manual.pages(app)}


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("share")
    subprocess.run([sys.executable, "-m", "krgboot.cli.share", directory], check=True)
    return directory


def said(*argv: object, **options: str) -> str:
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    return str(done.stdout + done.stderr)


def formatted(page: str) -> str:
    """Return a page as man(1) shows it, without bold and underlining."""
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-Kutf8", "-P-cbou", "-rLL=2000n"],
        input=page,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_command_has_a_page() -> None:
    groups = {"krgbootctl", *(f"krgbootctl-{name.split()[0]}" for name in commands() if " " in name)}
    expected = groups | {f"krgbootctl-{name.replace(' ', '-')}" for name in commands()}
    assert {f"{name}.1" for name in expected} | {"cluster.yaml.5"} == set(PAGES)


@needs("groff")
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_correct_roff(name: str) -> None:
    done = subprocess.run(
        ["groff", "-man", "-Kutf8", "-ww", "-z", "-Tutf8", "-rCHECKSTYLE=3"],
        input=PAGES[name],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert re.search(r"^\.SH \"NAME\"\n\S+ \\- \S.*[^.]$", PAGES[name], re.MULTILINE)


@needs("mandoc")
def test_mandoc_accepts_the_pages(share: Path) -> None:
    assert said("mandoc", "-T", "lint", "-W", "warning", *sorted((share / "man").rglob("*.[15]"))) == ""


@needs("groff")
def test_a_page_says_what_the_help_says() -> None:
    for command, page in (("plan", "krgbootctl-plan.1"), ("image restore", "krgbootctl-image-restore.1")):
        shown = said(
            sys.executable, "-m", "krgboot", *command.split(), "--help", env={"COLUMNS": "2000", "LC_ALL": "C.UTF-8"}
        )
        words = set(re.findall(r"\S+", re.sub(r"[╭╮╰╯│─*]", " ", shown))) - {"Usage:", "Arguments", "Options", "<bool>"}
        assert words - set(re.findall(r"\S+|-h", formatted(PAGES[page]).replace("-h, ", "-h "))) == set()


@needs("groff")
def test_the_reference_is_complete() -> None:
    page = " ".join(formatted(PAGES["cluster.yaml.5"]).split())
    for row in re.findall(r"^\| `.*\|$", krgboot.cluster.cluster_reference(), re.MULTILINE):
        key, *_, meaning, _ = (cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1])
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", meaning).replace("`", "").replace("\\|", "|")
        assert f"{key.strip('`')} {' '.join(plain.split())}" in page


@needs("groff")
def test_special_characters_are_printed_as_they_are() -> None:
    page = roff.Page("name", 1, "summary")
    text = r""".TH \fB --option='it''s' ~^`"x" a\nb | € """
    page.heading(text)
    page.paragraph(roff.plain(text))
    page.item(roff.bold(text), roff.plain(f"first {text}"), roff.italic(text))
    page.literal(f"{text}\n'{text}\n")
    shown = formatted(str(page))
    assert shown.count(text.strip()) == 7
    assert f"'{text}".rstrip() in shown


@pytest.mark.parametrize(
    ("shell", "path"),
    [
        ("bash", "bash-completion/completions/krgbootctl"),
        ("zsh", "zsh/vendor-completions/_krgbootctl"),
        ("fish", "fish/vendor_completions.d/krgbootctl.fish"),
    ],
)
def test_a_completion_is_correct(share: Path, shell: str, path: str) -> None:
    script = share / path
    assert "krgbootctl" in script.read_text(encoding="utf-8")
    if reason := needs(shell).kwargs["reason"]:
        pytest.skip(reason)
    assert said(shell, "--no-execute" if shell == "fish" else "-n", script) == ""
