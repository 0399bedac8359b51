"""The task somebody of the field has on a case: who looks, since when, and how that stands against the usual time."""

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from domain.case import Case
from domain.clock import Lamp
from domain.states import CaseState
from domain.timing import task_clock
from resources.theme import Theme
from widgets.common.lamp import LampSign
from widgets.common.style import set_colour
from widgets.common.wrapped import WrappedLabel
from widgets.durations import clock_text, limit_text
from widgets.names import Names
from widgets.signs import LAMP_SHAPES, lamp_colour


class TaskLine(QWidget):
    """One line; nothing while nobody was sent. The stage clock beside it is the limit, this is the usual time."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._theme = names, theme
        self._sign, self._text = LampSign(14), WrappedLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def show_case(self, case: Case, now: datetime) -> None:
        """Show the task of a case at ``now``."""
        town, words = self._names.town, self._names.words
        reading = None if town is None else task_clock(case, town.rules, town.calendar, now)
        self.setVisible(reading is not None)
        if reading is None or town is None:
            return
        verifying = case.state is CaseState.VERIFYING
        who = self._names.person(case.verifier if verifying else case.checker)
        said = words(
            "desk.task.line",
            what=words("link.verify" if verifying else "link.check"),
            who=who,
            since=self._names.local(case.stage_since).strftime("%H:%M"),
            limit=limit_text(reading.limit, words),
            clock=clock_text(reading, words, town.calendar),
        )
        colour = lamp_colour(reading.lamp, self._theme)
        self._sign.show_shape(LAMP_SHAPES[reading.lamp], colour, words(f"lamp.{reading.lamp}"))
        self._text.setText(said)
        set_colour(self._text, self._theme.text if reading.lamp is Lamp.WITHIN else colour)
