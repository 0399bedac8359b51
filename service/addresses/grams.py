"""Pairs of neighbouring characters, as numbers: what the index of addresses is made of.

Beside pairs there are single characters, so that one finds something, and triples with a digit in them: there are only
ten digits, and an address is full of them, so that their pairs say little.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from service.addresses.cells import Ints
from service.addresses.lists import either

_SHIFT = 21
"""Bits of a character. A single one has nothing in the lower half of a pair; a triple is larger than any pair."""
GRAMS = either("SELECT g.gram, g.id FROM {0} JOIN address_gram g ON g.gram = l.v", "grams")
"""The numbers by which the index calls grams: small ones, so that one with a block makes one key."""
_DIGITS = range(0x30, 0x3A)


def grams_of(text: str) -> tuple[int, ...]:
    """Return what an address must have to hold this folded fragment: its triples, and the pairs in none of them."""
    points = [ord(c) for c in text]
    if len(points) == 1:
        return (points[0] << _SHIFT,)
    found: list[int] = []
    covered: set[int] = set()
    for at, triple in enumerate(zip(points, points[1:], points[2:], strict=False)):
        if any(point in _DIGITS for point in triple):
            found.append(triple[0] << 2 * _SHIFT | triple[1] << _SHIFT | triple[2])
            covered |= {at, at + 1}
    found += [a << _SHIFT | b for at, (a, b) in enumerate(pairwise(points)) if at not in covered]
    return tuple(dict.fromkeys(found))


def grams_of_all(texts: Sequence[str]) -> tuple[Ints, NDArray[np.int32]]:
    """Return every gram of many folded texts, and which text each stands in; with doubles."""
    lengths = np.fromiter(map(len, texts), np.int32, len(texts))
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
    pair = owner[1:] == owner[:-1]
    pairs = points[:-1] << _SHIFT | points[1:]
    digit = (points >= _DIGITS.start) & (points < _DIGITS.stop)
    triple = pair[1:] & pair[:-1] & (digit[2:] | digit[1:-1] | digit[:-2])
    triples = points[:-2] << 2 * _SHIFT | pairs[1:]
    grams = np.concatenate((points << _SHIFT, pairs[pair], triples[triple]))
    return grams, np.concatenate((owner, owner[1:][pair], owner[2:][triple]))
