"""How far a message may come: only onwards, answered with words, never altered or removed."""

from typing import Any

import msgspec
import pytest
from domain_factories import MONDAY, refusal
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.ids import UnitId
from domain.register import EntryKind, checked_body
from domain.register_message import Delivery, Message, message_step

SENT = Message(UnitId("u1"), "到老街口", MONDAY)
ORDER = list(Delivery)


def _plain(message: Message) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(message)
    return body


def _at(state: Delivery) -> dict[str, Any]:
    return _plain(replace(SENT, state=state, answer="收到" if state is Delivery.ANSWERED else ""))


def _key(held: dict[str, Any] | None, body: dict[str, Any] | None) -> str:
    fault = refusal(lambda: message_step(held, body, own=False))
    return "" if fault is None else fault.key


@given(st.sampled_from(ORDER), st.sampled_from(ORDER))
def test_it_only_comes_further(before: Delivery, after: Delivery) -> None:
    further = ORDER.index(after) > ORDER.index(before)
    assert _key(_at(before), _at(after)) == ("" if further else "message_came_further")


def test_what_it_says_stays() -> None:
    assert _key(None, _at(Delivery.SENT)) == ""
    assert _key(None, _at(Delivery.READ)) == "message_not_sent"
    assert _key(_at(Delivery.SENT), None) == "message_stays"
    assert _key(_at(Delivery.SENT), _at(Delivery.READ) | {"text": "别处"}) == "message_altered"


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (SENT, ""),
        (replace(SENT, text="  "), "argument_missing"),
        (replace(SENT, state=Delivery.ANSWERED), "message_answer_and_state"),
        (replace(SENT, answer="收到"), "message_answer_and_state"),
    ],
)
def test_a_message_is_whole(message: Message, key: str) -> None:
    fault = refusal(lambda: checked_body(EntryKind.MESSAGE, _plain(message)))
    assert (fault.key if fault is not None else "") == key
