"""A sheet of things that are followed until they end: a list of them, the rows of the chosen one, and a result."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.empty import EmptyState
from widgets.common.row_table import Row, RowTable
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names

RESULT_MOST = 500


class FollowSheet(Sheet):
    """``row_opened`` carries the key of a thing and of one of its rows (Enter), ``end_wanted`` a key and the result.

    ``name`` is the head of its word keys. ``keys`` are its buttons and what is pressed for them; those of one letter
    act in the rows. A subclass fills it (``set_things``, ``set_rows``) and says what its buttons do (``press``).
    """

    follows = True
    row_opened = Signal(str, str)
    end_wanted = Signal(str, str)

    def __init__(
        self, names: Names, theme: Theme, parent: QWidget, name: str, size: tuple[int, int], keys: dict[str, str]
    ) -> None:
        super().__init__(parent, *size)
        self.names, self._name, self._keys = names, name, {**keys, "end": "", "close": "Esc"}
        self._title, self.facts, self.below, self.empty = QLabel(), WrappedLabel(), WrappedLabel(), EmptyState()
        set_role(self._title, "title")
        set_role(self.below, "second")
        self.list, self.rows = RowTable(theme, self, stretch=0), RowTable(theme, self, stretch=0, wraps=True)
        self.result = QLineEdit()
        self.result.setMaxLength(RESULT_MOST)
        self.buttons = {key: Button() for key in self._keys}
        self.right, self._content = QWidget(), QWidget()
        self.across = QHBoxLayout(self._content)
        self._lay_out()
        for key, button in self.buttons.items():
            button.setObjectName(f"{name}_{key}")
            button.clicked.connect(self._on_button)
        self.result.returnPressed.connect(self._on_end)
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(self._on_list_opened)
        self.rows.opened.connect(self._on_row_opened)
        self.rows.view.installEventFilter(self)

    def _lay_out(self) -> None:
        right = QVBoxLayout(self.right)
        right.setContentsMargins(0, 0, 0, 0)
        for part, stretch in ((self.facts, 0), (self.rows.view, 1), (self.below, 0)):
            right.addWidget(part, stretch)
        self.across.setContentsMargins(0, 0, 0, 0)
        self.across.setSpacing(12)
        self.across.addWidget(self.list.view, 4)
        self.across.addWidget(self.right, 7)
        foot = QHBoxLayout()
        for key, button in self.buttons.items():
            if key == "end":
                foot.addWidget(self.result, 1)
            foot.addWidget(button)
        foot.addStretch(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self._title)
        column.addWidget(self._content, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # -- what a subclass says --------------------------------------------------------------------------------------

    def show_chosen(self) -> None:
        """Show the rows of the thing that is chosen, and the buttons that do something."""
        raise NotImplementedError

    def press(self, button: str) -> None:
        """Do what a button of one's own is for."""
        raise NotImplementedError

    # -- what it does for one --------------------------------------------------------------------------------------

    def set_things(self, heads: Sequence[str], rows: Sequence[Row]) -> None:
        """List these things; ``heads`` are word keys."""
        self.list.set_rows(tuple(self.names.words(head) for head in heads), rows)
        if rows and not self.list.key:
            self.list.choose(rows[0].key)
        self.list.view.setVisible(bool(rows))
        self.show_chosen()

    def set_rows(self, heads: Sequence[str], rows: Sequence[Row], facts: str, below: str = "") -> None:
        """Show these rows of the chosen thing, what is said above them and below."""
        self.rows.set_rows(tuple(self.names.words(head) for head in heads), rows)
        if rows and not self.rows.key:
            self.rows.choose(rows[0].key)
        self.facts.setText(facts)
        self.below.setText(below)
        self.below.setVisible(bool(below))

    def show_empty(self, *, empty: bool) -> None:
        """Say that there is nothing yet, in the place of lists and form."""
        self.empty.setVisible(empty)
        self._content.setVisible(not empty)

    def show_buttons(self, shown: set[str]) -> None:
        """Show these buttons, and the line of the result where it can be ended."""
        for key, button in self.buttons.items():
            button.setVisible(key in shown or key == "close")
        self.result.setVisible("end" in shown)
        if "end" not in shown:
            self.result.clear()  # it is the result of what has ended now

    def close_sheet(self) -> None:
        """Close; what was being typed is given up, and not there for the next person at the desk."""
        self.result.clear()
        super().close_sheet()

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self.show_over()
        self.focus_list()

    def focus_list(self) -> None:
        """Go to the list, or to what can be done where there is none."""
        first = next((button for button in self.buttons.values() if button.isVisibleTo(self)), self.buttons["close"])
        (self.list.view if self.list.shown() else first).setFocus()

    def choose(self, key: str) -> None:
        """Choose a thing and go to its rows."""
        self.list.choose(key)
        self.show_chosen()
        self.rows.view.setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words, name = self.names.words, self._name
        self._title.setText(words(f"{name}.title"))
        self.empty.show_texts(words(f"{name}.none"), words(f"{name}.none_hint"))
        for table in (self.list, self.rows):
            table.set_texts(words(f"{name}.title"), words("desk.form.type_to_find"))
        self.result.setPlaceholderText(words(f"{name}.result"))
        self.result.setAccessibleName(words(f"{name}.result"))
        for key, pressed in self._keys.items():
            self.buttons[key].setText(f"{words(f'{name}.do.{key}')}  {pressed}".strip())

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.list.set_theme(theme)
        self.rows.set_theme(theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letters of the buttons act in the rows."""
        if watched is self.rows.view and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            letter = event.text().upper()
            found = next((key for key, pressed in self._keys.items() if letter and pressed == letter), "")
            if found and self.buttons[found].isVisibleTo(self):
                self.press(found)
                return True
        return super().eventFilter(watched, event)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _on_button(self) -> None:
        key = next((key for key, button in self.buttons.items() if button is self.sender()), "")
        if key == "close":
            self.close_sheet()
        elif key == "end":
            self._on_end()
        elif self._keys.get(key) == "↵":
            self._on_row_opened()
        elif key:
            self.press(key)

    def _on_chosen(self, key: str) -> None:
        self.rows.choose("")
        self.show_chosen()

    def _on_list_opened(self, key: str) -> None:
        self.rows.view.setFocus()

    def _on_row_opened(self) -> None:
        if self.list.key and self.rows.key:
            self.row_opened.emit(self.list.key, self.rows.key)

    def _on_end(self) -> None:
        text = self.result.text().strip()
        if not text:
            self.result.setFocus()
        elif self.list.key:
            self.end_wanted.emit(self.list.key, text)
