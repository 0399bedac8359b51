"""Personal values can be erased from a sealed payload; nothing else can be altered without its digest altering."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sealing import PERSONAL, SALT, erase, holes, payload_digest, personal_places, seal

TEXTS = st.text(max_size=12) | st.sampled_from(
    ['"text":"x"', '\\"', '","title":"', "张三 13900007777", "\\", '{"text":""}']
)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS
KEYS = st.sampled_from([*PERSONAL, "kind", "texts", 'a,"text', '"text":"', "report"]) | st.text(max_size=4)
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
    ),
    max_size=6,
)


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


@given(DATA)
def test_a_sealed_payload_verifies_and_no_byte_of_it_or_of_its_salt_can_be_altered(data: dict[str, Any]) -> None:
    payload = msgspec.json.encode(data)
    salt, digest = seal(payload)
    assert payload_digest(salt, payload) == digest
    for i in range(0, len(salt), 7):
        assert payload_digest(salt[:i] + bytes([salt[i] ^ 1]) + salt[i + 1 :], payload) != digest
    for i in range(len(payload)):
        assert payload_digest(salt, payload[:i] + bytes([payload[i] ^ 1]) + payload[i + 1 :]) != digest
    for cut in (salt[:-1], salt + b"\x00", salt[:SALT] if len(salt) > SALT else b"", b""):
        assert payload_digest(cut, payload) != digest


@given(DATA, st.data())
def test_erased_values_are_gone_and_the_digest_stays(data: dict[str, Any], draw: st.DataObject) -> None:
    payload = msgspec.json.encode(data)
    salt, digest = seal(payload)
    places = list(personal_places(data))
    which = draw.draw(st.sets(st.sampled_from(range(len(places))))) if places else set()
    left_salt, left = erase(salt, payload, which)
    assert payload_digest(left_salt, left) == digest
    assert holes(left_salt) == len(which)
    after = msgspec.json.decode(left)
    for i, path in enumerate(places):
        assert at(after, path) == ("" if i in which else at(data, path))
    assert list(personal_places(after)) == places
    again = erase(left_salt, left, which)
    assert again == (left_salt, left)


def test_another_value_cannot_be_put_in_the_place_of_an_erased_one() -> None:
    payload = msgspec.json.encode({"report": {"text": "张三家"}, "kind": "01"})
    salt, digest = seal(payload)
    left_salt, left = erase(salt, payload, {0})
    assert "张三" not in left.decode()
    forged = left.replace(b'"text":""', b'"text":"other"')
    assert forged != left
    assert payload_digest(left_salt, forged) != digest
    assert payload_digest(salt, forged) != digest


def test_values_cannot_change_places() -> None:
    salt, digest = seal(b'{"text":"a","title":"b"}')
    assert payload_digest(salt, b'{"title":"a","text":"b"}') != digest
    assert payload_digest(salt, b'{"text":"b","title":"a"}') != digest


def test_a_payload_sealed_as_a_whole_cannot_be_erased_from_in_part() -> None:
    payload = b'{"text":"old"}'
    with pytest.raises(ValueError, match="whole"):
        erase(b"s" * SALT, payload, {0})
    assert erase(b"s" * SALT, b'{"text":""}', {0}) == (b"s" * SALT, b'{"text":""}')
