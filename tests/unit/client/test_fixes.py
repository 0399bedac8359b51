"""The newest fixes read like a dictionary of positions to which each newer one was written."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from client.fixes import LatestFixes
from domain.ids import ThingId
from domain.places import Position
from domain.wire_feed import Fix, fix_of, position_of

T0 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NO_CALENDAR_MS = (-62_135_596_800_001, 253_402_300_800_000, 2**62)
"""A millisecond before the year 1, the first of the year 10000, and far beyond."""

things = st.sampled_from([ThingId(name) for name in "abc"])
positions = st.builds(
    Position,
    things,
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.integers(0, 9).map(lambda s: T0 + timedelta(seconds=s)),
)
batches = st.lists(st.one_of(st.lists(positions, max_size=4), st.sets(things)), max_size=8)


@given(st.lists(positions, max_size=3, unique_by=lambda p: p.thing), batches)
def test_fixes_read_like_a_dictionary_of_the_newest(
    first: list[Position], steps: list[list[Position] | set[ThingId]]
) -> None:
    latest, plain = LatestFixes(first), {p.thing: p for p in first}
    for step in steps:
        if isinstance(step, set):
            assert latest.drop(step) == {thing for thing in step if plain.pop(thing, None) is not None}
            continue
        fresh = set()
        for position in step:
            if position.thing not in plain or plain[position.thing].fixed_at <= position.fixed_at:
                plain[position.thing] = position
                fresh.add(position.thing)
        assert latest.take(map(fix_of, step)) == fresh
    assert dict(latest) == plain
    assert len(latest) == len(plain)
    assert [position_of(fix) for fix in latest.of(plain)] == list(plain.values())
    assert latest.of([ThingId("unheard of")]) == []


def test_a_fix_of_a_time_no_calendar_knows_is_passed_over_and_the_last_of_one_is_kept() -> None:
    latest = LatestFixes()
    assert latest.take(Fix(ThingId("a"), 120.0, 30.0, at) for at in NO_CALENDAR_MS) == frozenset()
    assert not latest
    ends = [
        Fix(ThingId("first"), 120.0, 30.0, NO_CALENDAR_MS[0] + 1),
        Fix(ThingId("last"), 120.0, 30.0, NO_CALENDAR_MS[1] - 1),
    ]
    assert latest.take(ends) == {"first", "last"}
    assert [latest[ThingId(thing)].fixed_at.year for thing in ("first", "last")] == [1, 9999]
