"""What services tell each other: frames that fit, connections that come back, and nothing that is believed unread."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgres import Cluster

from domain.ids import AccountId, CaseNo, ThingId
from domain.places import Position
from service.relay import frames
from service.relay.frames import FIXES
from service.relay.postgres import Listener, Teller
from service.store.engine import parse_url

AT = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
IDS = st.text(min_size=1, max_size=64)
POSITIONS = st.builds(
    Position,
    thing=st.text(min_size=1, max_size=128).map(ThingId),
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    fixed_at=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    speed_mps=st.none() | st.floats(0, 150),
    heading_deg=st.none() | st.floats(0, 360, exclude_max=True),
    accuracy_m=st.none() | st.floats(0, 100_000),
)


@given(st.lists(POSITIONS, max_size=300))
def test_every_position_arrives_as_it_was_in_frames_that_fit(positions: list[Position]) -> None:
    written = list(frames.written("me", positions))
    assert all(len(frame.encode()) <= frames.MOST_BYTES for frame in written)
    got: list[Position] = []
    for frame in written:
        read = frames.read(frame)
        assert read is not None
        assert (read.origin, read.asks) == ("me", False)
        got += frames.positions_of(read.fixes)
    assert got == positions


def test_frames_are_as_full_as_may_be() -> None:
    fixes = [Position(ThingId(f"s-{n:05}"), 120.805, 29.555, AT, 1.2, 90.0, 5.0) for n in range(1000)]
    assert len(list(frames.written("0123456789ab", fixes))) <= 9


@given(st.lists(st.tuples(IDS.map(AccountId), IDS.map(CaseNo)), max_size=400))
def test_what_is_open_arrives_as_far_as_it_fits_in_one_frame(seen: list[tuple[AccountId, CaseNo]]) -> None:
    written = frames.opened("me", seen)
    assert len(written.encode()) <= frames.MOST_BYTES
    read = frames.read(written)
    assert read is not None
    assert read.seen == tuple(seen[: len(read.seen or ())])
    assert len(read.seen) == len(seen) or len(read.seen) >= 10


def test_nothing_open_is_said_too_and_other_frames_say_nothing_of_it() -> None:
    empty, asking = frames.read(frames.opened("me", [])), frames.read(frames.asking("me"))
    assert empty is not None
    assert asking is not None
    assert (empty.seen, asking.seen) == ((), None)


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_what_is_no_frame_is_not_read(told: bytes | str) -> None:
    read = frames.read(told)
    assert read is None or isinstance(read, frames.Frame)


@pytest.mark.parametrize(
    "told",
    [
        '["x",false,[["s",181,0,1]]]',
        '["x",false,[["s",0,0,-1]]]',
        '["x",false,[["s",0,0,1e300]]]',
        '["x",false,[["s",NaN,0,1]]]',
        '["",false,[]]',
        '["x",1,[]]',
        '["x",false,[["",0,0,1]]]',
        "[" * 5000,
        '["x",false,[' + ",".join(['["s",0,0,1]'] * 401) + "]]",
        '["x",false,[["' + "长" * 3000 + '",0,0,1]]]',
    ],
)
def test_what_is_out_of_bounds_is_not_read(told: str) -> None:
    assert frames.read(told) is None


class Ear:
    """A listener and what it heard."""

    def __init__(self, url: str) -> None:
        self.heard: list[tuple[str, str]] = []
        self.joined = 0
        self.listener = Listener(parse_url(url), ("onemap_change", FIXES), self._hear, self._join)

    def _hear(self, channel: str, told: str) -> None:
        self.heard.append((channel, told))

    def _join(self) -> None:
        self.joined += 1

    def wait(self, met: Callable[[], Any]) -> None:
        deadline = time.monotonic() + 20
        while not met():
            assert time.monotonic() < deadline, (self.joined, self.heard)
            threading.Event().wait(0.01)


@pytest.mark.logs_expected("service.relay.postgres")
def test_listener_and_teller_come_back_after_the_server_does(own_cluster: Cluster) -> None:
    name = own_cluster.create()
    ear, teller = Ear(own_cluster.url(name)), Teller(parse_url(own_cluster.url(name)))
    ear.listener.start()
    teller.start()
    ear.wait(lambda: ear.joined == 1)
    assert ear.listener.listening
    teller.tell(["one", "two"])
    ear.wait(lambda: ear.heard == [(FIXES, "one"), (FIXES, "two")])
    own_cluster.stop()
    ear.wait(lambda: not ear.listener.listening)
    teller.tell(["lost"])
    own_cluster.start()
    ear.wait(lambda: ear.joined == 2)
    ear.heard.clear()

    def heard() -> bool:
        teller.tell(["three"])
        return (FIXES, "three") in ear.heard

    ear.wait(heard)
    teller.stop()
    ear.listener.stop()
    assert not ear.listener.listening


@pytest.mark.logs_expected("service.relay.postgres")
def test_both_end_at_once_also_without_a_server() -> None:
    url = "postgresql://u@127.0.0.1:1/none"
    ear, teller = Ear(url), Teller(parse_url(url))
    ear.listener.start()
    teller.start()
    teller.tell(["x"] * 10_000)
    teller.stop()
    ear.listener.stop()
    assert ear.joined == 0
