"""One of the two clocks on a case: its name and limit, and large what is left of it, with the lamp's shape."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from domain.case import Case
from domain.clock import Lamp, Reading
from domain.states import ENDED, LINK_OF
from domain.timing import case_clock, stage_clock
from resources.theme import Theme
from widgets.common.elided import ElidedLabel
from widgets.common.figure import FittedFigure
from widgets.common.flow import FlowLayout
from widgets.common.lamp import LampSign
from widgets.common.style import set_colour, set_role
from widgets.durations import clock_text, limit_text
from widgets.names import Names
from widgets.signs import LAMP_SHAPES, lamp_colour


class ClockBox(QFrame):
    """A clock. Without a reading it says why none runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clock_box")
        self._title = ElidedLabel()
        set_role(self._title, "second")
        self._sign = LampSign(18)
        self._figure = FittedFigure()
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._figure, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 6, 7, 6)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addLayout(line)

    def show_reading(self, title: str, figure: str, meaning: str, lamp: Lamp, theme: Theme, whole: str) -> None:
        """Show what a clock reads; ``whole`` is all of it in words, on hover and for who hears it read out."""
        colour = lamp_colour(lamp, theme)
        self._title.setText(title)
        self._sign.setVisible(lamp is not Lamp.NONE)
        self._sign.show_shape(LAMP_SHAPES[lamp], colour, meaning)
        self._figure.show_text(figure, plain=lamp is Lamp.NONE)
        set_colour(self._figure, colour)
        self.setToolTip(whole)
        self.setAccessibleName(f"{title}, {meaning}, {whole}")


class TwoClocks(QWidget):
    """The stage clock and the case clock side by side, one below the other where it is narrow."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._theme = names, theme
        self.stage, self.whole = ClockBox(), ClockBox()
        flow = FlowLayout(self, spacing_px=8, columns=2)
        flow.addWidget(self.stage)
        flow.addWidget(self.whole)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def show_case(self, case: Case, now: datetime) -> None:
        """Read both clocks at ``now``."""
        town, words = self._names.town, self._names.words
        if town is None:
            return
        link = LINK_OF.get(case.state)
        step = words("desk.card.no_link")
        if link is not None:
            step = words("desk.card.stage_clock", link=words(f"link.{link}"))
        stage = stage_clock(case, town.rules, town.calendar, now)
        whole = case_clock(case, town.rules, town.calendar, now)
        course = "desk.card.case_clock" if case.closed_at is None else "desk.card.case_clock_stopped"
        self._show(self.stage, stage, step, _why_no_stage_clock(case))
        self._show(self.whole, whole, words(course), _why_no_case_clock(case))

    def _show(self, box: ClockBox, reading: Reading | None, title: str, instead: str) -> None:
        town, words = self._names.town, self._names.words
        if reading is None or town is None:
            box.show_reading(title, words(instead), words("lamp.none"), Lamp.NONE, self._theme, words(instead))
            return
        whole = clock_text(reading, words, town.calendar)
        if reading.due_at is not None:
            due = words("desk.card.due", at=self._names.local(reading.due_at).strftime("%m-%d %H:%M"))
            whole = f"{whole} · {due}"
        # The limit beside the title names the unit: said again it would take the room of the figure
        figure = clock_text(reading, words, town.calendar, unit=False)
        box.show_reading(
            f"{title} {limit_text(reading.limit, words)}",
            figure,
            words(f"lamp.{reading.lamp}"),
            reading.lamp,
            self._theme,
            whole,
        )


def _why_no_case_clock(case: Case) -> str:
    """Return the word key that says why a case has no case clock."""
    if case.accepted_at is not None:
        return "desk.card.ended_unclosed"
    return "desk.card.imported_no_clock" if case.imported else "desk.card.no_case_clock"


def _why_no_stage_clock(case: Case) -> str:
    """Return the word key that says why a case has no stage clock."""
    if case.state in ENDED:
        return "desk.card.ended_stage"
    timed = case.imported and LINK_OF.get(case.state) is not None
    return "desk.card.imported_no_clock" if timed else "desk.card.no_stage_clock"
