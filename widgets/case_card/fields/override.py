"""What a dispatch tells of suggestions: which units were suggested, and why none of them is sent."""

from PySide6.QtWidgets import QWidget

from domain.command import Arg
from widgets.case_card.fields.base import Field, FormContext
from widgets.case_card.fields.options import OptionsField


class SuggestedField(Field):
    """The units that were suggested. The card shows them already, so nothing of it is seen."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self.finish()
        self.hide()

    def value(self) -> object:
        """Return their ids."""
        return list(self.context.suggested) or None

    def has_input(self) -> bool:
        """Nobody put anything in."""
        return False


class OverrideField(OptionsField):
    """Asked, and required, only while a unit is chosen that is not among those suggested."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self.hide()

    def ask(self, asked: bool) -> None:
        """Ask or no longer."""
        self.setHidden(not asked)

    def value(self) -> object:
        """Return the reason's code where it is asked for."""
        return None if self.isHidden() else super().value()

    def label_text(self) -> str:
        """Where it is seen it is not optional."""
        return self.context.names.words(f"arg.{self.arg.name}")

    def problem(self) -> str:
        """Say that a reason is wanted."""
        wanted = not self.isHidden() and self.value() is None
        return self.context.names.words("fault.override_wants_reason") if wanted else super().problem()
