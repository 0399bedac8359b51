"""What must hold at closing, each ticked by hand."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from domain.command import Arg
from widgets.case_card.fields.base import Field, FormContext
from widgets.common.style import set_role


class TicksField(Field):
    """One box for each closing condition of the case; all must be ticked."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self._boxes: dict[str, QCheckBox] = {}
        for text in context.case.closing:
            box = QCheckBox()
            box.toggled.connect(self.changed)
            box.installEventFilter(self)
            self._boxes[text] = box
            self.column.addWidget(box)
        self._none = QLabel()
        set_role(self._none, "second")
        self.column.addWidget(self._none)
        self._none.setVisible(not self._boxes)
        self.finish()

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        names = self.context.names
        for box, shown in zip(self._boxes.values(), names.closing(self.context.case), strict=True):
            box.setText(shown)
        self._none.setText(names.words("desk.form.no_ticks"))

    def value(self) -> object:
        """Return the ticked texts; an empty list is an answer where there is nothing to tick."""
        return [text for text, box in self._boxes.items() if box.isChecked()]

    def has_input(self) -> bool:
        """Return whether anything is ticked."""
        return any(box.isChecked() for box in self._boxes.values())

    def problem(self) -> str:
        """Say that not everything is ticked."""
        if all(box.isChecked() for box in self._boxes.values()):
            return ""
        return self.context.names.words("desk.form.tick_all")

    def focus_input(self) -> None:
        """Go to the first box."""
        for box in self._boxes.values():
            box.setFocus()
            return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A digit ticks a box, or takes the tick away."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            digit, boxes = event.text(), list(self._boxes.values())
            if digit.isascii() and digit.isdigit() and 1 <= int(digit) <= len(boxes):
                boxes[int(digit) - 1].toggle()
                boxes[int(digit) - 1].setFocus()
                return True
        return super().eventFilter(watched, event)
