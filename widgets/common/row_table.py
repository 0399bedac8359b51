"""A table of rows of text, narrowed by typing; it knows only keys, cells and words to search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from resources.theme import Theme
from widgets.common.calm_focus import CalmTableView
from widgets.common.tips import plain_tip

ROW_PX = 34
LEAST_PX = 120
PAD_PX = 8
NO_PARENT = QModelIndex()


@dataclass(frozen=True)
class Row:
    """One row; a ``dim`` one is out of use. ``search`` is looked at beside the cells."""

    key: str
    cells: tuple[str, ...]
    dim: bool = False
    search: str = ""


class _Model(QAbstractTableModel):
    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme
        self.heads: tuple[str, ...] = ()
        self.rows: list[Row] = []

    def put(self, heads: Sequence[str], rows: list[Row]) -> None:
        self.beginResetModel()
        self.heads, self.rows = tuple(heads), rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(row.cells[index.column()])
        if role == Qt.ItemDataRole.ForegroundRole and row.dim:
            return QColor(self.theme.text_second)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class _Cells(QStyledItemDelegate):
    """Draws a cell over several lines where its row may be read whole, else on one."""

    def __init__(self, view: QTableView, parent: QObject, *, wraps: bool) -> None:
        super().__init__(parent)
        self._view, self._wraps = view, wraps

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if not self._wraps and index.row() != self._view.currentIndex().row():
            option.features &= ~QStyleOptionViewItem.ViewItemFeature.WrapText


class RowTable(QObject):
    """A search line and rows, to be placed by whoever owns it. ``chosen`` carries the key of the current row, or "".

    A text too long for its cell is shortened; the row that is chosen is as high as it has to be to be read whole.
    """

    chosen = Signal(str)
    opened = Signal(str)
    narrowed = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, stretch: int | None = None, wraps: bool = False
    ) -> None:
        """``stretch`` is the column the table is about: it takes the room the others leave, a third at least.

        Where it ``wraps``, all rows are as high as their text, for a table of few that have to be read.
        """
        super().__init__(parent)
        self.setObjectName("row_table")
        self._stretch = stretch
        self._all: tuple[Row, ...] = ()
        self._heads: tuple[str, ...] = ()
        self._key, self._quiet = "", False
        self.search, self.view = QLineEdit(), CalmTableView()
        self.search.setClearButtonEnabled(True)
        self._model = _Model(theme, self)
        self.view.setModel(self._model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setShowGrid(False)
        self.view.setItemDelegate(_Cells(self.view, self, wraps=wraps))
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setTabKeyNavigation(False)
        self.view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.view.verticalHeader().hide()
        self._wraps, self._unfolded = wraps, -1
        rows = self.view.verticalHeader()
        rows.setDefaultSectionSize(ROW_PX)
        if wraps:
            rows.setMinimumSectionSize(ROW_PX)
            rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head = self.view.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        head.geometriesChanged.connect(self._unfold)
        self.view.installEventFilter(self)
        self.view.viewport().installEventFilter(self)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._fill)
        self.view.selectionModel().currentRowChanged.connect(self._on_current)
        self.view.doubleClicked.connect(self._on_opened)

    def set_texts(self, name: str, placeholder: str) -> None:
        """Name the table for readers, and say what can be typed."""
        self.view.setAccessibleName(name)
        self.search.setAccessibleName(placeholder)
        self.search.setPlaceholderText(placeholder)

    def set_rows(self, heads: Sequence[str], rows: Sequence[Row]) -> None:
        """Show these rows; the chosen one stays chosen where it is still there."""
        first = not self._heads
        self._heads, self._all = tuple(heads), tuple(rows)
        self._fill()
        if first or any(row for row in rows):
            self._fit()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._model.theme = theme
        self.view.viewport().update()

    @property
    def key(self) -> str:
        """The key of the chosen row, empty for none."""
        return self._key

    def shown(self) -> list[Row]:
        """Return the rows that show."""
        return list(self._model.rows)

    def choose(self, key: str) -> None:
        """Choose a row by its key; an empty one chooses none."""
        if not key:
            self.view.setCurrentIndex(NO_PARENT)
            self.view.clearSelection()
        for i, row in enumerate(self._model.rows):
            if row.key == key:
                self.view.selectRow(i)
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in the rows opens one; down in the search line goes to them."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.search and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.view.setFocus()
                if not self._key and self._model.rows:
                    self.view.selectRow(0)
                return True
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier  # Ctrl+Enter is the form's around it
            if watched is self.view and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
                self._on_opened()
                return True
        elif event.type() == QEvent.Type.Resize and watched is self.view.viewport():
            self._fit()
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        typed = self.search.text().casefold().split()
        kept = self._key
        rows = [r for r in self._all if all(w in f"{' '.join(r.cells)} {r.search}".casefold() for w in typed)]
        self._quiet = True
        self._model.put(self._heads, rows)
        self._key = ""
        self.choose(kept)
        self._quiet = False
        if self._key != kept:
            self.chosen.emit(self._key)
        self.narrowed.emit()

    def _fit(self) -> None:
        """Give each column the room its first rows need, no more than a third of the table.

        The one the table is about is given a third, too: where the others would leave less, the widest make way.
        """
        room = self.view.viewport().width()
        metrics = self.view.fontMetrics()
        if self._stretch is not None:
            head = self.view.horizontalHeader()
            head.setStretchLastSection(False)
            head.setSectionResizeMode(self._stretch, QHeaderView.ResizeMode.Stretch)
        wanted = {}
        for i, name in enumerate(self._heads):
            texts = [name, *(row.cells[i] for row in self._all[:60])]
            wanted[i] = max(metrics.horizontalAdvance(text) for text in texts) + 24
        most = max(LEAST_PX, room // 3)
        if self._stretch is not None:
            others = [width for i, width in wanted.items() if i != self._stretch]
            most = min(most, column_most(others, room * 2 // 3))
        for i, width in wanted.items():
            if i != self._stretch:
                self.view.setColumnWidth(i, min(most, width))
        self._unfold()

    def _unfold(self) -> None:
        """Give the chosen row the height its text needs, as far as that can be seen at once; the one before, a line."""
        if self._wraps:
            return
        before, self._unfolded = self._unfolded, self.view.currentIndex().row()
        if before not in (-1, self._unfolded) and before < len(self._model.rows):
            self.view.setRowHeight(before, ROW_PX)
        if self._unfolded >= 0:
            wanted = max(ROW_PX, self.view.sizeHintForRow(self._unfolded) + PAD_PX)
            self.view.setRowHeight(self._unfolded, min(wanted, max(ROW_PX, self.view.viewport().height())))

    def _on_current(self, current: QModelIndex) -> None:
        self._key = self._model.rows[current.row()].key if current.isValid() else ""
        self._unfold()
        if not self._quiet:
            self.chosen.emit(self._key)

    def _on_opened(self) -> None:
        if self._key:
            self.opened.emit(self._key)


def column_most(widths: Sequence[int], room: int) -> int:
    """Return how wide a column may be, so that columns that would be so wide fit into the room."""
    left, many = room, len(widths)
    for width in sorted(widths):
        if width * many > left:
            return max(LEAST_PX // 2, left // many)
        left -= width
        many -= 1
    return max(LEAST_PX // 2, room)
