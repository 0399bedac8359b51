"""The sheet of a roll call: who was called, who answered; Enter notes an answer or takes it back, closing ends it."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from domain.register_rollcall import RollCall
from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.empty import EmptyState
from widgets.common.row_table import Row, RowTable
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names

WIDTH_PX, HEIGHT_PX = 720, 640
RESULT_MOST = 300
ANSWERED, MISSING = "✓", "—"


class RollCallSheet(Sheet):
    """A sheet over the desk. ``answer_toggled`` carries a unit's id, ``close_requested`` the result."""

    follows = True
    call_requested = Signal()
    answer_toggled = Signal(str)
    close_requested = Signal(str)

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._names = names
        self._call: RollCall | None = None
        self._now = datetime(1970, 1, 1, tzinfo=UTC)
        self._title, self._facts, self.empty = QLabel(), WrappedLabel(), EmptyState()
        set_role(self._title, "title")
        set_role(self._facts, "second")
        self.table, self.result = RowTable(theme, self, stretch=0), QLineEdit()
        self.result.setMaxLength(RESULT_MOST)
        self.call, self.mark, self.end, self.leave = Button(), Button(), Button(), Button()
        set_role(self.call, "primary")
        foot = QHBoxLayout()
        for button in (self.mark, self.call, self.end, self.leave):
            foot.addWidget(button)
        foot.insertWidget(2, self.result, 1)
        foot.insertStretch(3)  # while there is no result to be typed: buttons keep their own width
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        for part in (self._title, self._facts):
            column.addWidget(part)
        column.addWidget(self.table.view, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.call.clicked.connect(self.call_requested)
        self.mark.clicked.connect(self._on_mark)
        self.table.opened.connect(self.answer_toggled)
        self.end.clicked.connect(self._on_end)
        self.result.returnPressed.connect(self._on_end)
        self.leave.clicked.connect(self.close_sheet)
        self.retranslate()
        self.hide()

    def show_call(self, call: RollCall | None, now: datetime) -> None:
        """Show the latest call, open or closed; None where there was none."""
        was_open = self._is_open()
        self._call, self._now = call, now
        self.retranslate()
        if self._is_open() and not was_open and self.isVisible():
            self.table.choose(self.table.shown()[0].key)
            self.table.view.setFocus()

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self.show_over()
        (self.table.view if self._is_open() else self.call).setFocus()

    def close_sheet(self) -> None:
        """Close the sheet; the call stays as it is, a result that was being typed is given up."""
        self.result.clear()
        super().close_sheet()

    def facts(self) -> str:
        """Return what is said above the rows."""
        return self._facts.text()

    def retranslate(self) -> None:
        """Look the words up again."""
        words, call = self._names.words, self._call
        self._title.setText(words("roll_call.title"))
        self.empty.show_texts(words("roll_call.none"), words("roll_call.none_hint"))
        self.table.set_texts(words("roll_call.title"), words("roll_call.title"))
        self.call.setText(words("roll_call.call"))
        self.mark.setText(f"{words('roll_call.mark')}  ↵")
        self.end.setText(words("roll_call.end"))
        self.leave.setText(f"{words('desk.help.close')}  Esc")
        self.result.setPlaceholderText(words("roll_call.result"))
        self.result.setAccessibleName(words("roll_call.result"))
        is_open = self._is_open()
        self.table.view.setVisible(call is not None)
        self.empty.setVisible(call is None)
        self._facts.setVisible(call is not None)
        for part in (self.mark, self.result, self.end):
            part.setVisible(is_open)
        self.call.setVisible(not is_open)
        if not is_open:
            self.result.clear()  # it is the result of what has ended now
        if call is not None:
            self._show(call)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)

    def _is_open(self) -> bool:
        return self._call is not None and not self._call.closed

    def _show(self, call: RollCall) -> None:
        names, words = self._names, self._names.words
        at = {answer.unit: names.local(answer.at).strftime("%H:%M:%S") for answer in call.answers}
        late = self._now >= call.due_at
        missed = words("roll_call.missing" if late or call.closed else "roll_call.waiting")
        rows = [
            Row(
                unit,
                (
                    names.unit(unit),
                    f"{ANSWERED} {words('roll_call.answered')}" if unit in at else f"{MISSING} {missed}",
                    at.get(unit, ""),
                ),
                unit in at,
            )
            for unit in sorted(call.units, key=lambda unit: (unit in at, names.unit(unit)))
        ]
        heads = tuple(words(f"roll_call.head.{name}") for name in ("unit", "state", "at"))
        self.table.set_rows(heads, rows)
        facts = words(
            "roll_call.facts",
            at=names.local(call.called_at).strftime("%m-%d %H:%M"),
            due=names.local(call.due_at).strftime("%H:%M"),
            n=len(call.answers),
            of=len(call.units),
        )
        if call.closed:
            facts = f"{facts} · {words('roll_call.closed', result=call.result)}"
        self._facts.setText(facts)

    def _on_mark(self) -> None:
        if self.table.key:
            self.answer_toggled.emit(self.table.key)

    def _on_end(self) -> None:
        text = self.result.text().strip()
        if not text:
            self.result.setFocus()
            return
        self.close_requested.emit(text)
