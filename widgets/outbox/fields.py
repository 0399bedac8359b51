"""What differs between an order and the case as it is now, field by field, with a choice where both said something."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QLabel, QRadioButton, QScrollArea, QWidget

from resources.words import Words
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.waiting import FieldChoice

HEIGHT_MOST_PX = 240
"""Longer texts are scrolled: the list above and the buttons below stay in sight."""


class _Said(WrappedLabel):
    pressed = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()
        event.accept()


class _Option(QWidget):
    """A radio button whose text wraps; the text is pressed as the button is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.button, said = QRadioButton(), _Said(text)
        self.button.setAccessibleName(text)
        said.pressed.connect(self.button.click)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(said, 1)


class FieldTable(QScrollArea):
    """Name, as seen, theirs, mine: a row for each field, as high as it needs to be up to a bound."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._theirs: dict[str, QRadioButton] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setWidget(QWidget())

    def theirs(self) -> dict[str, QRadioButton]:
        """Return the buttons that take what somebody else said, by field."""
        return dict(self._theirs)

    def hasHeightForWidth(self) -> bool:
        """The height depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height all rows need, up to the bound."""
        inner = self.widget()
        layout = None if inner is None else inner.layout()
        wanted = (
            0 if layout is None else layout.totalHeightForWidth(width - self.verticalScrollBar().sizeHint().width())
        )
        return min(HEIGHT_MOST_PX, max(0, wanted))

    def show_fields(self, fields: Sequence[FieldChoice]) -> None:
        """Lay out what differs; mine is chosen at first."""
        inner, words = QWidget(), self._words
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(16)
        for column, head in enumerate(("outbox.field", "outbox.seen", "outbox.theirs", "outbox.mine")):
            label = QLabel(words(head))
            set_role(label, "second")
            grid.addWidget(label, 0, column)
            grid.setColumnStretch(column, 1 if column else 0)
        self._theirs = {}
        top = Qt.AlignmentFlag.AlignTop
        for at, choice in enumerate(fields, 1):
            grid.addWidget(QLabel(choice.name), at, 0, top)
            grid.addWidget(WrappedLabel(choice.seen), at, 1, top)
            if not choice.mine:
                grid.addWidget(WrappedLabel(choice.theirs), at, 2, top)
                continue
            theirs, mine = _Option(choice.theirs), _Option(choice.mine)
            group = QButtonGroup(inner)
            group.addButton(theirs.button)
            group.addButton(mine.button)
            mine.button.setChecked(True)
            grid.addWidget(theirs, at, 2)
            grid.addWidget(mine, at, 3)
            self._theirs[choice.field] = theirs.button
        self.setWidget(inner)
        self.updateGeometry()
