"""Which unit holds which cases in hand, kept from change to change, so that no unit's state asks for all cases."""

from collections.abc import Iterable

from domain.case import Case
from domain.ids import CaseNo, UnitId
from domain.timing import HANDLING_STATES
from domain.units import UnitStatus, unit_status


class Holdings:
    """Cases in hand by the unit that leads them."""

    def __init__(self) -> None:
        self._by_unit: dict[UnitId, dict[CaseNo, Case]] = {}
        self._unit_of: dict[CaseNo, UnitId] = {}

    def replace(self, cases: Iterable[Case]) -> None:
        """Hold exactly what these cases say."""
        self._by_unit.clear()
        self._unit_of.clear()
        for case in cases:
            self.note(case)

    def note(self, case: Case) -> set[UnitId]:
        """Take a case as it is now; return the units whose holding it altered."""
        altered = self.forget(case.case_no)
        if case.lead_unit is not None and case.state in HANDLING_STATES:
            self._by_unit.setdefault(case.lead_unit, {})[case.case_no] = case
            self._unit_of[case.case_no] = case.lead_unit
            altered.add(case.lead_unit)
        return altered

    def forget(self, case_no: CaseNo) -> set[UnitId]:
        """Let go of a case; return the units whose holding it altered."""
        unit = self._unit_of.pop(case_no, None)
        if unit is None:
            return set()
        self._by_unit[unit].pop(case_no, None)
        return {unit}

    def status(self, unit_id: UnitId) -> UnitStatus:
        """Return what a unit is doing."""
        return unit_status(unit_id, self._by_unit.get(unit_id, {}).values())

    def in_hand(self) -> list[Case]:
        """Return every case some unit has in hand."""
        return [case for held in self._by_unit.values() for case in held.values()]
