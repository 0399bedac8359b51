"""Telemetry to the readers: the latest fix of each thing, at the rate a reader chose, cut to what it looks at.

Readers with the same wire, sight, rate and view form a group; what is new is written down once per group. A view is
widened and brought onto a coarse grid, so that consoles that look at about the same place share a group, and a little
panning shows things at once. Who does not keep up gets no frames but a set of things, whose latest fixes it is sent
when there is room. Event loop only.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cached_property
from math import ceil, floor, log2
from typing import TYPE_CHECKING

import msgspec

from domain.ids import ThingId
from domain.places import Position
from domain.wire_feed import Look, ViewBox
from service.access import Sight
from service.feed.reader import SOFT, Reader
from service.feed.tongue import MOST_FIXES, Tongue
from service.tracker import Tracker

if TYPE_CHECKING:
    import numpy as np

MARGIN = 0.25
"""How much of its width and height a view is widened by on each side."""
STEPS = 8
LEAST_STEP = 2.0**-12
"""Degrees; about 27 m. Views are not told apart more finely."""

_Key = tuple[Tongue, Sight, int, ViewBox | None]


def shared_view(view: ViewBox | None) -> ViewBox | None:
    """Return what a reader with this view is sent: it with a margin, on a grid of about an eighth of its size."""
    if view is None:
        return None
    wide = view.widened(MARGIN)
    side = max(wide.east - wide.west, wide.north - wide.south)
    step = max(LEAST_STEP, 2.0 ** floor(log2(side / STEPS))) if side > 0 else LEAST_STEP
    return ViewBox(
        max(-180.0, floor(wide.west / step) * step),
        max(-90.0, floor(wide.south / step) * step),
        min(180.0, ceil(wide.east / step) * step),
        min(90.0, ceil(wide.north / step) * step),
    )


class _News:
    """What altered since a rate's last turn."""

    def __init__(self, fresh: dict[ThingId, Position], gone: set[ThingId]) -> None:
        self.fresh = fresh
        self.gone = gone
        self.things: list[ThingId] = list(fresh)
        self._packed: dict[Tongue, list[msgspec.Raw]] = {}

    def packed(self, tongue: Tongue) -> list[msgspec.Raw]:
        """Return the fresh fixes in one tongue, in the order of ``things``."""
        made = self._packed.get(tongue)
        if made is None:
            made = self._packed[tongue] = [tongue.pack(p) for p in self.fresh.values()]
        return made

    @cached_property
    def lons(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Longitudes in the order of ``things``."""
        import numpy as np  # noqa: PLC0415 - a start need not load it

        return np.fromiter((p.lon for p in self.fresh.values()), np.float64, len(self.fresh))

    @cached_property
    def lats(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Latitudes in the order of ``things``."""
        import numpy as np  # noqa: PLC0415

        return np.fromiter((p.lat for p in self.fresh.values()), np.float64, len(self.fresh))


class _Group:
    """Readers that are sent the same bytes. ``inside`` are the things they were told of and not told to be gone."""

    def __init__(self, tongue: Tongue, sight: Sight, view: ViewBox | None) -> None:
        self.readers: set[Reader] = set()
        self._tongue = tongue
        self._own = None if sight.all_positions else sight.own_things
        self._view = view
        self._inside: set[ThingId] = set()
        self._whole: tuple[int, list[bytes]] | None = None

    def shows(self, position: Position) -> bool:
        """Return whether these readers are to know of a position."""
        if self._own is not None and position.thing not in self._own:
            return False
        return self._view is None or self._view.holds(position.lon, position.lat)

    def hand_out(self, news: _News, latest: dict[ThingId, Position]) -> None:
        """Send what is new to every reader, or note it for those that do not keep up."""
        indices, left = self._cut(news)
        gone = [*left, *self._departed(news)]
        frames: list[bytes] | None = None
        for reader in self.readers:
            if reader.behind is None and reader.waiting < SOFT:
                if frames is None:
                    frames = self._frames(news, indices, gone)
                for frame in frames:
                    reader.put(frame)
                continue
            reader.fall_behind(news.things[i] for i in indices)
            reader.fall_behind(gone)
            self.send_behind(reader, latest)

    def send_whole(self, reader: Reader, latest: dict[ThingId, Position], turn: int) -> None:
        """Send a reader everything it may see; for those that come in one turn it is written down once."""
        if self._whole is None or self._whole[0] != turn:
            shown = [p for p in latest.values() if self.shows(p)]
            self._inside.update(p.thing for p in shown)
            packed = [self._tongue.pack(p) for p in shown]
            self._whole = (turn, self._tongue.say_fixes(packed, (), whole=True))
        frames = self._whole[1]
        reader.behind = None
        if reader.waiting + sum(map(len, frames)) < SOFT:
            for frame in frames:
                reader.put(frame)
            return
        reader.owes_whole = True
        reader.fall_behind(p.thing for p in latest.values() if self.shows(p))
        self.send_behind(reader, latest)

    def send_behind(self, reader: Reader, latest: dict[ThingId, Position]) -> None:
        """Send the latest fixes of things a reader has fallen behind with, as far as there is room."""
        while reader.behind is not None and reader.waiting < SOFT // 2:
            some = [reader.behind.pop() for _ in range(min(MOST_FIXES, len(reader.behind)))]
            if not reader.behind:
                reader.behind = None
            found = [latest.get(thing) for thing in some]
            packed = [self._tongue.pack(p) for p in found if p is not None and self.shows(p)]
            gone = [t for t, p in zip(some, found, strict=True) if p is None or not self.shows(p)]
            for frame in self._tongue.say_fixes(packed, gone, whole=reader.owes_whole):
                reader.put(frame)
            reader.owes_whole = False

    def _cut(self, news: _News) -> tuple[Sequence[int], Iterable[ThingId]]:
        """Return which of the fresh things are shown, by index, and which have left the view."""
        if self._own is not None:
            chosen: Sequence[int] = [i for i, p in enumerate(news.fresh.values()) if self.shows(p)]
        elif self._view is None:
            return range(len(news.things)), ()
        else:
            box = self._view
            x, y = news.lons, news.lats
            mask = (x >= box.west) & (x <= box.east) & (y >= box.south) & (y <= box.north)
            chosen = mask.nonzero()[0].tolist()
        if self._view is None:
            return chosen, ()
        shown = {news.things[i] for i in chosen}
        left = (self._inside & news.fresh.keys()) - shown
        self._inside -= left
        self._inside |= shown
        return chosen, left

    def _departed(self, news: _News) -> Iterable[ThingId]:
        if self._view is not None:
            departed = self._inside & news.gone
            self._inside -= departed
            return departed
        return news.gone if self._own is None else news.gone & self._own

    def _frames(self, news: _News, indices: Sequence[int], gone: list[ThingId]) -> list[bytes]:
        packed = news.packed(self._tongue)
        chosen = packed if len(indices) == len(packed) else [packed[i] for i in indices]
        return self._tongue.say_fixes(chosen, sorted(gone))


class _Rate:
    """All groups that are sent so many times a second."""

    def __init__(self, hz: int, now: float) -> None:
        self.period_s = 1.0 / hz
        self.due = now + self.period_s
        self.groups: dict[_Key, _Group] = {}
        self.fresh: dict[ThingId, Position] = {}
        self.gone: set[ThingId] = set()

    def note(self, fresh: dict[ThingId, Position], gone: set[ThingId]) -> None:
        """Keep what altered until the next turn."""
        if gone:
            self.gone |= gone
            for thing in gone:
                self.fresh.pop(thing, None)
        if fresh:
            self.gone.difference_update(fresh)
            self.fresh.update(fresh)


class Telemetry:
    """Hands out fixes. Runs by itself while there are readers."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._rates: dict[int, _Rate] = {}
        self._groups: dict[Reader, tuple[int, _Key]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._turns = 0

    def join(self, reader: Reader, look: Look) -> None:
        """Send a reader everything it looks at, and from here on what alters of it. A second call alters its look."""
        self.leave(reader)
        reader.look = look
        loop = asyncio.get_running_loop()
        view = None if reader.tongue is Tongue.WIRE_1 else shared_view(look.view)
        key = (reader.tongue, reader.sight, look.rate_hz, view)
        rate = self._rates.get(look.rate_hz)
        if rate is None:
            rate = self._rates[look.rate_hz] = _Rate(look.rate_hz, loop.time())
        group = rate.groups.get(key)
        if group is None:
            group = rate.groups[key] = _Group(reader.tongue, reader.sight, view)
        group.readers.add(reader)
        self._groups[reader] = (look.rate_hz, key)
        group.send_whole(reader, self._tracker.latest, self._turns)
        self._plan(loop)

    def leave(self, reader: Reader) -> None:
        """Send a reader nothing more."""
        place = self._groups.pop(reader, None)
        if place is None:
            return
        hz, key = place
        rate = self._rates[hz]
        group = rate.groups[key]
        group.readers.discard(reader)
        if not group.readers:
            del rate.groups[key]
        if not rate.groups:
            del self._rates[hz]

    def _plan(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the next turn at the moment the first rate is due; with no reader there is none."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._rates:
            self._timer = loop.call_at(min(rate.due for rate in self._rates.values()), self._turn, loop)

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._turns += 1
            fresh, gone = self._tracker.drain()
            now = loop.time()
            for rate in self._rates.values():
                rate.note(fresh, gone)
                if rate.due <= now:
                    self._hand_out(rate)
                    rate.due = max(rate.due + rate.period_s, now)
        finally:
            self._plan(loop)

    def _hand_out(self, rate: _Rate) -> None:
        news = _News(rate.fresh, rate.gone)
        rate.fresh, rate.gone = {}, set()
        latest = self._tracker.latest
        for group in rate.groups.values():
            if news.things or news.gone:
                group.hand_out(news, latest)
            else:
                for reader in group.readers:
                    group.send_behind(reader, latest)
