"""People and vehicles on the map after any fixes, departures and cases are those a map made anew would show."""

import asyncio
from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.picture import Picture
from console.holdings import Holdings
from console.thingfeed import ThingFeed
from domain.case import Case, Rules
from domain.clock import ServiceClock, WorkCalendar
from domain.ids import AccountId, CaseNo, DivisionCode, StaffId, ThingId, UnitId
from domain.people import Shift, Staff, Unit, UnitKind, Vehicle
from domain.states import CaseState, Channel
from domain.wire import Me, Snapshot, TownInfo
from domain.wire_feed import Fix, Fixes
from layers.mercator import to_plane
from layers.positions.model import PositionsModel
from layers.trail.model import TrailModel
from resources.words import Words
from widgets.names import Names

T0 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
T0_MS = int(T0.timestamp()) * 1000
UNITS = [UnitId("a"), UnitId("b")]
STAFF = [StaffId(f"s{i}") for i in range(6)]
VEHICLES = [ThingId("v0"), ThingId("v1")]
THINGS = [*map(ThingId, STAFF), *VEHICLES, ThingId("nobody")]


def picture() -> Picture:
    shift = Shift(T0, T0 + timedelta(hours=8))
    return Picture(
        Snapshot(
            epoch="e",
            head=0,
            clock=ServiceClock(real_origin=T0, service_origin=T0),
            me=Me(account=AccountId("ann"), name="Ann", roles=frozenset()),
            town=TownInfo(DivisionCode("330699103"), "清溪镇", "Qingxi", True, WorkCalendar(), Rules(stage={}), (), ()),
            units=tuple(Unit(unit, f"单位{unit}", UnitKind.TEAM) for unit in UNITS),
            staff=tuple(Staff(who, f"人{who}", UNITS[i % 2], frozenset(), None, shift) for i, who in enumerate(STAFF)),
            vehicles=tuple(Vehicle(what, f"车{what}", UNITS[i % 2]) for i, what in enumerate(VEHICLES)),
            cases=(),
            positions=(),
            geometry="g",
        )
    )


def case(number: int, unit: UnitId, *, arrived: bool) -> Case:
    return Case(
        case_no=CaseNo(f"c{number}"),
        version=1,
        state=CaseState.HANDLING,
        kind="k",
        title="t",
        channel=Channel.HOTLINE,
        opened_at=T0,
        stage_since=T0,
        lead_unit=unit,
        dispatched_at=T0,
        signed_at=T0 + timedelta(minutes=1),
        arrived_at=T0 + timedelta(minutes=2) if arrived else None,
    )


FIXES = st.builds(
    Fix,
    st.sampled_from(THINGS),
    st.floats(120.6, 120.9),
    st.floats(29.6, 29.8),
    st.integers(0, 900).map(lambda s: T0_MS + s * 1000),
    heading_deg=st.none() | st.floats(0, 359.9),
)
STEPS = st.lists(
    st.tuples(st.just("fixes"), st.lists(FIXES, max_size=6))
    | st.tuples(st.just("gone"), st.lists(st.sampled_from(THINGS), max_size=3))
    | st.tuples(st.just("case"), st.tuples(st.integers(0, 2), st.sampled_from(UNITS), st.booleans()))
    | st.tuples(st.just("flush"), st.none()),
    max_size=25,
)


def shown(model: PositionsModel) -> dict[str, tuple[object, ...]]:
    table = model.table
    return {
        key: (mark.name, mark.vehicle, mark.state, mark.bound_for, mark.lines, round(x, 4), round(y, 4), at, code)
        for key, mark, x, y, at, code in zip(
            table.keys, table.marks, table.xs.tolist(), table.ys.tolist(), table.times.tolist(),
            table.codes.tolist(), strict=True,
        )
    }  # fmt: skip


@settings(max_examples=150)
@given(STEPS)
def test_what_is_kept_up_to_date_is_what_is_made_anew(steps: list[tuple[str, object]]) -> None:
    room, holdings, names = picture(), Holdings(), Names(Words("zh-CN"))
    names.set_people(room.units.values(), room.members.values(), room.vehicles.values())
    feed, model = ThingFeed(names, holdings, TrailModel()), PositionsModel()
    units: set[UnitId] = set()
    for what, value in [*steps, ("flush", None)]:
        if what == "fixes":
            delta = room.apply(Fixes(tuple(value)))  # type: ignore[arg-type]
            feed.take(delta.positions, delta.gone)
        elif what == "gone":
            delta = room.apply(Fixes((), gone=tuple(value)))  # type: ignore[arg-type]
            feed.take(delta.positions, delta.gone)
        elif what == "case":
            number, unit, arrived = value  # type: ignore[misc]
            units |= holdings.note(case(number, unit, arrived=arrived))
        else:
            feed.flush(room, model, units)
            units = set()
    anew = PositionsModel()
    anew.replace(asyncio.run(ThingFeed(names, holdings, TrailModel()).described(room)))
    assert shown(model) == shown(anew)


def test_who_only_moves_is_not_described_anew() -> None:
    room, names = picture(), Names(Words("zh-CN"))
    feed, model = ThingFeed(names, Holdings(), TrailModel()), PositionsModel()
    for second, heading in ((0, 0.0), (1, 90.0), (2, 90.0)):
        delta = room.apply(Fixes((Fix(THINGS[0], 120.7 + second / 1000, 29.7, T0_MS + second * 1000, 1.0, heading),)))
        feed.take(delta.positions, delta.gone)
        feed.flush(room, model, set())
        assert model.table.times.tolist() == [T0.timestamp() + second]
    assert model.marks_revision == 1, "described once"
    assert model.codes_revision == 2, "and turned once"
    assert model.place(THINGS[0]) == pytest.approx(to_plane(120.702, 29.7))


@pytest.mark.parametrize(("lon", "lat"), [(nan, 29.7), (120.7, nan), (1e9, 29.7), (120.7, -inf)])
def test_a_place_that_cannot_be_drawn_leaves_a_thing_where_it_was(lon: float, lat: float) -> None:
    room, names = picture(), Names(Words("zh-CN"))
    feed, model = ThingFeed(names, Holdings(), TrailModel()), PositionsModel()
    for at in ((120.7, 29.7), (lon, lat)):
        delta = room.apply(Fixes(tuple(Fix(thing, *at, T0_MS) for thing in THINGS[:2])))
        feed.take(delta.positions, delta.gone)
        feed.flush(room, model, set())
    assert [model.place(thing) for thing in THINGS[:2]] == [pytest.approx(to_plane(120.7, 29.7))] * 2
