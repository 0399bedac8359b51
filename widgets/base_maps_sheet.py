"""The sheet of base maps: what is declared and how it is doing; add, test, remove. What it asks for is done outside."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from resources.theme import Theme
from resources.words import Words
from widgets.base_map_form import BaseMapForm
from widgets.common.button import Button
from widgets.common.fault_label import FaultLabel, Telling, told_text
from widgets.common.listed import chosen_row, fill_rows
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel

WIDTH_PX, HEIGHT_PX = 860, 620
SAID_PX = 72
"""Three lines."""


class SourceRow(msgspec.Struct, frozen=True):
    """A base map as listed: ready texts."""

    ident: str
    name: str
    detail: str
    troubled: bool = False


class BaseMapsSheet(Sheet):
    """A sheet over the window. Signals say what is wanted; ``show_*`` say what became of it."""

    add_wanted = Signal(object)
    test_wanted = Signal(object)
    offers_wanted = Signal(object)
    preset_wanted = Signal(str, str)
    """A preset by name, and the key typed for it."""
    retry_wanted = Signal(str)
    remove_wanted = Signal(str)
    undo_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, words: Words, presets: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._words = words
        self._shown: tuple[SourceRow, ...] = ()
        self._busy = self._asking = False
        self._keys_at: QWidget | None = None
        self._title, self._hint, self._fault, self._good = QLabel(), QLabel(), FaultLabel(), WrappedLabel()
        set_role(self._title, "title")
        set_role(self._hint, "second")
        set_role(self._good, "good")
        self._hint.setWordWrap(True)
        self.list = QListWidget()
        self.list.setObjectName("pick_rows")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.form = BaseMapForm(words, presets)
        own = ("add", "test", "retry", "remove", "undo", "close")
        self.buttons = self.form.buttons | {name: Button() for name in own}
        for name, button in self.buttons.items():
            button.setObjectName(f"base_map_{name}")
        set_role(self.buttons["add"], "primary")
        self.buttons["undo"].hide()
        self._lay_out()
        self._wire()
        self.retranslate()
        self.hide()

    # -- what it shows ---------------------------------------------------------------------------------------------

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self.tell("")
        self.show_over()
        (self.list if self._shown else self.form.preset).setFocus()

    def close_sheet(self) -> None:
        """Close; the typed key is forgotten."""
        self.form.key.clear()
        super().close_sheet()

    def show_sources(self, rows: Sequence[SourceRow]) -> None:
        """List these base maps; the chosen one stays chosen."""
        given = tuple(rows)
        if given == self._shown and self.list.count():
            return
        self._shown = given
        texts = [f"{row.name}\n{'■ ' if row.troubled else ''}{row.detail}" for row in given]
        fill_rows(self.list, [(row.ident, text) for row, text in zip(given, texts, strict=True)])
        if not rows:
            empty = QListWidgetItem(self._words("base_map.none"))
            empty.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(empty)
        self._on_row_chosen()

    def chosen(self) -> str | None:
        """Return the base map chosen in the list."""
        return chosen_row(self.list)

    def set_can_undo(self, on: bool) -> None:
        """Say whether what was removed last can come back."""
        self.buttons["undo"].setVisible(on)

    def set_busy(self, on: bool) -> None:
        """Something is being asked of a server or a file, or no longer: the keys stay where they were meanwhile."""
        if on and not self._busy:
            self._keys_at = self.window().focusWidget()
        self._busy = on
        for name in ("add", "test", "ask", "preset_add"):
            self.buttons[name].setEnabled(not on)
        if on:
            self.tell(lambda: self._words("base_map.asking"), good=True)
            self._asking = True
            return
        if self._asking:
            self.tell("")
        pressed = next((button for button in self.buttons.values() if button is self._keys_at), None)
        if pressed is not None and self.buttons["close"].hasFocus():
            pressed.setFocus()  # a button that cannot be pressed passes the keys on

    def tell(self, telling: Telling, *, good: bool = False) -> None:
        """Say what went wrong, or well; empty takes it away."""
        self._asking = False
        self._fault.tell("" if good else telling)
        self._good.setText("" if not good else told_text(telling))
        self._good.setVisible(good)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("base_map.title"))
        self._hint.setText(words("base_map.hint"))
        self.form.retranslate()
        for name, button in self.buttons.items():
            button.setText(words(f"base_map.do.{name}") + ("  Esc" if name == "close" else ""))
        self.list.setAccessibleName(words("base_map.title"))
        self._fault.retranslate()
        if not self._shown and self.list.count():
            self.list.item(0).setText(words("base_map.none"))

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    # -- what a person does ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, Delete removes what is chosen; no key goes to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        elif event.key() == Qt.Key.Key_Delete and self.chosen() is not None:  # a line being typed in takes it itself
            self.remove_wanted.emit(self.chosen())
        event.accept()

    def _on_add_pressed(self) -> None:
        self.add_wanted.emit(self.form.draft())

    def _on_return_pressed(self) -> None:
        """Enter in a field adds what is typed in; a key with nothing else is the preset's."""
        alone = self.sender() is self.form.key and not self.form.address.text().strip()
        self.buttons["preset_add" if alone else "add"].click()  # a button that cannot be pressed does nothing

    def _on_test_pressed(self) -> None:
        self.test_wanted.emit(self.form.draft())

    def _on_ask_pressed(self) -> None:
        self.offers_wanted.emit(self.form.draft())

    def _on_preset_pressed(self) -> None:
        self.preset_wanted.emit(str(self.form.preset.currentData()), self.form.key.text().strip())

    def _on_retry_pressed(self) -> None:
        if self.chosen() is not None:
            self.retry_wanted.emit(self.chosen())

    def _on_remove_pressed(self) -> None:
        if self.chosen() is not None:
            self.remove_wanted.emit(self.chosen())

    def _on_row_chosen(self, _row: int = 0) -> None:
        on = self.chosen() is not None
        self.buttons["retry"].setEnabled(on)
        self.buttons["remove"].setEnabled(on)

    # -- inner -----------------------------------------------------------------------------------------------------

    def _wire(self) -> None:
        pressed = {
            "add": self._on_add_pressed,
            "test": self._on_test_pressed,
            "ask": self._on_ask_pressed,
            "file": self.file_wanted,
            "retry": self._on_retry_pressed,
            "remove": self._on_remove_pressed,
            "undo": self.undo_wanted,
            "preset_add": self._on_preset_pressed,
            "close": self.close_sheet,
        }
        for name, slot in pressed.items():
            self.buttons[name].clicked.connect(slot)
        self.list.currentRowChanged.connect(self._on_row_chosen)
        for edit in self.form.edits:
            edit.returnPressed.connect(self._on_return_pressed)

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(_across(*(self.buttons[name] for name in ("retry", "remove", "undo"))))
        right.addWidget(self.form)
        right.addStretch(1)
        right.addLayout(_across(self.buttons["test"], self.buttons["add"]))
        halves = QHBoxLayout()
        halves.setSpacing(20)
        halves.addLayout(left, 2)
        halves.addLayout(right, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addLayout(halves, 1)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        """What is told stands here: its room is kept, so that no field moves below the hand when something is said."""
        said, row = QVBoxLayout(), QHBoxLayout()
        said.addStretch(1)
        said.addWidget(self._good)
        said.addWidget(self._fault)
        said.addStretch(1)
        row.setSpacing(20)
        row.addStrut(SAID_PX)
        row.addLayout(said, 1)
        row.addWidget(self.buttons["close"], 0, Qt.AlignmentFlag.AlignBottom)
        return row


def _across(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
