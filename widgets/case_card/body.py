"""What stands on the card, one part below the other."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.case import Case
from domain.machine import Step
from domain.states import CaseState
from resources.theme import Theme
from widgets.case_card.chain import ChainStrip
from widgets.case_card.clocks import TwoClocks
from widgets.case_card.contact import ContactRow
from widgets.case_card.evidence import Evidence
from widgets.case_card.form import ActionForm
from widgets.case_card.header import CaseHeader
from widgets.case_card.reporters import Reporters
from widgets.case_card.request_box import RequestBox
from widgets.case_card.suggestions import Suggestions
from widgets.case_card.task_line import TaskLine
from widgets.case_card.timeline import Timeline
from widgets.case_card.waiting import WaitingStrip
from widgets.common.section import hairline
from widgets.duplicates import Duplicates
from widgets.names import Names


class CardBody(QWidget):
    """The parts of the card in order; the form has its place above the timeline, so that it is near the actions."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = CaseHeader(names, theme)
        self.waiting = WaitingStrip(names, theme)
        self.chain = ChainStrip(names.words, theme)
        self.clocks = TwoClocks(names, theme)
        self.task, self.request = TaskLine(names, theme), RequestBox(names, theme)
        self.evidence = Evidence(names, theme)
        self.reporters = Reporters(names, theme)
        self.duplicates = Duplicates(names, theme, "similar.open")
        self.contact = ContactRow(names.words)
        self.suggestions = Suggestions(names, theme)
        self.timeline = Timeline(names, theme)
        self._dispatch_offered = False
        self._suggest_line = hairline()
        self._form_place = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(8)
        head: tuple[QWidget, ...] = (self.header, self.waiting, self.chain, self.clocks, self.task, self.request)
        decides: tuple[QWidget, ...] = (*head, hairline(), self.evidence)
        decides += (self._suggest_line, self.suggestions)
        for part in (*decides, self.evidence.facts, self.reporters, self.duplicates, self.contact):
            column.addWidget(part)
        column.addLayout(self._form_place)
        column.addWidget(hairline())
        column.addWidget(self.timeline)
        column.addStretch(1)

    @property
    def complete(self) -> bool:
        """Whether nothing of the case shown is still on its way."""
        return self.evidence.complete and self.timeline.complete

    def show_case(self, case: Case, steps: Sequence[Step], now: datetime) -> None:
        """Show a case and what may be done with it."""
        self._dispatch_offered = any(step.action == "dispatch" for step in steps)
        self.header.show_case(case, now)
        self.chain.show_case(case)
        self.clocks.show_case(case, now)
        self.task.show_case(case, now)
        self.request.show_case(case, now)
        self.evidence.show_case(case)
        self.reporters.show_case(case, now)
        self.contact.show_case(case)
        self.timeline.set_now(now)
        self.show_suggestions(case)

    def set_low(self, low: bool) -> None:
        """Make do with little height, or not."""
        self.evidence.set_low(low)

    def show_suggestions(self, case: Case) -> None:
        """Show the suggested units while the case waits to be dispatched by this person."""
        wanted = case.state is CaseState.PENDING_DISPATCH and self._dispatch_offered and self.suggestions.count() > 0
        self.suggestions.setVisible(wanted)
        self._suggest_line.setVisible(wanted)

    def forget_case(self) -> None:
        """Another case comes: nothing of the old one stays."""
        self.evidence.clear_photos()
        self.duplicates.show_found(())
        self.timeline.set_changes(None)
        self.waiting.set_marks(())
        self.suggestions.set_candidates(())

    def place_form(self, form: ActionForm) -> None:
        """Put the form in its place."""
        self._form_place.addWidget(form)
        form.show()

    def withdraw_form(self, form: ActionForm) -> None:
        """Take the form out of sight; it can be placed again."""
        self._form_place.removeWidget(form)
        form.hide()

    def remove_form(self, form: ActionForm) -> None:
        """Take the form away for good."""
        self.withdraw_form(form)
        form.deleteLater()

    def retranslate(self) -> None:
        """Look the words up again."""
        self.contact.retranslate()
        self.duplicates.retranslate()
        self.suggestions.retranslate()
        self.waiting.retranslate()
        self.timeline.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        for part in (
            self.header,
            self.waiting,
            self.chain,
            self.clocks,
            self.task,
            self.request,
            self.evidence,
            self.reporters,
            self.duplicates,
            self.suggestions,
            self.timeline,
        ):
            part.set_theme(theme)
