"""Administrative divisions: one a record with or without its area, or several levels in one row of a list."""

from console.exchange.mapping import Level, Mapping, need_mapped
from console.exchange.rows import Row, bounded
from console.exchange.table import Record, Table
from domain.faults import Fault, invalid
from domain.ids import DivisionCode
from domain.wire import ImportedDivision


def division_rows(table: Table, mapping: Mapping) -> list[Row[ImportedDivision]]:
    """Return a row for each record: the innermost level counts, outer ones are sent before it."""
    tree = bool(mapping.levels) and all({lv.code, lv.name} <= set(table.columns) for lv in mapping.levels)
    if not tree:
        need_mapped(table.columns, mapping)
        return [_single(record, mapping) for record in table.records]
    made: dict[str, str] = {}
    return [_branch(record, mapping, made) for record in table.records]


def _single(record: Record, mapping: Mapping) -> Row[ImportedDivision]:
    if record.fault is not None:
        return Row(record, fault=record.fault)
    fields = record.fields
    try:
        parent = mapping.value(fields, "parent")
        division = ImportedDivision(
            code=bounded("code", mapping.value(fields, "code"), 64, least=1),
            name=bounded("name", mapping.value(fields, "name"), 100, least=1),
            parent=DivisionCode(bounded("parent", parent, 64)) if parent else None,
            wkb=None if record.geometry is None else record.area_wkb(),
            source=mapping.source,
        )
    except Fault as fault:
        return Row(record, fault=fault)
    return Row(record, wire=division)


def _branch(record: Record, mapping: Mapping, made: dict[str, str]) -> Row[ImportedDivision]:
    """``made`` holds the names of the outer divisions met so far, by code."""
    if record.fault is not None:
        return Row(record, fault=record.fault)
    try:
        chain: list[ImportedDivision] = []
        for level in mapping.levels:
            chain.append(_division(record, level, mapping, chain[-1].code if chain else None))
        for division in chain[:-1]:
            if made.setdefault(division.code, division.name) != division.name:
                raise invalid("division_named_twice", code=division.code, name=division.name)
    except Fault as fault:
        return Row(record, fault=fault)
    return Row(record, wire=chain[-1], before=tuple(chain[:-1]))


def _division(record: Record, level: Level, mapping: Mapping, parent: str | None) -> ImportedDivision:
    return ImportedDivision(
        code=bounded(level.code, record.fields.get(level.code, ""), 64, least=1),
        name=bounded(level.name, record.fields.get(level.name, ""), 100, least=1),
        parent=None if parent is None else DivisionCode(parent),
        source=mapping.source,
    )
