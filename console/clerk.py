"""Telling the person what came of it: done, refused, in conflict with somebody, not sent."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from console.notices import NoticeHub, sentence
from console.panels import Panels
from console.select import Selection
from domain.change import Change
from domain.faults import Fault, FaultKind
from domain.ids import AccountId, CaseNo
from domain.wire import RevealedContact
from resources.words import Words
from widgets.names import Names

CHANGES_TOLD = 4
KEPT = {"line_down": "notice.offline_kept", "outcome_unclear": "notice.unclear_kept"}
"""Faults after which what was typed is still there and can be sent again; each says so in its own words."""


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

    def on_started(self, case_no: CaseNo) -> None:
        """A command is on its way."""
        if case_no == self._selection.case_no:
            self._panels.card.set_fault("")
            self._panels.card.set_busy(True)

    def on_done(self, case_no: CaseNo, action: str) -> None:
        """It was done."""
        self._panels.card.action_done(case_no)
        self._notices.info("notice.done", replace="done", case_no=case_no, action=f"action.{action}")

    def on_refused(self, case_no: CaseNo, fault: Fault, since: Sequence[Change]) -> None:
        """It was not; where somebody was faster, say who did what."""
        if case_no == self._selection.case_no:
            self._panels.card.set_busy(False)
            self._panels.card.set_fault(partial(self.explain, fault, since))
        else:
            self._notices.fault(fault, replace=f"refused-{case_no}")
        if fault.kind is FaultKind.UNAVAILABLE:
            self._notices.warn(KEPT.get(fault.key, f"fault.{fault.key}"), replace="refused")

    def on_report_done(self, case_no: CaseNo) -> None:
        """A report was taken: its case is selected."""
        self._panels.report_form.clear()
        self._panels.show_card()
        self._notices.info("notice.report_done", replace="report", case_no=case_no)
        self._selection.select_case(case_no)

    def on_report_refused(self, fault: Fault) -> None:
        """A report was not taken; what was typed stays."""
        self._panels.report_form.set_busy(False)
        self._panels.report_form.set_fault(partial(self.explain, fault, ()))

    def on_revealed(self, case_no: CaseNo, contacts: Sequence[RevealedContact]) -> None:
        """Contacts were revealed; they are shown only while their case is."""
        if case_no == self._selection.case_no:
            self._panels.card.set_contacts(contacts)

    def on_case_left(self, case_no: CaseNo) -> None:
        """A case is no longer shown to us."""
        self._notices.info("notice.case_gone", replace="case-gone", case_no=case_no)

    def explain(self, fault: Fault, since: Sequence[Change]) -> str:
        """Return a fault in words, with what others did meanwhile."""
        if fault.key in KEPT:
            return self._words(KEPT[fault.key])
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
