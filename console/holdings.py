"""Which unit is busy with which cases, kept from change to change, so that no unit's state asks for all cases."""

from collections.abc import Iterable

from domain.case import Case
from domain.ids import CaseNo, UnitId
from domain.units import UnitStatus, unit_status, units_on


class Holdings:
    """Cases in hand by the units that lead them or help."""

    def __init__(self) -> None:
        self._by_unit: dict[UnitId, dict[CaseNo, Case]] = {}
        self._units_of: dict[CaseNo, tuple[UnitId, ...]] = {}

    def replace(self, cases: Iterable[Case]) -> None:
        """Hold exactly what these cases say."""
        self._by_unit.clear()
        self._units_of.clear()
        for case in cases:
            self.note(case)

    def note(self, case: Case) -> set[UnitId]:
        """Take a case as it is now; return the units whose holding it altered."""
        altered = self.forget(case.case_no)
        units = units_on(case)
        for unit in units:
            self._by_unit.setdefault(unit, {})[case.case_no] = case
        if units:
            self._units_of[case.case_no] = units
        return altered.union(units)

    def forget(self, case_no: CaseNo) -> set[UnitId]:
        """Let go of a case; return the units whose holding it altered."""
        units = self._units_of.pop(case_no, ())
        for unit in units:
            self._by_unit[unit].pop(case_no, None)
        return set(units)

    def status(self, unit_id: UnitId) -> UnitStatus:
        """Return what a unit is doing."""
        return unit_status(unit_id, self._by_unit.get(unit_id, {}).values())

    def in_hand(self) -> list[Case]:
        """Return every case some unit is busy with, each once."""
        return [self._by_unit[units[0]][case_no] for case_no, units in self._units_of.items()]
