"""One action on many cases: what it will do, how far it is, what became of each; Esc stops it or closes the sheet."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QSizePolicy, QVBoxLayout, QWidget

from domain.case import Case
from domain.ids import CaseNo
from domain.machine import STEPS
from resources.theme import Theme
from resources.words import Words
from widgets.case_card.fields.base import FormContext, Lookup
from widgets.case_card.form import ActionForm
from widgets.common.button import Button
from widgets.common.fault_label import Telling, told_text
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.intents import ActionIntent, BulkIntent
from widgets.names import Names

NAMED = 6
"""Cases named beside the figure before it begins."""


class BulkSheet(Sheet):
    """A sheet over the window. ``requested`` carries a ``BulkIntent``; what comes back is told with ``show_result``."""

    requested = Signal(object)
    stopped = Signal()

    def __init__(self, words: Words, theme: Theme, names: Names, parent: QWidget) -> None:
        super().__init__(parent, 640, 560)
        self._words, self._names = words, names
        self._cases: dict[CaseNo, Case] = {}
        self._action = ""
        self._form: ActionForm | None = None
        self._results: dict[CaseNo, tuple[Telling, bool]] = {}
        self._running = False
        self._title, self._named = QLabel(), WrappedLabel()
        set_role(self._title, "title")
        set_role(self._named, "second")
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setWordWrap(True)
        self._close = Button()
        self._place_for_form = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        for widget in (self._title, self._named):
            column.addWidget(widget)
        column.addLayout(self._place_for_form)
        column.addWidget(self._list, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._close)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close.clicked.connect(self._on_close)
        self.hide()

    def open_for(self, action: str, cases: Sequence[Case], lookup: Lookup, now: datetime) -> None:
        """Ask for what the action needs, for these cases."""
        self._drop_form()
        self._action, self._cases = action, {case.case_no: case for case in cases}
        self._results.clear()
        self._running = False
        self._form = ActionForm(STEPS[action], FormContext(self._names, cases[0], lookup), now)
        self._form.submitted.connect(self._on_submitted)
        self._form.cancelled.connect(self._on_close)
        self._form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._place_for_form.addWidget(self._form)
        self._place_for_form.addStretch(1)
        self._show()
        self.show_over()
        self._form.focus_first()

    def show_result(self, case_no: CaseNo, telling: Telling, *, refused: bool) -> None:
        """Take what became of one case."""
        self._results[case_no] = (telling, refused)
        self._add_row(case_no, telling, refused=refused)
        self._show_progress()

    def show_end(self) -> None:
        """Everything was tried, or it was stopped."""
        self._running = False
        self._show()
        self._close.setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        if self._form is not None:
            self._form.retranslate()
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops or closes; Enter closes once it is over."""
        over = bool(self._results) and not self._running
        if event.key() == Qt.Key.Key_Escape or (over and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)):
            self._on_close()
        event.accept()

    def escape(self) -> None:
        """Stop what runs, or close."""
        self._on_close()

    def has_input(self) -> bool:
        """Whether something is being entered, or runs."""
        return self._running or self._form is not None

    def _on_submitted(self, intent: ActionIntent) -> None:
        self._running = True
        self._drop_form()
        self._show()
        self._list.clear()
        self.setFocus()
        self.requested.emit(BulkIntent(self._action, tuple(self._cases), intent.args))

    def _on_close(self) -> None:
        if self._running:
            self.stopped.emit()
            return
        self._drop_form()
        self.close_sheet()

    def _drop_form(self) -> None:
        if self._form is not None:
            while self._place_for_form.count():
                self._place_for_form.takeAt(0)
            self._form.hide()
            self._form.deleteLater()
            self._form = None

    def _show(self) -> None:
        words = self._words
        self._title.setText(words("bulk.title", action=words(f"action.{self._action}"), n=len(self._cases)))
        titles = [case.title for case in self._cases.values()][:NAMED]
        more = len(self._cases) - len(titles)
        named = words("desk.and").join(titles)
        self._named.setText(words("bulk.and_more", named=named, n=more) if more > 0 else named)
        self._named.setVisible(self._form is not None)
        asking = self._form is not None
        self._list.setVisible(not asking)
        self._close.setVisible(not asking)
        key = "bulk.stop" if self._running else "bulk.close"
        self._close.setText(f"{words(key)}  Esc")
        self._show_progress()
        if self._results and not self._running:
            self._list.clear()
            refused_first = sorted(self._results.items(), key=lambda item: not item[1][1])
            for case_no, (telling, refused) in refused_first:
                self._add_row(case_no, telling, refused=refused)
            self._list.scrollToTop()

    def _show_progress(self) -> None:
        done, words = len(self._results), self._words
        if self._form is None and self._action:
            refused = sum(refused for _, refused in self._results.values())
            action = words(f"action.{self._action}")
            key = "bulk.running" if self._running else "bulk.over"
            left = len(self._cases) - done
            self._title.setText(
                words(key, action=action, done=done - refused, n=len(self._cases), no=refused, left=left)
            )

    def _add_row(self, case_no: CaseNo, telling: Telling, *, refused: bool) -> None:
        case = self._cases.get(case_no)
        title = case_no if case is None else f"{case.title} · {case_no.split('-', 1)[-1]}"
        self._list.addItem(f"{'✗' if refused else '✓'}  {title}\n     {told_text(telling)}")
        self._list.scrollToBottom()
