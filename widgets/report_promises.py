"""What others promised or set for a report: its number and clock at its source, and whether and when to call back."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from widgets.names import Names

FIRST_DUE, FIRST_CALL = timedelta(days=1), timedelta(hours=2)
MOST_NUMBER = 64


class MomentBox(QWidget):
    """A box to tick and, once it is ticked, a moment of the town's own time beside it."""

    def __init__(self, names: Names, first: timedelta, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._first = names, first
        self.box, self.edit = QCheckBox(), QDateTimeEdit()
        self.edit.setButtonSymbols(QDateTimeEdit.ButtonSymbols.NoButtons)
        self.edit.setDisplayFormat("MM-dd HH:mm")
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


class Promises(QWidget):
    """Number at the source, the source's clock, and the call that is owed."""

    def __init__(self, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = names
        self.number = QLineEdit()
        self.number.setMaxLength(MOST_NUMBER)
        self.due, self.call = MomentBox(names, FIRST_DUE), MomentBox(names, FIRST_CALL)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.number, self.due, self.call):
            column.addWidget(widget)
        self.setFocusProxy(self.number)

    def begin(self, now: datetime) -> None:
        """Begin anew."""
        self.number.clear()
        self.due.begin(now)
        self.call.begin(now)

    def has_input(self) -> bool:
        """Return whether something put in would be lost."""
        return bool(self.number.text().strip()) or self.due.box.isChecked() or self.call.box.isChecked()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self.number.setPlaceholderText(words("desk.report.source_no_hint"))
        self.number.setAccessibleName(words("desk.report.source_no"))
        self.due.show_texts(words("desk.report.source_due"), words("arg.source_due"))
        self.call.show_texts(words("desk.report.callback"), words("arg.callback_by"))
