"""The picture: whatever is cut, repeated or resumed, it ends equal to the full fold."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from client.picture import Picture
from domain.change import Change, Subject
from domain.fold import fold_all
from domain.ids import AccountId, CaseNo, ThingId
from domain.places import Position
from domain.wire import Outcome
from domain.wire_feed import CaseViewers, Changes, Fix, Fixes, Hello, KeepAlive, Resync, Skip, Viewers, fix_of
from tests.unit.client.peer import CLOCK, T0, noted, reported, snapshot

ACTIONS = ("note", "accept", "mark_urgent", "note")


def log_of(picks: list[int]) -> list[Change]:
    """A log over a few cases: each pick is the case the next change is about."""
    versions: dict[int, int] = {}
    log = []
    for seq, pick in enumerate(picks, start=1):
        version = versions.get(pick, 0) + 1
        versions[pick] = version
        number = f"c{pick}"
        log.append(reported(seq, number) if version == 1 else noted(seq, number, version, ACTIONS[seq % 4]))
    return log


def state_at(log: list[Change], head: int) -> dict[CaseNo, object]:
    numbers = {c.subject_id for c in log[:head]}
    return {CaseNo(n): fold_all(c for c in log[:head] if c.subject_id == n) for n in numbers}


@settings(max_examples=50)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.data())
def test_any_cut_and_resume_ends_equal_to_the_full_fold(picks: list[int], data: st.DataObject) -> None:
    log = log_of(picks)
    start = data.draw(st.integers(0, len(log)), "snapshot at")
    picture = Picture(snapshot(start, cases=tuple(state_at(log, start).values())))
    while picture.head < len(log):
        # a batch that may begin before the head (said again) and end anywhere; now and then one is lost
        first = data.draw(st.integers(max(0, picture.head - 3), min(len(log) - 1, picture.head + 2)), "first")
        last = data.draw(st.integers(first + 1, len(log)), "last")
        delta = picture.apply(Changes(changes=tuple(log[first:last])))
        hole = first > picture.head
        assert (delta.resync == "hole") == hole
        assert not delta.fetch
        if hole and data.draw(st.booleans(), "snapshot again"):
            head = data.draw(st.integers(picture.head, len(log)), "new snapshot at")
            picture.load(snapshot(head, cases=tuple(state_at(log, head).values())))
    assert picture.cases == state_at(log, len(log))


@settings(max_examples=100)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=30), st.data())
def test_skipped_changes_are_made_good_by_fetching_the_case(picks: list[int], data: st.DataObject) -> None:
    log = log_of(picks)
    hidden = data.draw(st.sets(st.integers(1, len(log) - 1)), "hidden numbers")
    picture = Picture(snapshot(0))
    for change in log:
        if change.seq in hidden:
            assert picture.apply(Skip(first=change.seq, last=change.seq)).empty
            continue
        picture.apply(Changes(changes=(change,)))
        if picture.wanted and data.draw(st.booleans(), "answer arrives"):
            number = sorted(picture.wanted)[0]
            # the service answers with the case as of some moment: perhaps before the last change we heard
            as_of = data.draw(st.integers(min(c.seq for c in log if c.subject_id == number), change.seq), "as of")
            case = state_at(log, as_of)[number]
            picture.put_case(case)  # type: ignore[arg-type]
    final = state_at(log, len(log))
    for number in list(picture.wanted):
        picture.put_case(final[number])  # type: ignore[arg-type]
    assert not picture.wanted
    seen = {c.subject_id for c in log if c.seq not in hidden}
    last_seen = {n: max(c.version for c in log if c.subject_id == n and c.seq not in hidden) for n in seen}
    for number in seen:
        held = picture.cases[CaseNo(number)]
        assert held.version >= last_seen[number]
        upto = [c for c in log if c.subject_id == number][: held.version]
        assert held == fold_all(upto)


def test_a_hole_stops_folding_at_the_hole() -> None:
    picture = Picture(snapshot(0))
    delta = picture.apply(Changes(changes=(reported(1, "a"), reported(3, "b"))))
    assert delta.resync == "hole"
    assert picture.head == 1
    assert set(picture.cases) == {"a"}


def test_a_keepalive_tells_of_a_lost_change_and_of_nothing_else() -> None:
    picture = Picture(snapshot(0))
    assert picture.apply(KeepAlive(head=0, at=T0)).resync is None
    picture.apply(Changes(changes=(reported(1, "a"),)))
    assert picture.apply(KeepAlive(head=1, at=T0)).resync is None
    assert picture.apply(KeepAlive(head=2, at=T0)).resync == "hole"


def test_skip_that_leaves_a_hole_asks_for_a_resync() -> None:
    picture = Picture(snapshot(3))
    assert picture.apply(Skip(first=5, last=9)).resync == "hole"
    assert picture.apply(Skip(first=2, last=6)).resync is None
    assert picture.head == 6


def test_another_epoch_or_a_head_behind_ours_asks_for_a_resync() -> None:
    picture = Picture(snapshot(9))
    assert picture.apply(Hello(epoch="e1", head=12, clock=CLOCK)).resync is None
    assert picture.apply(Hello(epoch="e2", head=12, clock=CLOCK)).resync == "other_epoch"
    assert picture.apply(Hello(epoch="e1", head=8, clock=CLOCK)).resync == "other_epoch"
    assert picture.apply(Resync(reason="too_old")).resync == "too_old"


def test_who_has_what_open_is_folded_and_ends_with_the_line() -> None:
    picture = Picture(snapshot(9))
    a, b, li, wang = CaseNo("a"), CaseNo("b"), AccountId("li"), AccountId("wang")
    assert picture.apply(Viewers((CaseViewers(a, (li,)),), whole=True)).viewers == {a}
    assert picture.apply(Viewers((CaseViewers(a, ()), CaseViewers(b, (li, wang))))).viewers == {a, b}
    assert picture.viewers == {b: (li, wang)}
    assert picture.apply(Viewers((CaseViewers(a, (wang,)),), whole=True)).viewers == {a, b}
    assert picture.viewers == {a: (wang,)}
    assert picture.apply(Hello(epoch="e1", head=12, clock=CLOCK)).viewers == {a}
    assert picture.viewers == {}


def test_an_unreadable_change_on_a_case_fetches_that_case_and_harms_no_other() -> None:
    picture = Picture(snapshot(0))
    broken = msgspec.structs.replace(reported(1, "bad"), data={"nothing": "of use"})
    delta = picture.apply(Changes(changes=(broken, reported(2, "good"))))
    assert delta.fetch == {"bad"}
    assert set(picture.cases) == {"good"}
    assert picture.head == 2


def test_changes_of_grids_and_units_ask_for_reference_data() -> None:
    picture = Picture(snapshot(0))

    def about(seq: int, subject: Subject) -> Change:
        return Change(seq=seq, subject=subject, subject_id="x", action="imported", actor=AccountId("i"), recorded_at=T0)

    unit = picture.apply(Changes(changes=(about(1, Subject.UNIT),)))
    assert (unit.reference, unit.shapes) == (True, False)
    grid = picture.apply(Changes(changes=(about(2, Subject.GRID),)))
    assert (grid.reference, grid.shapes) == (True, True)
    assert not picture.apply(Changes(changes=(about(3, Subject.EXPORT),))).reference


def test_our_own_outcome_shows_at_once_and_its_echo_changes_nothing() -> None:
    picture = Picture(snapshot(0))
    first = reported(1, "a")
    picture.apply(Changes(changes=(first,)))
    second = noted(2, "a", 2, "accept")
    after = fold_all([first, second])
    assert picture.put_outcome(Outcome(change=second, case=after)).cases == {"a"}
    assert picture.head == 1
    echo = picture.apply(Changes(changes=(second,)))
    assert picture.head == 2
    assert echo.cases == frozenset()
    assert picture.cases[CaseNo("a")] == after


def test_a_position_never_goes_back_in_time_and_gone_things_go() -> None:
    picture = Picture(snapshot(0))
    old = Position(thing=ThingId("s1"), lon=120.0, lat=29.0, fixed_at=T0)
    new = Position(thing=ThingId("s1"), lon=120.1, lat=29.0, fixed_at=T0.replace(hour=2))
    assert picture.apply(Fixes((fix_of(new),))).positions == {"s1"}
    assert picture.apply(Fixes((fix_of(old),))).empty
    assert picture.positions[ThingId("s1")].lon == 120.1
    assert picture.apply(Fixes((), gone=(ThingId("s1"), ThingId("s2")))).gone == {"s1"}


def test_the_whole_of_the_positions_replaces_what_was_held() -> None:
    picture = Picture(snapshot(0))
    places = [Position(thing=ThingId(name), lon=120.0, lat=29.0, fixed_at=T0) for name in ("s1", "s2", "s3")]
    picture.apply(Fixes(tuple(fix_of(p) for p in places)))
    delta = picture.apply(Fixes((fix_of(places[1]),), whole=True))
    assert delta.gone == {"s1", "s3"}
    assert picture.positions == {ThingId("s2"): places[1]}


def test_a_time_no_calendar_knows_is_passed_over() -> None:
    picture = Picture(snapshot(0))
    fix = Fix(ThingId("s1"), 120.0, 29.0, 2**60)
    assert picture.apply(Fixes((fix,))).empty
