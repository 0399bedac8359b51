"""What a reader is sent covers every number once, in order, and shows exactly what it may see."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.change import Change, Subject
from domain.ids import AccountId
from domain.wire_feed import Changes, FeedMessage, Skip
from service.access import GUARDED, Sight
from service.feed.tongue import MOST_CHANGES, frames
from service.write.work import Recorded

DECODER: msgspec.msgpack.Decoder[FeedMessage] = msgspec.msgpack.Decoder(FeedMessage)
AT = datetime(2026, 3, 3, tzinfo=UTC)


def recorded(subjects: list[Subject], first: int) -> list[Recorded]:
    changes = [Change(first + i, s, "x", "y", AccountId("z"), AT) for i, s in enumerate(subjects)]
    return [Recorded(change) for change in changes]


@given(
    subjects=st.lists(st.sampled_from(Subject), max_size=60),
    first=st.integers(1, 10**9),
    audit=st.booleans(),
    all_cases=st.booleans(),
)
def test_every_number_is_covered_once_and_only_what_may_be_seen_is_shown(
    subjects: list[Subject], first: int, audit: bool, all_cases: bool
) -> None:
    sight = Sight(GUARDED if audit else frozenset(), all_cases=all_cases, all_positions=False)
    batch = recorded(subjects, first)
    covered: list[int] = []
    shown: list[int] = []
    for frame in frames(batch, sight):
        message = DECODER.decode(frame)
        if isinstance(message, Skip):
            assert message.first <= message.last
            covered += range(message.first, message.last + 1)
        else:
            assert isinstance(message, Changes)
            covered += [c.seq for c in message.changes]
            shown += [c.seq for c in message.changes]
    assert covered == [r.change.seq for r in batch]
    assert shown == [r.change.seq for r in batch if sight.sees_change(r.change, ())]


def test_long_batches_are_cut_into_frames() -> None:
    sight = Sight(GUARDED, all_cases=True, all_positions=True)
    sizes = []
    for frame in frames(recorded([Subject.TOWN] * (MOST_CHANGES * 2 + 1), 1), sight):
        message = DECODER.decode(frame)
        assert isinstance(message, Changes)
        sizes.append(len(message.changes))
    assert sizes == [MOST_CHANGES, MOST_CHANGES, 1]
