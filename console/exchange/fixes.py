"""Past fixes of made-up units, each unit's track shifted so that its last fix lies shortly before the service's now."""

from datetime import datetime, timedelta

from console.exchange.mapping import Mapping, need_mapped
from console.exchange.rows import Row, bounded, place
from console.exchange.table import Record, Table
from domain.faults import Fault, invalid
from domain.wire import ImportedFix

LAST_FIX_BEFORE_NOW = timedelta(seconds=5)


def fix_rows(table: Table, mapping: Mapping, now: datetime) -> list[Row[ImportedFix]]:
    """Return a row for each fix. ``now`` is the service's time."""
    if table.place != "line":
        raise invalid("file_without_tracks")
    need_mapped(table.columns, mapping)
    rows = [_row(record, mapping) for record in table.records]
    last: dict[str, datetime] = {}
    for row in rows:
        if row.wire is not None:
            last[row.wire.thing] = max(last.get(row.wire.thing, row.wire.source_at), row.wire.source_at)
    return [_shifted(row, last, now) for row in rows]


def _row(record: Record, mapping: Mapping) -> Row[ImportedFix]:
    if record.fault is not None:
        return Row(record, fault=record.fault)
    fields = record.fields
    try:
        lon, lat = place(mapping.value(fields, "lon"), mapping.value(fields, "lat"), mapping.crs)
        source_at = mapping.moment(fields, "at")
        if lon is None or lat is None or source_at is None:
            raise invalid("value_missing", field="at" if source_at is None else "lon")
        thing = bounded("thing", mapping.value(fields, "thing"), 48, least=1)
        fix = ImportedFix(
            source=mapping.source,
            thing=thing,
            name=bounded("name", mapping.name.replace("{thing}", thing), 100, least=1),
            source_at=source_at,
            fixed_at=source_at,
            lon=lon,
            lat=lat,
        )
    except Fault as fault:
        return Row(record, fault=fault)
    return Row(record, wire=fix)


def _shifted(row: Row[ImportedFix], last: dict[str, datetime], now: datetime) -> Row[ImportedFix]:
    fix = row.wire
    if fix is None:
        return row
    fixed_at = now - LAST_FIX_BEFORE_NOW - (last[fix.thing] - fix.source_at)
    return Row(
        row.record,
        wire=ImportedFix(
            source=fix.source,
            thing=fix.thing,
            name=fix.name,
            source_at=fix.source_at,
            fixed_at=fixed_at,
            lon=fix.lon,
            lat=fix.lat,
        ),
    )
