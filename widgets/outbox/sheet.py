"""The outbox (Ctrl+B): what was asked for and has not been sent, why, how old it is, until when it may go."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from layers.ages import age_text
from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.empty import EmptyState
from widgets.common.key_button import KeyButton
from widgets.common.row_table import Row, RowTable
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names
from widgets.outbox.detail import OutboxDetail
from widgets.waiting import WaitingRow

WIDTH_PX, HEIGHT_PX = 1040, 680
SEND_KEY = "S"


class OutboxSheet(Sheet):
    """A sheet over the desk. ``decided`` carries an ``OutboxIntent``, ``chosen`` the key of the row one looks at."""

    decided = Signal(object)
    send_requested = Signal()
    chosen = Signal(str)

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._names = names
        self._rows: tuple[WaitingRow, ...] = ()
        self._others: tuple[tuple[str, int], ...] = ()
        self._key_place = ""
        self._now: datetime | None = None
        self._title, self._facts, self._foot = QLabel(), WrappedLabel(), WrappedLabel()
        self.send, self._close = KeyButton("", SEND_KEY, theme, primary=True), Button()
        self.table, self.empty = RowTable(theme, self, stretch=1), EmptyState()
        self.detail = OutboxDetail(names, theme)
        set_role(self._title, "title")
        for label in (self._facts, self._foot):
            set_role(label, "second")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._lay_out()
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)
        self.detail.decided.connect(self.decided)
        self.send.clicked.connect(self.send_requested)
        self._close.clicked.connect(self.close_sheet)
        self.table.view.installEventFilter(self)
        self.retranslate()
        self.hide()

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._title, 1)
        self.send.setSizePolicy(self._close.sizePolicy())
        head.addWidget(self.send)
        foot.addWidget(self._foot, 1)
        foot.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._facts)
        column.addWidget(self.table.search)
        column.addWidget(self.table.view, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.detail)
        column.addLayout(foot)

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[WaitingRow], now: datetime) -> None:
        """Show what waits, at a moment of the service's real time; the chosen row stays chosen while it is there."""
        self._rows, self._now = tuple(rows), now
        words, names = self._names.words, self._names
        heads = tuple(words(f"outbox.head.{head}") for head in ("stage", "what", "case", "given", "until"))
        shown = [
            Row(
                row.key,
                (
                    words(f"outbox.stage.{row.stage}"),
                    f"{words(f'action.{row.action}')} · {row.title}" if row.title else words(f"action.{row.action}"),
                    row.case_no or "",
                    age_text((now - row.given_at).total_seconds(), words),
                    names.local(row.not_after).strftime("%m-%d %H:%M"),
                ),
            )
            for row in rows
        ]
        self.table.set_rows(heads, shown)
        self._title.setText(words("outbox.title", n=len(rows)))
        self.table.view.setVisible(bool(rows))
        self.table.search.setVisible(len(rows) > 1)
        self.empty.setVisible(not rows)
        self.send.setEnabled(bool(rows))
        if rows and not self.table.key:
            first = next((row.key for row in rows if row.held), rows[0].key)
            self.table.choose(first)
        self.detail.show_row(self._row(self.table.key))

    def show_place(self, key_place: str, others: Sequence[tuple[str, int]]) -> None:
        """Say where the key lies, and of whom else something waits here: name and number, nothing more."""
        self._key_place, self._others = key_place, tuple(others)
        self._show_facts()

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self.show_over()
        (self.table.view if self._rows else self._close).setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self.table.set_texts(words("outbox.list"), words("outbox.search"))
        self.empty.show_texts(words("outbox.empty"), words("outbox.empty_hint"))
        self.send.setText(words("outbox.send_now"))
        self._close.setText(f"{words('desk.help.close')}  Esc")
        self._foot.setText(words("outbox.keys"))
        self._show_facts()
        if self._now is not None:
            self.show_rows(self._rows, self._now)
        self.detail.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)
        self.send.set_theme(theme)
        self.detail.set_theme(theme)

    # -- keys ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, letters decide; no key goes to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        elif not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._press(event.text().upper(), event.key())
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The sheet keeps to the window's size; letters decide in the list too."""
        if watched is self.table.view and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if plain and self._press(event.text().upper(), event.key()):
                return True
        return super().eventFilter(watched, event)

    def _press(self, letter: str, key: int) -> bool:
        if letter == SEND_KEY:
            self.send.click()
            return True
        if key == Qt.Key.Key_Delete:
            letter = self.detail.drop.key
        return self.detail.press(letter)

    def _on_chosen(self, key: str) -> None:
        self.detail.show_row(self._row(key))
        self.chosen.emit(key)

    def _on_opened(self, key: str) -> None:
        self.detail.press(self.detail.open_case.key)

    def _row(self, key: str) -> WaitingRow | None:
        return next((row for row in self._rows if row.key == key), None)

    def _show_facts(self) -> None:
        words = self._names.words
        facts = [words(f"outbox.key.{self._key_place}")] if self._key_place else []
        facts += [words("outbox.other", name=name, n=count) for name, count in self._others]
        self._facts.setText("\n".join(facts))
        self._facts.setVisible(bool(facts))
