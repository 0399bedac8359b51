"""What the map shows of a past moment: marks of who was where, and of the cases that were open then. Pure.

Of a case the console knows when it began and since when it is in its present link. Before that link it was open, and in
which link is not known here: it is shown without a lamp and says so.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from console.playback.tape import Tape
from domain.case import Case
from domain.clock import Lamp
from domain.ids import StaffId, ThingId
from domain.lamp_watch import LampWatch
from domain.people import Staff, Vehicle
from domain.states import ENDED
from layers.cases.model import CaseMark
from layers.positions.model import ThingMark
from widgets.names import Names


def case_marks(cases: Iterable[Case], moment: datetime, names: Names) -> list[CaseMark]:
    """Return the cases with a place that were open at a moment."""
    town = names.town
    if town is None:
        return []
    watch = LampWatch(town.rules, town.calendar)
    return [mark for case in cases if (mark := _case_mark(case, moment, names, watch)) is not None]


def _case_mark(case: Case, moment: datetime, names: Names, watch: LampWatch) -> CaseMark | None:
    known = case.stage_since <= moment
    if case.lon is None or case.lat is None or case.opened_at > moment or (known and case.state in ENDED):
        return None
    words = names.words
    lamp = watch.put(case, moment) if known else Lamp.NONE
    link = words(f"state.{case.state}") if known else words("playback.link_unknown")
    return CaseMark(
        case_no=case.case_no,
        lon=case.lon,
        lat=case.lat,
        lamp=lamp,
        kind=case.kind,
        urgent=case.urgent,
        title=case.title,
        lines=(link, f"{names.kind(case.kind)} · {names.place(case)}", case.case_no),
    )


def thing_marks(
    tape: Tape, at_s: float, members: Mapping[StaffId, Staff], vehicles: Mapping[ThingId, Vehicle], names: Names
) -> list[ThingMark]:
    """Return who was where at a place of the tape. What they were doing then is not known here, and not said."""
    marks = []
    for thing in sorted(tape.things):
        spot, vehicle = tape.spot(thing, at_s), vehicles.get(thing)
        moving = vehicle or members.get(StaffId(thing))
        if spot is None or moving is None:
            continue
        fixed_at = tape.moment(at_s) - timedelta(seconds=spot.age_s)
        marks.append(
            ThingMark(
                thing=thing,
                lon=spot.lon,
                lat=spot.lat,
                fixed_at=fixed_at,
                name=moving.name,
                vehicle=vehicle is not None,
                heading_deg=spot.heading_deg,
                title=moving.name,
                lines=(names.unit(moving.unit_id), names.words("playback.was_here")),
            )
        )
    return marks
