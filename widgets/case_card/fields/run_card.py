"""What a dispatch tells of its run card: which one it was made by, and what that names that nobody is sent for."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from domain.command import Arg
from domain.ids import UnitId
from domain.runcards import Missing, unmet
from widgets.case_card.fields.base import Field, FormContext
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names

LACKS, MET = "⚠", "✓"
"""Beside its words what is unmet, or met, has a sign."""


def missing_text(missing: Sequence[Missing], names: Names) -> str:
    """Return in plain words what a run card lacks; empty where it lacks nothing."""
    words = names.words
    return words("list.comma").join(words("run_card.missing", n=m.count, need=m.name) for m in missing)


class RunCardField(Field):
    """The name of the card that was on the table. The effect of the form says it, so nothing more is seen."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self.finish()
        self.hide()

    def value(self) -> object:
        """Return the card's name."""
        return None if self.context.proposal is None else self.context.proposal.card.name

    def has_input(self) -> bool:
        """Nobody put anything in."""
        return False


class UnmetField(Field):
    """What the card names and the units chosen do not bring, as they are chosen. It is told, never asked for."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self.line = WrappedLabel()
        self.column.addWidget(self.line)
        self.label.hide()
        self._missing: tuple[Missing, ...] = ()
        self.finish()
        self.hide()

    def look_at(self, going: Sequence[UnitId], told: Sequence[UnitId]) -> None:
        """Take who is chosen now."""
        proposal, units = self.context.proposal, self.context.names.units
        self.setHidden(proposal is None)
        if proposal is None:
            return
        chosen = [[units[unit] for unit in listed if unit in units] for listed in (going, told)]
        self._missing = unmet(proposal.card, *chosen)
        words = self.context.names.words
        said = missing_text(self._missing, self.context.names)
        sign = f"{LACKS} {said}" if said else f"{MET} {words('run_card.met')}"
        self.line.setText(words("run_card.measured", card=proposal.card.name, said=sign))
        set_role(self.line, "warning" if said else "second")

    def value(self) -> object:
        """Return what is lacking, each in words that stay in the record."""
        if self.context.proposal is None or not self._missing:
            return None
        return [f"{missing.name} ×{missing.count}" for missing in self._missing]

    def has_input(self) -> bool:
        """Nobody put anything in."""
        return False
