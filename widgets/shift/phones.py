"""Duty telephones of the room's own people and units, for the paper fallback; never one of a member of the public."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button, short_name
from widgets.common.empty import EmptyState
from widgets.common.row_table import Row, RowTable
from widgets.shift.values import Do, PhoneRow, ShiftIntent

NAME_MOST, NUMBER_MOST = 100, 32


class PhonesPage(QWidget):
    """The fourth page of the sheet. Whoever may keeps the list; the others read it."""

    asked = Signal(object)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._rows: tuple[PhoneRow, ...] = ()
        self._may_keep = self._dropping = False
        self.table, self.empty = RowTable(theme, self), EmptyState()
        self.name, self.number, self.note = QLineEdit(), QLineEdit(), QLineEdit()
        self.add, self.drop = Button(), Button()
        self.name.setMaxLength(NAME_MOST)
        self.number.setMaxLength(NUMBER_MOST)
        self.note.setMaxLength(NAME_MOST)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        for edit in (self.name, self.number, self.note):
            foot.addWidget(edit, 1)
        foot.addWidget(self.add)
        foot.addWidget(self.drop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.table.view, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self._foot)
        self.table.chosen.connect(self._on_chosen)
        self.add.clicked.connect(self._on_add)
        self.number.returnPressed.connect(self._on_add)
        self.note.returnPressed.connect(self._on_add)
        self.drop.clicked.connect(self._on_drop)

    def show_phones(self, rows: Sequence[PhoneRow], *, may_keep: bool) -> None:
        """Show the telephones."""
        self._rows, self._may_keep = tuple(rows), may_keep
        heads = tuple(self._words(f"paper.head.{head}") for head in ("name", "number", "note"))
        self.table.set_rows(heads, [Row(r.entry_id, (r.name, r.number, r.note)) for r in rows])
        self.table.view.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        hint = self._words("shift.no_phones_hint" if may_keep else "shift.no_phones_ask")
        self.empty.show_texts(self._words("paper.no_phones"), hint)
        self._foot.setVisible(may_keep)
        self._show_drop()

    def focus_first(self) -> None:
        """Go to the list, or to where one is added."""
        (self.table.view if self._rows or not self._may_keep else self.name).setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self.table.set_texts(words("shift.tab.phones"), words("shift.tab.phones"))
        for edit, key in ((self.name, "name"), (self.number, "number"), (self.note, "note")):
            edit.setPlaceholderText(words(f"paper.head.{key}"))
            edit.setAccessibleName(words(f"paper.head.{key}"))
        self.add.setText(words("shift.add_phone"))
        self.show_phones(self._rows, may_keep=self._may_keep)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)

    def _show_drop(self) -> None:
        row = next((r for r in self._rows if r.entry_id == self.table.key), None)
        self.drop.setVisible(row is not None)
        if row is not None:
            short = short_name(self.drop, row.name)
            self.drop.setText(self._words("shift.drop_sure" if self._dropping else "shift.drop_phone", name=short))

    def _on_chosen(self, key: str) -> None:
        self._dropping = False
        self._show_drop()

    def _on_add(self) -> None:
        name, number = self.name.text().strip(), self.number.text().strip()
        if not name or not number:
            (self.number if name else self.name).setFocus()
            return
        self.asked.emit(ShiftIntent(Do.ADD_PHONE, name, number, source=self.note.text().strip()))
        for edit in (self.name, self.number, self.note):
            edit.clear()
        self.name.setFocus()

    def _on_drop(self) -> None:
        if not self._dropping:
            self._dropping = True
            self._show_drop()
            return
        self._dropping = False
        self.asked.emit(ShiftIntent(Do.DROP_PHONE, self.table.key))
