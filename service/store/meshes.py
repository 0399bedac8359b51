"""Reading drafts and versions of the mesh of grids, and what still has to fall into it."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from domain.ids import AccountId
from domain.wire_grids import DraftGrid, GridVersion
from service.store import reads
from service.store import tables as t
from service.store.rows import from_us
from service.world import META_FALLING

_DRAFT = select(t.grid_draft.c.body).where(t.grid_draft.c.draft == bindparam("draft")).order_by(t.grid_draft.c.code)
_CODES = select(t.grid_draft.c.code).where(t.grid_draft.c.draft == bindparam("draft"))
_SIZE = select(func.count()).select_from(t.grid_draft).where(t.grid_draft.c.draft == bindparam("draft"))
_NEWEST = select(func.coalesce(func.max(t.grid_version.c.version), 0))
_VERSIONS = select(*(column for column in t.grid_version.c if column.name != "body")).order_by(
    t.grid_version.c.version.desc()
)
_BODY = select(t.grid_version.c.body).where(t.grid_version.c.version == bindparam("version"))
_OPEN_LOCATED = (
    select(t.cases.c.case_no, t.cases.c.lon, t.cases.c.lat, t.cases.c.placement, t.cases.c.grid_code)
    .where(t.cases.c.is_open == 1, t.cases.c.lon.is_not(None), t.cases.c.case_no > bindparam("after"))
    .order_by(t.cases.c.case_no)
    .limit(bindparam("most"))
)


def draft(connection: Connection, name: str) -> list[DraftGrid]:
    """Return the grids of a draft, by code."""
    rows = connection.execute(_DRAFT, {"draft": name})
    return [msgspec.msgpack.decode(row.body, type=DraftGrid) for row in rows]


def draft_codes(connection: Connection, name: str) -> set[str]:
    """Return the codes of a draft's grids."""
    return {row.code for row in connection.execute(_CODES, {"draft": name})}


def draft_size(connection: Connection, name: str) -> int:
    """Return how many grids a draft holds."""
    return int(connection.execute(_SIZE, {"draft": name}).scalar_one())


def newest_version(connection: Connection) -> int:
    """Return the version in force, 0 where none was ever published."""
    return int(connection.execute(_NEWEST).scalar_one())


def versions(connection: Connection) -> tuple[GridVersion, ...]:
    """Return the kept versions, newest first."""
    return tuple(
        GridVersion(r.version, from_us(r.at), AccountId(r.author), r.note, r.grids, r.added, r.removed, r.altered)
        for r in connection.execute(_VERSIONS)
    )


def version_body(connection: Connection, version: int) -> bytes | None:
    """Return the packed grids of a version, None for one that is not kept."""
    found = connection.execute(_BODY, {"version": version}).scalar()
    return None if found is None else bytes(found)


def falling(connection: Connection) -> bytes | None:
    """Return how far the open cases have fallen into the grids in force, None where all have."""
    return reads.meta(connection, META_FALLING)


def open_located(connection: Connection, after: str, most: int) -> list[tuple[Any, ...]]:
    """Return case_no, lon, lat, placement and grid_code of open cases with a place, by number."""
    return [tuple(row) for row in connection.execute(_OPEN_LOCATED, {"after": after, "most": most})]
