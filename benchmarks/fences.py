"""Geofences at the service: a round of 7,000 fixes at many fences; ours beside testing every fix at every fence.

``python -m benchmarks.fences --json OUT``. Processor time of one thread. The fences are blobs of 60 corners all over a
county, each for everybody; the peer asks the same geometry library for every pair, without a tree, a band or a memory.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np

from benchmarks.harness import Rows, Sense, alternate, compare, main, single
from domain.ids import AccountId, EntryId, ThingId
from domain.places import Position
from domain.register import Entry, EntryKind
from domain.register_fence import Geofence

FIXES, AT_ONCE, RUNS, SEED = 7_000, 500, 12, 7
CORNERS = 60
WEST, SOUTH, WIDE = 119.2, 30.6, 1.4
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def measure() -> Rows:
    """Return the time of a round at 200 fences beside the peer, the longest slice, and a round at 1,000."""
    few, many = _Round(200), _Round(1_000)
    taken = alternate({"few": few.ours, "peer": few.peer, "many": many.ours}, RUNS, warm_ups=2)
    rows = compare(
        f"{FIXES:,} fixes, 200 fences", "ms", taken["few"], taken["peer"], "every pair tested", Sense.TIMES_FASTER,
        "<= 100 ms",
    )  # fmt: skip
    rows += compare(f"{FIXES:,} fixes, 1,000 fences", "ms", taken["many"], None, "", Sense.FIGURE, "<= 200 ms")
    rows.append(single("longest slice of 500", "ms", few.longest_ms, None, "", Sense.FIGURE, RUNS, "<= 10 ms"))
    return rows


class _Round:
    """A watch over so many fences, and people who walk."""

    def __init__(self, fences: int) -> None:
        import shapely

        from service.fencing.watch import FenceWatch
        from simulator.making.maker import make_town

        self._rng = np.random.default_rng(SEED)
        bodies = [self._fence(i) for i in range(fences)]
        entries = [
            Entry(EntryKind.GEOFENCE, EntryId(f"f{i}"), 1, AccountId("a"), AccountId("a"), NOW, body=_plain(body))
            for i, body in enumerate(bodies)
        ]
        self._shapes = [shapely.Polygon(body.ring) for body in bodies]
        shapely.prepare(self._shapes)
        self._watch = FenceWatch(entries)
        self._world = _world(make_town(SEED))
        self._places = self._rng.uniform((WEST, SOUTH), (WEST + WIDE, SOUTH + WIDE), (FIXES, 2))
        self._now = NOW
        self.longest_ms = 0.0

    def _fence(self, number: int) -> Geofence:
        lon, lat = self._rng.uniform((WEST, SOUTH), (WEST + WIDE, SOUTH + WIDE))
        turns = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
        swell = 0.02 * (1 + 0.2 * np.sin(5 * turns))
        ring = zip((lon + swell * np.cos(turns)).tolist(), (lat + swell * np.sin(turns)).tolist(), strict=True)
        return Geofence(f"f{number}", tuple(ring), dwell_s=600)

    def _fixes(self) -> list[Position]:
        self._places += self._rng.normal(0, 0.0001, self._places.shape)
        self._now += timedelta(seconds=1)
        return [
            Position(ThingId(f"t{i}"), lon, lat, self._now, accuracy_m=8.0)
            for i, (lon, lat) in enumerate(self._places.tolist())
        ]

    def ours(self) -> float:
        """Return the time of one round."""
        fixes = self._fixes()
        self._watch.waiting.clear()
        begun = time.thread_time()
        self._watch.begin_round(self._world, self._now)
        for i in range(0, FIXES, AT_ONCE):
            at = time.thread_time()
            self._watch.look(fixes[i : i + AT_ONCE], self._world, self._now)
            self.longest_ms = max(self.longest_ms, (time.thread_time() - at) * 1000)
        return (time.thread_time() - begun) * 1000

    def peer(self) -> float:
        """Return the time of testing every pair."""
        import shapely

        fixes = self._fixes()
        begun = time.thread_time()
        lons, lats = np.array([fix.lon for fix in fixes]), np.array([fix.lat for fix in fixes])
        for shape in self._shapes:
            shapely.contains_xy(shape, lons, lats)
        return (time.thread_time() - begun) * 1000


def _world(town: Any) -> Any:
    from service.world import make_world

    return make_world(town.info, town.units, town.staff, town.vehicles, town.grids, town.divisions, town.base)


def _plain(body: Geofence) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(body)
    return plain


if __name__ == "__main__":
    raise SystemExit(main("fences", measure))
