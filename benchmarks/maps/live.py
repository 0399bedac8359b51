"""Staff on the map as the live feed brings them: from the bytes of a message to the layer's model, on the UI thread.

The figures of ``kernels`` and ``view`` hand arrays to the layer; here is what a console does before that: it decodes
the message, takes it into its picture of the town, and moves who moved.
"""

import time
from collections.abc import Iterable

import msgspec
from PySide6.QtCore import QTimer

from benchmarks.harness import Rows, Sense, lower_quartile, single
from benchmarks.maps.ours import NOW, Degrees, OurMap
from client.picture import Picture
from console.holdings import Holdings
from console.thingfeed import ThingFeed
from domain.case import Rules
from domain.clock import ServiceClock, WorkCalendar
from domain.ids import AccountId, DivisionCode, StaffId, UnitId
from domain.people import Staff, Unit, UnitKind
from domain.wire import Me, Snapshot, TownInfo
from domain.wire_feed import FeedMessage, Fix, Fixes
from layers.trail.model import TrailModel
from resources.words import Words
from widgets.names import Names

A_UNIT = 20
"""People of one unit."""
FIRST_MS, STEP_MS = int(NOW.timestamp() * 1000), 100


class LiveStaff:
    """The staff of a map, moved by messages."""

    def __init__(self, ours: OurMap) -> None:
        self._ours = ours
        self._picture = _picture([StaffId(thing) for thing in ours.things])
        self._feed = ThingFeed(Names(Words("zh-CN")), Holdings(), TrailModel())
        self._decoder = msgspec.msgpack.Decoder(FeedMessage)
        self._sent = 0

    def message(self, moved: Degrees) -> bytes:
        """Return what the service sends when everybody is at these places."""
        self._sent += 1
        at_ms = FIRST_MS + self._sent * STEP_MS
        fixes = zip(self._ours.things, moved.round(6).tolist(), strict=True)
        return msgspec.msgpack.encode(
            Fixes(tuple(Fix(thing, lon, lat, at_ms, 1.2, at_ms / 100 % 360, 8.0) for thing, (lon, lat) in fixes))
        )

    def take(self, message: bytes) -> None:
        """Take a message into the picture, as the console does when it comes."""
        delta = self._picture.apply(self._decoder.decode(message))
        self._feed.take(delta.positions, delta.gone)

    def show(self) -> None:
        """Show what came, as the console does some times a second."""
        self._feed.flush(self._picture, self._ours.positions, set())

    def hear(self, message: bytes) -> None:
        """Take a message now and show it in the next turn of the loop, as the console does."""
        self.take(message)
        QTimer.singleShot(0, self.show)


def live_rows(ours: OurMap, moves: Iterable[Degrees], land: str) -> Rows:
    """Measure taking in and showing messages in each of which all staff moved."""
    live, taken, shown = LiveStaff(ours), list[float](), list[float]()
    for message in [live.message(moved) for moved in moves]:
        began = time.perf_counter()
        live.take(message)
        held = time.perf_counter()
        live.show()
        taken.append((held - began) * 1000)
        shown.append((time.perf_counter() - held) * 1000)
    what = f"{land} {len(ours.things):,} fixes from the feed"
    return [
        single(f"{what}, decoded and taken into the picture", "ms", lower_quartile(taken), None, "", Sense.FIGURE,
               len(taken)),
        single(f"{what}, then shown by the layer's model", "ms", lower_quartile(shown), None, "", Sense.FIGURE,
               len(shown)),
    ]  # fmt: skip


def _picture(staff: list[StaffId]) -> Picture:
    town = TownInfo(DivisionCode("330699103"), "清溪镇", "Qingxi", True, WorkCalendar(), Rules(stage={}), (), ())
    units = [UnitId(f"u{i}") for i in range(len(staff) // A_UNIT + 1)]
    return Picture(
        Snapshot(
            epoch="e",
            head=0,
            clock=ServiceClock(real_origin=NOW, service_origin=NOW),
            me=Me(account=AccountId("desk"), name="desk", roles=frozenset()),
            town=town,
            units=tuple(Unit(unit, unit, UnitKind.TEAM) for unit in units),
            staff=tuple(Staff(who, who, units[i // A_UNIT], frozenset()) for i, who in enumerate(staff)),
            vehicles=(),
            cases=(),
            positions=(),
            geometry="g",
        )
    )
