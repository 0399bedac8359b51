"""A list on a card of the map that asks for the room its rows need; it may hold each row but the chosen in one line."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QListWidget, QStyledItemDelegate, QStyleOptionViewItem

LEAST_PX = 40
"""So high it is at least, where the map leaves no more."""
BESIDE_PX = 16
"""So much the style sheet leaves free beside the words of a row."""
Index = QModelIndex | QPersistentModelIndex
WRAPS = QStyleOptionViewItem.ViewItemFeature.WrapText


class BriefList(QListWidget):
    """Rows of words, at most ``most_px`` high however many there are.

    With ``brief`` a row is cut to one line until it is chosen; else all of it is always read.
    """

    def __init__(self, most_px: int, *, brief: bool) -> None:
        super().__init__()
        self._most_px = most_px
        self.setMinimumHeight(LEAST_PX)
        self.setMaximumHeight(most_px)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(True)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)  # a scroll bar that comes leaves less for a line
        self._brief = brief
        self._row = _Row(self, brief=brief)
        self.setItemDelegate(self._row)

    def sizeHint(self) -> QSize:
        """Room for the rows as they stand."""
        self.executeDelayedItemsLayout()
        rows = self.contentsSize().height() if self.count() else 0  # a list that was emptied still says what it held
        high = rows + 2 * self.frameWidth()
        return QSize(super().sizeHint().width(), max(LEAST_PX, min(high, self._most_px)))

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Read the chosen row whole, also where it is chosen while the list is filled."""
        super().currentChanged(current, previous)
        if self._brief:
            self.scheduleDelayedItemsLayout()  # one row is read whole now, and another is not any more
            self.executeDelayedItemsLayout()
            self.scrollTo(current)


class _Row(QStyledItemDelegate):
    """A row that has room for all of its lines; with ``brief`` it is cut to one, but for the one that is chosen."""

    def __init__(self, rows: QListWidget, *, brief: bool) -> None:
        super().__init__(rows)
        self._rows, self._brief = rows, brief

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Wrap the chosen row alone."""
        super().initStyleOption(option, index)
        if self._brief and index != self._rows.currentIndex():
            option.features &= ~WRAPS

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Break the lines as they are painted: Qt forgets what a style sheet leaves free beside them."""
        narrow = QStyleOptionViewItem(option)
        narrow.rect.setWidth(self._rows.viewport().width() - BESIDE_PX)
        return super().sizeHint(narrow, index)
