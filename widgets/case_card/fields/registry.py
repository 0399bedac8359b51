"""Which field stands for which argument: a table, and one function that reads it."""

from datetime import datetime

from domain.command import Arg, ArgKind
from widgets.case_card.fields.base import Field, FormContext
from widgets.case_card.fields.correcting import CorrectedField, PlaceField
from widgets.case_card.fields.moment import MomentField
from widgets.case_card.fields.options import OptionsField
from widgets.case_card.fields.override import OverrideField, SuggestedField
from widgets.case_card.fields.photos import PhotosField
from widgets.case_card.fields.pickers import (
    CaseField,
    CasesField,
    ConditionField,
    KindField,
    StaffField,
    UnitField,
    UnitsField,
)
from widgets.case_card.fields.run_card import RunCardField, UnmetField
from widgets.case_card.fields.sharing import ColleagueField, ReportField
from widgets.case_card.fields.text import TextField
from widgets.case_card.fields.ticks import TicksField

FIELDS: dict[ArgKind, type[Field]] = {
    ArgKind.TEXT: TextField,
    ArgKind.REASON: OptionsField,
    ArgKind.CHOICE: OptionsField,
    ArgKind.FLAG: OptionsField,
    ArgKind.UNIT: UnitField,
    ArgKind.UNITS: UnitsField,
    ArgKind.STAFF: StaffField,
    ArgKind.CONDITION: ConditionField,
    ArgKind.CASE: CaseField,
    ArgKind.CASES: CasesField,
    ArgKind.REPORT: ReportField,
    ArgKind.COLLEAGUE: ColleagueField,
    ArgKind.PHOTOS: PhotosField,
    ArgKind.TICKS: TicksField,
    ArgKind.PLACE: PlaceField,
}
BY_NAME: dict[str, type[Field]] = {
    "kind": KindField,
    "suggested": SuggestedField,
    "override": OverrideField,
    "run_card": RunCardField,
    "unmet": UnmetField,
    "title": CorrectedField,
    "words": CorrectedField,
    "address": CorrectedField,
}
"""Arguments that want more than their kind says: the one text that is a code, and what a dispatch keeps for itself."""


def build_field(arg: Arg, context: FormContext, now: datetime) -> Field:
    """Return the field of an argument."""
    if arg.kind is ArgKind.MOMENT:
        return MomentField(arg, context, now)
    return BY_NAME.get(arg.name, FIELDS[arg.kind])(arg, context)
