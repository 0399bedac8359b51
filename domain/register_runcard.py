"""The register of run cards (调派预案卡): what a kind of case, at a place and a time of day, needs to be sent.

A card names needs, never units for good: which unit serves a need is told from what the unit is there for
(``Unit.kinds``) or from a list of units, at the moment of the dispatch (``domain.runcards``). A card counts from
``since`` until ``until``; one for later is put beside the one in force. It is read at one moment, when a case is
dispatched, and what was then proposed goes into the record, so a later card reaches back to nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.clock import MINUTES_A_DAY
from domain.faults import invalid
from domain.ids import UnitId
from domain.people import UnitKind
from domain.register_shapes import Body, Name, Note, check_span

MOST_NEEDS = 12
MOST_OF_ONE = 10
MOST_SENT = 21
"""Units one card may ask for: a lead and as many others as one dispatch names (``domain.decide.MAX_UNITS``)."""

NeedName = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\s:：]([^\n\r:：]*[^\s:：])?$")]
"""What a need is called: a line of a book names it before a colon."""
KindHead = Annotated[str, Meta(min_length=1, max_length=32)]
"""The head of a code of a kind of case: ``event.04`` stands for all kinds below it."""
AreaHead = Annotated[str, Meta(min_length=2, max_length=32, pattern=r"^[0-9A-Za-z]+$")]
"""The head of a code of a division or grid."""
StartMinute = Annotated[int, Meta(ge=0, lt=MINUTES_A_DAY)]
EndMinute = Annotated[int, Meta(ge=0, le=MINUTES_A_DAY)]


class Part(StrEnum):
    """What a unit does in a dispatch. Names are ``run_card.part.<value>``."""

    LEAD = "lead"  # 主办
    HELP = "help"  # 协办
    COPY = "copy"  # 抄告


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role a case needs filled: ``count`` units that are there for one of ``skills``, or one of ``units``.

    ``unit_kinds`` are the sorts of unit that will do; none named: any.
    """

    name: NeedName
    part: Part = Part.HELP
    count: Annotated[int, Meta(ge=1, le=MOST_OF_ONE)] = 1
    skills: Annotated[tuple[KindHead, ...], Meta(max_length=20)] = ()
    units: Annotated[tuple[Annotated[UnitId, Meta(min_length=1, max_length=64)], ...], Meta(max_length=20)] = ()
    unit_kinds: tuple[UnitKind, ...] = ()


class RunCard(Body, frozen=True):
    """A run card. It is for cases whose kind begins with one of ``kinds``, in one of ``areas`` (none named: anywhere).

    It holds from ``start_min`` to ``end_min`` of the town's day, past midnight where the end comes first, all day
    where both are the same. ``urgent`` asks for a case that is marked urgent.
    """

    name: Name
    kinds: Annotated[tuple[KindHead, ...], Meta(min_length=1, max_length=50)]
    needs: Annotated[tuple[Need, ...], Meta(min_length=1, max_length=MOST_NEEDS)]
    areas: Annotated[tuple[AreaHead, ...], Meta(max_length=50)] = ()
    start_min: StartMinute = 0
    end_min: EndMinute = 0
    urgent: bool = False
    since: datetime | None = None
    until: datetime | None = None
    note: Note = ""
    synthetic: bool = False

    def check(self) -> None:
        """See ``Body``."""
        check_span(self.since, self.until)
        leads = [need for need in self.needs if need.part is Part.LEAD]
        if len(leads) != 1 or leads[0].count != 1:
            raise invalid("run_card_one_lead")
        for need in self.needs:
            if not (need.skills or need.units or need.unit_kinds):
                raise invalid("run_card_need_of_nothing", need=need.name)
        names = [need.name for need in self.needs]
        if len(set(names)) != len(names):
            raise invalid("run_card_need_twice", need=next(n for n in names if names.count(n) > 1))
        if sum(need.count for need in self.needs) > MOST_SENT:
            raise invalid("run_card_too_many", most=MOST_SENT)
