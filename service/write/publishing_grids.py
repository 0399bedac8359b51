"""Publishing a mesh of grids whole, publishing an earlier one again, and letting the open cases fall into it.

The cases fall in jobs of a few hundred, so that commands get their turn between two of them; where a service ends
meanwhile the next one goes on. Ended cases keep the grid they had.
"""

import zlib
from datetime import timedelta
from typing import Any

import msgspec

from domain.change import Subject
from domain.faults import Fault, FaultKind, conflict, invalid, not_found
from domain.ids import CaseNo, GridCode
from domain.places import Grid
from domain.wire_admin import Done
from domain.wire_grids import MOST_GRIDS, VERSIONS_KEPT, DraftGrid, DraftState
from service.access import Asker
from service.store import meshes
from service.store import statements as sql
from service.store.rows import to_us
from service.world import META_FALLING, World
from service.write.importing import fall_again
from service.write.reporting import author_of
from service.write.work import SYSTEM, Work

CASES_A_JOB = 300
DRAFTS_KEPT = timedelta(days=7)
MESH = "mesh"
"""What a change of the whole mesh names as its subject."""


class Falling(msgspec.Struct, frozen=True):
    """How far the cases have fallen: the last one looked at, and the grids whose cases lie in another division now."""

    after: CaseNo
    moved: tuple[GridCode, ...] = ()


def put_draft(work: Work, draft: str, rows: tuple[DraftGrid, ...]) -> DraftState:
    """Keep some grids of a draft. A draft that nobody publishes is let go after some days."""
    held = meshes.draft_size(work.connection, draft)
    if held + len(rows) > MOST_GRIDS:
        raise Fault(FaultKind.TOO_LARGE, "too_many", argument="grids", limit=MOST_GRIDS)
    at = to_us(work.now)
    work.put(sql.PRUNE_DRAFTS, {"before": to_us(work.now - DRAFTS_KEPT)})
    bodies = {row.code: msgspec.msgpack.encode(row) for row in rows}
    work.put(sql.KEEP_DRAFT, *({"draft": draft, "code": c, "at": at, "body": body} for c, body in bodies.items()))
    known = meshes.draft_codes(work.connection, draft)
    return DraftState(len(known | bodies.keys()))


def publish(work: Work, draft: str, version: int, count: int, note: str, asker: Asker) -> Done:
    """Put a draft in force. Raises ``Fault``: another version came between, not all of it arrived, nothing alters."""
    _check_version(work, version)
    rows = meshes.draft(work.connection, draft)
    if not rows:
        raise not_found("no_such_draft")
    if len(rows) != count:
        raise conflict("draft_incomplete", found=len(rows), expected=count)
    grids = {GridCode(row.code): _grid(work.world, row) for row in rows}
    done = _take(work, grids, note, asker, {})
    work.put(sql.DROP_DRAFT, {"which": draft})
    return done


def republish(work: Work, wanted: int, version: int, note: str, asker: Asker) -> Done:
    """Put an earlier version in force again, as a new one."""
    _check_version(work, version)
    body = meshes.version_body(work.connection, wanted)
    if body is None:
        raise not_found("no_such_version", version=wanted)
    grids = msgspec.msgpack.decode(zlib.decompress(body), type=list[Grid])
    return _take(work, {grid.code: grid for grid in grids}, note, asker, {"of": wanted})


def fall_some(work: Work) -> bool:
    """Let some more open cases fall into the grids in force; return whether there are others."""
    kept = meshes.falling(work.connection)
    if kept is None:
        return False
    falling = msgspec.json.decode(kept, type=Falling)
    rows = meshes.open_located(work.connection, falling.after, CASES_A_JOB)
    located = [(CaseNo(r[0]), float(r[1]), float(r[2]), str(r[3]), r[4]) for r in rows]
    fall_again(work, located, SYSTEM, frozenset(falling.moved))
    work.put(sql.DROP_META, {"which": META_FALLING})
    more = len(rows) == CASES_A_JOB
    if more:
        _keep_falling(work, Falling(located[-1][0], falling.moved))
    return more


def _check_version(work: Work, seen: int) -> None:
    present = meshes.newest_version(work.connection)
    if present != seen:
        raise conflict("stale_grids", seen=seen, present=present)


def _grid(world: World, row: DraftGrid) -> Grid:
    if row.responsible is not None and row.responsible not in world.staff:
        raise invalid("unknown_staff", staff=row.responsible)
    held = world.grids.get(GridCode(row.code))
    return Grid(
        code=GridCode(row.code),
        name=row.name,
        wkb=row.wkb,
        division=row.division,
        responsible=row.responsible,
        source="" if held is None else held.source,
        synthetic=world.info.synthetic,
    )


def _take(work: Work, grids: dict[GridCode, Grid], note: str, asker: Asker, data: dict[str, Any]) -> Done:
    old = work.world
    added, removed = grids.keys() - old.grids.keys(), old.grids.keys() - grids.keys()
    altered = {code for code in grids.keys() & old.grids.keys() if grids[code] != old.grids[code]}
    if not (added or removed or altered):
        raise conflict("nothing_to_alter")
    version = meshes.newest_version(work.connection)
    if version == 0:
        _keep_version(work, 1, old.grids, "", SYSTEM.account, (0, 0, 0))
    number = max(version, 1) + 1
    counts = (len(added), len(removed), len(altered))
    _keep_version(work, number, grids, note, author_of(asker).account, counts)
    work.put(sql.PRUNE_GRID_VERSIONS, {"before": number - VERSIONS_KEPT + 1})
    gone = sorted(removed | altered)
    if gone:
        work.put(sql.DROP_GRID, *({"which": code} for code in gone))
    fresh = sorted(added | altered)
    if fresh:
        work.put(sql.ADD_GRID, *({"code": c, "body": msgspec.msgpack.encode(grids[c])} for c in fresh))
    world = old.with_mesh(grids)
    moved = tuple(sorted(c for c in altered if world.area_of_grid(c) != old.area_of_grid(c)))
    work.put(sql.DROP_META, {"which": META_FALLING})
    _keep_falling(work, Falling(CaseNo(""), moved))
    work.world_after = world
    said = {"version": number, "note": note, "geometry": world.tag, **data}
    said |= dict(zip(("added", "removed", "altered"), counts, strict=True))
    return Done(work.record(Subject.GRID, MESH, "published", author_of(asker), said))


def _keep_version(
    work: Work, number: int, grids: dict[GridCode, Grid], note: str, by: str, counts: tuple[int, int, int]
) -> None:
    body = zlib.compress(msgspec.msgpack.encode(list(grids.values())), 6)
    added, removed, altered = counts
    row = {"version": number, "at": to_us(work.now), "author": by, "note": note, "grids": len(grids), "body": body}
    work.put(sql.ADD_GRID_VERSION, {**row, "added": added, "removed": removed, "altered": altered})


def _keep_falling(work: Work, falling: Falling) -> None:
    work.put(sql.ADD_META, {"name": META_FALLING, "value": msgspec.json.encode(falling)})
