"""Likely duplicates of what is being taken down, and which of them it is to be merged into as soon as it was taken."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from domain.ids import CaseNo
from domain.states import ENDED
from domain.wire import SimilarCase
from resources.theme import Theme
from widgets.duplicates import Duplicates
from widgets.names import Names


class MergeChoice(Duplicates):
    """Shows the likely duplicates and keeps the choice among the open ones. ``altered`` when another stands."""

    altered = Signal()

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(names, theme, "similar.choose", parent)
        self.into: CaseNo | None = None
        self.unsearched = False
        self.chosen.connect(self._on_chosen)

    def take(self, found: Sequence[SimilarCase] | None) -> None:
        """Show these; None says that they could not be looked for. A choice that is no longer open goes."""
        self.unsearched = found is None
        shown = found or ()
        ways = _open(shown)
        self.show_found(shown, "similar.hint.form" if ways else "")
        if self.into not in ways:
            self._choose(None)
        self.altered.emit()

    def next(self) -> None:
        """Go to the next open one, after the last to none."""
        ways: list[CaseNo | None] = [None, *_open(self.found())]
        self._choose(ways[(ways.index(self.into) + 1) % len(ways)])

    def _can_be_chosen(self, similar: SimilarCase) -> bool:
        """Nothing is merged into a case that has ended."""
        return similar.case.state not in ENDED

    def _on_chosen(self, case_no: CaseNo) -> None:
        if case_no in _open(self.found()):
            self._choose(None if case_no == self.into else case_no)

    def _choose(self, case_no: CaseNo | None) -> None:
        self.into = case_no
        self.mark(case_no)
        self.altered.emit()


def _open(found: Sequence[SimilarCase]) -> list[CaseNo]:
    return [similar.case.case_no for similar in found if similar.case.state not in ENDED]
