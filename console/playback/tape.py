"""A tape of where everything was, and the player that goes along it in virtual time. No Qt, no clock of its own."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import atan2, cos, degrees, radians

import msgspec
import numpy as np
import numpy.typing as npt

from domain.ids import ThingId
from domain.wire_tracks import ThingTrack, TrackSheaf

Floats = npt.NDArray[np.float64]

SPEEDS = (1, 2, 5, 10, 30, 60)
"""How many times as fast as it was."""
GAP_S = 120.0
"""Between fixes further apart than this nobody is moved along a line: where they were in between is not known."""
GONE_S = 900.0
"""After so long without a fix a thing is not shown: it was off shift, or nothing came from it."""
STEP_S = 10.0


class Spot(msgspec.Struct, frozen=True):
    """Where a thing was: degrees, seconds since the fix it is from, and where it was heading, None where it stood."""

    lon: float
    lat: float
    age_s: float
    heading_deg: float | None


class _Track(msgspec.Struct, frozen=True):
    at_s: Floats
    lons: Floats
    lats: Floats


class Tape:
    """Tracks of a stretch; times are seconds after ``since``."""

    def __init__(self, since: datetime, until: datetime, tracks: Mapping[ThingId, _Track]) -> None:
        self.since, self.until = since, until
        self._tracks = dict(tracks)

    @property
    def length_s(self) -> float:
        """How long it is."""
        return (self.until - self.since).total_seconds()

    @property
    def begins_s(self) -> float:
        """Where something is first to be seen on it; its start where nothing is."""
        return min((float(track.at_s[0]) for track in self._tracks.values() if len(track.at_s)), default=0.0)

    @property
    def things(self) -> frozenset[ThingId]:
        """Who is on it."""
        return frozenset(self._tracks)

    def moment(self, at_s: float) -> datetime:
        """Return the moment that was at a place of the tape."""
        return self.since + timedelta(seconds=at_s)

    def spot(self, thing: ThingId, at_s: float) -> Spot | None:
        """Return where a thing was, None where nobody knows."""
        track = self._tracks.get(thing)
        if track is None:
            return None
        i = int(np.searchsorted(track.at_s, at_s, side="right")) - 1
        if i < 0 or at_s - track.at_s[i] > GONE_S:
            return None
        lon, lat, age = float(track.lons[i]), float(track.lats[i]), at_s - float(track.at_s[i])
        if i + 1 == len(track.at_s) or track.at_s[i + 1] - track.at_s[i] > GAP_S:
            return Spot(lon, lat, age, None)
        along = age / float(track.at_s[i + 1] - track.at_s[i])
        east, north = float(track.lons[i + 1]) - lon, float(track.lats[i + 1]) - lat
        return Spot(lon + east * along, lat + north * along, 0.0, _heading(east, north, lat))


def _heading(east: float, north: float, lat: float) -> float | None:
    if abs(east) < 1e-6 and abs(north) < 1e-6:
        return None
    return degrees(atan2(east * cos(radians(lat)), north)) % 360.0


def splice(sheaves: Iterable[TrackSheaf]) -> Tape:
    """Return one tape of the pages of a stretch, in order. Raises ValueError for none."""
    pages = list(sheaves)
    if not pages:
        raise ValueError("no pages")
    since = pages[0].since
    parts: dict[ThingId, list[tuple[float, ThingTrack]]] = {}
    for page in pages:
        for track in page.tracks:
            parts.setdefault(track.thing, []).append(((page.since - since).total_seconds(), track))
    return Tape(since, pages[-1].until, {thing: _joined(of_one) for thing, of_one in parts.items()})


def _joined(parts: list[tuple[float, ThingTrack]]) -> _Track:
    at_s = np.concatenate([np.asarray(track.at_s, np.float64) + begins for begins, track in parts])
    lons = np.concatenate([np.asarray(track.lons, np.float64) for _, track in parts])
    lats = np.concatenate([np.asarray(track.lats, np.float64) for _, track in parts])
    at_s, first = np.unique(at_s, return_index=True)  # a fix on the seam of two pages comes with both
    return _Track(at_s, lons[first], lats[first])


class Player:
    """Goes along a tape. ``advance`` is told how much real time has passed; nothing else moves it."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.at_s = tape.begins_s  # not hours before anybody came on shift
        self.speed = SPEEDS[3]
        self.playing = False

    @property
    def now(self) -> datetime:
        """The moment shown."""
        return self.tape.moment(self.at_s)

    @property
    def ended(self) -> bool:
        """Whether it stands at the end."""
        return self.at_s >= self.tape.length_s

    def play(self) -> None:
        """Go on; at the end from where something is first to be seen."""
        if self.ended:
            self.at_s = self.tape.begins_s
        self.playing = True

    def pause(self) -> None:
        """Stand still."""
        self.playing = False

    def advance(self, real_s: float) -> bool:
        """Let real time pass; return whether another moment shows. At the end it stands still."""
        if not self.playing or real_s <= 0:
            return False
        self.seek(self.at_s + real_s * self.speed)
        if self.ended:
            self.playing = False
        return True

    def seek(self, at_s: float) -> None:
        """Go to a place of the tape, bounded by its ends."""
        self.at_s = min(max(at_s, 0.0), self.tape.length_s)

    def step(self, steps: int) -> None:
        """Stand still and go so many steps of ten seconds on or back."""
        self.pause()
        self.seek(self.at_s + steps * STEP_S)

    def set_speed(self, speed: int) -> None:
        """Go as fast as this. Raises ValueError for a speed that is not one of ``SPEEDS``."""
        if speed not in SPEEDS:
            raise ValueError(speed)
        self.speed = speed

    def faster(self, steps: int) -> None:
        """Go to the next speed up or down."""
        i = SPEEDS.index(self.speed) + steps
        self.speed = SPEEDS[min(max(i, 0), len(SPEEDS) - 1)]
