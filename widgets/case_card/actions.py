"""The actions on offer: exactly the steps given, the way forward first, each a button with its key."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from domain.machine import Step
from resources.theme import Theme
from resources.words import Words
from widgets.action_keys import FLAGS, LOCATE_KEY, key_of, ordered, primary_action
from widgets.common.flow import FlowLayout
from widgets.common.key_button import KeyButton
from widgets.common.overflow_row import OverflowRow
from widgets.common.style import set_role

LOCATE = "locate"


class ActionBar(QWidget):
    """Buttons in three columns, flags and notes small in a line below. ``chosen`` carries the action, or ``locate``."""

    chosen = Signal(str)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._offer: tuple[tuple[str, ...], str, bool] = ((), "", False)
        self._buttons: dict[str, KeyButton] = {}
        self._grid = QWidget()
        self._flow = FlowLayout(self._grid, spacing_px=6, columns=3)
        self._small = OverflowRow(theme)
        self._none = QLabel()
        self._none.setWordWrap(True)
        set_role(self._none, "second")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._grid)
        column.addWidget(self._small)
        column.addWidget(self._none)

    def offer(self, steps: Sequence[Step], *, request_open: bool, placed: bool) -> None:
        """Offer these steps; ``placed`` says whether there is a scene to look at."""
        primary = primary_action(steps, request_open=request_open)
        actions = tuple(step.action for step in ordered(steps, primary))
        if (actions, primary, placed) != self._offer:
            self._offer = (actions, primary, placed)
            self._build()

    def action_for(self, key: str) -> str:
        """Return the action on offer under a key; empty for none."""
        return next((action for action, button in self._buttons.items() if button.key == key), "")

    def offered(self) -> tuple[str, ...]:
        """Return the actions on offer, in the order of the buttons."""
        return self._offer[0]

    def set_enabled(self, enabled: bool) -> None:
        """Make the buttons usable, or not while a command is on its way."""
        for button in self._buttons.values():
            button.setEnabled(enabled)
        self._small.set_enabled(enabled)

    def is_busy(self) -> bool:
        """Return whether a command is on its way."""
        return bool(self._buttons) and not any(button.isEnabled() for button in self._buttons.values())

    def retranslate(self) -> None:
        """Look the words up again."""
        self._build()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        for button in self._buttons.values():
            button.set_theme(theme)
        self._small.set_theme(theme)

    def _build(self) -> None:
        actions, primary, placed = self._offer
        focused = next((a for a, b in self._buttons.items() if b.hasFocus()), "")
        _empty(self._flow)
        self._buttons = {}
        small: list[KeyButton] = []
        for action in actions:
            text, flag = self._words(f"action.{action}"), action in FLAGS
            button = KeyButton(text, key_of(action), self._theme, primary=action == primary, quiet=flag)
            self._add(action, button)
            small += [button] if flag else []
            if not flag:
                self._flow.addWidget(button)
        if placed:
            locate = KeyButton(self._words("desk.card.locate"), LOCATE_KEY, self._theme)
            self._add(LOCATE, locate)
            self._flow.addWidget(locate)
        self._small.set_buttons(small, self._words("desk.list.more"))
        self._grid.setVisible(self._flow.count() > 0)
        self._small.setVisible(bool(small))
        if focused in self._buttons:
            self._buttons[focused].setFocus()
        self._none.setText(self._words("desk.card.no_actions"))
        self._none.setVisible(not actions)

    def _add(self, action: str, button: KeyButton) -> None:
        button.setObjectName(f"action_{action}")
        button.clicked.connect(self._on_button_clicked)
        self._buttons[action] = button

    def _on_button_clicked(self) -> None:
        button = self.sender()
        for action, known in self._buttons.items():
            if known is button:
                self.chosen.emit(action)
                return


def _empty(flow: FlowLayout) -> None:
    while (item := flow.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
