"""The entries of a form: each has a label, a control, and words for what is wrong with it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QDateEdit,
    QDateTimeEdit,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from domain.clock import Limit, LimitUnit
from resources.words import Words
from widgets.common.combo import Combo
from widgets.common.pick_list import Choice, PickList
from widgets.common.style import set_role
from widgets.names import Names

Choices = Callable[[], Sequence[Choice]]
MOST_LIMIT = 100_000


class Entry(QWidget):
    """One line of a form. ``submitted`` when Enter was pressed in it."""

    submitted = Signal()
    open = True
    """Whether something can be put in."""

    def __init__(self, words: Words, name: str, label: str, *, required: bool = True, hint: str = "") -> None:
        """``label`` and ``hint`` are word keys."""
        super().__init__()
        self.setObjectName(f"entry_{name}")
        self.name, self.required = name, required
        self._words, self._label_key, self._hint_key = words, label, hint
        self.label, self._hint, self._problem = QLabel(), QLabel(), QLabel()
        set_role(self.label, "second")
        set_role(self._hint, "small")
        set_role(self._problem, "fault")
        self._problem.hide()
        for line in (self.label, self._hint, self._problem):
            line.setWordWrap(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(3)
        self.column.addWidget(self.label)

    def finish(self, control: QWidget) -> None:
        """Set the control below the label, and the words below it."""
        self.column.addWidget(control)
        self.column.addWidget(self._hint)
        self.column.addWidget(self._problem)
        self._hint.setVisible(bool(self._hint_key))  # not before it has a place: it would be a window of its own
        self.setFocusProxy(control)
        self.label.setBuddy(control)
        self.retranslate()

    def value(self) -> Any:
        """Return what was entered; None for nothing."""
        raise NotImplementedError

    def wrong(self) -> str:
        """Return what is wrong in words, empty where nothing is."""
        if self.required and self.value() in (None, "", ()):
            return self._words("desk.form.missing", name=self._words(self._label_key))
        return ""

    def show_problem(self) -> bool:
        """Say what is wrong; return whether anything is."""
        text = self.wrong()
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        return bool(text)

    def retranslate(self) -> None:
        """Look the words up again."""
        name = self._words(self._label_key)
        self.label.setText(name if self.required else self._words("desk.form.optional", name=name))
        if self._hint_key:
            self._hint.setText(self._words(self._hint_key))
        proxy = self.focusProxy()
        if proxy is not None:
            proxy.setAccessibleName(self.label.text())
        if self._problem.isVisible():
            self.show_problem()


class TextEntry(Entry):
    """A line of text; a secret one shows dots. ``least`` characters at least."""

    def __init__(
        self,
        words: Words,
        name: str,
        label: str,
        value: str = "",
        *,
        most: int = 60,
        least: int = 1,
        secret: bool = False,
        required: bool = True,
        fixed: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(words, name, label, required=required, hint=hint)
        self.edit = QLineEdit(value)
        self.edit.setMaxLength(most)
        self.edit.setReadOnly(fixed)
        self.open = not fixed
        self._least = least
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
            self.edit.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._secret = secret
        self.edit.returnPressed.connect(self.submitted)
        self.finish(self.edit)

    def value(self) -> str:
        """Return the text without spaces around it; a secret as it was typed."""
        return self.edit.text() if self._secret else self.edit.text().strip()

    def wrong(self) -> str:
        """Say that it is missing or too short."""
        text = super().wrong()
        if not text and 0 < len(self.value()) < self._least:
            return self._words("admin.form.too_short", n=self._least)
        return text


class LinesEntry(Entry):
    """Several lines of text, each one value."""

    def __init__(
        self,
        words: Words,
        name: str,
        label: str,
        lines: Sequence[str] = (),
        *,
        most: int = 20,
        longest: int = 100,
        hint: str = "",
    ) -> None:
        super().__init__(words, name, label, required=False, hint=hint)
        self._most, self._longest = most, longest
        self.edit = QPlainTextEdit("\n".join(lines))
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(84)
        self.finish(self.edit)

    def value(self) -> tuple[str, ...]:
        """Return the lines that hold anything."""
        return tuple(line.strip() for line in self.edit.toPlainText().splitlines() if line.strip())

    def wrong(self) -> str:
        """Say that there are too many lines, or too long ones."""
        lines = self.value()
        if len(lines) > self._most or any(len(line) > self._longest for line in lines):
            return self._words("admin.form.too_many_lines", n=self._most, longest=self._longest)
        return ""


class NumberEntry(Entry):
    """A whole number within bounds."""

    def __init__(self, words: Words, name: str, label: str, value: int, low: int, high: int) -> None:
        super().__init__(words, name, label)
        self.spin = make_spin(value, low, high)
        self.finish(self.spin)

    def value(self) -> int:
        """Return the number."""
        return self.spin.value()


class FlagEntry(Entry):
    """Yes or no."""

    def __init__(self, words: Words, name: str, label: str, value: bool, *, hint: str = "") -> None:
        super().__init__(words, name, label, hint=hint)
        self.box = QCheckBox()
        self.box.setChecked(value)
        self.label.hide()
        self.finish(self.box)

    def value(self) -> bool:
        """Return whether it is ticked."""
        return self.box.isChecked()

    def retranslate(self) -> None:
        """The label is the box's own."""
        super().retranslate()
        self.box.setText(self.label.text())


class ChoiceEntry(Entry):
    """One of a few, in a drop-down box. Where it is not required an empty row is the first."""

    def __init__(
        self,
        words: Words,
        name: str,
        label: str,
        choices: Choices,
        value: str = "",
        *,
        required: bool = True,
        hint: str = "",
    ) -> None:
        super().__init__(words, name, label, required=required, hint=hint)
        self._choices, self._first = choices, value
        self.combo = Combo()
        self.combo.setMaxVisibleItems(16)
        self.combo.setMinimumContentsLength(12)
        self.combo.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.finish(self.combo)
        self.combo.setCurrentIndex(max(0, self.combo.findData(value)))

    def value(self) -> str:
        """Return the chosen value, an empty text for none."""
        return str(self.combo.currentData() or "")

    def wrong(self) -> str:
        """Say that there is nothing to choose from; what is chosen is right, an empty value too."""
        return "" if self.combo.currentIndex() >= 0 else super().wrong()

    def retranslate(self) -> None:
        """Look the choices up again; the chosen one stays."""
        super().retranslate()
        kept = self.combo.currentData()
        self.combo.clear()
        if not self.required:
            self.combo.addItem(self._words("admin.form.none"), "")
        offered = list(self._choices())
        if self._first and self._first not in {choice.value for choice in offered}:
            offered.append(Choice(self._first, self._first))  # what is there is never lost for being unknown here
        for choice in offered:
            self.combo.addItem(choice.line, choice.value)
        if kept is not None:
            self.combo.setCurrentIndex(max(0, self.combo.findData(kept)))


class ManyEntry(Entry):
    """Several of a list that is searched by typing."""

    def __init__(
        self, words: Words, name: str, label: str, choices: Choices, chosen: Sequence[str] = (), *, hint: str = ""
    ) -> None:
        super().__init__(words, name, label, required=False, hint=hint)
        self._choices = choices
        self.list = PickList(many=True, rows_shown=7)
        self.list.submitted.connect(self.submitted)
        self.list.sent.connect(self.submitted)
        self._chosen = tuple(chosen)
        self.finish(self.list)
        for value in chosen:
            self.list.choose(value)

    def value(self) -> tuple[str, ...]:
        """Return the chosen values."""
        return tuple(self.list.chosen())

    def retranslate(self) -> None:
        """Look the choices up again."""
        super().retranslate()
        words = self._words
        self.list.set_texts(self.label.text(), words("desk.form.type_to_find"), words("desk.form.none_fits"))
        offered = list(self._choices())
        known = {choice.value for choice in offered}
        offered += [Choice(value, value) for value in self._chosen if value not in known]
        self.list.set_choices(offered)


class LimitEntry(Entry):
    """An amount and its unit. ``empty`` offers to have none."""

    def __init__(self, words: Words, name: str, label: str, value: Limit | None, *, empty: bool = False) -> None:
        super().__init__(words, name, label, required=not empty)
        self._empty = empty
        row = QWidget()
        row.setObjectName("field")
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        self.spin = make_spin(1 if value is None else value.amount, 1, MOST_LIMIT)
        self.unit = Combo()
        across.addWidget(self.spin, 1)
        across.addWidget(self.unit, 1)
        self.finish(row)
        self.setFocusProxy(self.spin)
        self.unit.currentIndexChanged.connect(self._on_unit_chosen)
        self.unit.setCurrentIndex(max(0, self.unit.findData("" if value is None else value.unit.value)))
        self._on_unit_chosen()

    def value(self) -> Limit | None:
        """Return the limit, None for none."""
        unit = str(self.unit.currentData() or "")
        return Limit(self.spin.value(), LimitUnit(unit)) if unit else None

    def retranslate(self) -> None:
        """Look the units up again."""
        super().retranslate()
        kept = self.unit.currentData()
        self.unit.clear()
        if self._empty:
            self.unit.addItem(self._words("admin.form.no_limit"), "")
        for unit in LimitUnit:
            self.unit.addItem(self._words(f"admin.limit_unit.{unit}"), unit.value)
        if kept is not None:
            self.unit.setCurrentIndex(self.unit.findData(kept))
        self.unit.setAccessibleName(self.label.text())

    def _on_unit_chosen(self) -> None:
        self.spin.setEnabled(bool(self.unit.currentData()))


class DayEntry(Entry):
    """A day of the town's own calendar."""

    def __init__(self, words: Words, name: str, label: str, value: date, *, hint: str = "") -> None:
        super().__init__(words, name, label, hint=hint)
        self.edit = QDateEdit(QDate(value.year, value.month, value.day))
        self.edit.setDisplayFormat("yyyy-MM-dd")
        self.edit.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.finish(self.edit)

    def value(self) -> date:
        """Return the day."""
        day = self.edit.date()
        return date(day.year(), day.month(), day.day())


class WhenEntry(Entry):
    """From when something is in force: at once (None), or from a moment of the town's own time."""

    def __init__(self, names: Names, name: str, label: str, now: datetime, *, required: bool = True) -> None:
        super().__init__(names.words, name, label, required=required)
        self._names = names
        row = QWidget()
        row.setObjectName("field")
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        self.mode = Combo()
        local = names.local(now)
        self.edit = QDateTimeEdit(QDateTime(QDate(local.year, local.month, local.day), QTime(0, 0)).addDays(1))
        self.edit.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.edit.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        across.addWidget(self.mode, 1)
        across.addWidget(self.edit, 1)
        self.finish(row)
        self.setFocusProxy(self.mode)
        self.mode.currentIndexChanged.connect(self._on_mode_chosen)
        self._on_mode_chosen()

    def value(self) -> datetime | None:
        """Return the moment as aware UTC, None for at once."""
        if self.mode.currentIndex() != 1:
            return None
        day, time = self.edit.date(), self.edit.time()
        return self._names.utc(datetime(day.year(), day.month(), day.day(), time.hour(), time.minute()))

    def wrong(self) -> str:
        """Nothing can be."""
        return ""

    def retranslate(self) -> None:
        """Look the two ways up again."""
        super().retranslate()
        kept = max(0, self.mode.currentIndex())
        self.mode.clear()
        empty = "admin.form.at_once" if self.required else "admin.form.any_time"
        self.mode.addItems([self._words(empty), self._words("admin.form.from")])
        self.mode.setCurrentIndex(kept)
        self.edit.setAccessibleName(self.label.text())

    def _on_mode_chosen(self) -> None:
        self.edit.setEnabled(self.mode.currentIndex() == 1)


class NoteEntry(Entry):
    """Words or a secret to be read and copied; there is nothing to enter."""

    open = False

    def __init__(self, words: Words, name: str, label: str, text: str, *, hint: str = "") -> None:
        super().__init__(words, name, label, hint=hint)
        self.shown = QLineEdit(text)
        self.shown.setReadOnly(True)
        self.shown.setCursorPosition(0)
        self.finish(self.shown)

    def value(self) -> str:
        """Return the words."""
        return self.shown.text()


def make_spin(value: int, low: int, high: int) -> QSpinBox:
    """Return a number box without arrows."""
    spin = _Spin()
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    return spin


class _Spin(QSpinBox):
    """Lets Enter go on to the form, which sends by it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
