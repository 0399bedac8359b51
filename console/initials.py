"""Pinyin initials of names: ``zfsz`` for 执法三组. The library is loaded in a thread when the command bar opens."""

import asyncio
import os
from collections.abc import Iterable
from itertools import product

WAYS_MOST = 8
"""Readings kept of one name: several characters are read in more than one way (重 is ``z`` or ``c``)."""
NAMES_MOST = 20_000
"""Names kept; beyond these all are read anew."""


class Initials:
    """Knows nothing before it is loaded; then answers for any name."""

    def __init__(self) -> None:
        self._loaded = False
        self._letters: dict[str, str] = {}
        self._names: dict[str, str] = {}

    async def load(self, names: Iterable[str]) -> None:
        """Load in a thread, and read these names ahead."""
        await asyncio.to_thread(self._read_ahead, list(names))
        self._loaded = True

    def of(self, name: str) -> str:
        """Return the initials of a name, its readings parted by spaces; empty before all is loaded."""
        if not self._loaded:
            return ""
        known = self._names.get(name)
        if known is None:
            if len(self._names) >= NAMES_MOST:
                self._names.clear()
            known = self._names[name] = self._read(name)
        return known

    def _read_ahead(self, names: list[str]) -> None:
        for name in names[:NAMES_MOST]:
            self._names[name] = self._read(name)

    def _read(self, name: str) -> str:
        ways = [letters for letters in (self._of_character(c) for c in name.casefold()) if letters]
        several = 1
        for i, letters in enumerate(ways):
            several *= len(letters)
            if several > WAYS_MOST:
                several //= len(letters)
                ways[i] = letters[0]
        return " ".join("".join(way) for way in product(*ways))

    def _of_character(self, character: str) -> str:
        """Return the letters a character may begin with; letters and digits stand for themselves, the rest for none."""
        letters = self._letters.get(character)
        if letters is None:
            letters = self._letters[character] = _look_up(character)
        return letters


def _look_up(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # single characters do: phrases would take ten times the memory
    from pypinyin import Style, pinyin  # noqa: PLC0415 - not before it is asked for

    found = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    return "".join(dict.fromkeys(c for reading in found for one in reading for c in one if c.isascii()))
