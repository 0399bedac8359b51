"""The list of layers: each on or off, and how old or which version it is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import Card

ENDED = "ended"
ORDER = ("cases", ENDED, "positions", "grids", "divisions", "basemap")
"""As listed; ``ENDED`` is not a layer of its own but a choice of the cases."""


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
        self._boxes: dict[str, QCheckBox] = {}
        self._notes: dict[str, QLabel] = {}
        self._stale: set[str] = set()
        for row, key in enumerate(ORDER, start=1):
            box, note = QCheckBox(self), QLabel(self)
            box.setObjectName(f"map_layer_{key}")
            box.setMinimumHeight(24)
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
        note = self._notes.get(key)
        if note is None or (note.text() == text and (key in self._stale) == stale):
            return
        note.setText(text)
        (self._stale.add if stale else self._stale.discard)(key)
        self._colour(key)
        self.adjustSize()

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        super().set_theme(theme)
        self._title.setStyleSheet(f"color: {theme.text}; background: transparent")
        for key, box in self._boxes.items():
            box.setStyleSheet(f"QCheckBox {{ color: {theme.text}; background: transparent; spacing: 8px }}")
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
