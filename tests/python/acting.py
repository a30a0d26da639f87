"""Characters that control a terminal or change how text looks, by Unicode's own table: an oracle without krgboot."""

from __future__ import annotations

import unicodedata

# Controls, surrogates, line and paragraph separators. Also bidirectional controls and noncharacters, see below.
_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTIONS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI", "BN"}
_MARKS = {
    "\u061c",
    "\u200e",
    "\u200f",
}  # Bidi_Control too, although they count as letters


def acting(text: str, *, lines: bool) -> list[str]:
    """The active characters. ``lines``: newlines and tabs are allowed."""
    return sorted({character for character in text if _acts(character) and not (lines and character in "\n\t")})


def _acts(character: str) -> bool:
    return (
        unicodedata.category(character) in _CATEGORIES
        or unicodedata.bidirectional(character) in _DIRECTIONS
        or character in _MARKS
        or ord(character) & 0xFFFE == 0xFFFE  # noncharacters, like these:
        or 0xFDD0 <= ord(character) <= 0xFDEF
    )
