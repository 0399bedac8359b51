"""One row of the case list: lamp, title and clock; below them grid, channel and kind.

The clock is whole before anything else: the title makes way for it. What is shortened all the same is read on hover.
"""

from math import ceil

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from domain.case import Case
from domain.clock import Lamp
from domain.states import Supervise
from resources.theme import Theme
from resources.words import Words
from widgets.case_list.table import (
    CASE_ROLE,
    CLAIM_ROLE,
    CLOCK_ROLE,
    LAMP_ROLE,
    LINE_ROLE,
    MARK_ROLE,
    VIEWERS_ROLE,
    WAITING_ROLE,
    waiting_key,
)
from widgets.common.fonts import SECOND_PX, sized, text_px
from widgets.common.lamp import Shape, paint_shape
from widgets.common.tick import paint_tick_box
from widgets.common.tips import plain_tip
from widgets.signs import LAMP_SHAPES, lamp_colour, supervise_colour

_Index = QModelIndex | QPersistentModelIndex
_Text = tuple[QRect, QFont, str, Qt.AlignmentFlag]
_ONE_LINE = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value
ROW_PX = 58
TITLE_PX, FLAG_PX = 15, 12
LEFT_PX, RIGHT_PX, BETWEEN_PX = 43, 12, 10
SPARE_PX = 3
"""A text may be drawn so much wider than it is measured, on a screen whose scale is no whole number."""
FLAG_ROOM_PX, EYE_PX = 12, 23
"""What a mark takes beside its text, and the eye with the room around it."""


class CaseRowDelegate(QStyledItemDelegate):
    """Paints a row; the view gives it the focus it shows."""

    def __init__(self, words: Words, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every row is equally high."""
        return QSize(200, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        case = index.data(CASE_ROLE)
        if not isinstance(case, Case):
            return
        painter.save()
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        self._paint_ground(painter, box, state)
        lamp = Lamp(str(index.data(LAMP_ROLE)))  # Qt hands text enums back as plain text
        paint_shape(painter, QRectF(box.left() + 15, box.top() + 14, 13, 13), *self._sign(lamp))
        if index.data(MARK_ROLE):
            self._paint_mark(painter, box)
        self._paint_flags(painter, box, option.font, case, index)
        colours = (lamp_colour(lamp, self._theme), self._theme.text, self._theme.text_second)
        for (place, font, text, aligned), colour in zip(self._texts(option, case, index), colours, strict=True):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(place, aligned.value | _ONE_LINE, _fitted(font, text, place.width()))
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """Say whole what is shortened of the row below the pointer."""
        case = index.data(CASE_ROLE)
        if event.type() != QEvent.Type.ToolTip or not isinstance(case, Case):
            return super().helpEvent(event, view, option, index)
        cut = self.shortened(option, case, index)
        QToolTip.showText(event.globalPos(), plain_tip("\n".join(cut)), view)
        return True

    def shortened(self, option: QStyleOptionViewItem, case: Case, index: _Index) -> list[str]:
        """Return the texts of a row that do not fit, whole, in the order they are read."""
        clock, title, line = self._texts(option, case, index)
        return [text for place, font, text, _ in (title, clock, line) if _fitted(font, text, place.width()) != text]

    def _texts(self, option: QStyleOptionViewItem, case: Case, index: _Index) -> tuple[_Text, _Text, _Text]:
        """Return where clock, title and second line go, each with its font."""
        box: QRect = option.rect
        large, small = sized(option.font, TITLE_PX), sized(option.font, SECOND_PX)
        left, right = box.left() + LEFT_PX, box.right() - RIGHT_PX
        clock, line = str(index.data(CLOCK_ROLE)), str(index.data(LINE_ROLE))
        clock_w = min(max(0, right - left), _width(small, clock) + SPARE_PX)
        title_w = max(0, right - clock_w - left - BETWEEN_PX)
        line_w = max(0, self._flags_left(option.font, box, case, index) - left)
        at_right, at_left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        return (
            (QRect(right - clock_w, box.top() + 9, clock_w, 24), small, clock, at_right),
            (QRect(left, box.top() + 8, title_w, 24), large, case.title, at_left),
            (QRect(left, box.top() + 31, line_w, 20), small, line, at_left),
        )

    def _paint_mark(self, painter: QPainter, box: QRect) -> None:
        """Paint a ticked box below the lamp, and an edge at the left: seen without its colour."""
        left, top = box.left() + 14, box.top() + 33
        painter.fillRect(QRect(box.left(), box.top(), 5, box.height()), QColor(self._theme.accent))
        paint_tick_box(painter, QRectF(left, top, 14, 14), self._theme, on=True)

    def _sign(self, lamp: Lamp) -> tuple[Shape, str]:
        return LAMP_SHAPES[lamp], lamp_colour(lamp, self._theme)

    def _paint_ground(self, painter: QPainter, box: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(self._theme.selection))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), QColor(self._theme.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(self._theme.raised))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(self._theme.line))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(self._theme.accent), 1))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _flags(self, case: Case, index: _Index) -> list[tuple[str, str]]:
        """Return the small marks at the right of the second line, from the right, each with its colour."""
        claim, waiting = str(index.data(CLAIM_ROLE) or ""), index.data(WAITING_ROLE)
        flags: list[tuple[str, str]] = []
        if waiting is not None:
            flags.append((self._words(waiting_key(held=waiting)), self._theme.near if waiting else self._theme.accent))
        if case.supervise is not Supervise.NONE:
            text = self._words(f"desk.list.supervise.{case.supervise}")
            flags.append((text, supervise_colour(case.supervise, self._theme)))
        if claim:
            flags.append((claim, self._theme.accent))
        if case.urgent:
            flags.append((self._words("desk.card.urgent"), self._theme.near))
        return flags

    def _flags_left(self, font: QFont, box: QRect, case: Case, index: _Index) -> int:
        """Return where the second line must end."""
        small, viewers = sized(font, FLAG_PX), str(index.data(VIEWERS_ROLE) or "")
        marks = sum(_width(small, text) + FLAG_ROOM_PX for text, _ in self._flags(case, index))
        return box.right() - RIGHT_PX - 4 - marks - (_width(small, viewers) + EYE_PX if viewers else 0)

    def _paint_flags(self, painter: QPainter, box: QRect, font: QFont, case: Case, index: _Index) -> None:
        """Paint the small marks, and who looks at the case."""
        x, viewers, small = box.right() - RIGHT_PX, str(index.data(VIEWERS_ROLE) or ""), sized(font, FLAG_PX)
        painter.setFont(small)
        if viewers:
            x = self._paint_eye(painter, x, box.top(), viewers)
        for text, colour in self._flags(case, index):
            width = _width(small, text) + FLAG_ROOM_PX - 4
            x -= width
            painter.setPen(QColor(colour))
            mark = QRect(x, box.top() + 32, width, 18)
            painter.drawRect(mark)
            painter.drawText(mark, int(Qt.AlignmentFlag.AlignCenter), text)
            x -= 4

    def _paint_eye(self, painter: QPainter, right: int, top: int, viewers: str) -> int:
        """Paint an eye with who looks at the case now, unframed: it is no claim. Return where the next mark may end."""
        width = _width(painter.font(), viewers)
        x = right - width
        painter.setPen(QColor(self._theme.near))
        painter.drawText(QRect(x, top + 32, width, 18), int(Qt.AlignmentFlag.AlignCenter), viewers)
        paint_shape(painter, QRectF(x - 17, top + 34, 14, 14), Shape.EYE, self._theme.near)
        return x - EYE_PX


def _width(font: QFont, text: str) -> int:
    return ceil(text_px(font, text))


def _fitted(font: QFont, text: str, width: int) -> str:
    """Return a text as it is shown on so many pixels."""
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
