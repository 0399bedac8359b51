"""The help sheet (F1): every key of the program, by where it works. Esc closes."""

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.action_keys import ACTION_KEYS, LOCATE_KEY
from widgets.common.button import Button
from widgets.common.sheet import Sheet
from widgets.common.style import set_role


class KeyRow(msgspec.Struct, frozen=True):
    """A key, or several, and the word key of what it does. Key names are the same in every language."""

    keys: str
    text_key: str


SECTIONS: dict[str, tuple[KeyRow, ...]] = {
    "everywhere": (
        KeyRow("Tab  Shift+Tab", "desk.help.next"),
        KeyRow("Enter  Space", "desk.help.press"),
        KeyRow("Esc", "desk.help.back"),
    ),
    "list": (
        KeyRow("↑ ↓  PgUp PgDn", "desk.help.move"),
        KeyRow("Enter", "desk.help.open"),
        KeyRow("← →", "desk.help.tabs"),
        KeyRow("Space  Shift+↑↓  Ctrl+A", "desk.help.mark"),
    ),
    "board": (KeyRow("Enter", "desk.help.assign"),),
    "map": (
        KeyRow("← ↑ ↓ →", "desk.help.pan"),
        KeyRow("+  −", "desk.help.zoom"),
        KeyRow("Home", "desk.help.fit"),
        KeyRow("Backspace", "desk.help.view_back"),
        KeyRow("Enter", "desk.help.pick"),
        KeyRow("Esc", "desk.help.drop_picked"),
        KeyRow("Menu  Shift+F10", "desk.help.place_menu"),
        KeyRow("Ctrl+Alt+L", "desk.help.layers"),
    ),
    "form": (
        KeyRow("Enter  Ctrl+Enter", "desk.help.send"),
        KeyRow("F2  F3  F4", "desk.help.gist"),
        KeyRow("F5", "desk.help.gist_merge"),
        KeyRow("F7", "desk.help.template"),
        KeyRow("1 – 9", "desk.help.option"),
        KeyRow("↑ ↓  Enter", "desk.help.pick_row"),
        KeyRow("Esc", "desk.help.give_up"),
    ),
}

KeySource = Callable[[], Sequence[tuple[str, str]]]
"""Returns keys as they are shown, and what they do."""


class HelpSheet(Sheet):
    """A sheet over the window; it is built when it is first opened."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, 980, 720)
        self._words = words
        self._source: KeySource = tuple
        self._title, self._close = QLabel(), Button()
        set_role(self._title, "title")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self._title)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._close, 0, Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._close.clicked.connect(self.close_sheet)
        self.hide()

    def set_source(self, source: KeySource) -> None:
        """Take what lists the keys of the desk itself, with what each does, in the language in use."""
        self._source = source

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self.retranslate()
        self.show_over()
        self._scroll.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc and F1 close."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1):
            self.close_sheet()
        event.accept()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("desk.help.title"))
        self._close.setText(f"{words('desk.help.close')}  Esc")
        page = QWidget()
        across = QHBoxLayout(page)
        across.setSpacing(32)
        here = {name: (words(f"desk.help.section.{name}"), self._plain(rows)) for name, rows in SECTIONS.items()}
        here["everywhere"] = (here["everywhere"][0], [*self._source(), *here["everywhere"][1]])
        left = [here["everywhere"], here["list"], here["board"], here["map"]]
        right = [(words("desk.help.section.card"), self._card_rows()), here["form"]]
        for sections in (left, right):
            grid = QGridLayout()
            grid.setHorizontalSpacing(20)
            grid.setVerticalSpacing(4)
            grid.setColumnStretch(1, 1)
            row = 0
            for title, rows in sections:
                row = self._section(grid, row, title, rows)
            grid.setRowStretch(row, 1)
            across.addLayout(grid, 1)
        self._scroll.setWidget(page)

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def _plain(self, rows: tuple[KeyRow, ...]) -> list[tuple[str, str]]:
        return [(row.keys, self._words(row.text_key)) for row in rows]

    def _card_rows(self) -> list[tuple[str, str]]:
        """One row for each letter, with all that it stands for in one state or another."""
        words = self._words
        by_key: dict[str, list[str]] = {LOCATE_KEY: [words("desk.card.locate")], "1 2 3": [words("desk.suggest.title")]}
        for action, key in ACTION_KEYS.items():
            text = words(f"action.{action}")
            if text not in by_key.setdefault(key, []):
                by_key[key].append(text)
        return [(key, " · ".join(by_key[key])) for key in sorted(by_key)]

    @staticmethod
    def _section(grid: QGridLayout, row: int, title: str, rows: list[tuple[str, str]]) -> int:
        head = QLabel(title)
        set_role(head, "heading")
        grid.addWidget(head, row, 0, 1, 2)
        for keys, text in rows:
            row += 1
            key_label, text_label = QLabel(keys), QLabel(text)
            set_role(key_label, "second")
            text_label.setWordWrap(True)
            grid.addWidget(key_label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text_label, row, 1)
        return row + 1
