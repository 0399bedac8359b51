"""Taking in past positions of made-up units: kept as history, with a unit and a vehicle invented for each thing.

They stand on the map as synthetic vehicles at their last fix. Nobody real is tracked.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from domain.change import Subject
from domain.faults import Fault
from domain.ids import ThingId, UnitId
from domain.people import Shift, Unit, UnitKind, Vehicle
from domain.places import Position
from domain.wire import ImportedFix, RowResult
from service.access import Asker
from service.store import reads
from service.store import statements as sql
from service.store.rows import to_us
from service.write.importing import ACCEPTED, DUPLICATE, check_times, rejected
from service.write.reporting import author_of
from service.write.work import Work

ON_DUTY = timedelta(days=3650)
"""How long a made-up vehicle stays on shift, so that its last fix is shown."""


def thing_of(row: ImportedFix) -> ThingId:
    """Return the id of the made-up vehicle a row's thing becomes."""
    return ThingId(f"{row.source}:{row.thing}")


def import_fixes(
    work: Work, rows: Sequence[ImportedFix], asker: Asker, *, dry_run: bool
) -> tuple[list[RowResult], list[Position]]:
    """Take in past fixes. Returns a result a row, and the newest fix of each thing for the map."""
    known = _known(work, rows)
    results: list[RowResult] = []
    fresh: list[ImportedFix] = []
    for row in rows:
        mark = (row.source, row.thing, _at(row.source_at))
        try:
            check_times(source_at=row.source_at, fixed_at=row.fixed_at)
        except Fault as fault:
            results.append(rejected(fault))
            continue
        if mark in known:
            results.append(DUPLICATE)
            continue
        known.add(mark)
        fresh.append(row)
        results.append(ACCEPTED)
    if not fresh or dry_run:
        return results, []
    _keep(work, fresh, asker)
    newest = {thing_of(row): row for row in sorted(fresh, key=lambda r: r.fixed_at)}
    return results, [Position(thing, row.lon, row.lat, row.fixed_at.astimezone(UTC)) for thing, row in newest.items()]


def _at(moment: datetime) -> int:
    return to_us(moment) if moment.tzinfo is not None else 0


def _known(work: Work, rows: Sequence[ImportedFix]) -> set[tuple[str, str, int]]:
    times: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        times[row.source, row.thing].add(_at(row.source_at))
    return {
        (source, thing, at)
        for (source, thing), wanted in times.items()
        for at in reads.fix_times(work.connection, source, thing, wanted)
    }


def _keep(work: Work, fresh: Sequence[ImportedFix], asker: Asker) -> None:
    author = author_of(asker)
    for row in fresh:
        work.put(
            sql.ADD_FIX,
            {
                "source": row.source,
                "thing": row.thing,
                "source_at": to_us(row.source_at),
                "fixed_at": to_us(row.fixed_at),
                "lon": row.lon,
                "lat": row.lat,
            },
        )
    unmet = {thing_of(row): row for row in fresh if thing_of(row) not in work.world.vehicles}
    for thing, row in unmet.items():
        first = min(r.fixed_at for r in fresh if thing_of(r) == thing).astimezone(UTC)
        unit = Unit(unit_id=UnitId(thing), name=row.name, kind=UnitKind.CREW, synthetic=True)
        shift = Shift(min(first, work.now), work.now + ON_DUTY)
        vehicle = Vehicle(vehicle_id=thing, name=row.name, unit_id=unit.unit_id, shift=shift, synthetic=True)
        work.put(sql.ADD_UNIT, {"unit_id": unit.unit_id, "body": msgspec.msgpack.encode(unit)})
        work.put(sql.ADD_VEHICLE, {"vehicle_id": thing, "body": msgspec.msgpack.encode(vehicle)})
        data = {"unit": msgspec.to_builtins(unit), "vehicle": msgspec.to_builtins(vehicle)}
        work.record(Subject.UNIT, unit.unit_id, "added", author, data)
        work.world_after = work.world.with_people([unit], [vehicle])
    source = fresh[0].source
    data = {"source": source, "fixes": len(fresh), "things": len({thing_of(r) for r in fresh})}
    work.record(Subject.POSITIONS, source, "imported", author, data)
