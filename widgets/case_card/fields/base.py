"""What every field of a form is: a label, an input, what is missing, and the plain JSON value that is sent."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from domain.case import Case
from domain.command import Arg
from domain.ids import UnitId
from domain.nearest import Runner
from domain.runcards import Proposal
from domain.units import UnitStatus
from domain.wire import SimilarCase
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names

Lookup = Callable[[str], Sequence[Case]]
"""Finds cases by what was typed."""


class FormContext(msgspec.Struct):
    """What the fields look things up in. The card keeps it up to date; fields read it when they are shown."""

    names: Names
    case: Case
    lookup: Lookup
    unit_status: Mapping[UnitId, UnitStatus] = msgspec.field(default_factory=dict)
    similar: Sequence[SimilarCase] = ()
    runners: Sequence[Runner] = ()
    action: str = ""
    suggested: Sequence[UnitId] = ()
    proposal: Proposal | None = None


class Field(QWidget):
    """One argument. ``submitted`` when Enter was pressed where that means to send, ``picked`` when a row was taken."""

    changed = Signal()
    submitted = Signal()
    picked = Signal()

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("field")
        self.arg, self.context = arg, context
        self.label, self.problem_line = QLabel(), WrappedLabel()
        set_role(self.label, "second")
        set_role(self.problem_line, "fault")
        self.problem_line.hide()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.column.addWidget(self.label)
        self.changed.connect(self._on_changed)

    def finish(self) -> None:
        """Called once by a field when its input is in place: the line of what is missing comes last."""
        self.column.addWidget(self.problem_line)
        self.retranslate()

    def label_text(self) -> str:
        """Return the label's text."""
        words = self.context.names.words
        name = words(f"arg.{self.arg.name}")
        return name if self.arg.required else words("desk.form.optional", name=name)

    def retranslate(self) -> None:
        """Look the words up again; fields with words of their own add to this."""
        self.label.setText(self.label_text())
        if not self.problem_line.isHidden():
            self.show_problem()

    def value(self) -> object:
        """Return the plain JSON value, or None for nothing."""
        raise NotImplementedError

    def files(self) -> tuple[str, ...]:
        """Return the files that must be uploaded for this argument."""
        return ()

    def has_input(self) -> bool:
        """Return whether a person put something in that would be lost."""
        return self.value() is not None or bool(self.files())

    def prefill(self, value: str) -> None:
        """Put a value in, where the field can take one."""

    def update_context(self) -> None:
        """The case or the units changed: offer what is true now, keep what was put in."""

    def focus_input(self) -> None:
        """Go to the input."""
        self.setFocus()

    def problem(self) -> str:
        """Return what is missing, in words; empty where nothing is."""
        if self.arg.required and self.value() is None and not self.files():
            return self.context.names.words("desk.form.missing", name=self.context.names.words(f"arg.{self.arg.name}"))
        return ""

    def show_problem(self) -> bool:
        """Say at the field what is missing; return whether something is."""
        text = self.problem()
        self.problem_line.setText(text)
        self.problem_line.setVisible(bool(text))
        return bool(text)

    def _on_changed(self) -> None:
        if self.problem_line.isVisible():
            self.show_problem()
