"""A form of entries: it names the thing, says what will happen and what came back, and keeps what was typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from resources.words import Words
from widgets.common.button import Button
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.forms.act import Act
from widgets.forms.entries import Entry


@dataclass(frozen=True)
class FormSpec:
    """A form: what it is called, what it will do, its entries, and what it asks for once they are filled in.

    ``grave`` says that what it does cannot be undone: its effect is set off, and nothing is sent by Enter alone.
    ``check`` returns in words what is wrong with the values taken together.
    """

    title: Callable[[], str]
    effect: Callable[[], str]
    entries: Callable[[], Sequence[Entry]]
    make: Callable[[dict[str, Any]], Act]
    send: str = "admin.form.send"
    grave: bool = False
    check: Callable[[dict[str, Any]], Telling] | None = None
    cancel: bool = True


class EntryForm(QFrame):
    """One form. ``submitted`` carries the ``Act``."""

    submitted = Signal(object)
    cancelled = Signal()
    reload_requested = Signal()

    def __init__(self, words: Words, spec: FormSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self._words, self.spec = words, spec
        self._busy = False
        self._title, self._effect, self._fault = WrappedLabel(), WrappedLabel(), FaultLabel()
        set_role(self._title, "heading")
        set_role(self._effect, "warning" if spec.grave else "second")
        for label in (self._title, self._effect):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.entries = list(spec.entries())
        self._send, self._cancel, self._again = Button(), Button(), Button()
        self._send.setObjectName("form_send")
        set_role(self._send, "primary")
        self._build()
        self._send.clicked.connect(self.submit)
        self._cancel.clicked.connect(self.cancelled)
        self._again.clicked.connect(self.reload_requested)
        for entry in self.entries:
            entry.submitted.connect(self._on_entered)
        self.retranslate()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        for widget in (self._title, self._effect, *self.entries, self._fault, self._again):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self._send, 1)
        row.addWidget(self._cancel)
        column.addLayout(row)
        self._cancel.setVisible(self.spec.cancel)
        self._again.hide()

    def entry(self, name: str) -> Entry:
        """Return an entry by its name; KeyError for an unknown one."""
        return {entry.name: entry for entry in self.entries}[name]

    def focus_first(self) -> None:
        """Go to the first entry where something can be put in."""
        first = next((entry for entry in self.entries if entry.open), None)
        (self._send if first is None else first).setFocus()

    def submit(self) -> None:
        """Send, unless something is wrong: that is said at its entry."""
        if self._busy:
            return
        wrong = [entry for entry in self.entries if entry.show_problem()]
        if wrong:
            wrong[0].setFocus()
            return
        values = {entry.name: entry.value() for entry in self.entries}
        said = "" if self.spec.check is None else self.spec.check(values)
        if said:
            self.set_fault(said)
            return
        self.submitted.emit(self.spec.make(values))

    def is_busy(self) -> bool:
        """Whether it is on its way."""
        return self._busy

    def set_busy(self, busy: bool) -> None:
        """While it is on its way nothing can be changed."""
        self._busy = busy
        self._send.setEnabled(not busy)
        for entry in self.entries:
            entry.setEnabled(not busy)
        if busy:
            self.set_fault("")
        self.retranslate()

    def set_fault(self, telling: Telling, *, stale: bool = False) -> None:
        """Say what came back; what was typed stays. ``stale`` offers to load what others altered meanwhile."""
        self._fault.tell(telling)
        self._again.setVisible(stale)
        if stale:
            self._again.setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(self.spec.title())
        effect = self.spec.effect()
        self._effect.setText(f"⚠ {effect}" if self.spec.grave else effect)
        self._effect.setVisible(bool(effect))
        self._send.setText(words("admin.form.busy") if self._busy else words(self.spec.send))
        self._cancel.setText(f"{words('desk.cancel')}  Esc")
        self._again.setText(words("admin.load_anew"))
        for entry in self.entries:
            entry.retranslate()
        self._fault.retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter sends, Enter does where nothing grave comes of it; Esc gives up; no letter leaves the form."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.submit()
            else:
                self._on_entered()
        elif event.key() == Qt.Key.Key_Escape and self.spec.cancel and not self._busy:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            super().keyPressEvent(event)
            return
        event.accept()

    def _on_entered(self) -> None:
        """Enter: what is grave wants its button pressed."""
        if self.spec.grave:
            self._send.setFocus()
        else:
            self.submit()
