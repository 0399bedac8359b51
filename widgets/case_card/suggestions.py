"""The suggested units of a case that waits to be dispatched, each with its reasons and a key that names it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.ids import UnitId
from domain.recommend import Candidate
from domain.register_runcard import Part
from domain.runcards import Proposal
from domain.units import UnitState
from resources.theme import Theme
from widgets.action_keys import SET_KEY, SUGGESTION_KEYS
from widgets.case_card.fields.run_card import LACKS, MET, missing_text
from widgets.case_card.suggestion_row import SuggestionRow
from widgets.common.section import SectionHeader
from widgets.durations import distance_text
from widgets.names import Names


class Suggestions(QWidget):
    """Up to three rows, and above them the set of the case's run card.

    ``unit_chosen`` carries the unit's id, ``set_chosen`` the ``Proposal``.
    """

    unit_chosen = Signal(str)
    set_chosen = Signal(object)

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = names
        self._candidates: tuple[Candidate, ...] = ()
        self._proposal: Proposal | None = None
        self._head, self._set = SectionHeader(), SuggestionRow(SET_KEY, theme)
        self._rows = [SuggestionRow(key, theme) for key in SUGGESTION_KEYS]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._set)
        self._set.clicked.connect(self._on_row_clicked)
        for row in self._rows:
            row.clicked.connect(self._on_row_clicked)
            column.addWidget(row)

    def set_candidates(self, candidates: Sequence[Candidate], proposal: Proposal | None = None) -> None:
        """Show these units, best first, and the set of a run card."""
        self._candidates, self._proposal = tuple(candidates[: len(self._rows)]), proposal
        self.retranslate()

    def count(self) -> int:
        """Return how much is suggested: units, and a set."""
        return len(self._candidates) + (self._proposal is not None)

    def units(self) -> tuple[UnitId, ...]:
        """Return the suggested units, best first, the one that a run card names as lead among them."""
        found = [candidate.unit.unit_id for candidate in self._candidates]
        lead = None if self._proposal is None else self._proposal.lead
        return tuple(found if lead is None or lead in found else (lead, *found))

    def proposal(self) -> Proposal | None:
        """Return the set that is suggested."""
        return self._proposal

    def press(self, key: str) -> bool:
        """Choose a unit by its key; return whether there is one."""
        if key == SET_KEY and self._proposal is not None:
            self.set_chosen.emit(self._proposal)
            return True
        at = SUGGESTION_KEYS.index(key) if key in SUGGESTION_KEYS else len(self._candidates)
        if at >= len(self._candidates):
            return False
        self.unit_chosen.emit(self._candidates[at].unit.unit_id)
        return True

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self._head.show_texts(words("desk.suggest.title"), words("desk.suggest.how"))
        for row, candidate in zip(self._rows, self._candidates, strict=False):
            row.show_texts(candidate.unit.name, self._why(candidate), self._how_far(candidate))
        for i, row in enumerate(self._rows):
            row.setVisible(i < len(self._candidates))
        self._set.setVisible(self._proposal is not None)
        if self._proposal is not None:
            self._set.show_texts(*self._set_texts(self._proposal))

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        for row in (self._set, *self._rows):
            row.set_theme(theme)

    def _set_texts(self, proposal: Proposal) -> tuple[str, str, str]:
        """Return the card's name, who would be sent as what, and what is lacking."""
        names, words = self._names, self._names.words
        lead = () if proposal.lead is None else (proposal.lead,)
        named = ((Part.LEAD, lead), (Part.HELP, proposal.helpers), (Part.COPY, proposal.copies))
        who = " · ".join(
            f"{words(f'run_card.part.{part}')} {words('list.comma').join(names.unit(unit) for unit in units)}"
            for part, units in named
            if units
        )
        lacks = missing_text(proposal.missing, names)
        told = f"{LACKS} {lacks}" if lacks else f"{MET} {words('run_card.met')}"
        return words("run_card.set", card=proposal.card.name), who or words("run_card.nobody"), told

    def _why(self, candidate: Candidate) -> str:
        words = self._names.words
        why: list[str] = []
        if candidate.on_grid:
            why.append(words("desk.suggest.on_grid"))
        if candidate.fits_kind:
            why.append(words("desk.suggest.fits_kind"))
        if candidate.status.state is UnitState.FREE:
            why.append(words("unit_state.free"))
        else:
            why.append(words("desk.suggest.held", n=candidate.status.held))
        if candidate.shift_ends_soon:
            why.append(words("desk.suggest.shift_ends"))
        if candidate.stale:
            why.append(words("desk.suggest.stale"))
        return " · ".join(why)

    def _how_far(self, candidate: Candidate) -> str:
        """Return the minutes by road, or how far it is in a straight line where no road is known."""
        words, where = self._names.words, candidate.where
        far = "" if where.straight_m is None else distance_text(where.straight_m)
        if where.travel_s is not None:
            return words("desk.suggest.travel", minutes=max(1, round(where.travel_s / 60)), distance=far)
        return words("desk.suggest.straight", distance=far) if far else ""

    def _on_row_clicked(self) -> None:
        row = self.sender()
        if isinstance(row, SuggestionRow):
            self.press(row.key)
