"""The strip below the head of a card: what was asked for on this case and has not happened yet."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.chip import mixed
from widgets.common.lamp import Shape, paint_shape
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names
from widgets.waiting import WaitingMark

SHOWN_AT_MOST = 3


class WaitingStrip(QWidget):
    """Hidden while nothing waits. ``pressed`` asks for the outbox."""

    pressed = Signal()

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._theme = names, theme
        self._marks: tuple[WaitingMark, ...] = ()
        self._text, self._open = WrappedLabel(), Button()
        set_role(self._open, "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(34, 4, 4, 4)
        row.addWidget(self._text, 1)
        row.addWidget(self._open)
        self._open.clicked.connect(self.pressed)
        self.hide()

    def set_marks(self, marks: Sequence[WaitingMark]) -> None:
        """Show what waits."""
        self._marks = tuple(marks)
        self.setVisible(bool(marks))
        self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        if not self._marks:
            return
        words = self._names.words
        lines = [self._line(mark) for mark in self._marks[:SHOWN_AT_MOST]]
        if len(self._marks) > SHOWN_AT_MOST:
            lines.append(words("outbox.more", n=len(self._marks) - SHOWN_AT_MOST))
        self._text.setText("\n".join(lines))
        self._open.setText(words("outbox.open"))
        self.setAccessibleName(self._text.text())
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the sign: a dashed ring while it waits, a triangle where a person has to decide."""
        painter = QPainter(self)
        held = any(mark.held for mark in self._marks)
        colour = self._theme.near if held else self._theme.accent
        painter.fillRect(self.rect(), QColor(mixed(self._theme.panel, colour, 0.08)))
        painter.fillRect(0, 0, 3, self.height(), QColor(colour))
        shape = Shape.TRIANGLE if held else Shape.RING_DASHED
        paint_shape(painter, QRectF(12, 10, 12, 12), shape, colour)

    def _line(self, mark: WaitingMark) -> str:
        words, names = self._names.words, self._names
        key = "outbox.strip_held" if mark.held else "outbox.strip"
        given, until = (names.local(at).strftime("%H:%M") for at in (mark.given_at, mark.not_after))
        return words(key, action=words(f"action.{mark.action}"), given=given, until=until)
