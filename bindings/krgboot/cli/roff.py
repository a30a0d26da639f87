"""Manual pages as text: the macros of man(7), with everything else escaped."""

from __future__ import annotations

import os
import textwrap
import time
from typing import TYPE_CHECKING

import krgboot

if TYPE_CHECKING:
    from collections.abc import Iterable

# Characters that roff would interpret, or would print as another character. Copied from the page, an option must work.
_ESCAPES = str.maketrans(
    {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"}
)


def plain(text: str) -> str:
    """Escape a text."""
    return text.translate(_ESCAPES)


def bold(text: str) -> str:
    """Escape a text; make it bold."""
    return rf"\fB{plain(text)}\fR"


def italic(text: str) -> str:
    """Escape a text; make it italic."""
    return rf"\fI{plain(text)}\fR"


def reference(name: str, section: int) -> str:
    """Return the usual form of a reference to a page."""
    return f"{bold(name)}({section})"


class Page:
    """A manual page. The texts that its methods take are roff: use the functions above."""

    def __init__(self, name: str, section: int, summary: str) -> None:
        self.name = name
        self.section = section
        # A build can be repeated with the same result: see the specification of SOURCE_DATE_EPOCH.
        changed = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
        date = time.strftime("%Y-%m-%d", changed)  # not escaped: mandoc reads it
        self._lines = [f'.TH "{plain(name)}" {section} {date} "krgboot {krgboot.__version__}"']
        self.heading("NAME")
        # One line, without fonts: the index of whatis(1) reads it.
        self._lines.append(rf"{plain(name)} \- {plain(summary)}")

    def heading(self, text: str) -> None:
        """Begin a section."""
        self._lines.append(f'.SH "{plain(text)}"')

    def paragraph(self, text: str) -> None:
        """Add a paragraph."""
        self._begin()
        self._add(text)

    def item(self, tag: str, *texts: str) -> None:
        """Add an item of a list: a tag, and indented texts, each on a new line."""
        self._lines += [".TP", tag]
        for number, text in enumerate(texts):
            if number:
                self._lines.append(".br")
            self._add(text)

    def bullet(self, text: str) -> None:
        """Add an item of a list without tags."""
        self._lines.append(r".IP \(bu 2")
        self._add(text)

    def literal(self, text: str) -> None:
        """Add lines, not roff, that stay as they are."""
        self._begin()
        self._lines += [".EX", *map(_line, map(plain, text.splitlines())), ".EE"]

    def see_also(self, references: Iterable[str]) -> None:
        """Add the last section."""
        self.heading("SEE ALSO")
        self._add(", ".join(references))

    def __str__(self) -> str:
        return "\n".join([*self._lines, ""])

    def _begin(self) -> None:
        if not self._lines[-1].startswith(".SH"):  # which begins a paragraph
            self._lines.append(".PP")

    def _add(self, text: str) -> None:
        wrapped = textwrap.wrap(text, 78, break_long_words=False, break_on_hyphens=False)
        self._lines += map(_line, wrapped)


def _line(text: str) -> str:
    """Return a line of text that is not a request; an apostrophe cannot begin it, since it is escaped."""
    return rf"\&{text}" if text.startswith(".") else text
