"""The state of a unit as its sign and its word; what is stale or off shift is dimmed."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from domain.units import UnitState
from resources.theme import Theme
from widgets.common.fonts import BODY_PX, sized
from widgets.common.lamp import Shape, paint_shape
from widgets.signs import UNIT_SHAPES, unit_colour
from widgets.unit_board.rows import UnitRow
from widgets.unit_board.table import ROW_ROLE, STALE_ROLE, Column


class UnitCellDelegate(QStyledItemDelegate):
    """Paints a cell."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, UnitRow):
            return
        painter.save()
        theme, box = self._theme, QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(box, QColor(theme.selection))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(theme.line))
        if selected and index.column() == Column.UNIT:
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), QColor(theme.accent))
        left = 7
        if index.column() == Column.STATE:
            self._paint_sign(painter, QRectF(box.left() + 6, box.center().y() - 6, 13, 13), row, index)
            left = 26
        dim = not row.on_shift or (index.column() == Column.POSITION and bool(index.data(STALE_ROLE)))
        second = dim or (index.column() >= Column.TIME)
        painter.setPen(QColor(theme.text_second if second else theme.text))
        painter.setFont(sized(option.font, BODY_PX))
        room = box.adjusted(left, 0, -6, 0)
        text = painter.fontMetrics().elidedText(
            str(index.data(Qt.ItemDataRole.DisplayRole)), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()

    def _paint_sign(
        self, painter: QPainter, box: QRectF, row: UnitRow, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = self._theme
        if not row.on_shift:
            return
        if index.data(STALE_ROLE) and row.status.state is UnitState.FREE:
            paint_shape(painter, box, Shape.RING_DASHED, theme.text_second)
        else:
            paint_shape(painter, box, UNIT_SHAPES[row.status.state], unit_colour(row.status.state, theme))
