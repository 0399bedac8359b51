"""Who told of the case: each report with its number at its source, the source's clock, and whether it is owed a call.

It names no reporter: a contact is only ever revealed, for a reason that is logged (``contact``).
"""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from domain.case import Case, Report
from domain.clock import Lamp
from resources.theme import Theme
from widgets.calling import callback_text, source_of
from widgets.common.lamp import LampSign
from widgets.common.style import set_colour, set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names
from widgets.signs import LAMP_SHAPES, lamp_colour

SHOWN_AT_MOST = 30
"""Reports listed; a case everybody told of has hundreds, and the figure above says so."""


class _Row(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.sign, self.text = LampSign(14), WrappedLabel()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)


class Reporters(QWidget):
    """A line for each report, where there is more to say than the head of the card says."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._theme = names, theme
        self._case: Case | None = None
        self._rows: list[_Row] = []
        self._title = QLabel()
        set_role(self._title, "second")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self._title)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def show_case(self, case: Case, now: datetime) -> None:
        """Show the reports of a case; one that says nothing of its own is not listed."""
        self._case = case
        told = case.reports if len(case.reports) > 1 else [r for r in case.reports if r.callback or r.source_due]
        shown = sorted(told, key=lambda r: (not r.owes_callback, r.reported_at))[:SHOWN_AT_MOST]
        self.setVisible(bool(shown))
        self._title.setText(self._names.words("desk.reporters.title", n=len(case.reports)))
        self._title.setVisible(len(case.reports) > 1)
        while len(self._rows) < len(shown):
            row = _Row()
            self._rows.append(row)
            self._column.addWidget(row)
        for row, report in zip(self._rows, shown, strict=False):
            lamp, text = self._line(report, now)
            row.sign.setVisible(lamp is not Lamp.NONE)
            row.sign.show_shape(LAMP_SHAPES[lamp], lamp_colour(lamp, self._theme), self._names.words(f"lamp.{lamp}"))
            row.text.setText(text)
            set_colour(row.text, self._theme.text if lamp is Lamp.NONE else lamp_colour(lamp, self._theme))
        for n, row in enumerate(self._rows):
            row.setVisible(n < len(shown))

    def _line(self, report: Report, now: datetime) -> tuple[Lamp, str]:
        """Return the worse of the two lamps of a report, and what is to be known of it."""
        words = self._names.words
        parts = [source_of(report, words), self._names.local(report.reported_at).strftime("%m-%d %H:%M")]
        lamp = Lamp.NONE
        if report.source_due is not None:
            over = now > report.source_due and self._case is not None and self._case.closed_at is None
            lamp = Lamp.OVERDUE if over else Lamp.NONE
            key = "desk.reporters.source_over" if over else "desk.reporters.source_due"
            parts.append(words(key, at=self._moment(report.source_due)))
        if report.owes_callback:
            late = report.callback_by is not None and now > report.callback_by
            lamp = Lamp.OVERDUE if late else lamp if lamp is Lamp.OVERDUE else Lamp.NEAR
            parts.append(callback_text(report, self._names, now))
        elif report.called_back_at is not None:
            parts.append(words("desk.reporters.called_back", at=self._moment(report.called_back_at)))
        return lamp, " · ".join(parts)

    def _moment(self, at: datetime) -> str:
        return self._names.local(at).strftime("%m-%d %H:%M")
