"""The chip over a list that shows only what was chosen on the map: how many, and that a press lists all again."""

from PySide6.QtWidgets import QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.chip import Chip
from widgets.common.lamp import Shape


class ChosenChip(Chip):
    """``地图选中 N ×``; hidden while nothing is chosen."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self.count: int | None = None
        """How many are chosen; None where the list is not narrowed."""
        self.hide()

    def show_count(self, count: int | None) -> None:
        """Say how many were chosen, or hide with None."""
        self.count = count
        self._dress()
        self.setVisible(count is not None)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self._dress()

    def retranslate(self) -> None:
        """Look the words up again."""
        self._dress()

    def _dress(self) -> None:
        if self.count is not None:
            text = self._words("map_select.chip", count=self.count)
            self.show_chip(text, Shape.NONE, self._theme.accent, self._theme.panel)
            self.setToolTip(self._words("map_select.chip_hint"))
