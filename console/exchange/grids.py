"""Areas of another system as grids."""

from console.exchange.mapping import Mapping, need_mapped
from console.exchange.rows import Row, bounded
from console.exchange.table import Record, Table
from domain.faults import Fault, invalid
from domain.ids import DivisionCode
from domain.wire import ImportedGrid


def grid_rows(table: Table, mapping: Mapping) -> list[Row[ImportedGrid]]:
    """Return a row for each feature. Raises ``Fault``: no areas in such a file, columns missing."""
    if table.place == "line":
        raise invalid("file_without_areas")
    need_mapped(table.columns, mapping)
    return [_row(record, mapping) for record in table.records]


def _row(record: Record, mapping: Mapping) -> Row[ImportedGrid]:
    if record.fault is not None:
        return Row(record, fault=record.fault)
    division = mapping.value(record.fields, "division")
    try:
        grid = ImportedGrid(
            code=bounded("code", mapping.value(record.fields, "code"), 64, least=1),
            name=bounded("name", mapping.value(record.fields, "name"), 100, least=1),
            wkb=record.area_wkb(),
            source=mapping.source,
            division=DivisionCode(bounded("division", division, 64)) if division else None,
        )
    except Fault as fault:
        return Row(record, fault=fault)
    return Row(record, wire=grid)
