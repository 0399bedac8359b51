"""Rules of shift and outbox: what a handover names, who may sign it, what differs, until when a step holds."""

from datetime import timedelta

import msgspec
import pytest
from domain_factories import CALENDAR, MONDAY, RULES
from hypothesis import given
from hypothesis import strategies as st

from domain.case import Case, OpenRequest
from domain.change import Change, Subject
from domain.differences import COMPARED, chosen_args, differences, seen_of
from domain.faults import Fault
from domain.handover import open_items
from domain.ids import AccountId, CaseNo
from domain.machine import STEPS
from domain.not_after import KEY_KEPT, KEY_MARGIN, SENDS_PEOPLE, is_descriptive, not_after, patience, too_old_to_repeat
from domain.register_shift import MOST_ITEMS, Handover, HandoverItem, ItemKind, Post, duty_step, handover_step
from domain.states import CaseState, Channel, RequestKind, Supervise

NOW = MONDAY + timedelta(hours=4)


def case(no: str = "c1", state: CaseState = CaseState.REPORTED, **fields: object) -> Case:
    base = Case(CaseNo(no), 1, state, "0102", f"件{no}", Channel.HOTLINE, MONDAY, MONDAY)
    return msgspec.structs.replace(base, **fields)


def kinds(*cases: Case, told: tuple[Change, ...] = ()) -> list[ItemKind]:
    return [item.kind for item in open_items(cases, told, RULES, CALENDAR, NOW)]


def test_a_handover_names_what_the_field_names() -> None:
    asked = OpenRequest(RequestKind.EXTENSION, MONDAY, AccountId("li"), "weather")
    assert kinds(case()) == [ItemKind.OVERDUE]
    assert kinds(case(state=CaseState.HANDLING, supervise=Supervise.YELLOW)) == [ItemKind.SUPERVISED]
    assert kinds(case(state=CaseState.HANDLING, request=asked)) == [ItemKind.REQUEST]
    soon = case(state=CaseState.SUSPENDED, resume_at=NOW + timedelta(hours=3))
    assert kinds(soon, case("c2", CaseState.SUSPENDED, resume_at=NOW + timedelta(days=9))) == [ItemKind.SUSPENDED]
    closed = case(state=CaseState.CLOSED, closed_at=NOW - timedelta(hours=1))
    assert kinds(closed, case("c2", CaseState.CLOSED, closed_at=NOW - timedelta(days=9))) == [ItemKind.CALLBACK]
    assert kinds(case(state=CaseState.VOIDED), case("c2", CaseState.MERGED)) == []
    told = Change(9, Subject.CASE, "c1", "instruct", AccountId("zhao"), NOW, data={"text": "今天务必处理"})
    items = open_items([case()], [told], RULES, CALENDAR, NOW)
    assert [(item.kind, item.text) for item in items][-1] == (ItemKind.INSTRUCTED, "件c1 今天务必处理")


def test_the_gravest_comes_first_and_there_is_a_bound() -> None:
    many = [case(f"c{n:04d}", supervise=Supervise.RED) for n in range(MOST_ITEMS)]
    found = kinds(*many)
    assert len(found) == MOST_ITEMS
    assert found == [ItemKind.OVERDUE] * MOST_ITEMS


def sheet(**fields: object) -> dict[str, object]:
    body = Handover("席", NOW, (HandoverItem(ItemKind.OVERDUE, "一"), HandoverItem(ItemKind.OUTBOX, "二")))
    return dict(msgspec.to_builtins(msgspec.structs.replace(body, **fields)))


@pytest.mark.parametrize(
    ("held", "body", "own", "fault"),
    [
        (None, sheet(), True, None),
        (None, sheet(received=True), True, "handover_by_one"),
        (sheet(), sheet(remarks="改"), True, None),
        (sheet(), None, True, None),
        (sheet(), sheet(received=True), True, "handover_by_one"),
        (sheet(), sheet(received=True), False, None),
        (sheet(), sheet(received=True, answer="已知"), False, None),
        (sheet(), sheet(remarks="改"), False, "handover_of_another"),
        (sheet(), sheet(received=True, remarks="改"), False, "handover_altered"),
        (sheet(), sheet(received=True, items=()), False, "handover_altered"),
        (sheet(), None, False, "handover_of_another"),
        (sheet(received=True), None, True, "handover_signed"),
        (sheet(received=True), sheet(), True, "handover_signed"),
        (sheet(received=True), sheet(), False, "handover_signed"),
    ],
)
def test_a_handover_is_signed_by_two(held: object, body: object, own: bool, fault: str | None) -> None:
    if fault is None:
        handover_step(held, body, own=own)  # type: ignore[arg-type]
        return
    with pytest.raises(Fault, match=fault):
        handover_step(held, body, own=own)  # type: ignore[arg-type]


@given(st.sets(st.integers(0, 5)))
def test_it_is_received_only_when_every_line_was_read(read: set[int]) -> None:
    body = Handover("席", NOW, tuple(HandoverItem(ItemKind.OVERDUE, str(n)) for n in range(4)), received=True)
    body = msgspec.structs.replace(body, read=tuple(sorted(read)))
    if read == {0, 1, 2, 3}:
        body.check()
        return
    with pytest.raises(Fault, match="handover_unread"):
        body.check()


def test_nobody_is_put_on_a_post_by_another() -> None:
    duty = {"post": "席", "since": "2026-03-02T00:00:00Z"}
    duty_step(None, duty, own=True)
    duty_step(duty, None, own=False)
    with pytest.raises(Fault, match="duty_of_another"):
        duty_step(duty, duty, own=False)
    Post("席").check()


def test_what_differs_is_told_field_by_field_and_a_choice_only_where_both_spoke() -> None:
    seen = seen_of(case())
    assert set(seen) == set(COMPARED)
    now = case(address="新址", kind="0302", state=CaseState.PENDING_FILE)
    found = {d.field: d for d in differences(seen, now, {"kind": "0103", "text": "备注"})}
    assert set(found) == {"state", "kind", "address"}
    assert found["kind"].is_choice
    assert not found["address"].is_choice
    assert (found["address"].seen, found["address"].theirs) == ("", "新址")
    args = {"kind": "0103", "text": "备注"}
    assert chosen_args(args, now, frozenset()) == args
    assert chosen_args(args, now, frozenset({"kind"})) == {"kind": "0302", "text": "备注"}
    moved = case(lon=120.5, lat=29.5)
    args = {"place": [120.1, 29.5]}
    (place,) = differences(seen, moved, args)
    assert (place.field, place.is_choice) == ("place", True)
    assert chosen_args(args, moved, frozenset({"place"})) == {"place": [120.5, 29.5]}, "never half of each"
    agreed = differences(seen, now, {"kind": "0302"})
    assert not any(d.is_choice for d in agreed), "who said the same has nothing to choose"


@given(st.sampled_from(sorted(STEPS)))
def test_every_step_has_an_end_before_the_service_forgets_its_key(action: str) -> None:
    assert timedelta() < patience(action) < KEY_KEPT - KEY_MARGIN
    assert not_after(action, NOW) == NOW + patience(action)
    assert not (is_descriptive(action) and patience(action) <= SENDS_PEOPLE)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=20)))
def test_nothing_is_repeated_near_the_end_of_its_key(age: timedelta) -> None:
    assert too_old_to_repeat(NOW, NOW + age) == (age > timedelta(days=6, hours=12))
