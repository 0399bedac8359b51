"""What can be done to all marked cases at once; in place of the search line while something is marked."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.action_keys import ACTION_KEYS
from widgets.common.button import Button
from widgets.common.flow import FlowLayout
from widgets.common.key_button import KeyButton
from widgets.common.style import set_role

ACTIONS = ("accept", "record_only", "reject", "merge", "mark_urgent", "note")
"""Triage: none of these sends anybody anywhere."""


class BulkBar(QWidget):
    """Says how many are marked and offers the actions by their usual keys."""

    chosen = Signal(str)
    cleared = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._count = 0
        self._text, self._clear = QLabel(), Button()
        self._text.setWordWrap(True)
        set_role(self._text, "heading")
        set_role(self._clear, "quiet")
        self._buttons = {a: KeyButton("", ACTION_KEYS[a], theme, primary=a == "accept") for a in ACTIONS}
        box = QWidget()
        flow = FlowLayout(box, spacing_px=6, columns=3)
        for action, button in self._buttons.items():
            button.setObjectName(f"bulk_{action}")
            button.clicked.connect(self._on_clicked)
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(6)
        column.addWidget(self._text)
        column.addWidget(box)
        column.addWidget(self._clear)
        self._clear.clicked.connect(self.cleared)
        self.hide()

    def show_count(self, count: int) -> None:
        """Show how many are marked; none hides the bar."""
        self._count = count
        self.setVisible(count > 0)
        self.retranslate()

    def press(self, letter: str) -> bool:
        """Do what a letter stands for; return whether it stands for anything."""
        action = next((a for a in ACTIONS if ACTION_KEYS[a] == letter.upper()), "")
        if action:
            self.chosen.emit(action)
        return bool(action)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._text.setText(words("bulk.marked", n=self._count))
        self._clear.setText(f"{words('bulk.clear')}  Esc")
        for action, button in self._buttons.items():
            button.setText(words(f"action.{action}"))
            button.setAccessibleName(f"{words(f'action.{action}')} {button.key}")

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        for button in self._buttons.values():
            button.set_theme(theme)

    def _on_clicked(self) -> None:
        for action, button in self._buttons.items():
            if button is self.sender():
                self.chosen.emit(action)
