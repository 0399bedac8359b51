"""A list to pick from, with a search line above it; one or several. It knows only words, ids and marks."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from widgets.common.style import set_role
from widgets.common.tips import plain_tip

ID_ROLE = Qt.ItemDataRole.UserRole
ROW_PX = 32
CHOSEN_SIGN = "✓  "
SHOWN_AT_MOST = 400
"""Rows beyond these are reached by typing."""


class Choice(msgspec.Struct, frozen=True):
    """One row: what is sent, what is shown, and more words the search looks at."""

    value: str
    text: str
    detail: str = ""
    search: str = ""

    @property
    def line(self) -> str:
        """The row as shown."""
        return f"{self.text}  ·  {self.detail}" if self.detail else self.text


class PickList(QWidget):
    """Rows that are searched by typing. ``picked`` when one was chosen by Enter or click, ``sent`` by Ctrl+Enter."""

    picked = Signal(str)
    changed = Signal()
    submitted = Signal()
    sent = Signal()

    def __init__(self, *, many: bool = False, rows_shown: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()
        self._many, self._chosen, self._rows_shown = many, list[str](), rows_shown
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.rows = QListWidget()
        self.rows.setObjectName("pick_rows")
        self.rows.setUniformItemSizes(True)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._none = QLabel()
        set_role(self._none, "second")
        self._none.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.search)
        column.addWidget(self.rows)
        column.addWidget(self._none)
        self.setFocusProxy(self.search)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._fill)
        self.rows.itemClicked.connect(self._on_item_clicked)

    def set_texts(self, name: str, placeholder: str, none: str = "") -> None:
        """Name the list for readers, say in the search line what can be typed, and below it that ``none`` fits."""
        self.search.setPlaceholderText(placeholder)
        self.search.setAccessibleName(name)
        self.rows.setAccessibleName(name)
        self._none.setText(none)
        self._show_rows_or_words()

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these rows; what was typed and chosen stays where it still exists."""
        if tuple(choices) == self._choices:
            return
        self._choices = tuple(choices)
        there = {choice.value for choice in self._choices}
        self._chosen = [value for value in self._chosen if value in there]
        self._fill()

    def chosen(self) -> list[str]:
        """Return the chosen values in the order they were chosen."""
        return list(self._chosen)

    def choose(self, value: str) -> None:
        """Choose a row, or with ``many`` take it back where it was chosen."""
        if value not in {choice.value for choice in self._choices}:
            return
        if not self._many:
            self._chosen = [value]
        elif value in self._chosen:
            self._chosen.remove(value)
        else:
            self._chosen.append(value)
        self._mark()
        self.changed.emit()

    def choose_only(self, value: str) -> None:
        """Choose a row, or none with an empty value, whatever was chosen before; what was typed to search goes."""
        self.search.clear()
        self._chosen = [value] if value in {choice.value for choice in self._choices} else []
        self._mark()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows in the search line move the list; Enter chooses, and on what is chosen already it sends.

        Tab takes the lit row along, and so does Ctrl+Enter, which sends with it. The rows themselves never take the
        focus: it would be lost to the eye there, and letters would choose.
        Enter is used up here: a line edit would let it through to the form around it as well.
        """
        if watched is not self.search or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Tab:
            self._settle()
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._settle()
                self.sent.emit()
            else:
                self._on_returned()
            return True
        if step is not None and self.rows.count():
            row = min(max(self.rows.currentRow() + step, 0), self.rows.count() - 1)
            self.rows.setCurrentRow(row)
            return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        words = self.search.text().casefold().split()
        self.rows.clear()
        for choice in self._choices:
            where = f"{choice.text} {choice.detail} {choice.search}".casefold()
            if all(word in where for word in words):
                item = QListWidgetItem(choice.line)
                item.setData(ID_ROLE, choice.value)
                item.setSizeHint(QSize(40, ROW_PX))
                item.setToolTip(plain_tip(choice.line))
                self.rows.addItem(item)
            if self.rows.count() >= SHOWN_AT_MOST:
                break
        self.rows.setFixedHeight(ROW_PX * max(1, min(self._rows_shown, self.rows.count())) + 4)
        self._mark()
        self._show_rows_or_words()

    def _show_rows_or_words(self) -> None:
        """Without a row there is no empty box, but words that say why: something was typed that nothing fits."""
        empty = not self.rows.count()
        self.rows.setHidden(empty)
        self._none.setVisible(empty and bool(self.search.text().strip()) and bool(self._none.text()))

    def _mark(self) -> None:
        for row in range(self.rows.count()):
            item = self.rows.item(row)
            on = item.data(ID_ROLE) in self._chosen
            if self._many:
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                continue
            item.setText(f"{CHOSEN_SIGN}{item.toolTip()}" if on else item.toolTip())
            if on:
                self.rows.setCurrentRow(row)
        if not self._chosen and self.search.text() and self.rows.count():
            self.rows.setCurrentRow(0)

    def _settle(self) -> None:
        """Going on with Tab takes the row that is lit: what looks chosen is chosen."""
        item = self.rows.currentItem()
        if not self._many and item is not None and str(item.data(ID_ROLE)) not in self._chosen:
            self.choose(str(item.data(ID_ROLE)))

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._pick(str(item.data(ID_ROLE)))

    def _on_returned(self) -> None:
        if self.rows.currentRow() < 0:
            if self._many or not self.search.text():
                self.submitted.emit()
            return
        value = str(self.rows.currentItem().data(ID_ROLE))
        if value in self._chosen:
            self.submitted.emit()
            return
        self._pick(value)

    def _pick(self, value: str) -> None:
        self.choose(value)
        self.picked.emit(value)
