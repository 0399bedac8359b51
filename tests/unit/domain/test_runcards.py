"""Run cards: which is for a case, that no need stays open that could be met, and what is said of those that cannot."""

from datetime import datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import msgspec
import pytest
from domain_factories import MONDAY, Ledger, refusal
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.case import Case
from domain.ids import EntryId, GridCode, UnitId
from domain.people import Unit, UnitKind
from domain.recommend import rank
from domain.register import EntryKind, checked_body
from domain.register_runcard import Need, Part, RunCard
from domain.register_shapes import in_hours
from domain.runcards import Missing, Proposal, card_for, propose, serves, unmet

ZONE = ZoneInfo("Asia/Shanghai")
LEAD = Need("燃气抢修", Part.LEAD, skills=("event.04-03",))
CARD = RunCard("燃气泄漏", ("event.04-03",), (LEAD, Need("断电", skills=("part.01-28",))))
UNITS = tuple(
    Unit(UnitId(f"u{n}"), f"{n}队", kind, kinds)
    for n, kind, kinds in (
        (1, UnitKind.TEAM, ("event.04",)),
        (2, UnitKind.TEAM, ("event.04-03", "part.01-28")),
        (3, UnitKind.DEPARTMENT, ("part.01",)),
        (4, UnitKind.CREW, ()),
    )
)


def _case(**fields: object) -> Case:
    return replace(Ledger().report(), kind="event.04-03", **fields)


def _propose(card: RunCard, units: tuple[Unit, ...] = UNITS, present: set[str] | None = None) -> Proposal:
    ranked = rank(_case(), units, {}, {}, MONDAY)
    there = {u.unit_id for u in units} if present is None else {UnitId(u) for u in present}
    return propose(EntryId("c"), card, ranked, there)


def test_a_set_is_a_lead_and_helpers_and_nobody_twice() -> None:
    both = _propose(CARD)
    assert (both.lead, both.helpers, both.missing) == ("u1", ("u2",), ())
    alone = _propose(CARD, present={"u2"})
    assert (alone.lead, alone.helpers, alone.missing) == ("u2", (), (Missing("断电", 1),))
    assert _propose(CARD, present=set()).missing == (Missing("燃气抢修", 1), Missing("断电", 1))


def test_whoever_could_do_both_is_seated_where_no_other_can() -> None:
    """The best for the lead is the only one for the help: the lead goes to another."""
    card = replace(CARD, needs=(LEAD, Need("电工", units=(UnitId("u1"),))))
    assert (_propose(card).lead, _propose(card).helpers) == ("u2", ("u1",))


def test_a_copy_is_read_off_shift_as_well_but_goes_to_nobody_who_goes() -> None:
    card = replace(CARD, needs=(LEAD, Need("知会", Part.COPY, 2, unit_kinds=(UnitKind.TEAM, UnitKind.DEPARTMENT))))
    found = _propose(card, present={"u1"})
    assert found.lead == "u1"
    assert set(found.copies) == {"u2", "u3"}


NEEDS = st.lists(
    st.builds(
        lambda skills, count, part: (skills, count, part),
        st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=2, unique=True),
        st.integers(1, 2),
        st.just(Part.HELP),
    ),
    max_size=2,
)
CREWS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=3, unique=True), max_size=5)


@settings(max_examples=60)
@given(NEEDS, CREWS, st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=2, unique=True))
def test_no_need_stays_open_that_could_be_met(
    helps: list[tuple[list[str], int, Part]], crews: list[list[str]], lead: list[str]
) -> None:
    needs = [Need("n0", Part.LEAD, skills=tuple(lead))]
    needs += [Need(f"n{i}", part, count, tuple(skills)) for i, (skills, count, part) in enumerate(helps, 1)]
    card = RunCard("x", ("event",), tuple(needs))
    units = tuple(Unit(UnitId(f"u{i}"), "", UnitKind.TEAM, tuple(kinds)) for i, kinds in enumerate(crews))
    found = _propose(card, units)
    seats = [need for need in needs for _ in range(need.count)]
    padded: list[Unit | None] = [*units, *[None] * len(seats)]
    best = max(
        sum(unit is not None and serves(seat, unit) for seat, unit in zip(seats, order, strict=False))
        for order in set(permutations(padded, len(seats)))
    )
    going = [u for u in (found.lead, *found.helpers) if u is not None]
    assert len(going) == len(set(going)) == best
    assert sum(m.count for m in found.missing) == len(seats) - best
    chosen = [unit for unit in units if unit.unit_id in going]
    assert sum(m.count for m in unmet(card, chosen)) == len(seats) - best


def test_what_people_choose_is_measured_by_the_card() -> None:
    assert unmet(CARD, UNITS[:2]) == ()
    assert unmet(CARD, UNITS[:1]) == (Missing("断电", 1),)
    assert unmet(CARD, UNITS[3:]) == (Missing("燃气抢修", 1), Missing("断电", 1))
    told = replace(CARD, needs=(LEAD, Need("知会", Part.COPY, unit_kinds=(UnitKind.DEPARTMENT,))))
    assert unmet(told, UNITS[:1], UNITS[2:3]) == ()
    assert unmet(told, UNITS[:3]) == (), "who goes is told as well"


@pytest.mark.parametrize(
    ("need", "served"),
    [
        (Need("x", skills=("event.04-03",)), {"u1", "u2"}),
        (Need("x", skills=("part",)), {"u2", "u3"}),
        (Need("x", units=(UnitId("u4"),)), {"u4"}),
        (Need("x", skills=("part",), units=(UnitId("u4"),)), {"u2", "u3", "u4"}),
        (Need("x", unit_kinds=(UnitKind.CREW,)), {"u4"}),
        (Need("x", skills=("part",), unit_kinds=(UnitKind.DEPARTMENT,)), {"u3"}),
    ],
)
def test_who_serves_a_need(need: Need, served: set[str]) -> None:
    assert {unit.unit_id for unit in UNITS if serves(need, unit)} == served


def test_the_card_that_says_most_is_the_one() -> None:
    case = _case(area="330699103001", grid_code=GridCode("330699103001004"))
    wide, narrow = replace(CARD, kinds=("event",)), CARD
    here = replace(CARD, kinds=("event",), areas=("330699103001",))
    grid = replace(CARD, areas=("330699103001004",))
    there = replace(CARD, areas=("330699103002",))
    rows = {"wide": wide, "narrow": narrow, "here": here, "grid": grid, "there": there}

    def found(*names: str, at: datetime = MONDAY, of: Case = case) -> str | None:
        row = card_for(of, [(EntryId(n), rows[n]) for n in names], at, ZONE)
        return None if row is None else row[0]

    assert found("wide", "narrow") == "narrow"
    assert found("wide", "here") == "here"
    assert found("wide", "narrow", "here", "grid", "there") == "grid"
    assert found("there") is None
    rows["night"] = replace(CARD, start_min=22 * 60, end_min=6 * 60)
    assert found("narrow", "night") == "narrow", "nine in the morning"
    assert found("narrow", "night", at=MONDAY + timedelta(hours=14)) == "night", "eleven at night"
    rows["urgent"] = replace(CARD, urgent=True)
    assert found("narrow", "urgent") == "narrow"
    assert found("narrow", "urgent", of=replace(case, urgent=True)) == "urgent"


def test_a_card_counts_from_its_moment_until_its_end() -> None:
    row = (EntryId("c"), replace(CARD, since=MONDAY, until=MONDAY + timedelta(days=1)))
    second = timedelta(microseconds=1)
    for at, is_found in (
        (MONDAY - second, False),
        (MONDAY, True),
        (MONDAY + timedelta(days=1) - second, True),
        (MONDAY + timedelta(days=1), False),
    ):
        assert (card_for(_case(), [row], at, ZONE) is not None) == is_found


@given(st.integers(0, 1439), st.integers(0, 1440), st.integers(0, 1439))
def test_hours_and_the_other_hours_are_the_day(start: int, end: int, minute: int) -> None:
    if start == end % 1440:
        assert in_hours(start, end, minute)
    elif end < 1440:
        assert in_hours(start, end, minute) != in_hours(end, start, minute)
    else:
        assert in_hours(start, end, minute) == (minute >= start)


@pytest.mark.parametrize(
    ("card", "key"),
    [
        (replace(CARD, needs=CARD.needs[1:]), "run_card_one_lead"),
        (replace(CARD, needs=(replace(LEAD, count=2),)), "run_card_one_lead"),
        (replace(CARD, needs=(LEAD, Need("x"))), "run_card_need_of_nothing"),
        (replace(CARD, needs=(LEAD, replace(LEAD, part=Part.HELP))), "run_card_need_twice"),
        (replace(CARD, needs=(LEAD, *(Need(f"n{i}", count=10, skills=("a",)) for i in range(3)))), "run_card_too_many"),
        (replace(CARD, since=MONDAY, until=MONDAY), "ends_before_it_begins"),
        (replace(CARD, since=datetime(2026, 1, 1)), "moment_without_offset"),
        (replace(CARD, needs=(replace(LEAD, count=0),)), "entry_body_bad"),
        (replace(CARD, kinds=()), "entry_body_bad"),
        (replace(CARD, end_min=1441), "entry_body_bad"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(card: RunCard, key: str) -> None:
    fault = refusal(lambda: checked_body(EntryKind.RUN_CARD, msgspec.to_builtins(card)))
    assert fault is not None
    assert fault.key == key
