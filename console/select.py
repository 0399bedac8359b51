"""What is selected: one case and one unit at most, shared by list, map and card. Whoever changes it, all follow."""

from PySide6.QtCore import QObject, Signal

from domain.ids import CaseNo, UnitId


class Selection(QObject):
    """The selection. ``case_changed`` carries a ``CaseNo`` or None, ``unit_changed`` a ``UnitId`` or None."""

    case_changed = Signal(object)
    unit_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.case_no: CaseNo | None = None
        self.unit_id: UnitId | None = None

    def select_case(self, case_no: CaseNo | None) -> None:
        """Select a case, or none; whoever shows it already is not told twice."""
        if case_no != self.case_no:
            self.case_no = case_no
            self.case_changed.emit(case_no)

    def select_unit(self, unit_id: UnitId | None) -> None:
        """Select a unit, or none."""
        if unit_id != self.unit_id:
            self.unit_id = unit_id
            self.unit_changed.emit(unit_id)
