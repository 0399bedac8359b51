"""One of a few: a reason, a level, an answer; arrows move between them, Enter sends."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from domain.command import Arg, ArgKind
from domain.reasons import REASONS
from widgets.case_card.fields.base import Field, FormContext
from widgets.common.flow import FlowLayout

YES, NO = "yes", "no"


class OptionsField(Field):
    """Radio buttons. A flag is a question with yes and no, so that neither is given by oversight."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QRadioButton] = {}
        box = QWidget()
        box.setObjectName("field")
        flow = FlowLayout(box, spacing_px=10)
        for option in map(str, self._options()):
            button = QRadioButton()
            button.setObjectName(f"option_{option}")
            button.installEventFilter(self)
            self._group.addButton(button)
            self._buttons[option] = button
            flow.addWidget(button)
        self._group.buttonToggled.connect(self._on_toggled)
        self.column.addWidget(box)
        self.finish()

    def _options(self) -> tuple[str, ...]:
        if self.arg.kind is ArgKind.FLAG:
            return YES, NO
        if self.arg.kind is ArgKind.REASON and self.arg.reasons is not None:
            return REASONS[self.arg.reasons]
        return self.arg.choices

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        for option, button in self._buttons.items():
            button.setText(self._option_text(option))
            button.setAccessibleName(f"{self.label_text()}: {button.text()}")

    def _option_text(self, option: str) -> str:
        words = self.context.names.words
        if self.arg.kind is ArgKind.FLAG:
            return words(f"desk.form.{option}")
        if self.arg.kind is ArgKind.REASON:
            return words(f"reason.{self.arg.reasons}.{option}")
        prefix = {"satisfaction": "satisfaction", "level": "supervise"}.get(self.arg.name, "choice")
        return words(f"{prefix}.{option}")

    def value(self) -> object:
        """Return the chosen code, or True or False for a flag."""
        for option, button in self._buttons.items():
            if button.isChecked():
                return option == YES if self.arg.kind is ArgKind.FLAG else option
        return None

    def prefill(self, value: str) -> None:
        """Choose an option."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)

    def focus_input(self) -> None:
        """Go to the chosen option, or the first."""
        checked = self._group.checkedButton()
        (checked if checked is not None else next(iter(self._buttons.values()))).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter sends what is chosen; a digit chooses."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.submitted.emit()
                return True
            digit = event.text()
            if digit.isdigit() and 1 <= int(digit) <= len(self._buttons):
                button = list(self._buttons.values())[int(digit) - 1]
                button.setChecked(True)
                button.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _on_toggled(self) -> None:
        self.changed.emit()
