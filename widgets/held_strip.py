"""What is about to be sent and can still be taken back: what, where to, who is told, and the seconds that are left."""

from collections.abc import Sequence
from math import ceil

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from domain.ids import StaffId, UnitId
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.intents import ActionIntent
from widgets.names import Names

TAKE_BACK_KEY, SEND_KEY = "F6", "Shift+F6"
MOST_SHOWN, MOST_TITLE = 4, 30


class HeldRow(msgspec.Struct, frozen=True):
    """Something held, and how long it still is, seconds."""

    intent: ActionIntent
    left_s: float


def told(intent: ActionIntent, names: Names) -> str:
    """Return who is sent where and who else is told, in words."""
    words, args = names.words, intent.args
    parts: list[str] = []
    if isinstance(unit := args.get("unit"), str):
        parts.append(f"{words('arg.unit')} {names.unit(UnitId(unit))}")
    if isinstance(person := args.get("staff"), str):
        parts.append(names.person(StaffId(person)))
    for name in ("units", "helpers", "copies"):
        units = args.get(name) or ()
        if units:
            parts.append(f"{words(f'arg.{name}')} {words('desk.and').join(names.unit(UnitId(u)) for u in units)}")
    return " · ".join(parts)


class HeldStrip(QFrame):
    """Lies over the desk while something is held, where notices do; it takes no focus and no typed letter."""

    take_back = Signal(object)
    send_now = Signal()

    def __init__(self, words: Words, theme: Theme, names: Names, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._words, self._names = words, names
        self._rows: Sequence[HeldRow] = ()
        self._lines: list[tuple[QWidget, QLabel, Button]] = []
        self._send = Button()
        self._send.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 8, 14, 8)
        self._column.setSpacing(4)
        self._column.addWidget(self._send, 0, Qt.AlignmentFlag.AlignRight)
        self._send.clicked.connect(self.send_now)
        self.hide()

    def show_rows(self, rows: Sequence[HeldRow]) -> None:
        """Show what is held; nothing hides the strip."""
        self._rows = rows
        self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        shown = self._rows[:MOST_SHOWN]
        while len(self._lines) < len(shown):
            self._add_line()
        for n, (line, text, button) in enumerate(self._lines):
            line.setVisible(n < len(shown))
            if n < len(shown):
                text.setText(self._line(shown[n]))
                key = TAKE_BACK_KEY if n == len(shown) - 1 else ""  # it takes back what was held last
                button.setText(f"{self._words('held.take_back')}  {key}".strip())
        self._send.setText(f"{self._words('held.send', n=len(self._rows))}  {SEND_KEY}")
        self.setAccessibleName("\n".join(self._line(row) for row in shown))
        self.setVisible(bool(shown))
        if shown:
            self.raise_()

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def _line(self, row: HeldRow) -> str:
        words, intent = self._words, row.intent
        what = words(f"action.{intent.action}")
        who = told(intent, self._names)
        said = words("desk.story.with", line=what, details=who) if who else what
        return words(
            "held.line",
            what=said,
            case_no=intent.title[:MOST_TITLE] or intent.case_no.split("-", 1)[-1],
            s=ceil(row.left_s),
        )

    def _add_line(self) -> None:
        line, text, button = QWidget(), WrappedLabel(), Button()
        line.setObjectName("field")
        set_role(button, "primary")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self._on_take_back)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(text, 1)
        row.addWidget(button)
        self._column.insertWidget(len(self._lines), line)
        self._lines.append((line, text, button))

    def _on_take_back(self) -> None:
        for (_, _, button), row in zip(self._lines, self._rows, strict=False):
            if button is self.sender():
                self.take_back.emit(row.intent.case_no)
