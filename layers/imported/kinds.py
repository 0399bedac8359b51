"""What the features of a file are told apart by: a column with few different entries, each of which has a colour."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from domain.contacts import without_contacts
from layers.owncolours import OWN_COLOURS

MOST_KINDS = len(OWN_COLOURS)
"""Kinds of one column; where there are more entries than this, the last kind is all that are rare."""
MOST_ENTRIES = 24
"""A column with more different entries than this says what something is called, not what kind of thing it is."""
MOST_LETTERS = 40
"""Letters of an entry, and of a column's name."""


class Kinds(msgspec.Struct, frozen=True):
    """The kinds of one column: what each is called, the most frequent first, and which of them each row is.

    With ``rest`` the last kind is what is rare, and has an empty text. Contacts in texts are masked.
    """

    texts: tuple[str, ...]
    codes: npt.NDArray[np.uint8]
    rest: bool

    def counts(self) -> list[int]:
        """Return how many rows each kind has."""
        return [int(count) for count in np.bincount(self.codes, minlength=len(self.texts))]


def kinds_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping[str, Kinds]:
    """Return the kinds by column, of columns that tell any apart."""
    found = ((column, _kinds(at, rows)) for at, column in enumerate(columns) if len(column) <= MOST_LETTERS)
    return {column: kinds for column, kinds in found if kinds is not None}


def _kinds(at: int, rows: Sequence[Sequence[str]]) -> Kinds | None:
    texts: dict[str, str] = {}
    for row in rows:
        if row[at] not in texts:
            if len(texts) == MOST_ENTRIES or len(row[at]) > MOST_LETTERS:
                return None
            texts[row[at]] = without_contacts(row[at])
    counts = Counter(texts[row[at]] for row in rows)
    if len(counts) < 2 or (len(counts) > MOST_KINDS and 2 * len(counts) > len(rows)):
        return None
    ordered = [text for text, _ in counts.most_common()]
    rest = len(ordered) > MOST_KINDS
    kept = ordered[: MOST_KINDS - 1] if rest else ordered
    code_of = dict.fromkeys(ordered, len(kept)) | {text: code for code, text in enumerate(kept)}
    codes = np.array([code_of[texts[row[at]]] for row in rows], np.uint8)
    return Kinds((*kept, "") if rest else tuple(kept), codes, rest)
