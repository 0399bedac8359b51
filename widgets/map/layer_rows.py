"""The rows of the tree of layers: groups, and in each its layers, the topmost first, with a box and a note each."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import cast

import msgspec
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from resources.theme import Theme
from widgets.common.fonts import text_px
from widgets.common.menus import is_menu_key
from widgets.common.tick import paint_tick_box
from widgets.map.fold_title import paint_chevron
from widgets.map.overlay import BODY_PX, SECOND_PX, sized

ROW, HEAD = 26, 22
BOX, INDENT, MORE = 13, 6, 20
"""Sizes in pixels: the box, what a row is set in by, and the strip at the end that opens a layer's options."""
AROUND = 2
"""Pixels about the picture of a box, for the width of its line."""
DRAG_FROM_PX = 5
KEY_ROLE = Qt.ItemDataRole.UserRole
GROUP_PREFIX = "group:"


class Row(msgspec.Struct, frozen=True):
    """A layer as listed: ``dim`` where it is on but not seen at this scale."""

    key: str
    name: str
    on: bool
    note: str = ""
    stale: bool = False
    dim: bool = False


Section = tuple[str, str, tuple[Row, ...]]
"""A group: its key, its name and its layers, the topmost first."""


class LayerRows(QTreeWidget):
    """The tree itself. It shows what it is given and says what a person wants."""

    toggled = Signal(str)
    opened = Signal(str)
    entered = Signal(str)
    """As ``opened``, by the key that goes into what a row has: options that are open stay so."""
    moved = Signal(str, int)
    dropped = Signal(str, object)
    """The layer that was dragged, and the one it was let go directly above, None for the foot of its group."""
    remove_wanted = Signal(str)
    undo_wanted = Signal()
    redo_wanted = Signal()
    left = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map_layer_rows")
        self.theme = theme
        self._sections: tuple[Section, ...] = ()
        self._rows: dict[str, Row] = {}
        self._pressed: QPoint | None = None
        self._drop: tuple[str, int] | None = None
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setItemDelegate(_RowPainter(self))
        self.itemExpanded.connect(self._on_folded)
        self.itemCollapsed.connect(self._on_folded)

    # -- what it shows ---------------------------------------------------------------------------------------------

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Show these groups and layers; the row that has the focus keeps it."""
        given = tuple(sections)
        if given == self._sections:
            return
        same = [(g, [r.key for r in rows]) for g, _, rows in given] == [
            (g, [r.key for r in rows]) for g, _, rows in self._sections
        ]
        self._sections = given
        self._rows = {row.key: row for _, _, rows in given for row in rows}
        if not same:
            self._build()
        for key, item in self._items().items():
            row = self._rows.get(key)
            item.setText(0, row.name if row is not None else self._head(key))
            if row is not None:
                item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, row.note)
                item.setData(0, Qt.ItemDataRole.CheckStateRole, Qt.CheckState.Checked if row.on else None)
        self.viewport().update()
        self.resized.emit()

    def row(self, key: str) -> Row | None:
        """Return a layer as it is listed."""
        return self._rows.get(key)

    def current_key(self) -> str | None:
        """Return the layer whose row is the current one, None on a group."""
        item = self.currentItem()
        key = None if item is None else str(item.data(0, KEY_ROLE))
        return key if key in self._rows else None

    def go_to(self, key: str) -> None:
        """Make a layer's row the current one."""
        item = self._items().get(key)
        if item is not None:
            self.setCurrentItem(item)

    def folded(self) -> tuple[str, ...]:
        """Return the groups that are folded up."""
        return tuple(key.removeprefix(GROUP_PREFIX) for key, i in self._items().items() if _is_head(i) and _folded(i))

    def fold(self, groups: Sequence[str]) -> None:
        """Fold up these groups and no others."""
        for key, item in self._items().items():
            if _is_head(item):
                item.setExpanded(key.removeprefix(GROUP_PREFIX) not in groups)

    def wanted(self) -> QSize:
        """Return the size that shows every row whole."""
        body, small = sized(self.font(), BODY_PX), sized(self.font(), SECOND_PX)
        widths = [text_px(body, row.name) + text_px(small, row.note) for row in self._rows.values()]
        height = sum(HEAD + (0 if _folded(item) else ROW * item.childCount()) for item in self._heads())
        return QSize(ceil(max(widths, default=80.0)) + INDENT + BOX + MORE + 32, height + 2)

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        self.theme = theme
        self.viewport().update()

    # -- what a person does ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space shows or hides, Enter opens options, Alt and arrow move, Delete removes, Ctrl+Z undoes.

        Right and the menu key open them too, as the right button does.
        """
        key, name = event.key(), self.current_key()
        held = event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            undoing = key == Qt.Key.Key_Z and not held & Qt.KeyboardModifier.ShiftModifier
            if key in (Qt.Key.Key_Z, Qt.Key.Key_Y):
                (self.undo_wanted if undoing else self.redo_wanted).emit()
            else:
                event.ignore()
        elif held & Qt.KeyboardModifier.AltModifier and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if name is not None:
                self.moved.emit(name, 1 if key == Qt.Key.Key_Up else -1)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) or is_menu_key(event):
            self._press(name, open_it=key != Qt.Key.Key_Space)
        elif key == Qt.Key.Key_Right and name is not None:
            self.entered.emit(name)
        elif key == Qt.Key.Key_Delete and name is not None:
            self.remove_wanted.emit(name)
        elif event.text().isalnum():
            event.ignore()  # letters act on the case
        else:
            super().keyPressEvent(event)

    def _press(self, name: str | None, *, open_it: bool) -> None:
        item = self.currentItem()
        if name is not None:
            (self.opened if open_it else self.toggled).emit(name)
        elif item is not None:
            item.setExpanded(not item.isExpanded())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a row."""
        self._pressed = event.position().toPoint()
        item = self.itemAt(self._pressed)
        if item is not None:
            self.setCurrentItem(item)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the row, or show what is pointed at."""
        at, name = event.position().toPoint(), self.current_key()
        held = event.buttons() & Qt.MouseButton.LeftButton
        if self._pressed is None or not held or name is None:
            super().mouseMoveEvent(event)
            self.viewport().update()
            return
        if self._drop is not None or abs(at.y() - self._pressed.y()) >= DRAG_FROM_PX:
            self._drop = name, self._gap(name, at.y())
            self.viewport().update()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the row go where it was dragged; without a drag, press it."""
        drop, pressed = self._drop, self._pressed
        self._drop = self._pressed = None
        self.viewport().update()
        item = self.itemAt(event.position().toPoint())
        if drop is not None:
            self._let_go(*drop)
        elif pressed is not None and item is not None and item is self.itemAt(pressed):
            name = self.current_key()
            at_end = event.position().x() > self.viewport().width() - MORE
            self._press(name, open_it=at_end or event.button() == Qt.MouseButton.RightButton)
        event.accept()

    def keyboardSearch(self, search: str) -> None:
        """No search by letters: they act on the case."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, and the line at which a dragged one would come to lie."""
        super().paintEvent(event)
        if self._drop is None:
            return
        name, gap = self._drop
        mates = self._mates(name)
        last = self.visualItemRect(mates[-1])
        y = self.visualItemRect(mates[gap]).top() if gap < len(mates) else last.bottom() + 1
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(self.theme.accent), 2))
        painter.drawLine(INDENT, y, self.viewport().width() - INDENT, y)
        painter.end()

    # -- inner -----------------------------------------------------------------------------------------------------

    def _gap(self, name: str, y: int) -> int:
        """Return the gap between the layers of a group nearest to a height: 0 is above the topmost."""
        rects = [self.visualItemRect(item) for item in self._mates(name)]
        edges = [rect.top() for rect in rects] + [rects[-1].bottom() + 1]
        return min(range(len(edges)), key=lambda i: abs(edges[i] - y))

    def _let_go(self, name: str, gap: int) -> None:
        below = [key for item in self._mates(name)[gap:] if (key := str(item.data(0, KEY_ROLE))) != name]
        self.dropped.emit(name, below[0] if below else None)

    def _mates(self, name: str) -> list[QTreeWidgetItem]:
        return _children(cast(QTreeWidgetItem, self._items()[name].parent()))

    def _build(self) -> None:
        heirs = self._heirs()
        folded = self.folded()
        self.clear()
        for group, name, rows in self._sections:
            head = QTreeWidgetItem(self, [name])
            head.setData(0, KEY_ROLE, GROUP_PREFIX + group)
            head.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            for row in rows:
                QTreeWidgetItem(head, [row.name]).setData(0, KEY_ROLE, row.key)
            head.setExpanded(group not in folded)
        items = self._items()
        heir = next((items[key] for key in heirs if key in items), None)
        if heir is not None:
            self.setCurrentItem(heir)

    def _heirs(self) -> list[str]:
        """Return the rows to be current once others are shown, the first there is: the same, else its neighbours."""
        item = self.currentItem()
        if item is None:
            return []
        key = str(item.data(0, KEY_ROLE))
        head = item.parent()
        mates = [key] if head is None else [str(mate.data(0, KEY_ROLE)) for mate in _children(head)]
        at, every = mates.index(key), list(self._items())
        elsewhere = [*every[every.index(key) + 1 :], *every]
        return [key, *mates[at + 1 :], *reversed(mates[:at]), *(k for k in elsewhere if not k.startswith(GROUP_PREFIX))]

    def _heads(self) -> list[QTreeWidgetItem]:
        return [cast(QTreeWidgetItem, self.topLevelItem(i)) for i in range(self.topLevelItemCount())]

    def _items(self) -> dict[str, QTreeWidgetItem]:
        found = {}
        for head in self._heads():
            for item in (head, *_children(head)):
                found[str(item.data(0, KEY_ROLE))] = item
        return found

    def _head(self, key: str) -> str:
        return next(name for group, name, _ in self._sections if GROUP_PREFIX + group == key)

    def _on_folded(self, _item: QTreeWidgetItem) -> None:
        self.resized.emit()


def _children(head: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [cast(QTreeWidgetItem, head.child(i)) for i in range(head.childCount())]


def _is_head(item: QTreeWidgetItem) -> bool:
    return str(item.data(0, KEY_ROLE)).startswith(GROUP_PREFIX)


def _folded(item: QTreeWidgetItem) -> bool:
    return not item.isExpanded()


Index = QModelIndex | QPersistentModelIndex


class _RowPainter(QStyledItemDelegate):
    """Paints groups and layers from the theme, in the calm of the card."""

    def __init__(self, rows: LayerRows) -> None:
        super().__init__(rows)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """See ``QStyledItemDelegate``."""
        return QSize(80, ROW if index.parent().isValid() else HEAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See ``QStyledItemDelegate``."""
        rect, theme = QRectF(option.rect), self._rows.theme
        lit = bool(option.state & QStyle.StateFlag.State_MouseOver)
        current = index == self._rows.currentIndex() and self._rows.hasFocus()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if current or lit:
            painter.setPen(QPen(QColor(theme.accent), 1.2) if current else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 3, 3)
        key = str(index.data(KEY_ROLE))
        row = self._rows.row(key)
        if row is None:
            self._paint_head(
                painter, rect, str(index.data()), folded=not self._rows.isExpanded(cast(QModelIndex, index))
            )
        else:
            self._paint_row(painter, rect, row, more=current or lit)
        painter.restore()

    def _paint_head(self, painter: QPainter, rect: QRectF, name: str, *, folded: bool) -> None:
        painter.setPen(QPen(QColor(self._rows.theme.text_second), 1.3))
        painter.setFont(sized(self._rows.font(), SECOND_PX))
        paint_chevron(painter, rect.left() + INDENT + BOX / 2, rect.center().y(), down=not folded)
        left = INDENT + BOX + 8
        painter.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_row(self, painter: QPainter, rect: QRectF, row: Row, *, more: bool) -> None:
        theme, font = self._rows.theme, self._rows.font()
        box = _box(theme, row.on, painter.device().devicePixelRatioF())
        painter.drawImage(QPointF(rect.left() + INDENT - AROUND, rect.center().y() - BOX / 2 - AROUND), box)
        painter.setFont(sized(font, SECOND_PX))
        painter.setPen(QColor(theme.near if row.stale else theme.text_second))
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -MORE, 0), centre | Qt.AlignmentFlag.AlignRight, row.note)
        note = QFontMetricsF(sized(font, SECOND_PX)).horizontalAdvance(row.note)
        painter.setFont(sized(font, BODY_PX))
        painter.setPen(QColor(theme.text if row.on and not row.dim else theme.text_second))
        room = rect.adjusted(INDENT + BOX + 8, 0, -MORE - note - 8, 0)
        name = QFontMetricsF(painter.font()).elidedText(row.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, centre, name)
        if more:
            painter.setPen(QPen(QColor(theme.text_second), 1.3))
            paint_chevron(painter, rect.right() - MORE / 2, rect.center().y(), down=False)


@lru_cache(maxsize=8)
def _box(theme: Theme, on: bool, ratio: float) -> QImage:
    """Return the box that says whether a layer shows, with ``AROUND`` pixels about it. Kept: a curve costs 0.2 ms."""
    side = round((BOX + 2 * AROUND) * ratio)
    picture = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_tick_box(painter, QRectF(AROUND, AROUND, BOX, BOX), theme, on=on)
    painter.end()
    return picture
