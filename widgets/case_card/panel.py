"""The case card: head, chain, clocks, evidence, suggestions, actions with their forms, and the timeline.

It shows one case at a time and is told of every change of it by ``show_case``; what a person is typing, and where,
stays. It decides nothing: the steps it offers come from outside, and what it sends is an intent.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QResizeEvent, Qt
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from domain.case import Case
from domain.change import Change
from domain.ids import AccountId, AttachmentId, CaseNo, UnitId
from domain.machine import Step
from domain.nearest import Runner
from domain.recommend import Candidate
from domain.runcards import Proposal
from domain.units import UnitStatus
from domain.wire import RevealedContact, SimilarCase
from resources.theme import Theme
from resources.words import Words
from widgets.action_keys import LOCATE_KEY
from widgets.case_card.actions import LOCATE
from widgets.case_card.body import CardBody
from widgets.case_card.fields.base import Lookup
from widgets.case_card.foot import CardFoot
from widgets.case_card.form import ActionForm
from widgets.case_card.forms import CardForms
from widgets.case_card.in_view import FormInView
from widgets.case_card.photos import CardPhotos
from widgets.case_card.unoffered import ANSWERED, Unoffered, overtaken
from widgets.common.empty import EmptyState
from widgets.common.fault_label import Telling
from widgets.intents import ActionIntent
from widgets.names import Names
from widgets.waiting import WaitingMark

AT_ONCE = frozenset({"claim", "release"})
"""Actions that ask for nothing and send nobody anywhere: the key does them."""
LOW_PX = 640
"""A card lower than this is that of a window of 1366x768 or less."""


class CaseCard(QWidget):
    """One case. Letters act, digits take a suggested unit, Esc closes the form."""

    action_requested = Signal(object)
    reveal_requested = Signal(object)
    photo_requested = Signal(object)
    locate_requested = Signal(object)
    typing_changed = Signal(bool)
    waiting_requested = Signal()
    place_requested = Signal()
    told = Signal(object)
    """Something must be read wherever the card is scrolled to: a ``CardNotice``."""
    form_gone = Signal(object)
    """A form is closed for good, with what was said of it: the ``CaseNo`` it was of."""
    case_wanted = Signal(object)
    """Another case is to be shown: its ``CaseNo``."""

    def __init__(self, words: Words, theme: Theme, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case_card")
        self._words, self._names = words, names
        self._case: Case | None = None
        self._unoffered = Unoffered()
        self._steps: tuple[Step, ...] = ()
        self._now = datetime(1970, 1, 1, tzinfo=UTC)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.body, self.foot = CardBody(names, theme), CardFoot(words, theme)
        self.photos = CardPhotos(words, theme, self.body, self)
        self._empty = EmptyState()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.body)
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._scroll, 1)
        page.addWidget(self.foot)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._forms = CardForms(self, self.body, FormInView(self._scroll), names)
        self._connect()
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the evidence takes less room, so that suggestions stay in sight."""
        super().resizeEvent(event)
        self.body.set_low(self.height() < LOW_PX)

    def _connect(self) -> None:
        body = self.body
        self.foot.action_bar.chosen.connect(self.start_action)
        body.suggestions.unit_chosen.connect(self._on_unit_chosen)
        body.suggestions.set_chosen.connect(self._on_set_chosen)
        body.duplicates.chosen.connect(self.case_wanted)
        body.contact.reveal_requested.connect(self.reveal_requested)
        body.waiting.pressed.connect(self.waiting_requested)
        self.photos.wanted.connect(self.photo_requested)
        forms = self._forms
        forms.submitted.connect(self._on_submitted)
        forms.place_wanted.connect(self.place_requested)
        forms.overtaken.connect(self._on_overtaken)
        forms.typing_changed.connect(self.typing_changed)
        forms.gone.connect(self.form_gone)

    @property
    def _form(self) -> ActionForm | None:
        """The form that is open."""
        return self._forms.form

    # What is shown

    def case(self) -> Case | None:
        """Return the case shown."""
        return self._case

    def steps(self) -> tuple[Step, ...]:
        """Return what may be done now on the case shown; nothing where none is."""
        return () if self._case is None else self._steps

    def show_case(self, case: Case | None, steps: Sequence[Step] = ()) -> None:
        """Show a case and the steps this person may take on it now; None for no case.

        The same case again brings it up to date: an open form stays with all that was typed. A form with something
        in it waits while another case is shown, and is there again with its own.
        """
        other = case is None or self._case is None or case.case_no != self._case.case_no
        if other:
            self._forms.put_aside(self._case)
            self.photos.close_viewer()
            self.body.forget_case()
            self.foot.fault.tell("")
            self.foot.action_bar.set_enabled(True)
        self._case, self._steps = case, tuple(steps)
        self._stack.setCurrentWidget(self._empty if case is None else self._page)
        if case is None:
            return
        self.body.show_case(case, self._steps, self._now)
        self.foot.show_case(case, self._steps)
        self._unoffered.learn(case, self._steps)
        if other:
            self._scroll.verticalScrollBar().setValue(0)
            self._forms.take_up(case, self._offers)
        elif self._form is not None:
            self._form.update_case(case, offered=self._offers(self._form))

    def set_changes(self, changes: Sequence[Change] | None) -> None:
        """Show the timeline; None while it is on its way."""
        self.body.timeline.set_changes(changes)

    def miss_changes(self) -> None:
        """Say that the timeline could not be had for now."""
        self.body.timeline.miss_changes()

    def set_waiting(self, marks: Sequence[WaitingMark]) -> None:
        """Show what waits to be sent on the case shown; it has not happened."""
        self.body.waiting.set_marks(marks)

    def set_viewers(self, viewers: Mapping[CaseNo, tuple[AccountId, ...]]) -> None:
        """Take which cases colleagues have open now; the head of the card names them."""
        self.body.header.set_viewers(viewers)

    def set_candidates(self, candidates: Sequence[Candidate], proposal: Proposal | None = None) -> None:
        """Show the suggested units of a case that waits to be dispatched, and the set of its run card."""
        self.body.suggestions.set_candidates(candidates, proposal)
        if self._case is not None:
            self.body.show_suggestions(self._case)
        if self._form is not None:
            self._form.set_suggested(self.body.suggestions.units(), proposal)

    def set_similar(self, similar: Sequence[SimilarCase]) -> None:
        """Show the likely duplicates of the case shown, and offer them where cases are picked."""
        offered = {step.action for step in self._steps}
        hints = ("similar.hint.both", "similar.hint.in", "similar.hint.into", "")
        hint = hints[(0 if "merge_in" in offered else 2) + (0 if "merge" in offered else 1)]
        self.body.duplicates.show_found(similar, hint)
        if self._form is not None:
            self._form.context.similar = similar
            self._form.refresh_choices()

    def set_runner_source(self, source: Callable[[Case], Sequence[Runner]]) -> None:
        """Take what says whom a case can be sent to for a look; it is asked when a form wants to know."""
        self._forms.runners = source

    def set_unit_status(self, status: Mapping[UnitId, UnitStatus]) -> None:
        """Take what the units are doing, for the pickers."""
        self._forms.status = status
        if self._form is not None:
            self._form.context.unit_status = status

    def set_lookup(self, lookup: Lookup) -> None:
        """Take what finds cases by what was typed, for the case picker."""
        self._forms.lookup = lookup

    def set_contacts(self, contacts: Sequence[RevealedContact]) -> None:
        """Show the contacts that were asked for; they are masked again after a minute."""
        self.body.contact.set_contacts(contacts)

    def set_photo(self, attachment_id: AttachmentId, image: QImage | None, *, full: bool = False) -> None:
        """Take a photo that was asked for; None where it cannot be had."""
        self.photos.put(attachment_id, image, full=full)

    def set_now(self, now: datetime) -> None:
        """Read the clocks at another time (aware UTC, the service's)."""
        self._now = now
        if self._case is not None and self.isVisible():
            self.body.clocks.show_case(self._case, now)
            self.body.task.show_case(self._case, now)
            self.body.reporters.show_case(self._case, now)
            self.body.timeline.set_now(now)

    def refresh(self) -> None:
        """Names changed: show everything anew."""
        if self._case is not None:
            self.body.retranslate()
            self.body.show_case(self._case, self._steps, self._now)
            self.foot.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self.setAccessibleName(words("desk.card.title"))
        self._empty.show_texts(words("desk.card.empty"), words("desk.card.empty_hint"))
        self.refresh()
        if self._form is not None:
            self._form.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.body.set_theme(theme)
        self.foot.set_theme(theme)
        self.photos.set_theme(theme)
        self.refresh()

    # Acting

    def press_key(self, letter: str) -> bool:
        """Do what a key stands for, wherever it was pressed, or say why not; return whether it does anything now."""
        if self._case is None:
            return False
        letter = letter.upper()
        if letter == LOCATE_KEY:
            self.start_action(LOCATE)
            return True
        if self.body.suggestions.isVisibleTo(self.body) and self.body.suggestions.press(letter):
            return True
        action = self.foot.action_bar.action_for(letter)
        if action:
            self.start_action(action)
            return True
        why_not = self._unoffered.answer(letter, self._case, self._names.me)
        if why_not is not None:
            self.told.emit(why_not)
        return False

    def start_action(self, action: str) -> None:
        """Open the form of an action on offer; the one already open stays as it is."""
        if self._case is None:
            return
        if action == LOCATE:
            self.locate_requested.emit(self._case.case_no)
            return
        step = next((step for step in self._steps if step.action == action), None)
        if step is None:
            return
        if action in AT_ONCE:
            if not self.foot.action_bar.is_busy():
                self._on_submitted(ActionIntent(self._case.case_no, action, self._case.version))
            return
        if self._form is None or self._form.step.action != action:
            self.foot.fault.tell("")
            self._forms.open(step, self._case, self._now)
        self._forms.go_to()

    def fill_again(self, intent: ActionIntent) -> None:
        """Open the form of what was taken back, with everything that was put in."""
        if self._case is None or self._case.case_no != intent.case_no:
            return
        self.start_action(intent.action)
        if self._form is not None and self._form.step.action == intent.action:
            self._form.fill(intent.args, intent.files)

    def put_place(self, lon: float, lat: float) -> None:
        """Take a place that was pointed at for the open form."""
        if self._form is not None:
            self._form.put_place(lon, lat)

    def is_typing(self) -> bool:
        """Return whether something a person put in would be lost."""
        return self._form is not None and self._form.has_input()

    def set_busy(self, busy: bool) -> None:
        """A command of this card is on its way, or came back."""
        self.foot.action_bar.set_enabled(not busy)
        self._forms.set_busy(busy)

    def set_fault(self, telling: Telling) -> None:
        """Say what came back; empty takes it away. What was typed stays."""
        if self._form is not None:
            self._form.set_fault(telling)
        self.foot.fault.tell("" if self._form is not None else telling)

    def action_done(self, case_no: CaseNo, action: str = "") -> None:
        """The command was carried out: close its form and go back to where the person was.

        The form of another action stays: who is quick has opened the next one before the answer to the last is here.
        """
        if self._case is not None and self._case.case_no == case_no:
            self.set_busy(False)
            if self._form is None or action in ("", self._form.step.action):
                self._forms.leave(done=True)
        else:
            self._forms.drop(case_no, action)

    def forget_drafts(self) -> None:
        """Somebody else may sign in: nothing that was typed stays."""
        self._forms.drop_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters and digits act; Esc closes the form, also where the focus is beside it."""
        if event.key() == Qt.Key.Key_Escape and self._form is not None and not self._form.is_busy():
            self._forms.leave()
            event.accept()
            return
        plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        text = event.text() if plain == Qt.KeyboardModifier.NoModifier else ""
        if len(text) == 1 and text.isalnum() and (self.press_key(text) or text.upper() in ANSWERED):
            event.accept()
            return
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """An enlarged photo goes with the card."""
        self.photos.close_viewer()
        super().hideEvent(event)

    def _offers(self, form: ActionForm) -> bool:
        return any(step.action == form.step.action for step in self._steps)

    def _on_overtaken(self, action: str) -> None:
        if self._case is not None:
            self.told.emit(overtaken(self._case, action))

    def _on_submitted(self, intent: ActionIntent) -> None:
        self.set_busy(True)
        self.action_requested.emit(intent)

    def dispatch_to(self, unit_id: UnitId) -> bool:
        """Open the form that sends this unit, to be looked at; return whether it can be sent."""
        if not any(step.action == "dispatch" for step in self.steps()):
            return False
        self._on_unit_chosen(unit_id)
        return True

    def _on_unit_chosen(self, unit_id: str) -> None:
        self.start_action("dispatch")
        field = None if self._form is None else self._form.field("unit")
        if field is not None and self._form is not None:
            field.prefill(unit_id)
            self._form.focus_first()

    def _on_set_chosen(self, proposal: Proposal) -> None:
        """The whole set goes into the form, to be looked at: who it sends, and what it lacks."""
        self.start_action("dispatch")
        if self._form is None:
            return
        lead = {} if proposal.lead is None else {"unit": proposal.lead}
        self._form.fill({**lead, "helpers": list(proposal.helpers), "copies": list(proposal.copies)}, {})
        self._form.focus_first()
