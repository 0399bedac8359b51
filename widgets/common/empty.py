"""What a panel shows while it has nothing: what would be here, and how to get it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.common.button import Button
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel


class EmptyState(QWidget):
    """Two lines and, where it helps, a button."""

    action_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._hint, self._button = WrappedLabel(), WrappedLabel(), Button()
        set_role(self._hint, "second")
        for label in (self._title, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button.clicked.connect(self.action_requested)
        self._button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(2)

    def show_texts(self, title: str, hint: str, action: str = "") -> None:
        """Say what would be here and how to get it."""
        self._title.setText(title)
        self._hint.setText(hint)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(f"{title} {hint}")
