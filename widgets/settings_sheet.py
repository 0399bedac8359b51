"""The settings sheet: every setting with its control and what it does. The rows come from outside."""

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.sheet import Sheet
from widgets.common.style import set_role

WIDTH_PX, HEIGHT_PX = 680, 620
CONTROL_PX = 220
Value = str | int | bool


class SettingRow(msgspec.Struct, frozen=True):
    """One setting: its kind follows from ``value``. Texts are ``setting.<name>``, ``.hint`` and ``.<choice>``."""

    name: str
    value: Value
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    most: int = 400
    at_start: bool = False


class SettingsSheet(Sheet):
    """A sheet over the window. ``value_chosen`` carries name and value as soon as a control is left or altered."""

    value_chosen = Signal(str, object)

    def __init__(self, words: Words, rows: Sequence[SettingRow], parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._words, self._rows = words, tuple(rows)
        self._filling = False
        self._title, self._close, self._fault = QLabel(), Button(), FaultLabel()
        set_role(self._title, "title")
        self._labels = {row.name: QLabel() for row in self._rows}
        self._hints = {row.name: QLabel() for row in self._rows}
        self.controls: dict[str, QWidget] = {row.name: self._control(row) for row in self._rows}
        self._lay_out()
        self._close.clicked.connect(self.close_sheet)
        self.show_values({row.name: row.value for row in self._rows})
        self.retranslate()
        self.hide()

    def open_sheet(self) -> None:
        """Open over the window; the focus comes back to where it was."""
        self._fault.tell("")
        self.show_over()
        next(iter(self.controls.values())).setFocus()

    def close_sheet(self) -> None:
        """Close; a text that was being typed counts as chosen."""
        self._close.setFocus()
        super().close_sheet()

    def has_input(self) -> bool:
        """Never: what is typed counts when the line is left."""
        return False

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show these values, wherever they were set."""
        self._filling = True
        for name, value in values.items():
            control = self.controls[name]
            if isinstance(control, QCheckBox):
                control.setChecked(bool(value))
            elif isinstance(control, QSpinBox):
                control.setValue(int(value))
            elif isinstance(control, Combo):
                control.setCurrentIndex(control.findData(value))
            elif isinstance(control, QLineEdit) and not control.hasFocus():
                control.setText(str(value))
        self._filling = False

    def set_fault(self, telling: Telling) -> None:
        """Say why a value was not taken; empty takes it away."""
        self._fault.tell(telling)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("desk.settings.title"))
        self._close.setText(f"{words('desk.help.close')}  Esc")
        for row in self._rows:
            name, control = words(f"setting.{row.name}"), self.controls[row.name]
            hint = words(f"setting.{row.name}.hint")
            self._labels[row.name].setText(name)
            self._hints[row.name].setText(f"{hint} · {words('desk.settings.at_start')}" if row.at_start else hint)
            control.setAccessibleName(name)
            control.setAccessibleDescription(hint)
            if isinstance(control, Combo):
                for i, choice in enumerate(row.choices):
                    control.setItemText(i, words(f"setting.{row.name}.{choice}"))
        self._fault.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def _lay_out(self) -> None:
        page, scroll = QWidget(), QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for i, row in enumerate(self._rows):
            hint = self._hints[row.name]
            set_role(hint, "second")
            hint.setWordWrap(True)
            grid.addWidget(self._labels[row.name], 3 * i, 0)
            grid.addWidget(hint, 3 * i + 1, 0)
            grid.addWidget(self.controls[row.name], 3 * i, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.setRowMinimumHeight(3 * i + 2, 12)
        grid.setRowStretch(3 * len(self._rows), 1)
        scroll.setWidget(page)
        foot = QHBoxLayout()
        foot.addWidget(self._fault, 1)
        foot.addStretch()  # while nothing is wrong: buttons keep their own width
        foot.addWidget(self._close, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(scroll, 1)
        column.addLayout(foot)

    def _control(self, row: SettingRow) -> QWidget:
        control: QWidget
        if isinstance(row.value, bool):
            box = control = QCheckBox()
            box.toggled.connect(self._on_chosen)
        elif isinstance(row.value, int):
            spin = control = QSpinBox()
            spin.setRange(row.low, row.high)
            spin.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(self._on_chosen)
        elif row.choices:
            combo = control = Combo()
            for choice in row.choices:
                combo.addItem(choice, choice)
            combo.currentIndexChanged.connect(self._on_chosen)
        else:
            edit = control = QLineEdit()
            edit.setMaxLength(row.most)
            edit.editingFinished.connect(self._on_chosen)
        control.setObjectName(f"setting_{row.name}")
        control.setFixedWidth(CONTROL_PX)
        return control

    def _on_chosen(self, *_: object) -> None:
        control = self.sender()
        name = next((name for name, known in self.controls.items() if known is control), "")
        if self._filling or not name:
            return
        value: Value
        if isinstance(control, QCheckBox):
            value = control.isChecked()
        elif isinstance(control, QSpinBox):
            value = control.value()
        elif isinstance(control, Combo):
            value = str(control.currentData())
        else:
            value = control.text().strip() if isinstance(control, QLineEdit) else ""
        self._fault.tell("")
        self.value_chosen.emit(name, value)
