"""The forms of a card: the one that is open, those put aside on other cases, and where the keys go when one is left."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from domain.case import Case
from domain.command import ArgKind
from domain.ids import CaseNo, UnitId
from domain.machine import Step
from domain.nearest import Runner
from domain.units import UnitStatus
from widgets.case_card.body import CardBody
from widgets.case_card.fields.base import FormContext, Lookup
from widgets.case_card.form import ActionForm
from widgets.case_card.in_view import FormInView
from widgets.names import Names

DRAFTS_MOST = 20
"""Forms left open with something in them on other cases; beyond these the oldest goes."""

Offers = Callable[[ActionForm], bool]
"""Returns whether the action of a form is on offer."""


def _knows_nobody(case: Case) -> Sequence[Runner]:
    return ()


def _finds_nothing(typed: str) -> Sequence[Case]:
    return ()


class CardForms(QObject):
    """One form is open at most, that of the case shown; what a person put in is never lost to another case."""

    submitted = Signal(object)
    place_wanted = Signal()
    overtaken = Signal(str)
    typing_changed = Signal(bool)
    gone = Signal(object)
    """A form is closed for good: the ``CaseNo`` it was of. One put aside is still there."""

    def __init__(self, card: QWidget, body: CardBody, view: FormInView, names: Names) -> None:
        super().__init__(card)
        self._card, self._body, self._view, self._names = card, body, view, names
        self.form: ActionForm | None = None
        self.status: Mapping[UnitId, UnitStatus] = {}
        self.lookup: Lookup = _finds_nothing
        self.runners: Callable[[Case], Sequence[Runner]] = _knows_nobody
        self._drafts: dict[CaseNo, ActionForm] = {}
        self._came_from: QWidget | None = None
        self._was_at: QWidget | None = None

    def open(self, step: Step, case: Case, now: datetime) -> None:
        """Open the form of a step in the place of the one that is open."""
        first = self.form is None
        self.close()
        focused = QApplication.focusWidget()
        if focused is not self._card or self._came_from is None or not isValid(self._came_from):  # else: next of a row
            self._came_from = focused if focused is not None and not self._body.isAncestorOf(focused) else None
        form = ActionForm(step, self._context(step, case), now)
        form.submitted.connect(self.submitted)
        form.cancelled.connect(self.leave)
        form.place_wanted.connect(self.place_wanted)
        form.overtaken.connect(self.overtaken)
        self.form = form
        self._view.open(form, first=first)
        self._body.place_form(form)
        self.typing_changed.emit(True)

    def go_to(self) -> None:
        """Bring the open form into view, with the keys where something is to be filled in."""
        if self.form is not None:
            self.form.focus_first()
        self._view.follow()

    def put_aside(self, case: Case | None) -> None:
        """Another case comes: keep the form where something was put in, so that it is there when this one is back."""
        form = self.form
        if form is None or case is None or not form.has_input():
            self.close()
            return
        self.form = self._came_from = None
        self._view.let_go()
        self._body.withdraw_form(form)
        self._drafts[case.case_no] = form
        if len(self._drafts) > DRAFTS_MOST:
            self._remove(self._drafts.pop(next(iter(self._drafts))))
        self.typing_changed.emit(False)

    def take_up(self, case: Case, offers: Offers) -> None:
        """Bring back what was being filled in when this case was left."""
        form = self._drafts.pop(case.case_no, None)
        if form is None:
            return
        self.form = form
        self._view.open(form, first=True)
        form.context.unit_status = self.status
        form.set_busy(False)
        form.retranslate()
        form.update_case(case, offered=offers(form))
        self._body.place_form(form)
        self.typing_changed.emit(True)

    def drop(self, case_no: CaseNo, action: str) -> None:
        """What was put aside on a case was done, or, with an empty action, whatever it was for."""
        form = self._drafts.get(case_no)
        if form is not None and action in ("", form.step.action):
            self._remove(self._drafts.pop(case_no))

    def drop_all(self) -> None:
        """Let go of everything that was put aside."""
        for case_no in list(self._drafts):
            self._remove(self._drafts.pop(case_no))

    def close(self) -> None:
        """Close the open form; the keys stay where they are."""
        if self.form is None:
            return
        form, self.form = self.form, None
        self._view.let_go()
        self._remove(form)
        self.typing_changed.emit(False)

    def leave(self, *, done: bool = False) -> None:
        """Close the open form and go back to where the person was."""
        left = self.form
        self.close()
        back = self._came_from
        (back if back is not None and isValid(back) else self._card).setFocus()
        self._came_from = None
        if left is not None:  # last: where the focus goes meanwhile, the view goes too
            self._view.go_back(left.context.case.version, done=done)

    def set_busy(self, busy: bool) -> None:
        """The command of the form is on its way, or came back.

        Meanwhile the keys belong to the card: a form that can take none would let the focus go to any neighbour.
        """
        form, focused = self.form, QApplication.focusWidget()
        if form is None:
            return
        if busy and focused is not None and form.isAncestorOf(focused):
            self._was_at = focused
            self._card.setFocus()
        form.set_busy(busy)
        at, self._was_at = self._was_at, self._was_at if busy else None
        if not busy and self._card.hasFocus() and at is not None and isValid(at) and form.isAncestorOf(at):
            at.setFocus()

    def _context(self, step: Step, case: Case) -> FormContext:
        similar = self._body.duplicates.found()
        runners = self.runners(case) if any(arg.kind is ArgKind.STAFF for arg in step.args) else ()
        context = FormContext(self._names, case, self.lookup, self.status, similar, runners)
        context.suggested, context.proposal = self._body.suggestions.units(), self._body.suggestions.proposal()
        return context

    def _remove(self, form: ActionForm) -> None:
        self._body.remove_form(form)
        self.gone.emit(form.context.case.case_no)
