"""The tape and its player in virtual time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.playback.tape import GAP_S, GONE_S, SPEEDS, Player, Tape, splice
from domain.ids import ThingId
from domain.wire_tracks import ThingTrack, TrackSheaf

SINCE = datetime(2026, 3, 3, 1, tzinfo=UTC)
LI = ThingId("li")


def _page(begins_s: int, ends_s: int, *fixes: tuple[int, float, float]) -> TrackSheaf:
    since = SINCE + timedelta(seconds=begins_s)
    at_s, lons, lats = ((), (), ()) if not fixes else tuple(zip(*fixes, strict=True))
    tracks = (ThingTrack(LI, at_s, lons, lats),) if fixes else ()
    return TrackSheaf(since, SINCE + timedelta(seconds=ends_s), 1, tracks)


def _tape() -> Tape:
    return splice([_page(0, 3600, (0, 120.0, 29.0), (10, 120.001, 29.0), (20, 120.001, 29.0))])


def test_between_two_fixes_it_goes_along_and_after_the_last_it_stays_until_it_is_gone() -> None:
    tape = _tape()
    spot = tape.spot(LI, 5.0)
    assert spot is not None
    assert spot.lon == pytest.approx(120.0005)
    assert spot.heading_deg == pytest.approx(90.0)
    assert spot.age_s == 0
    last = tape.spot(LI, 20 + GONE_S)
    assert last is not None
    assert (last.lon, last.age_s, last.heading_deg) == (120.001, GONE_S, None)
    assert tape.spot(LI, 21 + GONE_S) is None
    assert tape.spot(ThingId("nobody"), 5.0) is None


def test_over_a_gap_nobody_is_moved_along_a_line() -> None:
    far = int(GAP_S) + 1
    tape = splice([_page(0, 3600, (10, 120.0, 29.0), (10 + far, 121.0, 29.0))])
    assert tape.spot(LI, 9.0) is None
    spot = tape.spot(LI, 10 + far / 2)
    assert spot is not None
    assert (spot.lon, spot.age_s) == (120.0, far / 2)


def test_pages_join_without_a_seam() -> None:
    whole = splice([_page(0, 40, (0, 120.0, 29.0), (20, 120.002, 29.0), (40, 120.004, 29.0))])
    parts = splice(
        [
            _page(0, 20, (0, 120.0, 29.0), (20, 120.002, 29.0)),
            _page(20, 40, (0, 120.002, 29.0), (20, 120.004, 29.0)),
        ]
    )
    assert parts.length_s == whole.length_s == 40
    assert [parts.spot(LI, s) for s in range(41)] == [whole.spot(LI, s) for s in range(41)]


def test_it_plays_at_its_speed_stops_at_the_end_and_begins_again() -> None:
    player = Player(_tape())
    assert not player.advance(1.0)
    player.set_speed(60)
    player.play()
    assert player.advance(0.5)
    assert player.at_s == 30
    assert player.now == SINCE + timedelta(seconds=30)
    player.advance(1000.0)
    assert player.ended
    assert not player.playing
    assert not player.advance(1.0)
    player.play()
    assert player.at_s == 0
    with pytest.raises(ValueError, match="7"):
        player.set_speed(7)


def test_it_begins_where_somebody_is_first_to_be_seen() -> None:
    player = Player(splice([_page(0, 7200, (6300, 120.0, 29.0), (6400, 120.001, 29.0))]))
    assert player.at_s == 6300
    player.seek(0)
    assert player.at_s == 0, "the hours before can be looked at all the same"
    player.seek(7200)
    player.play()
    assert player.at_s == 6300
    assert Player(splice([_page(0, 7200)])).at_s == 0, "nobody is on it"


ACTS = st.one_of(
    st.tuples(st.just("advance"), st.floats(-1, 10_000)),
    st.tuples(st.just("seek"), st.floats(-10_000, 10_000)),
    st.tuples(st.just("step"), st.integers(-1000, 1000)),
    st.tuples(st.just("faster"), st.integers(-9, 9)),
    st.tuples(st.sampled_from(["play", "pause"])),
)


@given(st.lists(ACTS))
def test_whatever_is_done_it_stays_on_the_tape(acts: list[tuple[str, float]]) -> None:
    player = Player(_tape())
    for name, *with_what in acts:
        getattr(player, name)(*with_what)
        assert 0 <= player.at_s <= player.tape.length_s
        assert player.speed in SPEEDS
        assert not (player.playing and name == "step")
