"""What others promised or set for a report: its number and clock at its source, and whether and when to call back."""

from datetime import datetime, timedelta

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from widgets.moment_box import MomentBox
from widgets.names import Names

FIRST_DUE, FIRST_CALL = timedelta(days=1), timedelta(hours=2)
MOST_NUMBER = 64


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
