"""The sheet of messages to units: how far each has come; a line to write the next, Enter on a row notes an answer."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from domain.ids import EntryId, UnitId
from domain.register_message import Delivery, Message
from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.empty import EmptyState
from widgets.common.row_table import Row, RowTable
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.names import Names

WIDTH_PX, HEIGHT_PX = 860, 640
TEXT_MOST = 500
SHOWN_AT_MOST = 500
SIGNS = {
    Delivery.SENT: "→",
    Delivery.DELIVERED: "✓",
    Delivery.READ: "✓✓",
    Delivery.ANSWERED: "↩",
    Delivery.FAILED: "✕",
}
"""Beside its word each state has a sign."""


class MessageSheet(Sheet):
    """A sheet over the desk. ``send_requested`` carries a text, ``answered`` the id of a message."""

    follows = True
    send_requested = Signal(str)
    answered = Signal(str)

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._names = names
        self._messages: tuple[tuple[EntryId, Message], ...] = ()
        self._unit: UnitId | None = None
        self._title, self._to, self.empty = QLabel(), QLabel(), EmptyState()
        set_role(self._title, "title")
        set_role(self._to, "second")
        self.table, self.text = RowTable(theme, self, stretch=2), QLineEdit()
        self.text.setMaxLength(TEXT_MOST)
        self.send, self.mark, self.leave = Button(), Button(), Button()
        set_role(self.send, "primary")
        foot = QHBoxLayout()
        foot.addWidget(self.text, 1)
        for button in (self.send, self.mark, self.leave):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self._title)
        column.addWidget(self.table.view, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self._to)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.text.returnPressed.connect(self._on_send)
        self.send.clicked.connect(self._on_send)
        self.mark.clicked.connect(self._on_mark)
        self.table.opened.connect(self.answered)
        self.leave.clicked.connect(self.close_sheet)
        self.retranslate()
        self.hide()

    def show_messages(self, messages: Sequence[tuple[EntryId, Message]]) -> None:
        """Show these messages, the latest first."""
        self._messages = tuple(messages[:SHOWN_AT_MOST])
        self._show()

    def set_unit(self, unit: UnitId | None) -> None:
        """What is typed goes to this unit."""
        self._unit = unit
        self._show()

    def forget(self) -> None:
        """Somebody else may sign in: nothing that was typed stays."""
        self.text.clear()
        self.show_messages(())
        if self.isVisible():
            self.close_sheet()

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self.show_over()
        (self.text if self._unit is not None else self.table.view).setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self._title.setText(words("message.title"))
        self.empty.show_texts(words("message.none"), words("message.none_hint"))
        self.table.set_texts(words("message.title"), words("message.title"))
        self.text.setPlaceholderText(words("message.text"))
        self.text.setAccessibleName(words("message.text"))
        self.send.setText(f"{words('message.send')}  ↵")
        self.mark.setText(words("message.mark"))
        self.leave.setText(f"{words('desk.help.close')}  Esc")
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)

    def _show(self) -> None:
        names, words = self._names, self._names.words
        heads = tuple(words(f"message.head.{name}") for name in ("at", "unit", "text", "state", "answer"))
        rows = []
        for entry_id, message in self._messages:
            state = f"{SIGNS[message.state]} {words(f'message.state.{message.state}')}"
            sent = names.local(message.sent_at).strftime("%m-%d %H:%M")
            cells = (sent, names.unit(message.unit), message.text, state, message.answer)
            rows.append(Row(entry_id, cells, message.state is Delivery.ANSWERED))
        self.table.set_rows(heads, rows)
        self.table.view.setVisible(bool(rows))
        self.mark.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        unit = self._unit
        self._to.setText(words("message.to_nobody") if unit is None else words("message.to", unit=names.unit(unit)))
        self.send.setEnabled(unit is not None)

    def _on_send(self) -> None:
        text = self.text.text().strip()
        if text and self._unit is not None:
            self.text.clear()
            self.send_requested.emit(text)

    def _on_mark(self) -> None:
        if self.table.key:
            self.answered.emit(self.table.key)
