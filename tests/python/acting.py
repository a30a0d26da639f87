"""What in a text acts on a terminal, or on the eye, by Unicode's own table: an oracle that knows nothing of krgboot."""

from __future__ import annotations

import unicodedata

# Controls, halves of pairs, separators of lines and paragraphs; what turns the direction, or is no character to see.
_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTIONS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI", "BN"}
_MARKS = {"\u061c", "\u200e", "\u200f"}  # Bidi_Control too, though they count as letters


def acting(text: str, *, lines: bool) -> list[str]:
    """The characters that act. ``lines``: newlines and tabs may be there."""
    return sorted({character for character in text if _acts(character) and not (lines and character in "\n\t")})


def _acts(character: str) -> bool:
    return (
        unicodedata.category(character) in _CATEGORIES
        or unicodedata.bidirectional(character) in _DIRECTIONS
        or character in _MARKS
        or ord(character) & 0xFFFE == 0xFFFE  # no characters, as are these:
        or 0xFDD0 <= ord(character) <= 0xFDEF
    )
