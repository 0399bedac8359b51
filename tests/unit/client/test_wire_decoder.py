"""Whatever arrives as a frame becomes a message or one named fault, and a picture takes only what fits it."""

import struct

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from client.feed import read_frame
from domain.faults import Fault
from domain.wire_feed import FeedMessage

ENCODER = msgspec.msgpack.Encoder()

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=True)
    | st.text(max_size=30)
    | st.binary(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)
TAGS = ("hello", "changes", "skip", "fixes", "positions", "alive", "resync", "bye", "look", "viewers", "open")
FIELDS = (
    "epoch",
    "head",
    "clock",
    "wire",
    "changes",
    "first",
    "last",
    "positions",
    "gone",
    "whole",
    "at",
    "reason",
    "cases",
)
tagged = st.builds(
    lambda tag, rest: {"type": tag, **rest},
    st.sampled_from(TAGS),
    st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), plain, max_size=8),
)


def _read(frame: bytes | str) -> FeedMessage | Fault:
    read = read_frame(frame)
    if isinstance(read, Fault):
        assert read.key == "bad_feed_message"
    else:
        assert isinstance(read, FeedMessage)
    return read


@settings(max_examples=600)
@given(st.binary(max_size=400))
@example(b"")
@example(b"\xdd\xff\xff\xff\xff")
@example(b"\xdb\xff\xff\xff\xffx")
@example(b"\xdf\xff\xff\xff\xff")
@example(b"\x91" * 10_000 + b"\xc0")
@example(b"\xc9\xff\xff\xff\xff\x01")
@example(b"\xd6\xff\xff\xff\xff\xff")
def test_any_bytes(frame: bytes) -> None:
    _read(frame)


@settings(max_examples=600)
@given(plain | tagged)
def test_any_values(value: object) -> None:
    _read(ENCODER.encode(value))


@settings(max_examples=300)
@given(tagged, st.data())
def test_a_frame_cut_or_altered_anywhere(value: object, data: st.DataObject) -> None:
    frame = ENCODER.encode(value)
    _read(frame[: data.draw(st.integers(0, len(frame)))])
    at = data.draw(st.integers(0, len(frame) - 1))
    _read(frame[:at] + struct.pack("B", data.draw(st.integers(0, 255))) + frame[at + 1 :])


@given(st.text(max_size=100))
def test_text_where_bytes_are_spoken(frame: str) -> None:
    assert isinstance(_read(frame), Fault)
