"""The lower half of the outbox: why the chosen order waits, what others altered meanwhile, and what can be decided."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from resources.theme import Theme
from widgets.common.key_button import KeyButton
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names
from widgets.outbox.fields import FieldTable
from widgets.waiting import Decision, OutboxIntent, WaitingRow

AGAIN_KEY, OPEN_KEY, DROP_KEY = "A", "O", "X"


class OutboxDetail(QWidget):
    """One order. Dropping asks once, naming it; ``decided`` carries an ``OutboxIntent``."""

    decided = Signal(object)

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("band")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._names, self._theme = names, theme
        self._row: WaitingRow | None = None
        self._dropping = False
        self._why, self._meanwhile = WrappedLabel(), WrappedLabel()
        for label in (self._why, self._meanwhile):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._meanwhile, "second")
        self.fields = FieldTable(names.words)
        self.again = KeyButton("", AGAIN_KEY, theme, primary=True)
        self.open_case = KeyButton("", OPEN_KEY, theme)
        self.drop = KeyButton("", DROP_KEY, theme)
        buttons = QHBoxLayout()
        for button in (self.again, self.open_case, self.drop):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        for part in (self._why, self._meanwhile, self.fields):
            column.addWidget(part)
        column.addLayout(buttons)
        self.again.clicked.connect(self._on_again)
        self.open_case.clicked.connect(self._on_open)
        self.drop.clicked.connect(self._on_drop)

    def show_row(self, row: WaitingRow | None) -> None:
        """Show an order, or none. What was being chosen for the same order stays."""
        other = row is None or self._row is None or row.key != self._row.key
        fields = () if self._row is None else self._row.fields
        self._row = row
        if other:
            self._dropping = False
        if row is not None and (other or row.fields != fields):
            self.fields.show_fields(row.fields)
        self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        row, words = self._row, self._names.words
        self.setVisible(row is not None)
        if row is None:
            return
        self._why.setText(row.why())
        self._meanwhile.setText(row.meanwhile)
        self._meanwhile.setVisible(bool(row.meanwhile))
        self.fields.setVisible(bool(row.fields))
        self.again.setText(words("outbox.keep_mine" if row.describes else "outbox.again"))
        self.again.setVisible(row.held)
        self.again.setEnabled(row.offered)
        self.again.setToolTip("" if row.offered else words("outbox.not_offered"))
        self.open_case.setText(words("outbox.open_case"))
        self.open_case.setEnabled(row.case_no is not None)
        action = words(f"action.{row.action}")
        drop = "outbox.take_theirs" if row.describes and row.held else "outbox.drop"
        self.drop.setText(words("outbox.drop_sure", action=action) if self._dropping else words(drop))

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        for button in (self.again, self.open_case, self.drop):
            button.set_theme(theme)

    def press(self, key: str) -> bool:
        """Do what a key stands for; return whether it stands for anything here."""
        button = next((b for b in (self.again, self.open_case, self.drop) if b.key == key), None)
        if button is None or not button.isVisibleTo(self) or not button.isEnabled():
            return False
        button.click()
        return True

    def _on_again(self) -> None:
        if self._row is not None:
            theirs = frozenset(name for name, button in self.fields.theirs().items() if button.isChecked())
            self.decided.emit(OutboxIntent(self._row.key, Decision.AGAIN, theirs))

    def _on_open(self) -> None:
        if self._row is not None:
            self.decided.emit(OutboxIntent(self._row.key, Decision.OPEN))

    def _on_drop(self) -> None:
        if self._row is None:
            return
        if not self._dropping:
            self._dropping = True
            self.retranslate()
            return
        self._dropping = False
        self.decided.emit(OutboxIntent(self._row.key, Decision.DROP))
