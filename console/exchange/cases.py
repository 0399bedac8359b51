"""Cases of another system: codes word for word, times with their real offset, a missing place kept as missing."""

from console.exchange.mapping import Mapping, need_mapped
from console.exchange.rows import Row, bounded, place
from console.exchange.shapes import shape_word
from console.exchange.table import Record, Table
from domain.case import MAX_TEXT
from domain.faults import Fault, invalid
from domain.states import CaseState, Channel
from domain.wire import ImportedCase

IN_GEOMETRY = frozenset({"lon", "lat"})


def case_rows(table: Table, mapping: Mapping) -> list[Row[ImportedCase]]:
    """Return a row for each record. Raises ``Fault('columns_missing')``."""
    need_mapped(table.columns, mapping, but=IN_GEOMETRY if table.place == "feature" else frozenset())
    return [_row(record, mapping) for record in table.records]


def _row(record: Record, mapping: Mapping) -> Row[ImportedCase]:
    if record.fault is not None:
        return Row(record, fault=record.fault)
    try:
        return Row(record, wire=_case(record, mapping))
    except Fault as fault:
        return Row(record, fault=fault)


def _case(record: Record, mapping: Mapping) -> ImportedCase:
    fields = record.fields
    lon, lat = _place(record, mapping)
    opened_at = mapping.moment(fields, "opened_at")
    if opened_at is None:
        raise invalid("value_missing", field="opened_at")
    return ImportedCase(
        source=bounded("source", mapping.value(fields, "source") or mapping.source, 64),
        source_no=bounded("source_no", mapping.value(fields, "source_no"), 64, least=1),
        state=_state(mapping.value(fields, "state"), mapping),
        kind=bounded("kind", mapping.value(fields, "kind"), 64),
        title=bounded("title", mapping.value(fields, "title"), 200),
        text=bounded("text", mapping.value(fields, "text"), MAX_TEXT),
        channel=_channel(mapping.value(fields, "channel")),
        address=bounded("address", mapping.value(fields, "address"), 200),
        lon=lon,
        lat=lat,
        opened_at=opened_at,
        accepted_at=mapping.moment(fields, "accepted_at", not_before=opened_at),
        closed_at=mapping.moment(fields, "closed_at", not_before=opened_at),
    )


def _place(record: Record, mapping: Mapping) -> tuple[float | None, float | None]:
    if record.geometry is not None:
        if record.geometry.geom_type != "Point" or record.geometry.is_empty:
            raise invalid("not_a_point", found=shape_word(record.geometry))
        return place(repr(record.geometry.x), repr(record.geometry.y))
    return place(mapping.value(record.fields, "lon"), mapping.value(record.fields, "lat"), mapping.crs)


def _state(text: str, mapping: Mapping) -> CaseState:
    if not text:
        raise invalid("value_missing", field="state")
    if mapping.states:
        if text not in mapping.states:
            raise invalid("source_state_unknown", value=text[:40])
        return mapping.states[text]
    try:
        return CaseState(text)
    except ValueError:
        raise invalid("source_state_unknown", value=text[:40]) from None


def _channel(text: str) -> Channel:
    if not text:
        return Channel.IMPORT
    try:
        return Channel(text)
    except ValueError:
        raise invalid("channel_unknown", value=text[:40]) from None
