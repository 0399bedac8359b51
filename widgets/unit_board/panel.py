"""The unit board panel: a heading with who is on shift and free, and the table."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QStackedWidget, QVBoxLayout, QWidget

from domain.case import Case
from domain.ids import CaseNo, ThingId, UnitId
from domain.people import Staff, Unit, Vehicle
from domain.places import Position
from resources.theme import Theme
from resources.words import Words
from widgets.common.calm_focus import CalmTableView
from widgets.common.chosen_chip import ChosenChip
from widgets.common.empty import EmptyState
from widgets.common.section import SectionHeader
from widgets.intents import CASE_MIME
from widgets.names import Names
from widgets.unit_board.delegate import UnitCellDelegate
from widgets.unit_board.rows import UnitRow, unit_rows
from widgets.unit_board.table import ROW_ROLE, Column, UnitTable

ROW_PX = 32
DRAGGED = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
WIDTHS = {Column.UNIT: 170, Column.STATE: 152, Column.TIME: 76, Column.POSITION: 92, Column.WORD: 170}


class UnitBoard(QWidget):
    """Units on shift and what they do. ``unit_selected`` carries the unit's id, None where it is let go of."""

    unit_selected = Signal(object)
    only_dropped = Signal()
    """All units are listed again, not only those chosen on the map."""
    assign_requested = Signal(object)
    """A unit is to have the case on the card: its ``UnitId``."""
    case_dropped = Signal(object, object)
    """A case was dropped on a unit: ``CaseNo`` and ``UnitId``."""
    escaped = Signal()
    """Esc was pressed while no unit was selected."""

    def __init__(self, words: Words, theme: Theme, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unit_board")
        self._words = words
        self._selected: UnitId | None = None
        self._quiet = False
        self._rows: list[UnitRow] = []
        self._only: frozenset[UnitId] | None = None
        self.table = UnitTable(names, self)
        self._delegate = UnitCellDelegate(theme, self)
        self._head = SectionHeader()
        self.only_chip = ChosenChip(words, theme)
        self.view = CalmTableView()
        self._set_up_view()
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._head)
        column.addWidget(self.only_chip)
        column.addWidget(self._stack, 1)
        self.view.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.only_chip.clicked.connect(self._on_only_dropped)
        self.view.doubleClicked.connect(self._on_double_clicked)
        self.view.installEventFilter(self)
        self.view.viewport().installEventFilter(self)
        self.retranslate()

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.table)
        view.setItemDelegate(self._delegate)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setShowGrid(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTabKeyNavigation(False)
        view.viewport().setAcceptDrops(True)
        view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = view.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSectionResizeMode(Column.PLACE, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(56)
        for section, width in WIDTHS.items():
            header.resizeSection(section, width)

    def set_picture(
        self,
        units: Iterable[Unit],
        staff: Iterable[Staff],
        vehicles: Iterable[Vehicle],
        cases: Iterable[Case],
        positions: Mapping[ThingId, Position],
        now: datetime,
    ) -> None:
        """Show who is out there; ``cases`` may be all cases, only those in handling count."""
        self.set_rows(unit_rows(units, staff, vehicles, cases, positions, now), now)

    def set_rows(self, rows: list[UnitRow], now: datetime) -> None:
        """Show rows that were worked out already."""
        self._rows = rows
        self._list(now)

    def keep_to(self, units: frozenset[UnitId] | None) -> None:
        """List only these units, chosen on the map, or with None all again."""
        if units != self._only:
            self._only = units
            self.only_chip.show_count(None if units is None else len(units))
            self._list(self.table.now)
            if units is None:
                self.only_dropped.emit()

    def _list(self, now: datetime) -> None:
        self._quiet = True
        only = self._only
        self.table.set_rows([row for row in self._rows if only is None or row.unit.unit_id in only], now)
        self._restore()
        self._show_head()

    def _on_only_dropped(self) -> None:
        self.keep_to(None)
        self.view.setFocus()

    def set_last_words(self, last_words: Mapping[UnitId, str]) -> None:
        """Show the latest message to each unit, or its answer."""
        self.table.set_last_words(last_words)

    def rows(self) -> list[UnitRow]:
        """Return all rows, those left out included."""
        return list(self._rows)

    def set_now(self, now: datetime) -> None:
        """Read times and ages anew."""
        if self.isVisible():
            self.table.set_now(now)

    def select(self, unit_id: UnitId | None) -> None:
        """Mark a unit without telling anybody."""
        self._selected = unit_id
        self._quiet = True
        self._restore()

    def refresh(self) -> None:
        """Names changed: draw everything anew."""
        self.table.refresh()

    def retranslate(self) -> None:
        """Look the words up again."""
        self.view.setAccessibleName(self._words("desk.unit.title"))
        self.only_chip.retranslate()
        self._empty.show_texts(self._words("desk.unit.empty"), self._words("desk.unit.empty_hint"))
        self.table.refresh()
        self._show_head()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._delegate.set_theme(theme)
        self.only_chip.set_theme(theme)
        self.view.viewport().update()

    def _show_head(self) -> None:
        present, free = self.table.present_and_free()
        self._head.show_texts(self._words("desk.unit.on_shift", present=present, free=free))
        self._stack.setCurrentWidget(self.view if self._rows else self._empty)
        self.setFocusProxy(self.view if self._rows else self._empty)

    def _restore(self) -> None:
        model = self.view.selectionModel()
        row = self.table.row_of(self._selected)
        if row is None:
            model.clearSelection()
        else:
            index = self.table.index(row, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            if model.currentIndex().row() != row or not model.isRowSelected(row, QModelIndex()):
                model.setCurrentIndex(index, flags)
        self._quiet = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter gives the unit the case on the card; a case may be dropped on a unit."""
        if watched is self.view and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_double_clicked(self.view.currentIndex())
                return True
        elif isinstance(event, QDropEvent) and event.type() in DRAGGED:
            row = self.view.indexAt(event.position().toPoint()).data(ROW_ROLE)
            given = bytes(event.mimeData().data(CASE_MIME).data()).decode("utf-8", "replace")
            if not given or (not isinstance(row, UnitRow) and event.type() == QEvent.Type.Drop):
                event.ignore()
                return True
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop and isinstance(row, UnitRow):
                self.case_dropped.emit(CaseNo(given), row.unit.unit_id)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc lets go of the unit that is selected first; what it does then is the desk's matter."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._selected is None:
            self.escaped.emit()
        else:
            self.select(None)
            self.view.selectionModel().clearCurrentIndex()  # else a click on the same row would not select it
            self.unit_selected.emit(None)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, UnitRow):
            self.assign_requested.emit(row.unit.unit_id)

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        row = current.data(ROW_ROLE)
        if self._quiet or not isinstance(row, UnitRow) or row.unit.unit_id == self._selected:
            return
        self._selected = row.unit.unit_id
        self.unit_selected.emit(row.unit.unit_id)
