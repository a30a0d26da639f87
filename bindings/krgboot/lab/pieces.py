"""Escapes foreign output for terminals and log files, piece by piece as it arrives."""

from __future__ import annotations

import re

from krgboot import visible

# Endings that need more data: an incomplete character, carriage returns, and the backslashes before them or at the end.
_UNFINISHED = re.compile(rb"(?:\\*(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2}|\r+)|\\+)\Z")
_LINE_END = re.compile(rb"\r+\n")
_MOST_HELD = 4096  # longer runs of backslashes or carriage returns are not held back


class Pieces:
    """Escapes a stream of bytes, like ``krgboot.visible`` for whole texts.

    ``console``: lines end with carriage returns and a line feed, as on a serial line; drops those carriage returns.
    """

    def __init__(self, *, console: bool = False) -> None:
        self._console = console
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Return the escaped text that is complete so far."""
        data = self._held + data
        unfinished = _UNFINISHED.search(data[-_MOST_HELD:])
        length = len(unfinished[0]) if unfinished and len(unfinished[0]) < _MOST_HELD else 0
        self._held = data[len(data) - length :]
        return self._shown(data[: len(data) - length])

    def end(self) -> bytes:
        """Return the rest."""
        rest, self._held = self._held, b""
        return self._shown(rest)

    def _shown(self, data: bytes) -> bytes:
        if self._console:
            data = _LINE_END.sub(b"\n", data)
        return visible(data.decode(errors="surrogateescape"), lines=True).encode()
