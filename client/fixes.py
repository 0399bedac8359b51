"""Where each thing was last: kept as the feed says it, read as positions.

A county's staff sends thousands of fixes a second, of which few are read before the next: making a position of each
took longer than all else that is done with it.
"""

from collections.abc import Iterable, Iterator, Mapping

from domain.ids import ThingId
from domain.places import Position
from domain.wire_feed import Fix, fix_of, has_a_time, position_of


class LatestFixes(Mapping[ThingId, Position]):
    """The newest fix of each thing; a mapping of positions to those who read it. Milliseconds are kept of a time."""

    def __init__(self, positions: Iterable[Position] = ()) -> None:
        self._fixes: dict[ThingId, Fix] = {position.thing: fix_of(position) for position in positions}

    def __getitem__(self, thing: ThingId) -> Position:
        return position_of(self._fixes[thing])

    def __contains__(self, thing: object) -> bool:
        return thing in self._fixes

    def __iter__(self) -> Iterator[ThingId]:
        return iter(self._fixes)

    def __len__(self) -> int:
        return len(self._fixes)

    def of(self, things: Iterable[ThingId]) -> list[Fix]:
        """Return the fixes of these things as the feed said them; things without one are passed over."""
        find = self._fixes.get
        return [fix for thing in things if (fix := find(thing)) is not None]

    def take(self, fixes: Iterable[Fix]) -> frozenset[ThingId]:
        """Keep those that are not older than what is held, of a time a calendar knows; return whose they are."""
        held, fresh = self._fixes, list[ThingId]()
        for fix in fixes:
            thing = fix.thing
            before = held.get(thing)
            if (before is None or before.at_ms <= fix.at_ms) and has_a_time(fix):
                held[thing] = fix
                fresh.append(thing)
        return frozenset(fresh)

    def drop(self, things: Iterable[ThingId]) -> frozenset[ThingId]:
        """Forget these things; return those that were known."""
        return frozenset(thing for thing in things if self._fixes.pop(thing, None) is not None)
