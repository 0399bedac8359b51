"""The machine under random use: no illegal step, replay equals state, and no case that nobody can bring to an end."""

from datetime import timedelta

import msgspec
import pytest
from domain_factories import ALL_ROLES, UNITS, WORKER, WORKER_2, Ledger, actor_for, arguments, refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.change import Change
from domain.command import Command
from domain.decide import NOT_COMMANDS, allowed_steps, decide
from domain.fold import fold, fold_all
from domain.ids import AccountId
from domain.machine import STEPS, TABLE, Step
from domain.people import Actor, Role
from domain.states import ENDED, OPEN, CaseState, Channel
from domain.step import ROOM
from domain.timing import HANDLING_STATES
from resources.words import load_words

S = CaseState

# domain.md 2.2 and 2.2a, copied by hand: number -> (from, to). None as target: the state stays.
PAPER: dict[str, set[tuple[CaseState, CaseState | None]]] = {
    "T1": {(S.DRAFT, S.REPORTED)},
    "T2": {(S.REPORTED, S.VERIFYING)},
    "T3": {(S.VERIFYING, S.REPORTED)},
    "T4": {(S.REPORTED, S.PENDING_FILE)},
    "T5": {(S.REPORTED, S.REJECTED)},
    "T6": {(S.PENDING_FILE, S.PENDING_DISPATCH)},
    "T7": {(S.PENDING_FILE, S.REPORTED)},
    "T8": {(S.PENDING_FILE, S.REJECTED)},
    "T9": {(S.PENDING_DISPATCH, S.PENDING_HANDLE)},
    "T10": {(S.PENDING_DISPATCH, S.PENDING_FILE), (S.PENDING_FILE, S.PENDING_DISPATCH)},
    "T11": {(S.PENDING_DISPATCH, S.ESCALATED), (S.PENDING_DISPATCH, None)},
    "T12": {(state, S.ESCALATED) for state in OPEN - {S.ESCALATED}},
    "T13": {(S.ESCALATED, S.PENDING_DISPATCH)},
    "T14": {(S.ESCALATED, S.PENDING_CHECK)},
    "T15": {(S.PENDING_HANDLE, S.HANDLING), (S.HANDLING, None)},
    "T16": {(a, b) for a in (S.PENDING_HANDLE, S.HANDLING) for b in (S.PENDING_DISPATCH, None)},
    "T17": {(S.HANDLING, None)},
    "T18": {(S.HANDLING, S.SUSPENDED), (S.HANDLING, None)},
    "T19": {(S.SUSPENDED, S.HANDLING)},
    "T20": {(S.HANDLING, S.PENDING_CHECK)},
    "T21": {(S.PENDING_CHECK, S.CHECKING)},
    "T22": {(S.CHECKING, S.PENDING_CLOSE)},
    "T23": {(S.CHECKING, S.PENDING_HANDLE), (S.PENDING_CHECK, S.PENDING_HANDLE)},
    "T24": {(S.PENDING_CHECK, S.PENDING_CLOSE)},
    "T25": {(S.PENDING_CLOSE, S.CLOSED)},
    "T26": {(S.PENDING_CLOSE, S.PENDING_HANDLE)},
    "T27": {(S.CLOSED, S.EVALUATED)},
    "T28": {(S.CLOSED, S.PENDING_DISPATCH), (S.CLOSED, None)},
    "T29": {(S.REPORTED, S.CLOSED)},
    "T30": {(S.PENDING_FILE, S.VOIDED), (S.PENDING_DISPATCH, S.VOIDED)},
    "T31": {(state, None) for state in OPEN},
    "T32": {(state, None) for state in OPEN},
    "T33": {(S.CLOSED, None)},
    "T34": {(S.REPORTED, S.RECORDED)},
    "T35": {(S.CHECKING, S.PENDING_CHECK)},
    "T36": {(S.PENDING_DISPATCH, S.MERGED), (S.HANDLING, S.MERGED), (S.MERGED, None)},
}
# Ours, beyond the paper: a case that is with nobody (brought in as in handling, or done by the county and sent for
# rework) can be given to a unit.
# A duplicate is seen when it comes in, so it can be merged there.
BEYOND: dict[str, set[tuple[CaseState, CaseState | None]]] = {
    "T9": {(S.PENDING_HANDLE, S.PENDING_HANDLE), (S.HANDLING, S.PENDING_HANDLE)},
    "T2": {(S.VERIFYING, S.REPORTED)},  # called back, where whoever was sent does not answer
    "T21": {(S.CHECKING, S.PENDING_CHECK)},
    "T36": {(S.REPORTED, S.MERGED), (S.PENDING_FILE, S.MERGED)},
}
STAYING = {"call_back"}
"""Steps on an ended case that leave it as ended as it was."""


def test_the_table_says_what_the_paper_says() -> None:
    table: dict[str, set[tuple[CaseState, CaseState | None]]] = {}
    for step in TABLE:
        if step.no != "-":
            table.setdefault(step.no, set()).update((source, step.target) for source in step.sources)
    assert set(table) == {f"T{n}" for n in range(1, 37)}
    for number, moves in PAPER.items():
        assert table[number] == moves | BEYOND.get(number, set()), number


def test_an_action_stands_in_the_table_once() -> None:
    assert len(STEPS) == len(TABLE)


def test_terminal_states_are_left_by_nobody() -> None:
    leaving = {state: {s.action for s in TABLE if state in s.sources} - STAYING for state in ENDED}
    assert leaving[S.REJECTED] == leaving[S.VOIDED] == leaving[S.RECORDED] == leaving[S.EVALUATED] == set()
    assert leaving[S.MERGED] == {"unmerge"}
    assert {STEPS[a].target for a in leaving[S.CLOSED]} <= {None, S.EVALUATED, S.PENDING_DISPATCH}


def test_nobody_holds_the_role_of_the_timer_alone() -> None:
    """Whatever the service's own timer may do, a person may do too: no case waits for a machine."""
    for step in TABLE:
        assert step.roles != {Role.SYSTEM}, step.action


_DICE = st.integers(0, 999)
_ROLES = st.one_of(st.just(ALL_ROLES), st.frozensets(st.sampled_from(sorted(Role)), max_size=3))
_PEOPLE = st.tuples(
    _ROLES, st.sampled_from([None, *(u.unit_id for u in UNITS)]), st.sampled_from([None, WORKER, WORKER_2])
)
_MOVES = st.lists(st.tuples(st.booleans(), _DICE, _DICE, _PEOPLE, st.integers(0, 600)), min_size=5, max_size=60)
_CHANNELS = st.sampled_from([Channel.PUBLIC, Channel.GRID_WORKER, Channel.HOTLINE])
Move = tuple[bool, int, int, tuple[frozenset[Role], str | None, str | None], int]


def _walk(ledger: Ledger, moves: list[Move]) -> list[tuple[Case, Step, Case]]:
    """Take each move that is permitted; half of them are chosen among the permitted ones, so walks go deep."""
    taken = []
    fault_words = {key for key in load_words("en") if key.startswith("fault.")}
    for guided, dice, pick, (roles, unit, staff), minutes in moves:
        ledger.pass_time(minutes=minutes)
        numbers = sorted(ledger.cases)
        case = ledger.cases[numbers[pick % len(numbers)]]
        other = numbers[(pick + 1) % len(numbers)]
        commands = [s for s in TABLE if s.action not in NOT_COMMANDS]
        actor = Actor(AccountId("p"), roles, unit, staff)  # type: ignore[arg-type]  # ids are plain text at run time
        if guided:
            holder = Actor(AccountId("p"), ALL_ROLES, case.lead_unit, case.checker or case.verifier)
            commands = allowed_steps(case, holder, ledger.context) or commands
            actor = holder
        step = commands[dice % len(commands)]
        args = arguments(step, case, other, ledger.now + timedelta(days=1 + pick % 30), pick)
        written = len(ledger.changes)
        fault = refusal(lambda: ledger.do(case.case_no, step.action, actor, **args))  # noqa: B023  # called at once
        if fault is not None:
            assert f"fault.{fault.key}" in fault_words
            assert ledger.cases[case.case_no] is case
            assert len(ledger.changes) == written
            continue
        assert step.roles & actor.roles
        taken.append((case, step, ledger.cases[case.case_no]))
    return taken


@given(_CHANNELS, _MOVES)
@settings(max_examples=150)
def test_no_walk_takes_an_illegal_step(channel: Channel, moves: list[Move]) -> None:
    ledger = Ledger()
    ledger.report(channel)
    ledger.report(self_handled=True, after_photos=["a1"])
    for before, step, after in _walk(ledger, moves):
        assert before.state in step.sources
        expected = step.target or (before.before_merge if step.action == "unmerge" else before.state)
        assert after.state == expected
        if after.claim is not None:
            assert after.state == before.state or before.claim is None, "a claim does not outlive its link"
        if before.claim is not None and before.claim.by != "p" and step.roles & ROOM and step.target is not None:
            assert Role.SYSTEM in step.roles, "nobody moves what another has in hand"
        paper = PAPER.get(step.no, {(before.state, None)}) | BEYOND.get(step.no, set())
        assert (before.state, step.target) in paper
        assert after.version == before.version + 1
        same_link = before.state == after.state or {before.state, after.state} <= HANDLING_STATES
        if step.action not in {"dispatch", "unmerge"} and same_link:
            assert after.stage_since == before.stage_since
        assert (after.state == S.MERGED) == (after.merged_into is not None)
        if after.state in ENDED - {S.CLOSED, S.MERGED}:
            assert after.request is None


@given(_MOVES)
@settings(max_examples=100)
def test_replay_equals_state(moves: list[Move]) -> None:
    """Any prefix of the log folds to what stood there then, also after the log went through a file."""
    ledger = Ledger()
    ledger.report()
    ledger.report()
    _walk(ledger, moves)
    log = msgspec.json.decode(msgspec.json.encode(ledger.changes), type=list[Change])
    cases: dict[str, Case] = {}
    for change, stood in zip(log, ledger.history, strict=True):
        cases[change.subject_id] = fold(cases.get(change.subject_id), change)
        assert cases[change.subject_id] == stood
    for case_no, case in ledger.cases.items():
        assert fold_all(c for c in log if c.subject_id == case_no) == case


@given(_MOVES)
@settings(max_examples=100)
def test_a_full_room_can_end_any_case(moves: list[Move]) -> None:
    """From wherever a walk leads, people with every role and the right unit bring the case to an end."""
    ledger = Ledger()
    ledger.report()
    ledger.report()
    _walk(ledger, moves)
    for case_no in sorted(ledger.cases):
        for _ in range(20):
            case = ledger.cases[case_no]
            if case.state in ENDED:
                break
            _one_step_on(ledger, case)
        assert ledger.cases[case_no].state in ENDED


_WAY_OUT = (
    "take_over",
    *("refuse_void", "refuse_send_up", "refuse_return", "refuse_extension", "refuse_suspension"),
    *(
        "verify_result",
        "accept",
        "file",
        "dispatch",
        "sign",
        "resume",
        "county_done",
        "feedback",
        "skip_check",
        "close",
    ),
    *("check_pass",),
)


def _one_step_on(ledger: Ledger, case: Case) -> None:
    for action in _WAY_OUT:
        step = STEPS[action]
        actor = actor_for(case, task=action)
        if step in allowed_steps(case, actor, ledger.context):
            ledger.do(case.case_no, action, actor, **arguments(step, case))
            return
    pytest.fail(f"nobody can go on from {case.state} (unit {case.lead_unit}, request {case.request})")


@given(_MOVES, _PEOPLE)
@settings(max_examples=60)
def test_what_is_offered_is_what_is_permitted(moves: list[Move], person: tuple[frozenset[Role], str, str]) -> None:
    """``allowed_steps`` and ``decide`` agree: offered steps fail only on arguments, others are always refused."""
    ledger = Ledger()
    ledger.report()
    _walk(ledger, moves)
    case = next(iter(ledger.cases.values()))
    actor = Actor(AccountId("p"), *person)  # type: ignore[arg-type]  # ids are plain text at run time
    offered = {step.action for step in allowed_steps(case, actor, ledger.context)}
    for action in STEPS:
        command = Command(action, case.version, {"no such argument": 1})
        fault = refusal(lambda: decide(case, command, actor, ledger.context))  # noqa: B023  # called at once
        assert fault is not None, f"{action} took an unknown argument"
        assert (fault.key == "unknown_argument") == (action in offered)
