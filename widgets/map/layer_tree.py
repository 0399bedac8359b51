"""The tree of layers: each on or off, in its group and order, with how old it is; and the options of one beside it.

It folds to its title, for whoever wants to see the map below it.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from layers.contract import LayerItem, Tells
from layers.options import GROUPS
from resources.theme import Theme
from resources.words import Words
from widgets.map.fold_title import HEIGHT_PX, FoldTitle
from widgets.map.layer_rows import LayerRows, Row, Section
from widgets.map.overlay import Card
from widgets.map.toolbar import MapButton

BUTTON_PX = 26
EDGE_X, EDGE_Y = 8, 6
MOST_WIDTH_PX = 320


class LayerTree(Card):
    """Title, a few buttons and the rows. It shows what the layers say and tells what a person wants of them."""

    add_wanted = Signal()
    undo_wanted = Signal()
    reset_wanted = Signal()
    resized = Signal()
    folding_changed = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_layers")
        self._notes: dict[str, tuple[str, bool]] = {}
        self._most_height = 100_000
        self._title = FoldTitle(theme, self)
        self._title.setObjectName("map_layers_fold")
        self._adds = False
        self.rows = LayerRows(theme, self)
        self.rows.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        signs = {"add": _plus, "undo": _turn, "reset": _stack}
        self._buttons = {name: MapButton(sign, theme, self) for name, sign in signs.items()}
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(0)
        head.addWidget(self._title, 1)
        for name, button in self._buttons.items():
            button.setObjectName(f"map_layers_{name}")
            button.setFixedSize(BUTTON_PX, BUTTON_PX)
            head.addWidget(button)
        self._show_parts()
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE_X, EDGE_Y, EDGE_X, EDGE_Y)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.rows, 1)
        self._buttons["add"].clicked.connect(self.add_wanted)
        self._buttons["undo"].clicked.connect(self.undo_wanted)
        self._buttons["reset"].clicked.connect(self.reset_wanted)
        self.rows.resized.connect(self.fit)
        self._title.clicked.connect(self._on_folded)
        self.set_theme(theme)
        self.retranslate()

    def show_items(self, items: Sequence[LayerItem], denominator: float) -> None:
        """List these layers as they are at a scale, given from the ground up."""
        sections: list[Section] = []
        for group in reversed(GROUPS):
            mates = [self._row(item, denominator) for item in reversed(items) if item.group is group]
            if mates:
                sections.append((group.value, self.words(f"layer_tree.group.{group.value}"), tuple(mates)))
        self.rows.show_sections(sections)

    def set_note(self, key: str, text: str, *, stale: bool = False) -> bool:
        """Say beside a layer how old it is or which version, with the next ``show_items``; whether it is news."""
        news = self._notes.get(key) != (text, stale)
        self._notes[key] = text, stale
        return news

    def offer_add(self, on: bool) -> None:
        """Show the button that adds layers, or not."""
        self._adds = on
        self._show_parts()

    @property
    def folded(self) -> bool:
        """Whether it is folded to its title."""
        return self._title.isChecked()

    def fold(self, on: bool) -> None:
        """Fold it to its title, or show it whole. Keys that were on what is folded go to the title."""
        if on != self.folded:
            self._title.setChecked(on)
            self._on_folded()

    def take_keys(self) -> None:
        """Give the keys to the rows, or to the title they are folded under."""
        (self._title if self.folded else self.rows).setFocus()

    def toggle(self) -> None:
        """Fold it, or show it whole again."""
        self.fold(not self.folded)

    def set_can_undo(self, on: bool) -> None:
        """Say whether there is something to be taken back."""
        self._buttons["undo"].setEnabled(on)

    def bound(self, most_height: int) -> None:
        """Grow no higher than this; rows that have no room are scrolled to."""
        self._most_height = most_height
        self.fit()

    def fit(self) -> None:
        """Take the size the rows need, within bounds."""
        if self.folded:
            width, height = self._title.sizeHint().width() + 2 * EDGE_X, HEIGHT_PX + 2 * EDGE_Y
        else:
            wanted = self.rows.wanted()
            width = min(MOST_WIDTH_PX, max(wanted.width(), 150)) + 2 * EDGE_X
            height = min(self._most_height, wanted.height() + BUTTON_PX + 2 * EDGE_Y + 4)
        before = self.size()
        self.resize(width, max(0, height))
        if self.size() != before:  # a map too low for its cards bounds it to less than it can be: that is no news
            self.resized.emit()

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        super().set_theme(theme)
        self.rows.set_theme(theme)
        buttons: tuple[FoldTitle | MapButton, ...] = (self._title, *self._buttons.values())
        for button in buttons:
            button.theme = theme
            button.update()

    def retranslate(self) -> None:
        """Take up another language (rows are shown anew from outside)."""
        self._title.setText(self.words("map.layers"))
        self._name_title()
        self.rows.setAccessibleName(self.words("layer_tree.accessible"))
        for name, button in self._buttons.items():
            button.setToolTip(self.words(f"layer_tree.{name}"))
            button.setAccessibleName(self.words(f"layer_tree.{name}"))

    def _on_folded(self) -> None:
        held = self.window().focusWidget()
        if self.folded and held is not None and self.isAncestorOf(held):
            self._title.setFocus()
        self._name_title()
        self._show_parts()
        self.folding_changed.emit()
        self.fit()

    def _show_parts(self) -> None:
        """Show what is not folded away; the button that adds not before somebody says what can be added."""
        self.rows.setVisible(not self.folded)
        for name, button in self._buttons.items():
            button.setVisible(not self.folded and (name != "add" or self._adds))

    def _name_title(self) -> None:
        hint = self.words("layer_tree.unfold" if self.folded else "layer_tree.fold")
        self._title.setToolTip(hint)
        self._title.setAccessibleName(f"{self._title.text()} · {hint}")

    def _row(self, item: LayerItem, denominator: float) -> Row:
        note, stale = self._notes.get(item.key) or item.note()
        if item.look.past is not None and item.tells is not Tells.ALWAYS:
            note, stale = (self.words(f"layer_tree.tells.{item.tells}"), True) if item.visible else ("", False)
        seen = item.options.shows_at(denominator)
        if item.visible and not seen:
            note, stale = self.words("layer_tree.not_at_this_scale"), False
        return Row(item.key, item.title(), item.visible, note, stale, dim=not seen)


def _plus(painter: QPainter) -> None:
    painter.drawLine(QPointF(-5, 0), QPointF(5, 0))
    painter.drawLine(QPointF(0, -5), QPointF(0, 5))


def _turn(painter: QPainter) -> None:
    """An arrow that turns back."""
    painter.drawArc(-5, -4, 10, 10, -60 * 16, 200 * 16)
    painter.drawPolyline(QPolygonF([QPointF(-5.5, -5.5), QPointF(-4.6, -0.4), QPointF(0.2, -1.6)]))


def _stack(painter: QPainter) -> None:
    """Sheets one on another, as they are by themselves. No arrow: one to the side reads as folding the list away."""
    painter.drawPolygon(QPolygonF([QPointF(0, -6), QPointF(6, -3), QPointF(0, 0), QPointF(-6, -3)]))
    for y in (0.0, 3.0):
        painter.drawPolyline(QPolygonF([QPointF(-6, y), QPointF(0, y + 3), QPointF(6, y)]))
