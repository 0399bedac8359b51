"""Taking in grids and divisions. The same code with the same content is a duplicate, with other content an update."""

from collections.abc import Sequence

import msgspec

from domain.change import Subject
from domain.faults import Fault, invalid
from domain.ids import CaseNo, DivisionCode, GridCode
from domain.places import Division, Grid, division_level, parent_code
from domain.wire import ImportedDivision, ImportedGrid, RowResult
from service.access import Asker
from service.store import reads
from service.store import statements as sql
from service.write.importing import ACCEPTED, DUPLICATE, fall_again, rejected
from service.write.reporting import author_of
from service.write.work import Work


def import_grids(
    work: Work, rows: Sequence[ImportedGrid], faults: Sequence[Fault | None], asker: Asker, *, dry_run: bool
) -> list[RowResult]:
    """Take in grids, then let every located case fall again. ``faults`` says what is wrong with each row's area."""
    results: list[RowResult] = []
    fresh: dict[GridCode, Grid] = {}
    for row, fault in zip(rows, faults, strict=True):
        code = GridCode(row.code)
        held = fresh.get(code) or work.world.grids.get(code)
        grid = Grid(
            code=code,
            name=row.name,
            wkb=row.wkb,
            division=row.division,
            responsible=None if held is None else held.responsible,
            source=row.source,
            synthetic=False,
        )
        if fault is not None:
            results.append(rejected(fault))
        elif held is not None and (held.source != grid.source):
            results.append(rejected(invalid("grid_of_another_source", code=code, source=held.source)))
        elif held == grid:
            results.append(DUPLICATE)
        else:
            fresh[code] = grid
            results.append(ACCEPTED)
    if fresh and not dry_run:
        _keep_grids(work, fresh, asker)
    return results


def _keep_grids(work: Work, fresh: dict[GridCode, Grid], asker: Asker) -> None:
    before, old = work.world.grids, work.world
    world = work.world.with_areas(fresh.values(), ())
    moved = {code for code in fresh if world.area_of_grid(code) != old.area_of_grid(code)}
    author = author_of(asker)
    for code, grid in fresh.items():
        action = "changed" if code in before else "added"
        data = {"name": grid.name, "division": grid.division, "source": grid.source, "geometry": world.tag}
        work.record(Subject.GRID, code, action, author, data)
        work.put(sql.DROP_GRID, {"which": code})
        work.put(sql.ADD_GRID, {"code": code, "body": msgspec.msgpack.encode(grid)})
    work.world_after = world
    located = reads.located(work.connection)
    fall_again(work, [(CaseNo(r.case_no), r.lon, r.lat, r.placement, r.grid_code) for r in located], author, moved)


def import_divisions(
    work: Work, rows: Sequence[ImportedDivision], faults: Sequence[Fault | None], asker: Asker, *, dry_run: bool
) -> list[RowResult]:
    """Take in divisions. A parent may stand anywhere in the batch; where none is given the code says it."""
    held_before = work.world.divisions
    known = set(held_before) | {DivisionCode(row.code) for row in rows}
    results: list[RowResult] = []
    fresh: dict[DivisionCode, Division] = {}
    for row, fault in zip(rows, faults, strict=True):
        code = DivisionCode(row.code)
        try:
            if fault is not None:
                raise fault
            division = Division(
                code=code,
                name=row.name,
                level=division_level(code),
                parent=_parent(row, known),
                wkb=row.wkb,
                source=row.source,
            )
        except Fault as refused:
            results.append(rejected(refused))
            continue
        held = fresh.get(code) or held_before.get(code)
        if held == division:
            results.append(DUPLICATE)
            continue
        fresh[code] = division
        results.append(ACCEPTED)
    if fresh and not dry_run:
        _keep_divisions(work, fresh, asker)
    return results


def _parent(row: ImportedDivision, known: set[DivisionCode]) -> DivisionCode | None:
    if row.parent is None:
        derived = parent_code(row.code)
        return derived if derived in known else None
    if row.parent == row.code:
        raise invalid("own_parent", code=row.code)
    if row.parent not in known:
        raise invalid("unknown_parent", parent=row.parent)
    return row.parent


def _keep_divisions(work: Work, fresh: dict[DivisionCode, Division], asker: Asker) -> None:
    before = work.world.divisions
    world = work.world.with_areas((), fresh.values())
    author = author_of(asker)
    for code, division in fresh.items():
        action = "changed" if code in before else "added"
        data = {"name": division.name, "parent": division.parent, "source": division.source, "geometry": world.tag}
        work.record(Subject.DIVISION, code, action, author, data)
        work.put(sql.DROP_DIVISION, {"which": code})
        work.put(sql.ADD_DIVISION, {"code": code, "body": msgspec.msgpack.encode(division)})
    work.world_after = world
