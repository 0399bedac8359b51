"""What leaves the room in a file: a case as a row (never a contact), and what is logged when a map is exported."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.case import Case, Rules
from domain.change import Seq
from domain.clock import WorkCalendar
from domain.timing import due_at
from domain.wire import ExportRow
from domain.wire_feed import ViewBox

MOST_LAYERS = 40
MOST_FEATURES = 10_000_000


class MapFormat(StrEnum):
    """What a map can be written as."""

    PNG = "png"
    PDF = "pdf"
    HTML = "html"  # one interactive page that opens without a network
    GPKG = "gpkg"
    GEOJSON = "geojson"
    CSV = "csv"  # the cases alone


PICTURES = frozenset({MapFormat.PNG, MapFormat.PDF})
"""Formats that hold the picture as it is seen, and no features."""


class MapExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/exports``: somebody is about to write what the map shows to a file. It is logged before it is written.

    ``features`` counts what goes into the file (0 for a picture); ``staff`` says whether positions of the room's own
    people are among it.
    """

    format: MapFormat
    layers: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=40)], ...], msgspec.Meta(max_length=MOST_LAYERS)
    ]
    features: Annotated[int, msgspec.Meta(ge=0, le=MOST_FEATURES)] = 0
    staff: bool = False
    view: ViewBox | None = None


class ExportLogged(msgspec.Struct, frozen=True):
    """The answer: the number of the change, when by the service's clock, and the name of who exports."""

    seq: Seq
    at: datetime
    by: str


def export_row(case: Case, rules: Rules, calendar: WorkCalendar, now: datetime) -> ExportRow:
    """Return a case as it may leave the room. A ``Case`` has no contact, so none can slip in."""
    return ExportRow(
        case_no=case.case_no,
        source=case.source,
        source_no=case.source_no,
        channel=case.channel,
        kind=case.kind,
        title=case.title,
        state=case.state,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        due_at=due_at(case, rules, calendar, now),
        grid_code=case.grid_code,
        address=case.address,
        lon=case.lon,
        lat=case.lat,
        synthetic=case.synthetic,
        lead_unit=case.lead_unit or "",
        helper_units=" ".join(case.helper_units),
        copied_units=" ".join(case.copied_units),
    )
