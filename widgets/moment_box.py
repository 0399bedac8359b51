"""A moment of the town's own time that may be given or not."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit, QHBoxLayout, QWidget

from widgets.names import Names


class MomentBox(QWidget):
    """A box to tick and, once it is ticked, a moment of the town's own time beside it."""

    def __init__(self, names: Names, first: timedelta, shows: str = "MM-dd HH:mm") -> None:
        super().__init__()
        self._names, self._first = names, first
        self.box, self.edit = QCheckBox(), QDateTimeEdit()
        self.edit.setButtonSymbols(QDateTimeEdit.ButtonSymbols.NoButtons)
        self.edit.setDisplayFormat(shows)
        self.edit.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.box)
        row.addWidget(self.edit, 1)
        row.addStretch(1)
        self.box.toggled.connect(self.edit.setVisible)

    def begin(self, now: datetime) -> None:
        """Begin with nothing ticked, and a moment that is likely meant."""
        self.box.setChecked(False)
        at = self._names.local(now + self._first)
        self.edit.setDateTime(QDateTime(QDate(at.year, at.month, at.day), QTime(at.hour, at.minute // 15 * 15)))

    def show_texts(self, text: str, name: str) -> None:
        """Say what is ticked, and name the moment for who hears it read out."""
        self.box.setText(text)
        self.edit.setAccessibleName(name)

    def moment(self) -> datetime | None:
        """Return the moment (aware UTC) where it is ticked."""
        if not self.box.isChecked():
            return None
        date, time = self.edit.date(), self.edit.time()
        local = datetime(date.year(), date.month(), date.day(), time.hour(), time.minute())
        return self._names.utc(local).astimezone(UTC)
