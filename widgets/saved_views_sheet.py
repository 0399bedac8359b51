"""The sheet of saved views: go to one, keep the present one, rename, renew, delete and bring back."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.listed import chosen_row, fill_rows
from widgets.common.sheet import Sheet
from widgets.common.style import set_role

WIDTH_PX, HEIGHT_PX = 520, 480
MOST_NAME = 100


class ViewRow(msgspec.Struct, frozen=True):
    """A view as listed: its key where it has one, whether others see it, and whether it may be altered here."""

    entry_id: str
    name: str
    key: str
    shared: bool
    mine: bool


class SavedViewsSheet(Sheet):
    """A sheet over the window. It shows what it is given and says what is wanted."""

    go_wanted = Signal(str)
    save_wanted = Signal(str, bool)
    rename_wanted = Signal(str, str)
    renew_wanted = Signal(str)
    remove_wanted = Signal(str)
    undo_wanted = Signal()

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._words = words
        self._rows: tuple[ViewRow, ...] = ()
        self._may_save = True
        self._renaming: ViewRow | None = None
        self._title, self._hint = QLabel(), QLabel()
        set_role(self._title, "title")
        set_role(self._hint, "second")
        self._hint.setWordWrap(True)
        self.list, self.name, self.shared = QListWidget(), QLineEdit(), QCheckBox()
        self.list.setObjectName("pick_rows")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.name.setMaxLength(MOST_NAME)
        self.buttons = {name: Button() for name in ("go", "rename", "renew", "remove", "undo", "save", "close")}
        set_role(self.buttons["save"], "primary")
        for name, button in self.buttons.items():
            button.setObjectName(f"saved_view_{name}")
        self._lay_out()
        self._wire()
        self.retranslate()
        self.hide()

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self._end_renaming()
        self.show_over()
        (self.list if self._rows else self.name).setFocus()

    def show_can_undo(self, *, can: bool) -> None:
        """Offer to take back what was done last from here, or not."""
        self.buttons["undo"].setEnabled(can)

    def show_views(self, rows: Sequence[ViewRow], *, may_save: bool, may_share: bool) -> None:
        """List these views; the chosen one stays chosen, and where it has gone the one that stands there now."""
        self._may_save = may_save
        for part in (self.name, self.buttons["save"]):
            part.setEnabled(may_save)
        self.shared.setVisible(may_share)
        place, self._rows = self.list.currentRow(), tuple(rows)
        fill_rows(self.list, [(row.entry_id, self._text(row)) for row in self._rows])
        if self._rows and self.list.currentRow() < 0:
            self.list.setCurrentRow(min(max(place, 0), len(self._rows) - 1))
        self._show_hint()
        self._on_row_chosen()

    def give_back(self, name: str) -> None:
        """A name was refused: it stands in its field again, unless something else does by now."""
        if not self.name.text():
            self.name.setText(name)

    def chosen(self) -> ViewRow | None:
        """Return the view chosen in the list."""
        entry_id = chosen_row(self.list)
        return next((row for row in self._rows if row.entry_id == entry_id), None)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("saved_view.title"))
        self._show_hint()
        self.list.setAccessibleName(words("saved_view.title"))
        self.name.setAccessibleName(words("saved_view.name"))
        self.name.setPlaceholderText(words("saved_view.name"))
        self.shared.setText(words("saved_view.share"))
        for name, button in self.buttons.items():
            button.setText(words(f"saved_view.do.{name}") + ("  Esc" if name == "close" else ""))

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, Enter goes, Delete deletes, Ctrl+Z brings back; no key goes to what lies below.

        In the field for names Enter saves, or renames the view that is being renamed; Esc leaves that as it was.
        """
        key, row = event.key(), self.chosen()
        if key == Qt.Key.Key_Escape and self._renaming is not None:
            self._end_renaming()
        elif key == Qt.Key.Key_Escape:
            self.close_sheet()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.name.hasFocus():
            (self._on_save_pressed if self._renaming is None else self._on_rename_pressed)()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.go_wanted.emit(row.entry_id)
        elif key == Qt.Key.Key_Delete and row is not None and row.mine:
            self.remove_wanted.emit(row.entry_id)
        elif key == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.undo_wanted.emit()
        event.accept()

    def _on_row_chosen(self, _row: int = 0) -> None:
        row = self.chosen()
        if self._renaming is not None and (row is None or row.entry_id != self._renaming.entry_id):
            self._end_renaming()
        self.buttons["go"].setEnabled(row is not None)
        for name in ("rename", "renew", "remove"):
            self.buttons[name].setEnabled(row is not None and row.mine)

    def _on_go_pressed(self) -> None:
        row = self.chosen()
        if row is not None:
            self.go_wanted.emit(row.entry_id)

    def _on_save_pressed(self) -> None:
        name = self.name.text().strip()
        if name:
            self.save_wanted.emit(name, self.shared.isChecked() and self.shared.isVisible())
            self._end_renaming()
        else:
            self.name.setFocus()

    def _on_rename_pressed(self) -> None:
        row, name = self.chosen(), self.name.text().strip()
        if row is None:
            return
        if not name:
            self._begin_renaming(row)
            return
        self.rename_wanted.emit(row.entry_id, name)
        self._end_renaming()
        self.list.setFocus()

    def _begin_renaming(self, row: ViewRow) -> None:
        """Let the name be altered: Enter in its field is for this view until then."""
        self._renaming = row
        self.name.setText(row.name)
        self.name.selectAll()
        self.name.setFocus()
        self._show_hint()

    def _end_renaming(self) -> None:
        self._renaming = None
        self.name.clear()
        self._show_hint()

    def _show_hint(self) -> None:
        words = self._words
        if self._renaming is not None:
            self._hint.setText(words("saved_view.renaming", name=self._renaming.name))
        elif self._rows or self._may_save:
            self._hint.setText(words("saved_view.hint" if self._rows else "saved_view.none"))
        else:
            self._hint.setText(words("saved_view.not_for_role"))

    def _text(self, row: ViewRow) -> str:
        mark = self._words("saved_view.shared_mark") if row.shared else ""
        return "  ·  ".join(text for text in (row.name, mark, row.key) if text)

    def _on_renew_pressed(self) -> None:
        row = self.chosen()
        if row is not None:
            self.renew_wanted.emit(row.entry_id)

    def _on_remove_pressed(self) -> None:
        row = self.chosen()
        if row is not None:
            self.remove_wanted.emit(row.entry_id)

    def _wire(self) -> None:
        pressed = {
            "go": self._on_go_pressed,
            "rename": self._on_rename_pressed,
            "renew": self._on_renew_pressed,
            "remove": self._on_remove_pressed,
            "undo": self.undo_wanted,
            "save": self._on_save_pressed,
            "close": self.close_sheet,
        }
        for name, slot in pressed.items():
            self.buttons[name].clicked.connect(slot)
        self.list.currentRowChanged.connect(self._on_row_chosen)
        self.list.itemDoubleClicked.connect(self._on_go_pressed)

    def _lay_out(self) -> None:
        middle, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        for name in ("go", "rename", "renew", "remove", "undo"):
            middle.addWidget(self.buttons[name])
        middle.addStretch(1)
        foot.addWidget(self.name, 1)
        foot.addWidget(self.shared)
        foot.addWidget(self.buttons["save"])
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addWidget(self.list, 1)
        column.addLayout(middle)
        column.addLayout(foot)
        column.addWidget(self.buttons["close"], 0, Qt.AlignmentFlag.AlignRight)
