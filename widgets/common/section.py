"""A section's heading, and the hairline between sections."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from widgets.common.style import set_role


class SectionHeader(QWidget):
    """A quiet heading with a word at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.aside = QLabel()
        set_role(self.title, "second")
        set_role(self.aside, "second")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title)
        row.addStretch(1)
        row.addWidget(self.aside)

    def show_texts(self, title: str, aside: str = "") -> None:
        """Show the heading and what stands at its right."""
        self.title.setText(title)
        self.aside.setText(aside)


def hairline(parent: QWidget | None = None) -> QFrame:
    """Return a horizontal line of one pixel in the line colour."""
    line = QFrame(parent)
    line.setObjectName("hairline")
    line.setFixedHeight(1)
    return line
