"""A sheet: what opens over the middle of the window, takes the keyboard, and gives it back where it was when closed."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from resources.theme import Theme
from widgets.common.stale import BAND_PX, paint_since

EDGE_PX = 32


def open_sheets(window: QWidget) -> "list[Sheet]":
    """Return the sheets that are open in a window, the topmost last."""
    return [sheet for sheet in window.findChildren(Sheet) if not sheet.isHidden()]  # raising one puts it last


class Sheet(QFrame):
    """A frame at most ``width`` by ``height`` pixels large; it keeps to the window while it is open.

    A subclass fills it, opens it with ``show_over`` and gives the focus to what is to be typed in first. Another sheet
    it would lie on is closed, unless something is being entered there (``has_input``): that stays below, and is on top
    again when this one is closed.
    """

    closed = Signal()
    follows = False
    """Whether it shows what others in the room alter, and so says since when it is stale."""

    def __init__(self, parent: QWidget, width: int, height: int) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._most = width, height
        self._came_from: QWidget | None = None
        self._stale: tuple[str, Theme] | None = None

    def say_stale(self, text: str, theme: Theme) -> None:
        """Say below all else since when nothing was heard; empty while what it shows is fresh."""
        said, layout = (text, theme) if text else None, self.layout()
        if said == self._stale:  # it is told every second
            return
        if layout is not None and (said is None) != (self._stale is None):
            room = layout.contentsMargins()
            room.setBottom(room.bottom() + (BAND_PX if said else -BAND_PX))
            layout.setContentsMargins(room)
        self._stale = said
        self.setAccessibleDescription(text)
        self.update()

    def show_over(self) -> None:
        """Open over the window, or come up again; the focus will come back to where it is now."""
        self._place()
        for other in open_sheets(self.window()):
            if other is not self and not other.has_input() and _lies_on(self.geometry(), other.geometry()):
                other.close_sheet()
        at = self.window().focusWidget()
        if at is None or not (at is self or self.isAncestorOf(at)):
            self._came_from = at
        self.show()
        self.raise_()
        self.setFocus()  # whatever the subclass gives it to may be hidden; no key is to go to what lies below

    def come_up(self) -> None:
        """Lie on top again where another sheet was opened over this one."""
        if open_sheets(self.window())[-1:] != [self]:
            self.show_over()

    def close_sheet(self) -> None:
        """Close; the focus goes back to where it was."""
        back, self._came_from = self._came_from, None
        self.hide()
        if back is not None and isValid(back):  # what had it may be gone by now
            back.setFocus()
        self.closed.emit()

    def escape(self) -> None:
        """Do what Esc does, wherever in the window it was pressed: leave what is being done here, or close."""
        self.close_sheet()

    def has_input(self) -> bool:
        """Whether something was typed that is not kept yet, nor just searched for; a subclass may know of more."""
        lines = [line for line in self.findChildren(QLineEdit) if line.isModified() and line.text()]
        texts = [text for text in self.findChildren(QPlainTextEdit) if text.document().isModified()]
        # Only lines that search have a button to clear them
        return any(not line.isClearButtonEnabled() for line in lines) or any(text.toPlainText() for text in texts)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; no key goes to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        event.accept()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the window's size."""
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            parent.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Hear nothing of the window while closed: it has thousands of events."""
        super().hideEvent(event)
        if self._stale is not None:
            self.say_stale("", self._stale[1])
        parent = self.parentWidget()
        if parent is not None:
            parent.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The sheet keeps to the window's size."""
        if watched is self.parent() and isinstance(event, QResizeEvent) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say that it is stale where it is."""
        super().paintEvent(event)
        if self._stale is not None:
            paint_since(QPainter(self), self.rect().adjusted(1, 1, -1, -1), *self._stale)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            width, height = min(self._most[0], parent.width() - EDGE_PX), min(self._most[1], parent.height() - EDGE_PX)
            self.setGeometry((parent.width() - width) // 2, (parent.height() - height) // 2, width, height)


def _lies_on(one: QRect, other: QRect) -> bool:
    """Whether two sheets lie at the same place: half of one of them, or more, would be hidden."""
    common = one.intersected(other)
    smaller = min(one.width() * one.height(), other.width() * other.height())
    return 2 * common.width() * common.height() >= smaller and not common.isEmpty()
