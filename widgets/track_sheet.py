"""Asking for a track: of whom, for which hours, and why. What is asked for is logged, and says so."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.pick_list import Choice, PickList
from widgets.common.sheet import Sheet
from widgets.common.style import set_role

WIDTH_PX, HEIGHT_PX = 520, 480
MOST_HOURS, FIRST_HOURS = 168, 4
MAX_REASON, LEAST_REASON = 200, 2


class TrackWish(msgspec.Struct, frozen=True):
    """A person or vehicle by id, how many hours back, and the reason."""

    thing: str
    hours: int
    reason: str


class TrackSheet(Sheet):
    """A sheet over the window. ``asked`` carries a ``TrackWish`` that is whole."""

    asked = Signal(object)

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._words = words
        self._title, self._hint, self._fault = QLabel(), QLabel(), FaultLabel()
        self._hours_label, self._reason_label = QLabel(), QLabel()
        self.things, self.hours, self.reason = PickList(rows_shown=6), QSpinBox(), QLineEdit()
        self.read, self.leave = Button(), Button()
        set_role(self._title, "title")
        set_role(self._hint, "second")
        set_role(self.read, "primary")
        self._hint.setWordWrap(True)
        self.hours.setRange(1, MOST_HOURS)
        self.hours.setValue(FIRST_HOURS)
        self.hours.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.reason.setMaxLength(MAX_REASON)
        self._lay_out()
        self.read.clicked.connect(self._on_read_pressed)
        self.reason.returnPressed.connect(self._on_read_pressed)
        self.leave.clicked.connect(self.close_sheet)
        self.retranslate()
        self.hide()

    def open_sheet(self, things: Sequence[Choice], chosen: str | None) -> None:
        """Open over the window, with who can be asked for; the reason is always typed anew."""
        self.things.set_choices(things)
        if chosen is not None:
            self.things.choose(chosen)
        self.reason.clear()
        self.tell("")
        self.show_over()
        (self.things.search if chosen is None else self.reason).setFocus()

    def tell(self, telling: Telling) -> None:
        """Say what went wrong; empty takes it away."""
        self._fault.tell(telling)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("track.title"))
        self._hint.setText(words("track.hint"))
        self._hours_label.setText(words("track.hours"))
        self._reason_label.setText(words("track.reason"))
        self.hours.setAccessibleName(words("track.hours"))
        self.reason.setAccessibleName(words("track.reason"))
        self.things.set_texts(words("track.whom"), words("track.whom"), words("track.whom_none"))
        self.read.setText(words("track.read"))
        self.leave.setText(f"{words('desk.help.close')}  Esc")
        self._fault.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def _on_read_pressed(self) -> None:
        chosen, reason = self.things.chosen(), self.reason.text().strip()
        if not chosen:
            self.tell(lambda: self._words("track.whom_first"))
        elif len(reason) < LEAST_REASON:
            self.tell(lambda: self._words("track.reason_first"))
            self.reason.setFocus()
        else:
            self.tell("")
            self.asked.emit(TrackWish(chosen[0], self.hours.value(), reason))

    def _lay_out(self) -> None:
        grid, foot, column = QGridLayout(), QHBoxLayout(), QVBoxLayout(self)
        grid.setColumnStretch(1, 1)
        for row, (label, control) in enumerate(((self._hours_label, self.hours), (self._reason_label, self.reason))):
            label.setBuddy(control)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
        foot.addWidget(self._fault, 1)
        foot.addStretch()  # while nothing is wrong: buttons keep their own width
        foot.addWidget(self.leave)
        foot.addWidget(self.read)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addWidget(self.things, 1)
        column.addLayout(grid)
        column.addLayout(foot)
