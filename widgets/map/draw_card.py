"""The card of drawing for everybody: what, in which ink, with which words, for how long; and what stands there."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QSpinBox, QWidget

from domain.register_map import Form, Ink
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.listed import chosen_row, fill_rows
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.map.tool_card import WIDTH_PX, ToolCard

MOST_LABEL = 200
MOST_HOURS = 720
FIRST_HOURS = 8
LIST_PX, LEAST_LIST_PX = 150, 60


class DrawnRow(msgspec.Struct, frozen=True):
    """One drawing in the list; ``mine`` says that it may be moved and deleted from here."""

    entry_id: str
    text: str
    mine: bool


class DrawCard(ToolCard):
    """The card. It says what is wanted; ids are those of the rows."""

    form_chosen = Signal(object)
    move_requested = Signal(str)
    delete_requested = Signal(str)
    row_opened = Signal(str)
    undo_requested = Signal()
    title_key = "redline.title"

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_draw")
        self._forms: dict[Form, Button] = {}
        self._mine: frozenset[str] = frozenset()
        forms, inks, acts = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for form in Form:
            button = Button()
            button.setCheckable(True)
            button.setObjectName(f"draw_{form}")
            button.clicked.connect(self._on_form)
            self._forms[form] = button
            forms.addWidget(button)
        self.label, self.ink, self.hours = QLineEdit(), Combo(), QSpinBox()
        self.ink.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
        self.label.setMaxLength(MOST_LABEL)
        for ink in Ink:
            self.ink.addItem("", ink.value)
        self.hours.setRange(0, MOST_HOURS)
        self.hours.setValue(FIRST_HOURS)
        inks.addWidget(self.ink)
        inks.addWidget(self.hours, 1)
        self.said = WrappedLabel()
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self.said, "second")
        self.list = QListWidget()
        self.list.setMinimumHeight(LEAST_LIST_PX)  # on a low map it gives way, and scrolls
        self.list.setMaximumHeight(LIST_PX)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # of what is long it is still read until when it is
        self._move, self._delete, self._undo = Button(), Button(), Button()
        for button in (self._move, self._delete, self._undo):
            acts.addWidget(button)
        self.column.addLayout(forms)
        self.column.addWidget(self.label)
        self.column.addLayout(inks)
        self.column.addWidget(self.said)
        self.column.addWidget(self.list)
        self.column.addLayout(acts)
        self._say: tuple[str, dict[str, str]] = ("redline.hint", {})
        self._connect()
        self.show_rows(())
        self.show_can_undo(can=False)

    def _connect(self) -> None:
        self._move.clicked.connect(self._on_move)
        self._delete.clicked.connect(self._on_delete)
        self._undo.clicked.connect(self.undo_requested)
        self.list.currentItemChanged.connect(self._show_acts)
        self.list.itemActivated.connect(self._on_opened)

    def show_form(self, form: Form | None) -> None:
        """Mark what is being drawn."""
        for each, button in self._forms.items():
            button.setChecked(each is form)

    def say(self, key: str, **values: str) -> None:
        """Say what is to be done or came of it."""
        self._say = (key, values)
        self.retranslate()

    def show_rows(self, rows: Sequence[DrawnRow]) -> None:
        """List what stands on the map; the row that was chosen stays chosen."""
        self._mine = frozenset(row.entry_id for row in rows if row.mine)
        fill_rows(self.list, [(row.entry_id, row.text) for row in rows])
        self._show_acts()

    def show_can_undo(self, *, can: bool) -> None:
        """Offer to take back the last thing done from here, or not."""
        self._undo.setEnabled(can)

    def chosen_ink(self) -> Ink:
        """Return the ink that is chosen."""
        return Ink(self.ink.currentData())

    def retranslate(self) -> None:
        """Take up another language."""
        words = self.words
        for form, button in self._forms.items():
            button.setText(words(f"drawing.{form}"))
        for i, ink in enumerate(Ink):
            self.ink.setItemText(i, words(f"ink.{ink}"))
        self.ink.setAccessibleName(words("redline.ink"))
        self.label.setPlaceholderText(words("redline.label"))
        self.label.setAccessibleName(words("redline.label"))
        self.hours.setSuffix(words("redline.hours"))
        self.hours.setSpecialValueText(words("redline.no_end"))
        self.hours.setAccessibleName(words("redline.lasts"))
        self.list.setAccessibleName(words("redline.list"))
        self._move.setText(words("redline.move"))
        self._delete.setText(words("redline.delete"))
        self._undo.setText(words("redline.undo"))
        key, values = self._say
        self._keep_room()
        self.said.setText(words(key, **values))
        super().retranslate()

    def _keep_room(self) -> None:
        """Keep the room of the longest thing said here: buttons must not move between two clicks on them."""
        margins = self.column.contentsMargins()
        self.said.setMinimumHeight(0)
        self.said.setText(self.words("redline.hint"))
        self.said.setMinimumHeight(self.said.heightForWidth(WIDTH_PX - margins.left() - margins.right()))

    def _show_acts(self) -> None:
        mine = chosen_row(self.list) in self._mine
        self._move.setEnabled(mine)
        self._delete.setEnabled(mine)

    def _on_form(self) -> None:
        form = next(form for form, button in self._forms.items() if button is self.sender())
        self.show_form(form)
        self.form_chosen.emit(form)

    def _on_move(self) -> None:
        chosen = chosen_row(self.list)
        if chosen is not None:
            self.move_requested.emit(chosen)

    def _on_delete(self) -> None:
        chosen = chosen_row(self.list)
        if chosen is not None:
            self.delete_requested.emit(chosen)

    def _on_opened(self) -> None:
        chosen = chosen_row(self.list)
        if chosen is not None:
            self.row_opened.emit(chosen)
