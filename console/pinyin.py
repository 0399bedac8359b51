"""Names found by their pinyin: ``zfsz``, ``zhifa`` or ``zhifsz`` finds 执法三组. The library is loaded in a thread when
the command bar opens.
"""

import asyncio
import os
from collections.abc import Iterable

NAMES_MOST = 20_000
"""Names kept; beyond these all are read anew."""

Said = tuple[str, ...]
"""The ways one character is said, the usual one first: several are read in more than one way (重 is zhong or chong)."""


class Pinyin:
    """Knows nothing before it is loaded; then answers for any name."""

    def __init__(self) -> None:
        self._loaded = False
        self._characters: dict[str, Said] = {}
        self._names: dict[str, tuple[Said, ...]] = {}

    async def load(self, names: Iterable[str]) -> None:
        """Load in a thread, and read these names ahead."""
        await asyncio.to_thread(self._read_ahead, list(names))
        self._loaded = True

    def of(self, name: str) -> tuple[Said, ...]:
        """Return how those characters of a name are said that are; nothing before all is loaded."""
        if not self._loaded:
            return ()
        known = self._names.get(name)
        if known is None:
            if len(self._names) >= NAMES_MOST:
                self._names.clear()
            known = self._names[name] = self._read(name)
        return known

    def find(self, letters: str, name: str) -> int | None:
        """Return from which character on letters stand for a name, None where they do not.

        They stand for characters that follow one another, each by as much of its beginning as was typed.
        """
        said = self.of(name)
        for at, ways in enumerate(said):
            for way in ways:
                if way[0] == letters[0]:
                    if _stand_for(letters, said[at:]):
                        return at
                    break
        return None

    def _read_ahead(self, names: list[str]) -> None:
        for name in names[:NAMES_MOST]:
            self._names[name] = self._read(name)

    def _read(self, name: str) -> tuple[Said, ...]:
        return tuple(said for said in map(self._of_character, name.casefold()) if said)

    def _of_character(self, character: str) -> Said:
        said = self._characters.get(character)
        if said is None:
            said = self._characters[character] = _look_up(character)
        return said


def _stand_for(letters: str, said: tuple[Said, ...]) -> bool:
    """Return whether letters are used up by these characters from the first on."""
    used = {0}
    for ways in said:
        after = set[int]()
        for start in used:
            for way in ways:
                for end, (typed, letter) in enumerate(zip(letters[start:], way, strict=False), start + 1):
                    if typed != letter:
                        break
                    after.add(end)
        if len(letters) in after:
            return True
        if not after:
            break
        used = after
    return False


def _look_up(character: str) -> Said:
    """Return how a character is said; letters and digits stand for themselves, the rest for nothing."""
    if character.isascii():
        return (character,) if character.isalnum() else ()
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # single characters do: phrases would take ten times the memory
    from pypinyin import Style, pinyin  # noqa: PLC0415 - not before it is asked for

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(way for ways in found for way in ways if way.isascii() and way.isalpha()))
