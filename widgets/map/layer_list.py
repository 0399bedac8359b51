"""The list of layers: each on or off, and how old or which version it is."""

from math import ceil

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import BODY_PX, Card, sized

BOX, ROW = 13, 26
ENDED = "ended"
ORDER = ("cases", ENDED, "positions", "grids", "divisions", "basemap")
"""As listed; ``ENDED`` is not a layer of its own but a choice of the cases."""


class LayerBox(QCheckBox):
    """A check box drawn from the theme, in the calm of the card: a box, a tick, the name."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setMinimumHeight(ROW)

    def sizeHint(self) -> QSize:
        """Room for box and name."""
        return QSize(BOX + 12 + ceil(QFontMetricsF(sized(self.font(), BODY_PX)).horizontalAdvance(self.text())), ROW)

    def hitButton(self, pos: QPoint) -> bool:
        """The whole row can be clicked."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint box, tick and name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - BOX) / 2
        box = QRectF(1.5, top, BOX, BOX)
        rim = self.theme.accent if self.hasFocus() else self.theme.text_second
        painter.setPen(QPen(QColor(rim), 1.8 if self.hasFocus() else 1.0))
        painter.setBrush(QColor(self.theme.raised))
        painter.drawRoundedRect(box, 2.5, 2.5)
        if self.isChecked():
            painter.setPen(QPen(QColor(self.theme.text), 1.7))
            tick = [QPointF(4.2, top + 6.8), QPointF(7.0, top + 9.6), QPointF(12.0, top + 3.8)]
            painter.drawPolyline(tick)
        painter.setFont(sized(self.font(), BODY_PX))
        painter.setPen(QColor(self.theme.text if self.isChecked() else self.theme.text_second))
        painter.drawText(
            QRectF(BOX + 9, 0, self.width() - BOX - 9, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        painter.end()


class LayerList(Card):
    """Check boxes of the layers there are, with a note beside each."""

    layer_toggled = Signal(str, bool)
    ended_toggled = Signal(bool)

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_layers")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 10, 14, 10)
        self._grid.setVerticalSpacing(3)
        self._grid.setHorizontalSpacing(18)
        self._title = QLabel(self)
        self._grid.addWidget(self._title, 0, 0, 1, 2)
        self._boxes: dict[str, LayerBox] = {}
        self._notes: dict[str, QLabel] = {}
        self._stale: set[str] = set()
        self._given: set[str] = set()
        for row, key in enumerate(ORDER, start=1):
            box, note = LayerBox(theme, self), QLabel(self)
            box.setObjectName(f"map_layer_{key}")
            box.setChecked(key != ENDED)
            note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            box.toggled.connect(self._on_box_toggled)
            self._grid.addWidget(box, row, 0)
            self._grid.addWidget(note, row, 1)
            self._boxes[key], self._notes[key] = box, note
        self.set_theme(theme)
        self.retranslate()

    def set_keys(self, keys: set[str]) -> None:
        """List only the layers there are."""
        for key, box in self._boxes.items():
            there = key in keys or (key == ENDED and "cases" in keys)
            box.setVisible(there)
            self._notes[key].setVisible(there)
        self.adjustSize()

    def set_note(self, key: str, text: str, *, stale: bool = False) -> None:
        """Say beside a layer how old it is or which version; an unknown key is passed over."""
        self._given.add(key)
        self._say(key, text, stale=stale)

    def _say(self, key: str, text: str, *, stale: bool) -> None:
        note = self._notes.get(key)
        if note is None or (note.text() == text and (key in self._stale) == stale):
            return
        note.setText(text)
        (self._stale.add if stale else self._stale.discard)(key)
        self._colour(key)
        self.adjustSize()

    def offer_note(self, key: str, text: str, *, stale: bool = False) -> None:
        """Say what the layer knows of itself, unless somebody else has spoken for it."""
        if key not in self._given:
            self._say(key, text, stale=stale)

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        super().set_theme(theme)
        self._title.setStyleSheet(f"color: {theme.text}; background: transparent; font-size: {BODY_PX}px")
        for key, box in self._boxes.items():
            box.theme = theme
            box.update()
            self._colour(key)

    def retranslate(self) -> None:
        """Take up another language."""
        self._title.setText(self.words("map.layers"))
        for key, box in self._boxes.items():
            box.setText(self.words(f"map.layer.{key}"))
        self.adjustSize()

    def _colour(self, key: str) -> None:
        colour = self.theme.near if key in self._stale else self.theme.text_second
        self._notes[key].setStyleSheet(f"color: {colour}; background: transparent; font-size: 12px")

    def _on_box_toggled(self, on: bool) -> None:
        key = next(key for key, box in self._boxes.items() if box is self.sender())
        if key == ENDED:
            self.ended_toggled.emit(on)
        else:
            self.layer_toggled.emit(key, on)
