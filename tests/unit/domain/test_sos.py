"""What an SOS call may become: raised, acknowledged by the room, closed with a result; never altered, never removed."""

from typing import Any

import pytest
from domain_factories import refusal
from hypothesis import given
from hypothesis import strategies as st

from domain.register_alarm import sos_step

CALL = {"unit": "u1", "thing": "", "raised_at": "2026-03-03T08:30:00Z", "lon": 120.8, "lat": 29.6, "fixed_at": None}
RAISED: dict[str, Any] = CALL | {"text": "", "by_radio": False, "acknowledged": False, "result": ""}
HEARD = RAISED | {"acknowledged": True}
CLOSED = HEARD | {"result": "平安"}


def _key(held: dict[str, Any] | None, body: dict[str, Any] | None, *, own: bool = False) -> str:
    fault = refusal(lambda: sos_step(held, body, own=own))
    return "" if fault is None else fault.key


@pytest.mark.parametrize(
    ("held", "body", "key"),
    [
        (None, RAISED, ""),
        (RAISED, HEARD, ""),
        (HEARD, CLOSED, ""),
        (RAISED, CLOSED, ""),
        (None, HEARD, "sos_not_raised"),
        (RAISED, RAISED, "sos_settled"),
        (HEARD, HEARD, "sos_settled"),
        (HEARD, RAISED, "sos_settled"),
        (CLOSED, CLOSED | {"result": "另一个"}, "sos_settled"),
        (RAISED, HEARD | {"lon": 121.0}, "sos_altered"),
        (RAISED, HEARD | {"unit": "u2"}, "sos_altered"),
        (RAISED, None, "sos_stays"),
        (CLOSED, None, "sos_stays"),
    ],
)
def test_what_follows_what(held: dict[str, Any] | None, body: dict[str, Any] | None, key: str) -> None:
    assert _key(held, body) == key


def test_nobody_acknowledges_a_call_of_their_own_unless_they_heard_it_over_the_radio() -> None:
    assert _key(RAISED, HEARD, own=True) == "sos_of_oneself"
    radio = {"by_radio": True}
    assert _key(RAISED | radio, HEARD | radio, own=True) == ""


@given(st.lists(st.sampled_from([RAISED, HEARD, CLOSED, None]), max_size=8))
def test_a_call_once_closed_stays_closed(steps: list[dict[str, Any] | None]) -> None:
    held: dict[str, Any] | None = None
    for body in steps:
        before = held
        if not _key(held, body):
            held = body
        if before is not None:
            assert held is not None
            assert (held["acknowledged"], bool(held["result"])) >= (before["acknowledged"], bool(before["result"]))
