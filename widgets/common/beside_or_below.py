"""A layout for words with something to press: beside them while they are short, below them where they are long.

A long text squeezed beside a wide button stands in a narrow column of many lines.
"""

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QLayoutItem, QWidget

from widgets.common.flow import FlowLayout

LINES_BESIDE = 2
"""Of more lines than this beside the button, the words have the whole width."""


class BesideOrBelow(FlowLayout):
    """Lays out words that wrap, a button, and a small one that always stands beside them at the right."""

    def __init__(self, parent: QWidget, words: QWidget, button: QWidget, corner: QWidget) -> None:
        super().__init__(parent)
        self._text = words
        for part in (words, button, corner):
            self.addWidget(part)

    def _place(self, rect: QRect, *, move: bool) -> int:
        room, gap = self.contentsMargins(), self._gap
        inner = rect.marginsRemoved(room)
        words, button, corner = self._items
        pressed, small = (QSize(0, 0) if part.isEmpty() else part.sizeHint() for part in (button, corner))
        width = inner.width() - (small.width() + gap if small.width() else 0)
        beside = width - (pressed.width() + gap if pressed.width() else 0)
        line = self._text.fontMetrics().lineSpacing()
        below = pressed.width() > 0 and words.heightForWidth(beside) > (LINES_BESIDE + 0.5) * line
        under = pressed.height() + gap if below else 0
        first = max(words.heightForWidth(width if below else beside), small.height(), 0 if below else pressed.height())
        if move:
            first = max(first, inner.height() - under)  # a row that is given more than it asked for uses it
            left, right, top = inner.left(), inner.left() + width, inner.top()
            words.setGeometry(QRect(left, top, width if below else beside, first))
            _centre(corner, QRect(right + gap, top, small.width(), first), small)
            upper, high = (top + first + gap, pressed.height()) if below else (top, first)
            _centre(button, QRect(right - pressed.width(), upper, pressed.width(), high), pressed)
        return first + under + room.top() + room.bottom()


def _centre(part: QLayoutItem, within: QRect, size: QSize) -> None:
    part.setGeometry(QRect(QPoint(within.left(), within.top() + (within.height() - size.height()) // 2), size))
