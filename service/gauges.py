"""What sensors and cameras said last. Telemetry, never in the log. Event loop only.

A reading is taken of a thing that is in the register. A sample, at most one a thing in ``SAMPLE_EVERY`` and each that
says another state, waits to be put into the history (``service.write.readings``).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from domain.change import Subject
from domain.faults import invalid
from domain.ids import EntryId
from domain.reading import Reading
from domain.register import REGISTERS, Entry, EntryKind, fold_entry, reaches, split_subject
from service.access import Sight
from service.write.work import Recorded

MAX_AHEAD = timedelta(minutes=5)
MAX_BEHIND = timedelta(days=1)
SAMPLE_EVERY = timedelta(seconds=60)
MOST_SAMPLES = 50_000
"""Samples waiting to be kept; beyond that none are taken until those are."""

REPORTING = frozenset(kind for kind, rule in REGISTERS.items() if rule.reports)
"""Registers whose things send readings."""

Key = tuple[EntryKind, EntryId]


class Gauges:
    """The latest readings, of the things that are in the register with the division each belongs to."""

    def __init__(self, entries: Iterable[Entry] = (), kept: Iterable[Reading] = ()) -> None:
        self.areas: dict[Key, str] = {(e.kind, e.entry_id): e.area for e in entries}
        self.latest: dict[Key, Reading] = {r.key: r for r in kept if r.key in self.areas}
        self._fresh: set[Key] = set()
        self._gone: set[Key] = set()
        self._unsaved: set[Key] = set()
        self._sampled: dict[Key, Reading] = {}
        self._samples: list[Reading] = []

    def hear_of(self, recorded: Sequence[Recorded]) -> None:
        """Follow the register: what is taken out has no reading any more."""
        for entry in recorded:
            change = entry.change
            if change.subject is not Subject.ENTRY or split_subject(change.subject_id)[0] not in REPORTING:
                continue
            after = fold_entry(change)
            key = (after.kind, after.entry_id)
            if not after.removed:
                self.areas[key] = after.area
                continue
            self.areas.pop(key, None)
            self._sampled.pop(key, None)
            self._fresh.discard(key)
            self._unsaved.add(key)
            if self.latest.pop(key, None) is not None:
                self._gone.add(key)

    def take(self, readings: Iterable[Reading], now: datetime) -> int:
        """Take a batch: all of it, or none where one reading in it is refused. Returns how many were news."""
        checked: list[Reading] = []
        for reading in readings:
            if reading.at.tzinfo is None:
                raise invalid("moment_without_offset", argument="at")
            if reading.key not in self.areas:
                raise invalid("unknown_entry", entry_id=reading.entry_id)
            if not now - MAX_BEHIND <= reading.at <= now + MAX_AHEAD:
                raise invalid("reading_out_of_bounds", entry_id=reading.entry_id)
            checked.append(reading if reading.at.tzinfo is UTC else replace(reading, at=reading.at.astimezone(UTC)))
        return sum(self._renew(reading, own=True) for reading in checked)

    def hear(self, readings: Iterable[Reading]) -> None:
        """Take what another service of the same database has kept."""
        for reading in readings:
            if reading.key in self.areas:
                self._renew(reading, own=False)

    def _renew(self, reading: Reading, *, own: bool) -> bool:
        held = self.latest.get(reading.key)
        if held is not None and held.at >= reading.at:
            return False
        self.latest[reading.key] = reading
        self._fresh.add(reading.key)
        if own:
            self._unsaved.add(reading.key)
            self._sample(reading)
        return True

    def _sample(self, reading: Reading) -> None:
        last = self._sampled.get(reading.key)
        due = last is None or reading.state is not last.state or reading.at - last.at >= SAMPLE_EVERY
        if due and len(self._samples) < MOST_SAMPLES:
            self._sampled[reading.key] = reading
            self._samples.append(reading)

    def shows(self, key: Key, sight: Sight) -> bool:
        """Return whether a reader may see the readings of a thing."""
        area = self.areas.get(key)
        return area is not None and key[0] in sight.kinds and reaches(REGISTERS[key[0]], area, sight.area)

    def seen(self, sight: Sight) -> list[Reading]:
        """Return the latest readings a reader may see."""
        if REPORTING.isdisjoint(sight.kinds):
            return []
        return [reading for key, reading in self.latest.items() if self.shows(key, sight)]

    def drain(self) -> tuple[list[Reading], list[Key]]:
        """Return what is new, and whose readings have gone, since the last call."""
        fresh = [self.latest[key] for key in self._fresh]
        gone = sorted(self._gone - self.latest.keys())
        self._fresh, self._gone = set(), set()
        return fresh, gone

    def drain_unsaved(self) -> tuple[list[Reading], list[Key]]:
        """Return the readings to keep over a restart, and those to forget, since the last call."""
        kept = [self.latest[key] for key in self._unsaved if key in self.latest]
        dropped = sorted(key for key in self._unsaved if key not in self.latest)
        self._unsaved = set()
        return kept, dropped

    def drain_samples(self) -> list[Reading]:
        """Return what the history is to keep since the last call."""
        samples, self._samples = self._samples, []
        return samples
