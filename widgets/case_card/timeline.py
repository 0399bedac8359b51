"""The timeline: every change of the case, newest first, each with its time, a dot and what was done."""

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from domain.change import Change
from resources.theme import Theme
from widgets.case_card.story import story
from widgets.common.lamp import Shape, paint_shape
from widgets.common.section import SectionHeader
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names

SHOWN_AT_MOST = 200
TIME, DAY, YEAR = "%H:%M", "%m-%d %H:%M", "%Y-%m-%d %H:%M"
WIDTHS_PX = {TIME: 40, DAY: 84, YEAR: 120}
"""Room for a moment written in each of these forms."""


class _Dot(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setFixedSize(10, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_shape(QPainter(self), QRectF(1, 7, 8, 8), Shape.CIRCLE, self.theme.accent)


class _Row(QWidget):
    """One change. Rows are used again for other changes, so that a long timeline costs little to renew."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._time, self._text = QLabel(), WrappedLabel()
        self.dot = _Dot(theme)
        set_role(self._time, "second")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._time, 0, top)
        row.addWidget(self.dot, 0, top)
        row.addWidget(self._text, 1, top)

    def show_change(self, time: str, full_time: str, text: str, width_px: int) -> None:
        self._time.setFixedWidth(width_px)
        self._time.setText(time)
        self._time.setToolTip(full_time)
        self._text.setText(text)
        self.setAccessibleName(f"{full_time} {text}")


class Timeline(QWidget):
    """Changes in words. None means that they have not come yet."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._theme = names, theme
        self._changes: tuple[Change, ...] | None = None
        self._missed = False
        self._today: date | None = None
        self._head = SectionHeader()
        self._instead = WrappedLabel()
        set_role(self._instead, "second")
        self._rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self._head)
        self._column.addWidget(self._instead)

    def set_changes(self, changes: Sequence[Change] | None) -> None:
        """Show these changes (in any order); None while they are on their way."""
        kept = None if changes is None else tuple(sorted(changes, key=lambda change: change.seq, reverse=True))
        if kept != self._changes or self._missed:
            self._changes, self._missed = kept, False
            self.retranslate()

    def miss_changes(self) -> None:
        """Say that the changes could not be had for now."""
        self._changes, self._missed = None, True
        self.retranslate()

    @property
    def complete(self) -> bool:
        """Whether the changes are there, or known to be out of reach."""
        return self._changes is not None or self._missed

    def set_now(self, now: datetime) -> None:
        """Changes of today are told by the time alone, others with their day; ``now`` is the service's time."""
        today = self._names.local(now).date()
        if today != self._today:
            self._today = today
            self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        words, changes = self._names.words, self._changes
        count = "" if changes is None else words("desk.timeline.count", n=len(changes))
        self._head.show_texts(words("desk.timeline.title"), count)
        instead = "empty" if changes is not None else "missed" if self._missed else "loading"
        self._instead.setText(words(f"desk.timeline.{instead}"))
        self._instead.setVisible(not changes)
        shown = (changes or ())[:SHOWN_AT_MOST]
        while len(self._rows) < len(shown):
            row = _Row(self._theme)
            self._rows.append(row)
            self._column.addWidget(row)
        moments = [self._names.local(change.at) for change in shown]
        forms = [self._form(at.date()) for at in moments]
        width = max((WIDTHS_PX[form] for form in forms), default=0)
        for row, change, at, form in zip(self._rows, shown, moments, forms, strict=False):
            row.show_change(at.strftime(form), at.strftime("%Y-%m-%d %H:%M:%S"), story(change, self._names), width)
        for i, row in enumerate(self._rows):
            row.setVisible(i < len(shown))

    def _form(self, day: date) -> str:
        """Return how a moment of that day is written: no more of its date than is needed."""
        if self._today is None or day.year != self._today.year:
            return YEAR
        return TIME if day == self._today else DAY

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        for row in self._rows:
            row.dot.theme = theme
            row.dot.update()
