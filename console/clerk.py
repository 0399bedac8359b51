"""Telling the person what came of it: done, refused, in conflict with somebody, not sent."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.notices import Notice, NoticeHub
from console.panels import Panels
from console.select import Selection
from domain.change import Change
from domain.faults import Fault, FaultKind
from domain.ids import AccountId, CaseNo, UnitId
from domain.wire import RevealedContact
from resources.words import Value, Words, sentence
from widgets.intents import ActionIntent
from widgets.names import Names
from widgets.notices import Severity

if TYPE_CHECKING:
    from widgets.case_card.unoffered import CardNotice

CHANGES_TOLD = 4


class Clerk(QObject):
    """Puts answers into words: on the card and the form where the person is, and as notices."""

    def __init__(
        self,
        panels: Panels,
        notices: NoticeHub,
        selection: Selection,
        names: Names,
        words: Words,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panels, self._notices, self._selection = panels, notices, selection
        self._names, self._words = names, words

    def on_unit_assigned(self, unit_id: UnitId) -> None:
        """A unit of the board is to have the case on the card: the form says what will happen, nothing is sent yet."""
        if not self._panels.card.dispatch_to(unit_id):
            self._notices.info("notice.assign_what", replace="assign", unit=self._names.unit(unit_id))
            return
        self._panels.show_card()

    def on_case_dropped(self, case_no: CaseNo, unit_id: UnitId) -> None:
        """A case was dropped on a unit: likewise."""
        self._selection.select_case(case_no)
        self.on_unit_assigned(unit_id)

    def on_started(self, case_no: CaseNo) -> None:
        """A command is on its way."""
        if case_no == self._selection.case_no:
            self._panels.card.set_fault("")
            self._panels.card.set_busy(True)

    def on_done(self, case_no: CaseNo, action: str) -> None:
        """It was done."""
        self._panels.card.action_done(case_no, action)
        self._notices.info("notice.done", replace="done", case_no=case_no, action=f"action.{action}")

    def on_refused(self, case_no: CaseNo, fault: Fault, since: Sequence[Change]) -> None:
        """It was not; where somebody was faster, say who did what."""
        if case_no == self._selection.case_no:
            self._panels.card.set_busy(False)
            self._panels.card.set_fault(partial(self.explain, fault, since))
        else:
            self._notices.refused(fault, replace=f"refused-{case_no}")
        if fault.kind is FaultKind.UNAVAILABLE:
            self._notices.refused(fault, replace="refused")

    def on_delayed(self, case_no: CaseNo, action: str, fault: Fault) -> None:
        """It waits in the outbox: the form may go, since nothing of it is lost, and nothing is said to be done."""
        self._panels.card.action_done(case_no, action)
        values: dict[str, Value] = {"case_no": case_no, "action": f"action.{action}", "why": f"outbox.why.{fault.key}"}
        self._notices.post(Notice(Severity.WARNING, "notice.outbox_kept", values, "outbox", "outbox"))

    def on_held(self, case_no: CaseNo) -> None:
        """What was asked for is held back a few seconds: the form is done with, the strip tells the rest."""
        self._panels.card.action_done(case_no)

    def on_taken_back(self, intent: ActionIntent) -> None:
        """It was taken back before it was sent: its form is there again as it was filled in."""
        action, about = f"action.{intent.action}", intent.title or intent.case_no
        self._notices.info("notice.taken_back", replace="held", case_no=about, action=action)
        if intent.title:
            return
        self._selection.select_case(intent.case_no)
        self._panels.card.fill_again(intent)

    def on_dropped(self, intent: ActionIntent) -> None:
        """The sign-in ended before it was sent."""
        action, about = f"action.{intent.action}", intent.title or intent.case_no
        self._notices.warn("notice.held_lost", replace=f"lost-{intent.case_no}", case_no=about, action=action)

    def on_report_done(self, case_no: CaseNo) -> None:
        """A report was taken: its case is selected."""
        self._panels.report_form.clear()
        self._panels.show_card()
        self._notices.info("notice.report_done", replace="report", case_no=case_no)
        self._selection.select_case(case_no)

    def on_report_delayed(self, fault: Fault) -> None:
        """A report waits in the outbox; it has no number yet."""
        self._panels.report_form.clear()
        self._panels.show_card()
        values: dict[str, Value] = {"why": f"outbox.why.{fault.key}"}
        self._notices.post(Notice(Severity.WARNING, "notice.outbox_report_kept", values, "outbox", "outbox"))

    def on_report_merged(self, case_no: CaseNo, into: CaseNo, fault: Fault | None) -> None:
        """A report was taken and merged into a case, or was taken and could not be merged: both are told."""
        self._panels.report_form.clear()
        self._panels.show_card()
        if fault is None:
            self._notices.info("notice.report_merged", replace="report", case_no=case_no, into=into)
        else:
            self._notices.warn("notice.report_not_merged", replace="report", case_no=case_no, into=into)
        self._selection.select_case(into if fault is None else case_no)

    def on_report_refused(self, fault: Fault) -> None:
        """A report was not taken; what was typed stays."""
        self._panels.report_form.set_busy(False)
        self._panels.report_form.set_fault(partial(self.explain, fault, ()))

    def on_card_told(self, told: "CardNotice") -> None:
        """The card has something to say that is not to be missed; what must be decided on stays."""
        if told.stays:
            name = _overtaken(told.values.get("case_no"))
            self._notices.post(Notice(Severity.WARNING, told.key, told.values, name, stays=True))
        else:
            self._notices.info(told.key, replace="card", **told.values)

    def on_form_gone(self, case_no: CaseNo) -> None:
        """A form of the card is closed for good: nothing is left to decide on."""
        self._notices.withdraw(_overtaken(case_no))

    def on_revealed(self, case_no: CaseNo, contacts: Sequence[RevealedContact]) -> None:
        """Contacts were revealed; they are shown only while their case is."""
        if case_no == self._selection.case_no:
            self._panels.card.set_contacts(contacts)

    def on_case_left(self, case_no: CaseNo) -> None:
        """A case is no longer shown to us."""
        self._notices.info("notice.case_gone", replace="case-gone", case_no=case_no)

    def explain(self, fault: Fault, since: Sequence[Change]) -> str:
        """Return a fault in words, with what others did meanwhile."""
        values = dict(fault.params)
        argument = values.get("argument")
        if argument is not None:
            values["argument"] = f"arg.{argument}"
        if isinstance(by := values.get("by"), str):
            values["by"] = self._names.account(AccountId(by))
        said = sentence(self._words, f"fault.{fault.key}", values)
        if not since:
            return said
        told = [
            self._words("notice.change", who=self._names.actor(c)[0], action=self._words(f"action.{c.action}"))
            for c in since[-CHANGES_TOLD:]
        ]
        return self._words("notice.meanwhile", fault=said, changes=self._words("list.semicolon").join(told))


def _overtaken(case_no: object) -> str:
    """Return the name of the notice that somebody was faster than the form of a case."""
    return f"overtaken-{case_no}"
