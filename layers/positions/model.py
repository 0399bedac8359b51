"""The latest fix of each thing on shift, what it is doing, and whether the fix is stale. See ``layers``."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
import numpy as np
import numpy.typing as npt

from domain.ids import CaseNo, ThingId
from domain.units import POSITION_STALE_AFTER, UnitState
from layers.contract import usable
from layers.observed import Observed
from layers.placing import Slots
from layers.table import Floats, MarkTable
from layers.thing_codes import Codes, thing_code, turned

EVERY = slice(None)


class ThingMark(msgspec.Struct, frozen=True):
    """A staff member or vehicle as the map shows it. ``fixed_at`` is aware; ``bound_for`` is the case it heads for.

    Place, time and heading are those it was put with: the model has those of now.

    ``title`` and ``lines`` are what the hover card says (texts, ready to read); ``name`` stands beside the symbol.
    """

    thing: ThingId
    lon: float
    lat: float
    fixed_at: datetime
    name: str = ""
    vehicle: bool = False
    state: UnitState = UnitState.FREE
    heading_deg: float | None = None
    bound_for: CaseNo | None = None
    title: str = ""
    lines: tuple[str, ...] = ()


LAST_KNOWN_AFTER = 3
"""A fix so many times as old as a stale one is drawn faintly."""


class PositionsModel(Observed):
    """Things with a position. Ages are counted against ``set_now``, the service's clock, never against a local one.

    ``marks_revision`` grows when a mark changed, ``codes_revision`` also when things turned, ``revision`` also when
    they only moved.
    """

    def __init__(self) -> None:
        super().__init__()
        self.table: MarkTable[ThingMark] = MarkTable(_code)
        self.now_s = 0.0
        self.marks_revision = self.codes_revision = 0

    def replace(self, marks: Iterable[ThingMark]) -> None:
        """Show exactly these things."""
        self.table.clear()
        self.update(marks)

    def update(self, marks: Iterable[ThingMark]) -> None:
        """Add things or change those already shown. A mark without a usable place is passed over."""
        self.table.put((m.thing, m, m.lon, m.lat, m.fixed_at.timestamp()) for m in marks if usable(m.lon, m.lat))
        self._touch()

    def slots(self, things: Sequence[str]) -> Slots:
        """Return where things stand in the table, -1 for unknown ones; good until marks are added or removed."""
        return self.table.slots(things)

    def move(
        self, slots: Slots, lons: Floats, lats: Floats, times: Floats | float, headings: Codes | None = None
    ) -> None:
        """Move many things at once (10 Hz for thousands): same length each, ``slots`` as ``slots()`` gave them.

        Times are POSIX seconds, one for all or one each; headings steps of ``layers.thing_codes``, None where nothing
        turns. Places are those of the wire, which are on the globe.
        """
        self.table.move(slots, lons, lats, times)
        if headings is not None:
            self._turn(slots, headings)
        self._changed()

    def _turn(self, slots: Slots, headings: Codes) -> None:
        known = slots >= 0
        slots, codes = slots[known], self.table.codes
        now = turned(codes[slots], headings[known])
        if not np.array_equal(now, codes[slots]):
            codes[slots] = now
            self.codes_revision += 1

    def remove(self, things: Iterable[str]) -> None:
        """Take things off the map; unknown ids are passed over."""
        if self.table.remove(things):
            self._touch()

    def set_now(self, now: datetime) -> None:
        """Tell the time by the service's clock (aware); once a second is enough."""
        before = self.stale()
        self.now_s = now.timestamp()
        if not np.array_equal(before, self.stale()) or bool(before.any()):
            self._changed()

    def mark(self, thing: str) -> ThingMark | None:
        """Return a thing that is shown, at its latest place as given by ``update``."""
        slot = self.table.slot(thing)
        return None if slot is None else self.table.marks[slot]

    def place(self, thing: str) -> tuple[float, float] | None:
        """Return where a thing is on the plane."""
        slot = self.table.slot(thing)
        return None if slot is None else (float(self.table.xs[slot]), float(self.table.ys[slot]))

    def stale(self, slots: Slots | slice = EVERY) -> npt.NDArray[np.bool_]:
        """Return which fixes are too old to stand for where somebody is, of all things or of those in some slots."""
        found: npt.NDArray[np.bool_] = self.now_s - self.table.times[slots] > POSITION_STALE_AFTER.total_seconds()
        return found

    def is_stale(self, slot: int) -> bool:
        """Return whether the fix in a slot is too old to stand for where somebody is."""
        return self.now_s - float(self.table.times[slot]) > POSITION_STALE_AFTER.total_seconds()

    def any_stale(self) -> bool:
        """Return whether any fix is too old to stand for where somebody is."""
        times = self.table.times
        return bool(len(times)) and self.now_s - float(times.min()) > POSITION_STALE_AFTER.total_seconds()

    def long_stale(self) -> npt.NDArray[np.bool_]:
        """Return which fixes are so old that they only say where somebody was last."""
        found: npt.NDArray[np.bool_] = (
            self.now_s - self.table.times > LAST_KNOWN_AFTER * POSITION_STALE_AFTER.total_seconds()
        )
        return found

    def newest_age_s(self) -> float | None:
        """Return the age of the newest fix in seconds (never below 0), or None without any."""
        fixes = self.table.times
        return max(0.0, self.now_s - float(fixes.max())) if len(fixes) else None

    def _touch(self) -> None:
        self.marks_revision += 1
        self.codes_revision += 1
        self._changed()


def _code(mark: ThingMark) -> int:
    return thing_code(mark.state, mark.heading_deg, vehicle=mark.vehicle)
