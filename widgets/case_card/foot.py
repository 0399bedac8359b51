"""The foot of the card: the actions on offer, and what became of the last one; in sight however far one scrolled."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.case import Case
from domain.machine import Step
from resources.theme import Theme
from resources.words import Words
from widgets.case_card.actions import ActionBar
from widgets.common.fault_label import FaultLabel
from widgets.common.section import hairline


class CardFoot(QWidget):
    """What may be done with the case shown, by key and by button."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.action_bar = ActionBar(words, theme)
        self.fault = FaultLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(hairline())
        inner = QVBoxLayout()
        inner.setContentsMargins(14, 8, 14, 6)
        inner.setSpacing(8)
        inner.addWidget(self.fault)
        inner.addWidget(self.action_bar)
        column.addLayout(inner)

    def show_case(self, case: Case, steps: Sequence[Step]) -> None:
        """Offer these steps on a case."""
        self.action_bar.offer(steps, request_open=case.request is not None, placed=case.lon is not None)

    def retranslate(self) -> None:
        """Look the words up again."""
        self.action_bar.retranslate()
        self.fault.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.action_bar.set_theme(theme)
