"""Which run card a case calls for, which units would fill its needs, and what stays unmet.

One unit fills one seat. Seats are filled in the order of the card, each with the best unit that will do, and a unit is
moved to another seat where that lets one more be filled (augmenting paths): no need stays open that could be met.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

import msgspec

from domain.case import Case, case_area
from domain.ids import EntryId, UnitId
from domain.people import Unit
from domain.recommend import Candidate
from domain.register_runcard import Need, Part, RunCard
from domain.register_shapes import in_hours, in_span


class Missing(msgspec.Struct, frozen=True):
    """A need that is not met, and how many units it lacks."""

    name: str
    count: int


class Proposal(msgspec.Struct, frozen=True):
    """Whom a run card would send: its lead, helpers and copies, best first, and what nobody is there for."""

    entry_id: EntryId
    card: RunCard
    lead: UnitId | None = None
    helpers: tuple[UnitId, ...] = ()
    copies: tuple[UnitId, ...] = ()
    missing: tuple[Missing, ...] = ()


def card_for(
    case: Case, cards: Iterable[tuple[EntryId, RunCard]], now: datetime, zone: tzinfo
) -> tuple[EntryId, RunCard] | None:
    """Return the card that says most of a case: of the narrowest kind, then of the narrowest area, hours, urgency.

    ``zone`` is the town's: hours are those of its day. None where no card is for it.
    """
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    found = [row for row in cards if _is_for(row[1], case, now, minute)]
    return max(found, key=lambda row: (*_narrowness(row[1], case), row[0]), default=None)


def serves(need: Need, unit: Unit) -> bool:
    """Return whether a unit will do for a need."""
    if need.unit_kinds and unit.kind not in need.unit_kinds:
        return False
    if unit.unit_id in need.units:
        return True
    if need.skills:
        return any(_overlap(skill, kind) for skill in need.skills for kind in unit.kinds)
    return not need.units


def propose(entry_id: EntryId, card: RunCard, ranked: Sequence[Candidate], present: Iterable[UnitId]) -> Proposal:
    """Return whom a card would send. ``ranked``: every unit, best first; those in ``present`` can go.

    A copy is only read, so it goes to a unit that is off shift as well.
    """
    there = frozenset(present)
    units = [candidate.unit for candidate in ranked]
    seats = _seats(card, Part.LEAD, Part.HELP)
    going = _fill(seats, [unit for unit in units if unit.unit_id in there])
    taken = {unit.unit_id for unit in going if unit is not None}
    read = _seats(card, Part.COPY)
    told = _fill(read, [unit for unit in units if unit.unit_id not in taken])
    lead = next((u.unit_id for need, u in zip(seats, going, strict=True) if need.part is Part.LEAD and u), None)
    helpers = [u.unit_id for need, u in zip(seats, going, strict=True) if need.part is Part.HELP and u]
    open_seats = [need for need, unit in (*zip(seats, going, strict=True), *zip(read, told, strict=True)) if not unit]
    copies = tuple(unit.unit_id for unit in told if unit is not None)
    return Proposal(entry_id, card, lead, tuple(helpers), copies, _counted(card, open_seats))


def unmet(card: RunCard, going: Sequence[Unit], told: Sequence[Unit] = ()) -> tuple[Missing, ...]:
    """Return what a card lacks where these units go and those are told; who goes is told as well."""
    seats = _seats(card, Part.LEAD, Part.HELP)
    filled = _fill(seats, going)
    used = {unit.unit_id for unit in filled if unit is not None}
    read = _seats(card, Part.COPY)
    reached = _fill(read, [*told, *(unit for unit in going if unit.unit_id not in used)])
    pairs = (*zip(seats, filled, strict=True), *zip(read, reached, strict=True))
    return _counted(card, [need for need, unit in pairs if unit is None])


def _is_for(card: RunCard, case: Case, now: datetime, minute: int) -> bool:
    return (
        in_span(card.since, card.until, now)
        and (case.urgent or not card.urgent)
        and any(case.kind.startswith(kind) for kind in card.kinds)
        and (not card.areas or _area(card, case) > 0)
        and in_hours(card.start_min, card.end_min, minute)
    )


def _narrowness(card: RunCard, case: Case) -> tuple[int, int, bool, bool]:
    kind = max(len(kind) for kind in card.kinds if case.kind.startswith(kind))
    return kind, _area(card, case), card.start_min != card.end_min, card.urgent


def _area(card: RunCard, case: Case) -> int:
    """Return how much of the code of the case's place a card names, 0 where the case lies elsewhere."""
    codes = (case_area(case), case.grid_code or "")
    return max((len(area) for area in card.areas if any(code.startswith(area) for code in codes)), default=0)


def _overlap(skill: str, kind: str) -> bool:
    """A unit that is there for ``event.04`` can do ``event.04-03``, and the other way round it does some of it."""
    return skill.startswith(kind) or kind.startswith(skill)


def _seats(card: RunCard, *parts: Part) -> list[Need]:
    """Return a seat for each unit that is needed, the lead's first."""
    needs = sorted((need for need in card.needs if need.part in parts), key=lambda need: need.part is not Part.LEAD)
    return [need for need in needs for _ in range(need.count)]


def _fill(seats: Sequence[Need], units: Sequence[Unit]) -> list[Unit | None]:
    """Return for each seat who fills it, as many as can be; the units are given best first."""
    sitting: dict[UnitId, int] = {}
    filled: list[Unit | None] = [None] * len(seats)

    def seat(at: int, seen: set[UnitId]) -> bool:
        fitting = [unit for unit in units if serves(seats[at], unit)]
        for unit in fitting:
            if unit.unit_id not in sitting:
                return sit(at, unit)
        for unit in fitting:
            if unit.unit_id not in seen:
                seen.add(unit.unit_id)
                if seat(sitting[unit.unit_id], seen):
                    return sit(at, unit)
        return False

    def sit(at: int, unit: Unit) -> bool:
        sitting[unit.unit_id] = at
        filled[at] = unit
        return True

    for at in range(len(seats)):
        seat(at, set())
    return filled


def _counted(card: RunCard, open_seats: Sequence[Need]) -> tuple[Missing, ...]:
    counts = [Missing(need.name, sum(seat.name == need.name for seat in open_seats)) for need in card.needs]
    return tuple(missing for missing in counts if missing.count)
