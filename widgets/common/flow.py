"""A layout that sets its widgets in lines and begins a new line where one is full; in equal columns if asked."""

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Lines of widgets. With ``columns`` the widgets share the width equally, in at most so many columns."""

    def __init__(self, parent: QWidget | None = None, *, spacing_px: int = 8, columns: int = 0) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap, self._columns = spacing_px, columns
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item; the layout owns it."""
        self._items.append(item)

    def count(self) -> int:
        """Number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return the item at an index, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return the item at an index, or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The height depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height all lines need at a width."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the widgets."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """As small as the largest widget."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Room for the largest widget."""
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, *, move: bool) -> int:
        items = self._shown()
        if not items:
            return 0
        return self._in_columns(items, rect, move) if self._columns else self._in_lines(items, rect, move)

    def _in_columns(self, items: list[QLayoutItem], rect: QRect, move: bool) -> int:
        widest = max(item.minimumSize().width() for item in items)
        fit = max(1, (rect.width() + self._gap) // (widest + self._gap))
        columns = min(self._columns, fit)
        width = (rect.width() - self._gap * (columns - 1)) // columns
        y = rect.y()
        for start in range(0, len(items), columns):
            line = items[start : start + columns]
            height = max(item.sizeHint().height() for item in line)
            for i, item in enumerate(line):
                if move:
                    item.setGeometry(QRect(rect.x() + i * (width + self._gap), y, width, height))
            y += height + self._gap
        return y - self._gap - rect.y()

    def _in_lines(self, items: list[QLayoutItem], rect: QRect, move: bool) -> int:
        x, y, line_height = rect.x(), rect.y(), 0
        for item in items:
            hint = item.sizeHint()
            if line_height and x + hint.width() > rect.x() + rect.width():
                x, y, line_height = rect.x(), y + line_height + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self._gap
            line_height = max(line_height, hint.height())
        return y + line_height - rect.y()
