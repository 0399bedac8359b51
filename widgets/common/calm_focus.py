"""An item view that chooses nothing just because the focus came to it."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QTableView


class CalmTableView(QTableView):
    """A table view without Qt's habit of making the first row the current one when the focus comes."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Take the focus; where no row was current none becomes so, and nobody is told of what happens in between."""
        if self.model() is None or self.currentIndex().isValid():
            super().focusInEvent(event)
            return
        blocker = QSignalBlocker(self.selectionModel())
        super().focusInEvent(event)
        self.selectionModel().clearCurrentIndex()
        blocker.unblock()
