"""Whom to hand a case over to, and which reporter was called back."""

from collections.abc import Sequence

from domain.command import Arg
from widgets.calling import source_of
from widgets.case_card.fields.base import FormContext
from widgets.case_card.fields.pickers import PickField
from widgets.common.pick_list import Choice


class ColleagueField(PickField):
    """Somebody else who works in the room."""

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return the colleagues, those who can act on the case's link first by name."""
        names = self.context.names
        me = None if names.me is None else names.me.account
        comma = names.words("list.comma")
        return [
            Choice(
                known.account,
                known.name,
                comma.join(names.words(f"role.{role}") for role in sorted(known.roles)),
                known.account,
            )
            for known in names.colleagues
            if known.account != me
        ]

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        words = self.context.names.words
        if not self.choices(""):
            self.list.set_texts(self.label_text(), words("desk.form.type_to_find"), words("desk.claim.no_colleague"))


class ReportField(PickField):
    """One of the case's reports whose reporter waits to be called back; a single one is chosen already."""

    def __init__(self, arg: Arg, context: FormContext) -> None:
        super().__init__(arg, context)
        self._choose_only()

    def choices(self, typed: str) -> Sequence[Choice]:
        """Return the reports that are owed a call, the one promised first in front."""
        names = self.context.names
        return [
            Choice(
                report.report_id,
                source_of(report, names.words),
                ""
                if report.callback_by is None
                else names.words(
                    "desk.reporters.callback_by", at=names.local(report.callback_by).strftime("%m-%d %H:%M")
                ),
                report.text,
            )
            for report in self.context.case.callbacks
        ]

    def has_input(self) -> bool:
        """What was chosen for the person would not be lost."""
        return super().has_input() and len(self.context.case.callbacks) > 1

    def update_context(self) -> None:
        """Offer what is owed now."""
        super().update_context()
        self._choose_only()

    def _choose_only(self) -> None:
        owed = self.context.case.callbacks
        if len(owed) == 1 and not self.list.chosen():
            self.list.choose(owed[0].report_id)
