"""The cursor of the case list: the current row is the chosen case, always; where that is not listed no row is."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, QTimer, Signal

from domain.case import Case
from domain.ids import CaseNo
from widgets.case_list.rows import Key
from widgets.case_list.table import CASE_ROLE, CaseTable
from widgets.case_list.view import CaseRowsView

REVEAL_MS = 60
"""After so long a case that was chosen elsewhere is brought into sight: what came with it is in the list by then."""


class CaseCursor(QObject):
    """Keeps the choice by case number whatever moves around it: ``hold`` before rows change, ``restore`` behind it."""

    moved = Signal(object)
    """A person went to another row: its ``CaseNo``."""

    def __init__(self, view: CaseRowsView, table: CaseTable, parent: QObject) -> None:
        super().__init__(parent)
        self._view, self._table = view, table
        self._selected: CaseNo | None = None
        self._place: Key | None = None
        """What the chosen case was sorted by when it was last listed."""
        self._quiet = False
        self._row_before: int | None = None
        self._follows = True
        """Whether the list scrolls after the chosen case: not once somebody has scrolled away from it."""
        self._reveal = QTimer(self)
        self._reveal.setSingleShot(True)
        self._reveal.setInterval(REVEAL_MS)
        self._reveal.timeout.connect(self._scroll_to_selected)
        view.selectionModel().currentChanged.connect(self._on_current_changed)

    def selected(self) -> CaseNo | None:
        """Return the chosen case, listed or not."""
        return self._selected

    def select(self, case_no: CaseNo | None) -> None:
        """Take another case as chosen, without telling anybody, and bring it into sight."""
        self.hold()
        self._selected = case_no
        self._follows = True
        self.restore()
        self._reveal.start()

    def hold(self) -> None:
        """Before rows change: tell nobody of choices, and note where the chosen case is and whether it is looked at."""
        self._quiet = True
        rows = self._table.rows
        key = None if rows is None or self._selected is None else rows.key_of(self._selected)
        self._place = key or self._place
        self._row_before = row = self._table.row_of(self._selected)
        self._follows = row is None or self._reveal.isActive() or self._view.shows(row)

    def hold_anew(self) -> None:
        """Before another list is turned to: there is no place in it, and the chosen case is looked for."""
        self.hold()
        self._place = self._row_before = None
        self._follows = True

    def restore(self) -> None:
        """Make the chosen case the current row again after rows moved, or none, and go on telling of choices."""
        model, rows = self._view.selectionModel(), self._table.rows
        row = self._table.row_of(self._selected)
        self._view.place = None
        if row is not None:
            index = self._table.index(row)
            if model.currentIndex() != index or not model.isSelected(index):
                self._view.setAutoScroll(self._follows)
                model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                self._view.setAutoScroll(True)
            if self._follows and row != self._row_before and not self._reveal.isActive():
                self._reveal.start()
        else:
            model.clear()
            self._view.place = None if rows is None or self._place is None else rows.place_of(self._place)
        self._quiet = False

    def _scroll_to_selected(self) -> None:
        """Bring the chosen case into sight, once the rows that came with it have their places."""
        row = self._table.row_of(self._selected)
        if row is not None:
            self._view.scrollTo(self._table.index(row))

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if self._quiet or not current.isValid():
            return
        case = current.data(CASE_ROLE)
        if isinstance(case, Case) and case.case_no != self._selected:
            self._selected = case.case_no
            self.moved.emit(case.case_no)
