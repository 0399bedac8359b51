"""Keeping the grids: a new mesh is brought as a draft, compared with the grids in force, and published whole.

A mesh in force has a version. An earlier one may be published again: that is how a publication is undone.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from domain.ids import AccountId, GivenDivision, GridCode, StaffId
from domain.wire import MAX_WKB

MOST_ROWS = 500
"""Grids of one request."""
MOST_GRIDS = 200_000
MOST_NAMED = 2_000
"""Altered grids that are named in a difference; the rest is counted."""
VERSIONS_KEPT = 20

Note = Annotated[str, msgspec.Meta(min_length=2, max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST_GRIDS)]


class DraftGrid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One grid of a draft; ``wkb`` is a sound (multi)polygon in WGS-84 degrees."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    wkb: Annotated[bytes, msgspec.Meta(min_length=9, max_length=MAX_WKB)]
    division: GivenDivision | None = None
    responsible: Annotated[StaffId, msgspec.Meta(max_length=64)] | None = None


class DraftPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/admin/grids/drafts/{draft}``: some grids of it. The same code sent again replaces the one before."""

    grids: Annotated[tuple[DraftGrid, ...], msgspec.Meta(max_length=MOST_ROWS)]


class DraftState(msgspec.Struct, frozen=True):
    """How many grids a draft holds by now."""

    grids: int


class AlteredGrid(msgspec.Struct, frozen=True):
    """A grid with another area, name, division or staff. ``share`` is how much of old and new is in one alone."""

    code: GridCode
    share: float


class GridDifference(msgspec.Struct, frozen=True):
    """``GET /v1/admin/grids/drafts/{draft}/difference``: what publishing would alter.

    ``version`` is the one in force that it is compared with. ``cases`` counts the open cases that would fall into
    another grid, ``outside`` those of them that would fall into none.
    """

    version: int
    grids: int
    added: tuple[GridCode, ...]
    removed: tuple[GridCode, ...]
    altered: tuple[AlteredGrid, ...]
    altered_in_all: int
    cases: int
    outside: int


class GridPublishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/admin/grids/drafts/{draft}/publish``: the version that was seen, how many grids were sent, and why."""

    version: Count
    grids: Annotated[int, msgspec.Meta(ge=1, le=MOST_GRIDS)]
    note: Note


class GridRepublishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/admin/grids/versions/{version}/republish``: the version in force that was seen, and why."""

    version: Count
    note: Note


class GridVersion(msgspec.Struct, frozen=True):
    """A mesh that is or was in force."""

    version: int
    at: datetime
    by: AccountId
    note: str
    grids: int
    added: int
    removed: int
    altered: int


class GridVersions(msgspec.Struct, frozen=True):
    """``GET /v1/admin/grids/versions``: newest first; the first is in force. ``falling`` says that cases still fall."""

    versions: tuple[GridVersion, ...]
    falling: bool = False
