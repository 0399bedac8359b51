"""What a roll call may become: answers are noted until it is closed; whom it called stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from domain_factories import refusal
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.ids import UnitId
from domain.register import EntryKind, checked_body
from domain.register_rollcall import Answer, RollCall, roll_call_step

NOW = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
UNITS = tuple(UnitId(f"u{n}") for n in range(5))
CALL = RollCall(NOW, NOW + timedelta(minutes=10), UNITS)


def _plain(call: RollCall) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(call)
    return body


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (CALL, ""),
        (replace(CALL, due_at=NOW), "roll_call_due_before"),
        (replace(CALL, units=(UNITS[0], UNITS[0])), "unit_named_twice"),
        (replace(CALL, answers=(Answer(UnitId("u9"), NOW),)), "roll_call_not_called"),
        (replace(CALL, answers=(Answer(UNITS[0], NOW), Answer(UNITS[0], NOW))), "unit_named_twice"),
    ],
)
def test_a_call_is_whole(call: RollCall, key: str) -> None:
    fault = refusal(lambda: checked_body(EntryKind.ROLL_CALL, _plain(call)))
    assert (fault.key if fault is not None else "") == key


@given(st.sets(st.sampled_from(UNITS)))
def test_who_is_missing_is_whoever_did_not_answer(answered: set[UnitId]) -> None:
    call = replace(CALL, answers=tuple(Answer(unit, NOW) for unit in sorted(answered)))
    assert set(call.missing) == set(UNITS) - answered


@pytest.mark.parametrize(
    ("held", "body", "key"),
    [
        (None, CALL, ""),
        (CALL, replace(CALL, answers=(Answer(UNITS[0], NOW),)), ""),
        (replace(CALL, answers=(Answer(UNITS[0], NOW),)), CALL, ""),
        (CALL, replace(CALL, closed=True, result="全到"), ""),
        (CALL, replace(CALL, units=UNITS[:2]), "roll_call_altered"),
        (replace(CALL, closed=True), CALL, "roll_call_closed"),
        (CALL, None, "roll_call_stays"),
    ],
)
def test_what_follows_what(held: RollCall | None, body: RollCall | None, key: str) -> None:
    before, after = (None if call is None else _plain(call) for call in (held, body))
    fault = refusal(lambda: roll_call_step(before, after, own=False))
    assert (fault.key if fault is not None else "") == key
