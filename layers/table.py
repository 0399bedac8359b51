"""Marks by key with their places as arrays: what cases and moving things share. Removing keeps the drawing order."""

from collections.abc import Callable, Iterable
from itertools import compress
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from layers.placing import PLACER, Slots

Mark = TypeVar("Mark")
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]


class MarkTable(Generic[Mark]):
    """Marks in the order they first came, each with its place on the plane (float64 metres) and a time (POSIX s).

    ``code`` says of a mark in one byte what many are to be told apart by at once.
    """

    def __init__(self, code: Callable[[Mark], int] | None = None) -> None:
        self._code = code
        self._slots: dict[str, int] = {}
        self.marks: list[Mark] = []
        self.keys: list[str] = []
        self._xs: Floats = np.empty(16)
        self._ys: Floats = np.empty(16)
        self._times: Floats = np.empty(16)
        self._codes: Codes = np.zeros(16, np.uint8)

    def __len__(self) -> int:
        return len(self.marks)

    @property
    def xs(self) -> Floats:
        """Plane x of each mark, a view."""
        return self._xs[: len(self.marks)]

    @property
    def ys(self) -> Floats:
        """Plane y of each mark, a view."""
        return self._ys[: len(self.marks)]

    @property
    def times(self) -> Floats:
        """Time of each mark, a view."""
        return self._times[: len(self.marks)]

    @property
    def codes(self) -> Codes:
        """What ``code`` says of each mark, a view."""
        return self._codes[: len(self.marks)]

    def slot(self, key: str) -> int | None:
        """Return where a key stands, or None."""
        return self._slots.get(key)

    def at(self, key: str | None) -> tuple[float, float] | None:
        """Return where on the plane the mark of a key is, None for an unknown one."""
        slot = None if key is None else self._slots.get(key)
        return None if slot is None else (float(self._xs[slot]), float(self._ys[slot]))

    def slots(self, keys: Iterable[str]) -> Slots:
        """Return where keys stand, -1 for unknown ones."""
        find = self._slots.get
        return np.array([find(key, -1) for key in keys], np.intp)

    def put(self, rows: Iterable[tuple[str, Mark, float, float, float]]) -> None:
        """Add marks or replace those of the same key: key, mark, lon, lat, time."""
        slots, lons, lats, times = [], [], [], []
        for key, mark, lon, lat, at in rows:
            slot = self._slots.get(key)
            if slot is None:
                slot = self._slots[key] = len(self.marks)
                self.marks.append(mark)
                self.keys.append(key)
            else:
                self.marks[slot] = mark
            slots.append(slot)
            lons.append(lon)
            lats.append(lat)
            times.append(at)
        self._reserve()
        self.move(np.array(slots, np.intp), np.array(lons), np.array(lats), np.array(times))
        if self._code is not None and slots:
            self._codes[slots] = [self._code(self.marks[slot]) for slot in slots]

    def move(self, slots: npt.NDArray[np.intp], lons: Floats, lats: Floats, times: Floats | float) -> None:
        """Place the marks in ``slots`` anew (degrees); slots of no mark are passed over."""
        PLACER.place(slots, lons, lats, times, (self.xs, self.ys, self.times))

    def remove(self, keys: Iterable[str]) -> bool:
        """Take marks out; unknown keys are passed over. Return whether anything went."""
        gone = [slot for key in keys if (slot := self._slots.pop(key, None)) is not None]
        if not gone:
            return False
        first, before = min(gone), len(self.marks)  # what stands in front of all of them stays where it is
        kept = np.ones(before - first, np.bool_)
        kept[np.array(gone) - first] = False
        after = first + int(kept.sum())
        for column in (self._xs, self._ys, self._times, self._codes):
            column[first:after] = column[first:before][kept]
        stay = kept.tolist()
        self.marks = [*self.marks[:first], *compress(self.marks[first:], stay)]  # who holds the list keeps it as it was
        self.keys[first:] = compress(self.keys[first:], stay)
        self._slots.update(zip(self.keys[first:], range(first, after), strict=True))
        return True

    def chosen(self, slots: npt.NDArray[np.intp]) -> "MarkTable[Mark]":
        """Return a table of these marks alone, in the same order; it does not follow this one."""
        part: MarkTable[Mark] = MarkTable(self._code)
        part._xs, part._ys, part._times = self._xs[slots], self._ys[slots], self._times[slots]
        part._codes = self._codes[slots]
        part.marks = [self.marks[slot] for slot in slots.tolist()]
        part.keys = [self.keys[slot] for slot in slots.tolist()]
        part._slots = {key: i for i, key in enumerate(part.keys)}
        return part

    def clear(self) -> None:
        """Take all out."""
        self._slots, self.marks, self.keys = {}, [], []

    def _reserve(self) -> None:
        if len(self.marks) > len(self._xs):
            room = max(len(self.marks), 2 * len(self._xs))
            more = np.empty(room - len(self._xs))
            self._xs = np.concatenate([self._xs, more])
            self._ys = np.concatenate([self._ys, more])
            self._times = np.concatenate([self._times, more])
            self._codes = np.concatenate([self._codes, np.zeros(len(more), np.uint8)])
