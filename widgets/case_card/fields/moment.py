"""A moment in the town's own time, sent with its offset."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QDateTimeEdit, QHBoxLayout, QWidget

from domain.command import Arg
from widgets.case_card.fields.base import Field, FormContext
from widgets.common.button import Button

STEPS_DAYS = (7, 30, 90)


class MomentField(Field):
    """Date and time, with steps of days beside it. It begins at a week from when the form was opened."""

    def __init__(self, arg: Arg, context: FormContext, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self._now = context.names.local(now)
        self.edit = QDateTimeEdit()
        self.edit.setButtonSymbols(QDateTimeEdit.ButtonSymbols.NoButtons)
        self.edit.setDisplayFormat("yyyy-MM-dd HH:mm")
        self._touched = False
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.edit, 1)
        self._steps: list[Button] = []
        for _ in STEPS_DAYS:
            button = Button()
            button.clicked.connect(self._on_step_clicked)
            self._steps.append(button)
            row.addWidget(button)
        self._set_days(STEPS_DAYS[0])
        self.edit.dateTimeChanged.connect(self._on_edited)
        self.column.addLayout(row)
        self.setFocusProxy(self.edit)
        self.finish()

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        self.edit.setAccessibleName(self.label_text())
        for days, button in zip(STEPS_DAYS, self._steps, strict=True):
            button.setText(self.context.names.words("desk.form.days", n=days))

    def value(self) -> object:
        """Return the moment as ISO 8601 in UTC."""
        date, time = self.edit.date(), self.edit.time()
        local = datetime(date.year(), date.month(), date.day(), time.hour(), time.minute())
        return self.context.names.utc(local).astimezone(UTC).isoformat()

    def has_input(self) -> bool:
        """Only what a person set would be lost."""
        return self._touched

    def _set_days(self, days: int) -> None:
        at = self._now + timedelta(days=days)
        self.edit.setDateTime(QDateTime(QDate(at.year, at.month, at.day), QTime(18, 0)))

    def _on_step_clicked(self) -> None:
        for days, button in zip(STEPS_DAYS, self._steps, strict=True):
            if button is self.sender():
                self._set_days(days)

    def _on_edited(self) -> None:
        self._touched = True
        self.changed.emit()
