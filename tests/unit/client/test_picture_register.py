"""The register in the picture: however it is cut and resumed, it ends as the log says; readings are the latest ones."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from client.picture import Picture
from domain.change import Change, Subject
from domain.ids import AccountId, EntryId
from domain.reading import Reading, ReadingState, state_at
from domain.register import PUT, REMOVE, Entry, EntryKind, fold_entry, subject_id
from domain.wire_feed import Changes, Readings
from tests.unit.client.peer import T0, snapshot

Shown = dict[tuple[EntryKind, EntryId], Entry]


def log_of(steps: list[tuple[int, bool, str]]) -> list[Change]:
    """A log over a few hazards: which one, whether it is put, and the division it lies in then."""
    versions: dict[int, int] = {}
    log = []
    for seq, (which, put, area) in enumerate(steps, start=1):
        versions[which] = versions.get(which, 0) + 1
        data: dict[str, Any] = {"author": "li", "area": area, "body": {"name": str(seq)}}
        subject = subject_id(EntryKind.CAMERA, f"h{which}")
        action = PUT if put else REMOVE
        log.append(Change(seq, Subject.ENTRY, subject, action, AccountId("li"), T0, versions[which], data=data))
    return log


def state_after(log: list[Change], area: str) -> Shown:
    last = {change.subject_id: fold_entry(change) for change in log}
    return {(e.kind, e.entry_id): e for e in last.values() if not e.removed and e.area.startswith(area)}


def shown(picture: Picture) -> Shown:
    return {(e.kind, e.entry_id): e for e in picture.entries_of(EntryKind.CAMERA)}


STEPS = st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from(["330699103001", "330699103002"])))


@settings(max_examples=120)
@given(STEPS, st.data(), st.sampled_from(["", "330699103001"]))
def test_any_cut_and_resume_ends_as_the_log_says(
    steps: list[tuple[int, bool, str]], data: st.DataObject, area: str
) -> None:
    log = log_of(steps)
    start = data.draw(st.integers(0, len(log)))
    first = snapshot(start, entries=tuple(state_after(log[:start], area).values()))
    picture = Picture(first)
    picture.me = replace(picture.me, area=area)
    while picture.head < len(log):
        before = shown(picture)
        last = data.draw(st.integers(picture.head + 1, len(log)))
        delta = picture.apply(Changes(tuple(log[max(0, picture.head - 2) : last])))
        now = shown(picture)
        altered = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
        assert altered <= delta.entries, "who shows it is told of everything that altered"
    assert shown(picture) == state_after(log, area)


def test_an_entry_of_a_later_program_is_passed_over() -> None:
    picture = Picture(snapshot(0))
    log = [Change(1, Subject.ENTRY, "moonbase:1", PUT, AccountId("li"), T0, 1, data={"author": "li", "body": {}})]
    delta = picture.apply(Changes(tuple(log)))
    assert (picture.head, delta.entries, delta.resync) == (1, frozenset(), None)


def reading(name: str, seconds: int, state: ReadingState = ReadingState.OK) -> Reading:
    return Reading(EntryId(name), T0 + timedelta(seconds=seconds), state)


def test_readings_are_the_latest_and_a_whole_takes_away_the_rest() -> None:
    picture = Picture(snapshot(0, readings=(reading("a", 5), reading("b", 5))))
    a, b = reading("a", 5).key, reading("b", 5).key
    assert picture.apply(Readings((reading("a", 3, ReadingState.ALARM),))).readings == frozenset()
    assert picture.readings[a].state is ReadingState.OK
    assert picture.apply(Readings((reading("a", 6, ReadingState.ALARM),))).readings == {a}
    assert picture.apply(Readings((reading("a", 7),), whole=True)).readings == {a, b}
    assert picture.readings.keys() == {a}
    assert picture.apply(Readings((), gone=(a, b))).readings == {a}


def test_who_is_silent_too_long_is_offline() -> None:
    said = reading("a", 0, ReadingState.ALARM)
    assert state_at(said, 60, T0 + timedelta(seconds=60)) is ReadingState.ALARM
    assert state_at(said, 60, T0 + timedelta(seconds=61)) is ReadingState.OFFLINE
    assert state_at(None, 60, T0) is ReadingState.OFFLINE
