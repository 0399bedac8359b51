"""One row of the case list: lamp, title and clock; below them grid, channel and kind."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

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
from widgets.common.fonts import SECOND_PX, sized
from widgets.common.lamp import Shape, paint_shape
from widgets.signs import LAMP_SHAPES, lamp_colour, supervise_colour

_Index = QModelIndex | QPersistentModelIndex
ROW_PX = 58
TITLE_PX = 15


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
        font = option.font
        painter.setFont(sized(font, SECOND_PX))
        clock = str(index.data(CLOCK_ROLE))
        clock_w = QFontMetrics(painter.font()).horizontalAdvance(clock)
        painter.setPen(QColor(lamp_colour(lamp, self._theme)))
        right = QRect(box.right() - clock_w - 13, box.top() + 9, clock_w + 1, 24)
        painter.drawText(right, int(Qt.AlignmentFlag.AlignVCenter), clock)
        left = box.left() + 43
        painter.setFont(sized(font, TITLE_PX))
        painter.setPen(QColor(self._theme.text))
        _line(painter, QRect(left, box.top() + 8, right.left() - left - 10, 24), case.title)
        painter.setFont(sized(font, SECOND_PX))
        painter.setPen(QColor(self._theme.text_second))
        right_edge = self._paint_flags(painter, box, case, index)
        _line(painter, QRect(left, box.top() + 31, right_edge - left, 20), str(index.data(LINE_ROLE)))
        painter.restore()

    def _paint_mark(self, painter: QPainter, box: QRect) -> None:
        """Paint a ticked box below the lamp, and an edge at the left: seen without its colour."""
        left, top = box.left() + 14, box.top() + 33
        painter.fillRect(QRect(box.left(), box.top(), 5, box.height()), QColor(self._theme.accent))
        painter.setPen(QPen(QColor(self._theme.accent), 1.6))
        painter.drawRect(QRect(left, top, 14, 14))
        painter.drawPolyline([QPoint(left + 3, top + 7), QPoint(left + 6, top + 11), QPoint(left + 12, top + 3)])

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

    def _paint_flags(self, painter: QPainter, box: QRect, case: Case, index: _Index) -> int:
        """Paint the small marks at the right of the second line; return where the line must end."""
        x = box.right() - 12
        claim, waiting = str(index.data(CLAIM_ROLE) or ""), index.data(WAITING_ROLE)
        viewers = str(index.data(VIEWERS_ROLE) or "")
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
        font, second = painter.font(), painter.pen()
        painter.setFont(sized(font, 12))
        if viewers:
            x = self._paint_eye(painter, x, box.top(), viewers)
        for text, colour in flags:
            width = painter.fontMetrics().horizontalAdvance(text) + 8
            x -= width
            painter.setPen(QColor(colour))
            mark = QRect(x, box.top() + 32, width, 18)
            painter.drawRect(mark)
            painter.drawText(mark, int(Qt.AlignmentFlag.AlignCenter), text)
            x -= 4
        painter.setFont(font)
        painter.setPen(second)
        return x - 4

    def _paint_eye(self, painter: QPainter, right: int, top: int, viewers: str) -> int:
        """Paint an eye with who looks at the case now, unframed: it is no claim. Return where the next mark may end."""
        width = painter.fontMetrics().horizontalAdvance(viewers)
        x = right - width
        painter.setPen(QColor(self._theme.near))
        painter.drawText(QRect(x, top + 32, width, 18), int(Qt.AlignmentFlag.AlignCenter), viewers)
        paint_shape(painter, QRectF(x - 17, top + 34, 14, 14), Shape.EYE, self._theme.near)
        return x - 23


def _line(painter: QPainter, box: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine), shown)
