"""The reporters' contacts: masked, seen only for a stated reason, masked again after a minute (domain.md section 7)."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from domain.case import Case
from domain.ids import CaseNo
from domain.wire import RevealedContact
from resources.words import Words
from widgets.common.button import Button
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.intents import RevealIntent

SHOWN_MS = 60_000
LEAST_REASON, MOST_REASON = 2, 200


class ContactRow(QWidget):
    """One line; asking for the reason opens a second one."""

    reveal_requested = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._case_no: CaseNo | None = None
        self._held = 0
        self._contacts: tuple[RevealedContact, ...] = ()
        self._line = WrappedLabel()
        self._ask, self._send, self._cancel = Button(), Button(), Button()
        set_role(self._ask, "quiet")
        set_role(self._send, "primary")
        self._reason = QLineEdit()
        self._reason.setMaxLength(MOST_REASON)
        self._problem = WrappedLabel()
        set_role(self._problem, "fault")
        self._hide_timer = QTimer(self)
        self._hide_timer.setSingleShot(True)
        self._hide_timer.setInterval(SHOWN_MS)
        self._asking = QWidget()
        self._build()
        self._ask.clicked.connect(self._on_ask_clicked)
        self._send.clicked.connect(self._on_sent)
        self._reason.returnPressed.connect(self._on_sent)
        self._cancel.clicked.connect(self._close_asking)
        self._hide_timer.timeout.connect(self.mask_contacts)
        self.retranslate()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._line, 1)
        top.addWidget(self._ask)
        ask = QHBoxLayout(self._asking)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.setSpacing(6)
        ask.addWidget(self._reason, 1)
        ask.addWidget(self._send)
        ask.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._asking)
        column.addWidget(self._problem)
        self._asking.hide()
        self._problem.hide()

    def show_case(self, case: Case) -> None:
        """Show whether there is a contact. Another case masks what was seen."""
        if case.case_no != self._case_no:
            self._case_no = case.case_no
            self._close_asking()
            self.mask_contacts()
        self._held = sum(report.has_contact for report in case.reports)
        self.setVisible(self._held > 0)
        self.retranslate()

    def set_contacts(self, contacts: Sequence[RevealedContact]) -> None:
        """Show what was asked for, for a minute."""
        self._contacts = tuple(contacts)
        self._close_asking()
        self._hide_timer.start()
        self.retranslate()

    def mask_contacts(self) -> None:
        """Mask the contacts again."""
        self._hide_timer.stop()
        self._contacts = ()
        self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        shown = words("desk.and").join(f"{c.contact.name} {c.contact.phone}".strip() for c in self._contacts)
        if shown:
            self._line.setText(words("desk.contact.shown", contacts=shown))
        else:
            self._line.setText(words("desk.contact.masked", n=self._held))
        self._ask.setText(words("desk.contact.mask" if shown else "desk.contact.reveal"))
        self._send.setText(words("desk.contact.confirm"))
        self._cancel.setText(words("desk.cancel"))
        self._reason.setPlaceholderText(words("desk.contact.reason"))
        self._reason.setAccessibleName(words("desk.contact.reason"))
        self._problem.setText(words("desk.contact.reason_short", n=LEAST_REASON))

    def _on_ask_clicked(self) -> None:
        if self._contacts:
            self.mask_contacts()
            return
        self._asking.show()
        self._reason.setFocus()

    def _close_asking(self) -> None:
        self._asking.hide()
        self._problem.hide()
        self._reason.clear()

    def _on_sent(self) -> None:
        reason = self._reason.text().strip()
        self._problem.setVisible(len(reason) < LEAST_REASON)
        if len(reason) >= LEAST_REASON and self._case_no is not None:
            self.reveal_requested.emit(RevealIntent(self._case_no, reason))
