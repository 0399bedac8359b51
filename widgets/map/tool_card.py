"""A card for one tool of the map, in its upper left corner beside the buttons: a title, what the tool says, a close."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.style import set_role
from widgets.map.overlay import Card

LATELY_S = 30.0
"""So long after a card was closed what was done there can still be taken back on the map."""
LEFT_PX, TOP_PX, WIDTH_PX = 64, 16, 300


class ToolCard(Card):
    """The card; subclasses put theirs into ``column`` and name it by ``title_key``. ``closed`` when it was closed."""

    closed = Signal()
    altered = Signal()
    """It opened, closed or takes another room: what lies beside it makes way."""
    title_key = ""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self._left_s = -LATELY_S
        self._title, self._close = QLabel(), Button()
        set_role(self._title, "heading")
        set_role(self._close, "quiet")
        self._close.clicked.connect(self.close_card)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 8, 10, 12)
        self.column.setSpacing(6)
        self.column.addLayout(head)
        self.setFixedWidth(WIDTH_PX)
        self.move(LEFT_PX, TOP_PX)
        self.hide()

    @property
    def left_lately(self) -> bool:
        """Whether it was closed a moment ago, and nothing was begun since that took its place."""
        return self.isHidden() and time.monotonic() - self._left_s < LATELY_S

    def forget_left(self) -> None:
        """Something else is begun: closing it is over."""
        self._left_s = -LATELY_S

    def open_card(self) -> None:
        """Show it over the map."""
        self.retranslate()
        self.show()
        self.raise_()
        self.fit()

    def close_card(self) -> None:
        """Close; keys that went to it go to the map from here on, not to whatever comes next in the window."""
        if not self.isHidden():
            self._left_s = time.monotonic()
            parent, focused = self.parentWidget(), self.window().focusWidget()
            if parent is not None and focused is not None and self.isAncestorOf(focused):
                parent.setFocus()
            self.hide()
            self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """See ``altered``."""
        super().showEvent(event)
        self.altered.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """See ``altered``."""
        super().hideEvent(event)
        self.altered.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See ``altered``."""
        super().resizeEvent(event)
        self.altered.emit()

    def fit(self) -> None:
        """Take the height of what it says; no more than the map has, where its lists can give way."""
        self.column.activate()
        height = self.column.totalSizeHint().height()
        if self.column.hasHeightForWidth():
            height = self.column.totalHeightForWidth(WIDTH_PX)
        parent = self.parentWidget()
        if parent is not None:
            height = min(height, max(parent.height() - 2 * TOP_PX, self.column.totalMinimumSize().height()))
        self.resize(WIDTH_PX, height)

    def retranslate(self) -> None:
        """Take up another language."""
        self._title.setText(self.words(self.title_key))
        self._close.setText(self.words("map_select.close"))
        self.setAccessibleName(self.words(self.title_key))
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; no other key goes to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
        event.accept()
