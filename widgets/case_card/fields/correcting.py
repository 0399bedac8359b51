"""What can be corrected, filled in with what stands there now; only what was altered is sent."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from domain.command import Arg
from domain.correcting import place_of, present
from widgets.case_card.fields.base import Field, FormContext
from widgets.case_card.fields.text import TextField
from widgets.common.button import Button

ONE_LINE = frozenset({"title", "address"})


class CorrectedField(TextField):
    """A text of the case. What others make of it meanwhile is shown where nothing was typed, and told where it was."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        self._base = self._now(arg, context)
        super().__init__(arg, context, parent)
        self.edit.setFixedHeight(36 if arg.name in ONE_LINE else 76)
        if arg.name in ONE_LINE:
            self.edit.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.edit.setPlainText(self._base)

    def retranslate(self) -> None:
        """Look the words up again; nothing is typed into an empty place here that a template would fill."""
        super().retranslate()
        words, now = self.context.names.words, self._now(self.arg, self.context)
        name = words(f"arg.{self.arg.name}")
        self.label.setText(words("correct.by_now", name=name, now=now) if now != self._base else name)
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText("")

    def value(self) -> object:
        """Return the text where it was altered."""
        text = self._typed()
        return text if text and text != self._base.strip() else None

    def prefill(self, value: str) -> None:
        """Put a text in."""
        self.edit.setPlainText(value)

    def update_context(self) -> None:
        """Show what is so now, unless something else was typed."""
        if self._typed() == self._base.strip():
            self._base = self._now(self.arg, self.context)
            if self.edit.toPlainText() != self._base:
                self.edit.setPlainText(self._base)
        self.retranslate()

    def problem(self) -> str:
        """Say that it is too long, or that nothing is left of what was there."""
        words, text = self.context.names.words, self._typed()
        if len(text) > self.arg.most:
            return words("desk.form.too_long", n=self.arg.most)
        if self._base and not text:
            return words("desk.form.missing", name=words(f"arg.{self.arg.name}"))
        return ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter sends where there is one line only."""
        if (
            watched is self.edit
            and self.arg.name in ONE_LINE
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.submitted.emit()
            return True
        return super().eventFilter(watched, event)

    def _typed(self) -> str:
        text = self.edit.toPlainText().strip()
        return " ".join(text.splitlines()) if self.arg.name in ONE_LINE else text

    def _now(self, arg: Arg, context: FormContext) -> str:
        return str(present(context.case)[arg.name])


class PlaceField(Field):
    """A place on the map: typed or pasted as coordinates, or pointed at; ``wanted`` asks for the latter."""

    wanted = Signal()

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self.edit, self._pick = QLineEdit(), Button()
        self.edit.setMaxLength(200)
        self._base = self._now()
        self.edit.setText(self._base)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.edit, 1)
        row.addWidget(self._pick)
        self.column.addLayout(row)
        self.edit.textChanged.connect(self.changed)
        self.edit.returnPressed.connect(self.submitted)
        self._pick.clicked.connect(self.wanted)
        self.setFocusProxy(self.edit)
        self.finish()

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        words, now = self.context.names.words, self._now()
        name = words(f"arg.{self.arg.name}")
        self.label.setText(words("correct.by_now", name=name, now=now) if now != self._base else name)
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(words("correct.place_hint"))
        self._pick.setText(words("correct.pick"))

    def put(self, lon: float, lat: float) -> None:
        """Take a place that was pointed at."""
        self.edit.setText(_said([lon, lat]))
        self.edit.setFocus()

    def value(self) -> object:
        """Return ``[lon, lat]`` where it was altered and can be read."""
        return None if self.edit.text().strip() == self._base else self._read()

    def has_input(self) -> bool:
        """What was typed and cannot be read yet would be lost, too."""
        return self.edit.text().strip() != self._base

    def update_context(self) -> None:
        """Show what is so now, unless something else was typed."""
        if not self.has_input():
            self._base = self._now()
            self.edit.setText(self._base)
        self.retranslate()

    def problem(self) -> str:
        """Say that it is no place."""
        if self.has_input() and self._read() is None:
            return self.context.names.words("correct.no_place")
        return ""

    def _read(self) -> list[float] | None:
        from domain.coordinates import read_typed  # noqa: PLC0415 - kept off the start path

        near = place_of(self.context.case)
        found = read_typed(self.edit.text().strip(), None if near is None else (near[0], near[1]))
        return [round(found[0].lon, 6), round(found[0].lat, 6)] if found else None

    def _now(self) -> str:
        return _said(place_of(self.context.case))


def _said(place: list[float] | None) -> str:
    return "" if place is None else f"{place[0]:.6f}, {place[1]:.6f}"
