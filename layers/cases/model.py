"""Which cases stand where, and the lamp of each. See ``layers`` for how models are used."""

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt

from domain.clock import LAMP_ORDER, Lamp
from domain.ids import CaseNo
from layers.contract import usable
from layers.observed import Observed
from layers.table import MarkTable

RANK = {lamp: rank for rank, lamp in enumerate(LAMP_ORDER)}
"""Lamps from best to worst; also the code each is drawn by."""
URGENT = 16
"""Added to the rank of an urgent case's lamp in the codes of a table."""


class CaseMark(msgspec.Struct, frozen=True):
    """A case as the map shows it. ``title`` and ``lines`` are what the hover card says (texts, ready to read)."""

    case_no: CaseNo
    lon: float
    lat: float
    lamp: Lamp
    kind: str = ""
    urgent: bool = False
    ended: bool = False
    title: str = ""
    lines: tuple[str, ...] = ()
    signs: tuple[str, str] = ("", "")
    """A character for its kind, and one for its channel."""
    opened_s: float = 0.0


class CasesModel(Observed):
    """The cases that have a place. Open and ended ones are kept apart: open ones are live, ended ones stand still.

    ``ended_revision`` grows only when the ended ones change, ``revision`` always.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open: MarkTable[CaseMark] = MarkTable(_code)
        self.ended: MarkTable[CaseMark] = MarkTable(_code)
        self.ended_revision = 0
        self.placeless = 0
        self.now_s = 0.0
        self._ranks: npt.NDArray[np.uint8] | None = None
        self._counts: dict[Lamp, int] | None = None

    def set_placeless(self, count: int) -> None:
        """Tell how many open cases have no place, so that what the map counts can be compared with other lists."""
        if count != self.placeless:
            self.placeless = count
            self._changed()

    def set_now(self, now_s: float) -> None:
        """Tell the time by the service's clock (POSIX s); what is written of ages follows once a minute."""
        minute = now_s // 60 != self.now_s // 60
        self.now_s = now_s
        if minute:
            self._changed()

    def replace(self, marks: Iterable[CaseMark]) -> None:
        """Show exactly these cases."""
        if len(self.ended):
            self.ended_revision += 1
        self.open.clear()
        self.ended.clear()
        self.update(marks)

    def update(self, marks: Iterable[CaseMark]) -> None:
        """Add cases or change those already shown. A mark without a usable place is passed over."""
        opened: list[CaseMark] = []
        ended: list[CaseMark] = []
        for mark in marks:
            if usable(mark.lon, mark.lat):
                (ended if mark.ended else opened).append(mark)
        was_ended = self.ended.remove(m.case_no for m in opened)
        self.open.remove(m.case_no for m in ended)
        self.open.put((m.case_no, m, m.lon, m.lat, 0.0) for m in opened)
        self.ended.put((m.case_no, m, m.lon, m.lat, 0.0) for m in ended)
        self._touch(ended=was_ended or bool(ended))

    def remove(self, case_nos: Iterable[str]) -> None:
        """Take cases off the map; unknown numbers are passed over."""
        listed = list(case_nos)
        was_ended = self.ended.remove(listed)
        if self.open.remove(listed) or was_ended:
            self._touch(ended=was_ended)

    def mark(self, case_no: str) -> CaseMark | None:
        """Return a case that is shown, open or ended."""
        for table in (self.open, self.ended):
            slot = table.slot(case_no)
            if slot is not None:
                return table.marks[slot]
        return None

    def place(self, case_no: str) -> tuple[float, float] | None:
        """Return where a case stands on the plane."""
        found = self.open.at(case_no)
        return self.ended.at(case_no) if found is None else found

    def ranks(self) -> npt.NDArray[np.uint8]:
        """Return the rank of each open case's lamp, in the order of ``open``."""
        if self._ranks is None:
            self._ranks = self.open.codes % np.uint8(URGENT)
        return self._ranks

    def counts(self) -> dict[Lamp, int]:
        """Return how many open cases show each lamp."""
        if self._counts is None:
            found = np.bincount(self.ranks(), minlength=len(LAMP_ORDER))
            self._counts = {lamp: int(found[RANK[lamp]]) for lamp in LAMP_ORDER}
        return self._counts

    def _touch(self, *, ended: bool) -> None:
        self._ranks = self._counts = None
        if ended:
            self.ended_revision += 1
        self._changed()


def is_urgent(table: MarkTable[CaseMark]) -> npt.NDArray[np.bool_]:
    """Return whether each case of a table is urgent."""
    found: npt.NDArray[np.bool_] = table.codes >= URGENT
    return found


def _code(mark: CaseMark) -> int:
    return RANK[mark.lamp] + URGENT * mark.urgent
