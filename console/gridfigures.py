"""Figures of the grids, from the live picture: what they are filled by, and what the card of a picked one says."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec

from client.room import Room
from domain.case import Case
from domain.clock import Lamp
from domain.ids import GridCode, StaffId
from domain.people import Staff
from domain.states import ENDED
from layers.cases.model import CasesModel
from layers.grids.figures import Indicator
from widgets.names import Names


class GridFigures:
    """Answers for the room that is followed."""

    def __init__(self, cases: CasesModel, names: Names) -> None:
        self._cases = cases
        self._names = names
        self._room: Room | None = None

    def use(self, room: Room | None) -> None:
        """Answer for this room from here on."""
        self._room = room

    def figures(self, indicator: Indicator) -> dict[GridCode, float]:
        """Return the figures of an indicator; grids without any are left out."""
        room = self._room
        if room is None or room.picture is None or indicator is Indicator.NONE:
            return {}
        now = room.service_now()
        if indicator is Indicator.STAFF:
            found: dict[GridCode, float] = defaultdict(float)
            for member in room.picture.members.values():
                if member.grid_code is not None and on_shift(member, now):
                    found[member.grid_code] += 1
            return found
        return self._of_cases(indicator, room.picture.cases.values(), now)

    def _of_cases(self, indicator: Indicator, cases: Iterable[Case], now: datetime) -> dict[GridCode, float]:
        counts: dict[GridCode, float] = defaultdict(float)
        ages: dict[GridCode, float] = defaultdict(float)
        today = self._names.local(now).date()
        for case in cases:
            code = case.grid_code
            if code is None or not self._counts(indicator, case, today):
                continue
            counts[code] += 1
            ages[code] += max(0.0, (now - case.opened_at).total_seconds()) / 3600
        if indicator is Indicator.AGE:
            return {code: ages[code] / number for code, number in counts.items()}
        return counts

    def _counts(self, indicator: Indicator, case: Case, today: object) -> bool:
        if indicator is Indicator.TODAY:
            return bool(self._names.local(case.opened_at).date() == today)
        if case.state in ENDED:
            return False
        if indicator is Indicator.OVERDUE:
            mark = self._cases.mark(case.case_no)
            return mark is not None and mark.lamp is Lamp.OVERDUE
        return True

    def of_grid(self, code: GridCode) -> "GridCard | None":
        """Return what the card of a grid says, None before there is a picture."""
        room = self._room
        if room is None or room.picture is None:
            return None
        now = room.service_now()
        own = [c for c in room.picture.cases.values() if c.grid_code == code]
        today = self._names.local(now).date()
        counts = {
            indicator: sum(1 for case in own if self._counts(indicator, case, today))
            for indicator in (Indicator.OPEN, Indicator.OVERDUE, Indicator.TODAY)
        }
        grid = None if room.geometry is None else next((g for g in room.geometry.grids if g.code == code), None)
        responsible = None if grid is None else grid.responsible
        people = [m for m in room.picture.members.values() if m.grid_code == code or m.staff_id == responsible]
        people.sort(key=lambda m: (m.staff_id != responsible, m.name))
        return GridCard(counts, tuple(people), responsible, tuple(on_shift(m, now) for m in people))


class GridCard(msgspec.Struct, frozen=True):
    """Counts of a grid, and its own people, the one who answers for it first, with whether each is on shift."""

    counts: dict[Indicator, int]
    people: tuple[Staff, ...]
    responsible: StaffId | None
    on_shift: tuple[bool, ...]


def on_shift(member: Staff, now: datetime) -> bool:
    """Return whether somebody is on shift."""
    return member.shift is not None and member.shift.covers(now)
