"""The sheet of a book: its pages in a list, the chosen one told beside it, and a form for whoever may keep the book."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from domain.faults import Fault
from domain.register import checked_body, kind_of
from domain.register_shapes import Body
from resources.theme import Theme
from widgets.book.book import Book
from widgets.book.notation import told
from widgets.common.button import Button
from widgets.common.empty import EmptyState
from widgets.common.fault_label import Telling
from widgets.common.row_table import Row, RowTable
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.forms.act import Act
from widgets.forms.form import EntryForm, FormSpec

WIDTH_PX, HEIGHT_PX = 1120, 720
NEW = ""


class BookSheet(Sheet):
    """``put_wanted`` carries a page's key (empty: a new one), its body and the version seen; ``remove_wanted`` a key.

    Enter on a page alters it (``opened_page`` where nobody may), Insert begins a new one, Delete twice takes one out,
    Ctrl+Z brings it back. The console answers a put with ``page_done`` or ``page_refused``.
    """

    follows = True
    put_wanted = Signal(str, object, int)
    remove_wanted = Signal(str)
    undo_wanted = Signal()
    begun = Signal()
    """The form of a new page is opened."""
    used = Signal(str)
    """The chosen page is to be used: opened on a case, say."""

    def __init__(self, book: Book[Any], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self.book = book
        self._pages: dict[str, tuple[Body, int]] = {}
        self._may_keep = self._can_undo = self._can_use = False
        self._asked = ""
        self.form: EntryForm | None = None
        self.editing = NEW
        self._title, self._hint, self.told, self.empty = QLabel(), QLabel(), WrappedLabel(), EmptyState()
        set_role(self._title, "title")
        set_role(self._hint, "second")
        self._hint.setWordWrap(True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.table, self._right = RowTable(theme, self, stretch=1), QScrollArea()
        self.buttons = {name: Button() for name in ("use", "edit", "add", "remove", "undo", "close")}
        self._lay_out()
        self._wire()
        self.retranslate()
        self.hide()

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("field")
        self._beside = QVBoxLayout(inner)
        self._beside.setContentsMargins(12, 0, 4, 0)
        self._beside.addWidget(self.told)
        self._beside.addStretch(1)
        self._right.setWidgetResizable(True)
        self._right.setWidget(inner)
        self._right.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._right.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        across = QHBoxLayout()
        across.setSpacing(8)
        left = QVBoxLayout()
        left.addWidget(self.table.search)
        left.addWidget(self.table.view, 1)
        left.addWidget(self.empty, 1)
        across.addLayout(left, 5)
        across.addWidget(self._right, 6)
        foot = QHBoxLayout()
        for button in self.buttons.values():
            foot.addWidget(button)
        foot.insertStretch(5, 1)
        set_role(self.buttons["use"], "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addLayout(across, 1)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _wire(self) -> None:
        acts: dict[str, Callable[[], None]] = {
            "use": self._on_use,
            "edit": self._on_edit,
            "add": self.begin_new,
            "remove": self._on_remove,
            "undo": self.undo_wanted.emit,
            "close": self.close_sheet,
        }
        for name, act in acts.items():
            self.buttons[name].setObjectName(f"book_{name}")
            self.buttons[name].clicked.connect(act)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)

    def show_pages(
        self,
        rows: Sequence[Row],
        pages: dict[str, tuple[Body, int]],
        *,
        may_keep: bool,
        can_undo: bool,
        can_use: bool = False,
    ) -> None:
        """Show these pages, each with its body and version; a form that is open stays as it is."""
        self._pages, self._may_keep, self._can_undo, self._can_use = dict(pages), may_keep, can_undo, can_use
        self.table.set_rows(tuple(self.book.names.words(head) for head in self.book.heads()), rows)
        if rows and not self.table.key:
            self.table.choose(rows[0].key)
        self._show()

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self.show_over()
        self._focus_list()

    def close_sheet(self) -> None:
        """Close; what was being entered is given up."""
        self._close_form()
        super().close_sheet()

    def escape(self) -> None:
        """Leave the form first, then the sheet."""
        if self.form is None:
            self.close_sheet()
        elif not self.form.is_busy():
            self._on_cancelled()

    def has_input(self) -> bool:
        """Whether a page is being entered."""
        return self.form is not None

    def begin_new(self) -> None:
        """Open the form of a new page."""
        if self._may_keep:
            self.begun.emit()
            self._open_form(NEW)

    def page_done(self, key: str) -> None:
        """What was entered is kept."""
        self._close_form()
        self.table.choose(key)
        self._show()

    def page_refused(self, fault: Fault) -> None:
        """What was entered is not kept; it stays to be mended."""
        if self.form is not None:
            self.form.set_busy(False)
            self.form.set_fault(lambda: told(fault.key, fault.params, self.book.names.words))

    def retranslate(self) -> None:
        """Look the words up again."""
        words, name = self.book.names.words, self.book.name
        self._title.setText(words(f"{name}.book"))
        self._hint.setText(words(f"{name}.book_hint"))
        self.empty.show_texts(words(f"{name}.none"), words(f"{name}.none_hint"))
        self.table.set_texts(words(f"{name}.book"), words("desk.form.type_to_find"))
        keys = {"edit": "↵", "add": "Ins", "remove": "Del", "undo": "Ctrl+Z", "close": "Esc", "use": "Ctrl+↵"}
        for button, key in keys.items():
            label = f"{name}.use" if button == "use" else f"book.{button}"
            self.buttons[button].setText(f"{words(label)}  {key}")
        if self.form is not None:
            self.form.retranslate()
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Insert, Delete, Ctrl+Z and Ctrl+Enter act; Esc leaves the form first, then the sheet."""
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self.form is not None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Insert:
            self.begin_new()
        elif key == Qt.Key.Key_Delete:
            self._on_remove()
        elif key == Qt.Key.Key_Z and control:
            self.undo_wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self._on_use()
        else:
            super().keyPressEvent(event)
        event.accept()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        there, editing = self.table.key in self._pages, self.form is not None
        self.table.view.setVisible(bool(self._pages))
        self.table.search.setVisible(bool(self._pages))
        self.empty.setVisible(not self._pages)
        self._right.setVisible(bool(self._pages) or editing)
        self.told.setVisible(there and not editing)
        if there:
            rows = self.book.tell(self._pages[self.table.key][0])
            self.told.setText("\n\n".join(f"{head}\n{text}" for head, text in rows))
        shown = {
            "use": there and self._can_use,
            "edit": there and self._may_keep,
            "add": self._may_keep,
            "remove": there and self._may_keep,
            "undo": self._can_undo,
            "close": True,
        }
        for name, button in self.buttons.items():
            button.setVisible(shown[name] and (not editing or name == "close"))
        self.table.view.setEnabled(not editing)
        self.table.search.setEnabled(not editing)

    def _focus_list(self) -> None:
        last = self.buttons["add"] if self._may_keep else self.buttons["close"]
        (self.table.view if self._pages else last).setFocus()

    def _on_chosen(self, key: str) -> None:
        self._forget_asking()
        self._show()

    def _forget_asking(self) -> None:
        if self._asked:
            self._asked = ""
            self.buttons["remove"].setText(f"{self.book.names.words('book.remove')}  Del")

    def _on_opened(self, key: str) -> None:
        if self._may_keep:
            self._open_form(key)
        elif self._can_use:
            self.used.emit(key)

    def _on_edit(self) -> None:
        if self.table.key:
            self._open_form(self.table.key)

    def _on_use(self) -> None:
        if self._can_use and self.table.key in self._pages:
            self.used.emit(self.table.key)

    def _on_remove(self) -> None:
        key, words = self.table.key, self.book.names.words
        if not self._may_keep or key not in self._pages:
            return
        if self._asked != key:
            self._asked = key
            self.buttons["remove"].setText(f"{words('book.remove_sure')}  Del")
            return
        self._forget_asking()
        self.remove_wanted.emit(key)

    def _open_form(self, key: str) -> None:
        self._close_form()
        words, name = self.book.names.words, self.book.name
        page, version = self._pages.get(key, (None, 0))
        found: list[Body] = []

        def check(values: dict[str, Any]) -> Telling:
            try:
                body: Body = self.book.read(values, page)
                checked_body(kind_of(type(body)), _plain(body))
            except Fault as fault:
                return partial(told, fault.key, fault.params, words)
            found[:] = [body]
            return ""

        spec = FormSpec(
            title=lambda: words(f"{name}.new" if page is None else f"{name}.alter"),
            effect=lambda: words(f"{name}.effect"),
            entries=lambda: self.book.entries(page),
            make=lambda values: Act("put", key, (found[0], version)),
            send="admin.save",
            check=check,
        )
        self.form, self.editing = EntryForm(words, spec), key
        self.form.submitted.connect(self._on_submitted)
        self.form.cancelled.connect(self._on_cancelled)
        self._beside.insertWidget(0, self.form)
        self._show()
        self._right.verticalScrollBar().setValue(0)
        self.form.focus_first()

    def _on_submitted(self, act: Act) -> None:
        body, version = act.body
        if self.form is not None:
            self.form.set_busy(True)
        self.put_wanted.emit(act.target, body, version)

    def _on_cancelled(self) -> None:
        self._close_form()
        self._show()
        self._focus_list()

    def _close_form(self) -> None:
        if self.form is not None:
            form, self.form = self.form, None
            self._beside.removeWidget(form)
            form.hide()
            form.deleteLater()


def _plain(body: Body) -> Any:
    return msgspec.to_builtins(body)
