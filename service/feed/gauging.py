"""Readings to the readers: the latest of each thing, twice a second, cut to what a reader may see.

Readers with the same wire and sight are sent the same bytes. Who does not keep up gets no frames until there is room
again, and then everything as it is. Event loop only.
"""

from collections.abc import Sequence

from domain.reading import Reading
from domain.wire_feed import Readings
from service.access import Sight
from service.feed.reader import SOFT, Reader
from service.feed.tongue import Tongue
from service.gauges import Gauges, Key

SINCE = 3
"""The wire that readings came with."""
MOST = 2_000
"""Readings in one message."""

_Key = tuple[Tongue, Sight]


class Gauging:
    """Hands out readings. ``turn`` is called twice a second."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges
        self._groups: dict[_Key, set[Reader]] = {}
        self._owed: set[Reader] = set()

    def join(self, reader: Reader) -> None:
        """Send a reader every reading it may see, and from here on what is new. A second call does nothing."""
        key = (reader.tongue, reader.sight)
        readers = self._groups.setdefault(key, set())
        if reader.tongue.wire < SINCE or not reader.sight.kinds or reader in readers:
            return
        readers.add(reader)
        self._send_whole(reader)

    def leave(self, reader: Reader) -> None:
        """Send a reader nothing more."""
        self._owed.discard(reader)
        key = (reader.tongue, reader.sight)
        readers = self._groups.get(key)
        if readers is not None:
            readers.discard(reader)
            if not readers:
                del self._groups[key]

    def turn(self) -> None:
        """Hand out what is new."""
        fresh, gone = self._gauges.drain()
        for (tongue, sight), readers in self._groups.items():
            frames: list[bytes] | None = None
            for reader in readers:
                if reader in self._owed:
                    self._send_whole(reader)
                elif reader.waiting >= SOFT:
                    if fresh or gone:
                        self._owed.add(reader)
                elif fresh or gone:
                    if frames is None:
                        seen = [r for r in fresh if self._gauges.shows(r.key, sight)]
                        frames = _said(tongue, seen, [k for k in gone if k[0] in sight.kinds], whole=False)
                    for frame in frames:
                        reader.put(frame)

    def _send_whole(self, reader: Reader) -> None:
        if reader.waiting >= SOFT:
            self._owed.add(reader)
            return
        self._owed.discard(reader)
        for frame in _said(reader.tongue, self._gauges.seen(reader.sight), (), whole=True):
            reader.put(frame)


def _said(tongue: Tongue, readings: Sequence[Reading], gone: Sequence[Key], *, whole: bool) -> list[bytes]:
    """Return messages with these readings; none where there is nothing to say."""
    parts = [tuple(readings[i : i + MOST]) for i in range(0, len(readings), MOST)]
    if not parts and (gone or whole):
        parts = [()]
    return [
        tongue.say(Readings(part, tuple(gone) if i == 0 else (), whole=whole and i == 0))
        for i, part in enumerate(parts)
    ]
