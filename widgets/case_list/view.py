"""The list itself: arrows move, Enter opens, letters act, Space and Shift mark. It refuses the input method."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QWidget

from widgets.common.calm_focus import CalmTableView

_OF_TABLES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space)
"""Keys of a table's columns and cells: Qt would go to the first row where none is current, or take the choice away."""


class CaseRowsView(CalmTableView):
    """A list whose letters are signals, not a search by first letter.

    It is a table of one column: a QListView asks its model about every row whenever one row moves.
    """

    letter_pressed = Signal(str)
    opened = Signal()
    escaped = Signal()
    mark_toggled = Signal(int)
    """The mark of a row is to be set or taken away."""
    stretch_marked = Signal(int)
    """Everything up to a row is to be marked."""
    all_marked = Signal()

    def __init__(self, row_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place: int | None = None
        """Where the current row was, while none is: the row now there follows it. The keys go on from here."""
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_px)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the list from being taken as shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Esc goes back, letters and digits are passed on; the rest moves the selection."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to_end(key == Qt.Key.Key_Home)
        elif self._marks(event):
            pass  # it has marked
        elif key in _OF_TABLES or self._goes_on(Qt.Key(key)):
            pass  # it has moved, or there is nothing to do
        elif _is_letter(event):
            self.letter_pressed.emit(event.text().upper())
        else:
            super().keyPressEvent(event)

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Let go of the current row where it leaves: Qt would make its neighbour current, which nobody opened."""
        if start <= self.currentIndex().row() <= end:
            self.selectionModel().clear()
        super().rowsAboutToBeRemoved(parent, start, end)

    def shows(self, row: int) -> bool:
        """Return whether any of a row is in sight; reckoned, as the rows are laid out later than they change."""
        height = self.verticalHeader().defaultSectionSize()
        top = row * height - self.verticalScrollBar().value()
        return -height < top < self.viewport().height()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With Ctrl a row is marked, with Shift everything up to it; the case on the card stays."""
        row = self.indexAt(event.position().toPoint()).row()
        held = event.modifiers()
        if row >= 0 and held & Qt.KeyboardModifier.ControlModifier:
            self.mark_toggled.emit(row)
        elif row >= 0 and held & Qt.KeyboardModifier.ShiftModifier:
            self.stretch_marked.emit(row)
        else:
            super().mousePressEvent(event)

    def _marks(self, event: QKeyEvent) -> bool:
        """Space marks the row, Shift with an arrow goes on marking, Ctrl+A marks everything that is listed."""
        row, last = self.currentIndex().row(), self._last_row()
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if event.key() == Qt.Key.Key_A and held == Qt.KeyboardModifier.ControlModifier:
            self.all_marked.emit()
        elif event.key() == Qt.Key.Key_Space and held == Qt.KeyboardModifier.NoModifier and row >= 0:
            self.mark_toggled.emit(row)
        elif step and held == Qt.KeyboardModifier.ShiftModifier and row >= 0:
            to = min(max(row + step, 0), last)
            self.stretch_marked.emit(to)
            self.setCurrentIndex(self.model().index(to, 0))
        else:
            return False
        return True

    def _goes_on(self, key: Qt.Key) -> bool:
        """Move on from where the current row was; Qt would begin at the top again."""
        place, last = self.place, self._last_row()
        if place is None or last < 0 or self.currentIndex().isValid():
            return False
        page = max(1, self.viewport().height() // self.verticalHeader().defaultSectionSize())
        targets = {
            Qt.Key.Key_Down: place,
            Qt.Key.Key_Up: place - 1,
            Qt.Key.Key_PageDown: place - 1 + page,
            Qt.Key.Key_PageUp: place - page,
        }
        if key not in targets:
            return False
        self.setCurrentIndex(self.model().index(min(max(targets[key], 0), last), 0))
        return True

    def _last_row(self) -> int:
        model = self.model()
        return -1 if model is None else model.rowCount() - 1

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:
        """Say that no input method is wanted, also while the view asks itself again."""
        if query == Qt.InputMethodQuery.ImEnabled:
            return False
        return super().inputMethodQuery(query)

    def _go_to_end(self, first: bool) -> None:
        """Home and End go along a table's row; in a list they go to its first and last row."""
        model = self.model()
        if model is not None and model.rowCount():
            self.setCurrentIndex(model.index(0 if first else model.rowCount() - 1, 0))

    @staticmethod
    def _is_ours(event: QKeyEvent) -> bool:
        select_all = event.key() == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return event.text().isdigit() or select_all


def _is_letter(event: QKeyEvent) -> bool:
    plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    text = event.text()
    return plain == Qt.KeyboardModifier.NoModifier and text.isascii() and text.isalnum() and len(text) == 1
