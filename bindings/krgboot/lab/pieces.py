"""What somebody else writes, piece by piece as it comes, made fit for a terminal, and files that are shown there."""

from __future__ import annotations

import re

from krgboot import visible

# What cannot be judged before more is there: the beginning of a character, carriage returns, and the backslashes before
# them or at the end.
_UNFINISHED = re.compile(rb"(?:\\*(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2}|\r+)|\\+)\Z")
_LINE_END = re.compile(rb"\r+\n")
_MOST_HELD = 4096  # backslashes or carriage returns; whoever writes more of them in a row is not waited for


class Pieces:
    """Makes bytes visible, as ``krgboot.visible`` does with whole texts.

    ``console``: lines end in carriage returns and a line feed, as on a serial line; the former are left out there.
    """

    def __init__(self, *, console: bool = False) -> None:
        self._console = console
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Return what can be shown by now."""
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
