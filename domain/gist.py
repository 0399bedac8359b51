"""What a sentence is likely about: kind, place and urgency, each with the words that say so.

A plain rule over word lists (``resources/codes/hints.json``), the town's own table of kinds, and names of places. It
learns nothing from anybody, knows no names of people, and so can use none: a name in a sentence alters nothing.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from domain.case import CaseKind

MOST_LENGTH = 400
"""Characters of a sentence that are looked at."""
MOST_CHOICES = 6
ALL_OF = "+"
"""Between the parts of a hint that must all be said, in any order: ``树+倒``."""
NOT_SAID = ("没有人", "没有", "没人", "无人", "未", "没", "无", "不", "no ", "not ", "nobody ", "no one ")
"""Before a word of urgency these take it back: nobody is hurt."""
_HOUSE = re.compile(r"[ 　]?(\d{1,4}(?:[-－]\d{1,3})?(?:号|弄|幢|栋)(?:[ 　]?\d{1,4}(?:号|幢|栋|单元|室))*)")
_ASCII = re.compile(r"[a-z0-9]")


class Why(StrEnum):
    """Where a suggestion comes from. Words under ``gist.why.<value>``."""

    KIND_NAME = "kind_name"  # the kind is called so in the town's table
    KIND_WORDS = "kind_words"
    PLACE = "place"  # a named place of the map
    ADDRESS = "address"  # an address of the address base
    CROSSING = "crossing"  # two roads that meet
    ROAD = "road"  # a road, without a spot on it
    GRID = "grid"  # the middle of a grid
    URGENT = "urgent"


class KindHint(msgspec.Struct, frozen=True):
    """Words that tell of a kind of case."""

    kind: str
    words: tuple[str, ...]


class Hints(msgspec.Struct, frozen=True):
    """The word lists."""

    kinds: tuple[KindHint, ...]
    urgent: tuple[str, ...]


class Spot(msgspec.Struct, frozen=True):
    """Something of the town that can be named in a sentence; all of ``words`` must be said.

    ``lon`` and ``lat`` are None where the name alone gives no spot (a road).
    """

    words: tuple[str, ...]
    why: Why
    lon: float | None = None
    lat: float | None = None

    @property
    def name(self) -> str:
        """Its name as an address begins with it."""
        return "".join(self.words)


class Guess(msgspec.Struct, frozen=True):
    """One suggestion. ``value`` is a kind's code, an address, or a word; ``said`` the words it is read from."""

    value: str
    why: Why
    said: tuple[str, ...]
    lon: float | None = None
    lat: float | None = None


class Gist(msgspec.Struct, frozen=True):
    """What a sentence is likely about, the likeliest first; empty where it does not say."""

    kinds: tuple[Guess, ...] = ()
    places: tuple[Guess, ...] = ()
    urgent: Guess | None = None


class Reader:
    """Reads sentences with the words of one town. Cheap to ask at every key: names are found by their first letters."""

    def __init__(self, hints: Hints, kinds: Iterable[CaseKind], spots: Iterable[Spot] = ()) -> None:
        self._urgent = hints.urgent
        self._kinds = _kind_words(hints, kinds)
        self._spots: dict[str, list[Spot]] = {}
        for spot in spots:
            first = spot.words[0].casefold()
            if len(first) >= 2:
                self._spots.setdefault(first[:2], []).append(spot)

    def read(self, sentence: str) -> Gist:
        """Return what a sentence is likely about."""
        said = sentence[:MOST_LENGTH].casefold()
        places = self._places(said)
        # A kind is not read from the name of a place: 菜场桥 is no bridge that is broken
        bare = said
        for word in {word for place in places for word in place.said}:
            bare = bare.replace(word.casefold(), " " * len(word))
        return Gist(self._kinds_of(bare, said), places, self._urgency(said))

    def _kinds_of(self, bare: str, said: str) -> tuple[Guess, ...]:
        found: list[tuple[float, int, Guess]] = []
        for order, (code, words) in enumerate(self._kinds):
            score, heard, named = 0.0, dict[str, None](), False
            for parts, of_table in words:
                if all(_says(bare, part) for part in parts):
                    score += sum(map(len, parts)) + (len(parts) - 1) * 0.5
                    heard.update(dict.fromkeys(parts))
                    named = named or of_table
            if heard:
                why = Why.KIND_NAME if named else Why.KIND_WORDS
                found.append((-score, order, Guess(code, why, _longest(heard, said))))
        return tuple(guess for _, _, guess in sorted(found, key=lambda f: f[:2])[:MOST_CHOICES])

    def _places(self, said: str) -> tuple[Guess, ...]:
        found: dict[str, tuple[int, Guess]] = {}
        for at in range(len(said) - 1):
            for spot in self._spots.get(said[at : at + 2], ()):
                first = spot.words[0].casefold()
                if said.startswith(first, at) and all(word.casefold() in said for word in spot.words[1:]):
                    guess, length = self._place(spot, said, at + len(first))
                    if guess.value not in found or found[guess.value][0] < length:
                        found[guess.value] = (length, guess)
        ranked = sorted(found.values(), key=lambda f: (f[1].lon is None, -f[0], f[1].value))
        kept: list[Guess] = []
        for _, guess in ranked:
            inside = any(set(guess.said) < set(other.said) or _within(guess, other) for other in kept)
            if not inside:
                kept.append(guess)
        return tuple(kept[:MOST_CHOICES])

    @staticmethod
    def _place(spot: Spot, said: str, end: int) -> tuple[Guess, int]:
        """Return a place with the house number said behind it, and by how many letters it was named."""
        house = _HOUSE.match(said, end) if len(spot.words) == 1 and spot.why is not Why.GRID else None
        number = "" if house is None or house.group(1) in spot.name else house.group(1)
        length = sum(map(len, spot.words)) + len(number)
        return Guess(spot.name + number, spot.why, spot.words, spot.lon, spot.lat), length

    def _urgency(self, said: str) -> Guess | None:
        for word in self._urgent:
            at = said.find(word)
            while at >= 0:
                before = said[max(0, at - 7) : at]
                if not before.endswith(NOT_SAID) and _whole(said, at, word):
                    return Guess(word, Why.URGENT, (word,))
                at = said.find(word, at + 1)
        return None


def _kind_words(hints: Hints, kinds: Iterable[CaseKind]) -> list[tuple[str, list[tuple[tuple[str, ...], bool]]]]:
    """Return, for each kind that can be reported, the words that tell of it: its names first."""
    town = list(kinds)
    parents = {kind.parent for kind in town}
    more = {hint.kind: hint.words for hint in hints.kinds}
    found = []
    for kind in town:
        if not kind.enabled or kind.code in parents:
            continue
        names = [(name.casefold(),) for name in (kind.name_zh, kind.name_en) if name]
        rest = [tuple(part.casefold() for part in word.split(ALL_OF)) for word in more.get(kind.code, ())]
        words = [(parts, True) for parts in names] + [(parts, False) for parts in rest if parts not in names]
        found.append((kind.code, words))
    return found


def _says(said: str, word: str) -> bool:
    at = said.find(word)
    while at >= 0:
        if _whole(said, at, word):
            return True
        at = said.find(word, at + 1)
    return False


def _whole(said: str, at: int, word: str) -> bool:
    """Return whether a word in Latin letters stands by itself; Chinese has no gaps to go by."""
    if not _ASCII.match(word):
        return True
    after = said[at + len(word) : at + len(word) + 1]
    return not (_ASCII.match(said[at - 1 : at] if at else "") or _ASCII.match(after))


def _longest(words: Iterable[str], said: str) -> tuple[str, ...]:
    """Return the words in the order they were said, without those that are part of another."""
    listed = list(words)
    kept = [w for w in listed if not any(w != other and w in other for other in listed)]
    return tuple(sorted(kept, key=said.find))


def _within(guess: Guess, other: Guess) -> bool:
    """Return whether a place is only part of the name of another one that was said."""
    return len(guess.said) == 1 and any(guess.said[0] != word and guess.said[0] in word for word in other.said)


def merged_spots(*lists: Sequence[Spot]) -> list[Spot]:
    """Return spots of several sources, each name once; the earlier list wins."""
    held: dict[tuple[str, ...], Spot] = {}
    for spots in lists:
        for spot in spots:
            held.setdefault(spot.words, spot)
    return list(held.values())
