"""What is doubtful about sound rows of an address base: a code that stands twice, a place far from the town."""

from array import array
from hashlib import blake2b
from typing import Literal

import msgspec

from domain.places import FAR_FROM_TOWN_M, Bounds, away_from_m

MOST_NAMED = 10
"""Rows of either kind that are named; all of them are counted."""
_DIGEST = 16
"""Bytes kept of a code: with ten million rows no two codes share them by chance."""

FarChoice = Literal["take", "refuse"]


class FarOff(msgspec.Struct):
    """The rows of a file that lie far from the town: how many, the farthest, and the first by line and metres."""

    count: int = 0
    farthest_m: float = 0.0
    first: list[tuple[int, float]] = []

    def note(self, line: int, away_m: float) -> None:
        """Count one more."""
        self.count += 1
        self.farthest_m = max(self.farthest_m, away_m)
        if len(self.first) < MOST_NAMED:
            self.first.append((line, away_m))


class Doubts(msgspec.Struct):
    """What the first reading found. ``doubles`` are the lines whose code a later line bears: that one counts."""

    far: FarOff
    doubles: dict[int, int] = {}


def far_from(town: Bounds | None, lon: float, lat: float) -> float | None:
    """Return how far off the town a place is, metres; None where it is not far, or the town has no grid yet."""
    away = 0.0 if town is None else away_from_m(town, lon, lat)
    return away if away > FAR_FROM_TOWN_M else None


class Codes:
    """The codes of a file of millions of rows, by line: a digest of each, never the codes themselves."""

    def __init__(self) -> None:
        self._digests = bytearray()
        self._lines = array("Q")

    def note(self, code: str, line: int) -> None:
        """Take the code of one more line."""
        self._digests += blake2b(code.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
        self._lines.append(line)

    def doubles(self) -> dict[int, int]:
        """Return the lines whose code stands on a later line too, each with the last that bears it."""
        import numpy as np  # noqa: PLC0415 - only an address base needs it here

        heads = np.frombuffer(self._digests, "<u8").reshape(-1, _DIGEST // 8)[:, 0]
        order = np.argsort(heads, kind="stable")
        same = heads[order][1:] == heads[order][:-1]
        shared = np.zeros(len(heads), np.bool_)
        shared[order[1:][same]] = True
        shared[order[:-1][same]] = True
        rows = np.flatnonzero(shared).tolist()
        last = {self._digest(row): self._lines[row] for row in rows}
        pairs = ((self._lines[row], last[self._digest(row)]) for row in rows)
        return {line: counts for line, counts in pairs if line != counts}

    def _digest(self, row: int) -> bytes:
        return bytes(self._digests[row * _DIGEST : (row + 1) * _DIGEST])
