"""What of the map goes into a file, as tables of features. No Qt: made in a worker thread from values that stay.

Never a contact: a case in the live picture has none. Words of sensitive cases stay in the room; people's positions go
out only where they were asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from console.exchange.export import COLUMNS, moment_text, plain_row
from domain.case import Case
from domain.exporting import export_row
from domain.ids import GridCode
from domain.places import BaseFeature, Division, Grid, Position
from domain.states import ENDED
from domain.timing import lamp_of
from domain.units import POSITION_STALE_AFTER, UnitState
from domain.wire import MASK, TownInfo
from domain.wire_feed import ViewBox


class Shaped(Protocol):
    """What has a shape (WKB in degrees, None without a place)."""

    @property
    def wkb(self) -> bytes | None:
        """Its shape."""


Feature = TypeVar("Feature", bound=Shaped)


class ShownThing(NamedTuple):
    """One of the room's own people or vehicles, by the names a reader knows."""

    position: Position
    name: str
    unit: str
    vehicle: bool
    state: UnitState = UnitState.FREE


class Shown(msgspec.Struct, frozen=True):
    """What the map shows, taken from the live picture at ``now`` (service time). ``view`` None is everything.

    ``layers`` are those that go out, from the ground up; ``figures`` what grids are filled by: an indicator's.
    """

    town: TownInfo
    now: datetime
    layers: tuple[str, ...]
    cases: tuple[Case, ...] = ()
    grids: tuple[Grid, ...] = ()
    divisions: tuple[Division, ...] = ()
    base: tuple[BaseFeature, ...] = ()
    things: tuple[ShownThing, ...] = ()
    view: ViewBox | None = None
    ended: bool = False
    hidden_lamps: frozenset[str] = frozenset()
    hidden_base: frozenset[str] = frozenset()
    indicator: str = ""
    figures: Mapping[GridCode, float] = {}


class Table(msgspec.Struct, frozen=True):
    """Features of one layer: a column by its name, and a shape each (WKB in degrees, None without a place).

    ``layer`` is the layer of the map, where that is not what the table is called.
    """

    name: str
    columns: dict[str, list[Any]]
    shapes: list[bytes | None]
    layer: str = ""

    @property
    def of(self) -> str:
        """The key of the layer on the map."""
        return self.layer or self.name

    def __len__(self) -> int:
        return len(self.shapes)


def make_tables(shown: Shown) -> list[Table]:
    """Return a table for each layer that is shown and can be written as features, cases first."""
    return [make(shown) for layer, make in MAKERS.items() if layer in shown.layers]


def marked(table: Table, by: str, at: str) -> Table:
    """Return the table with the name of who exported it and when in every row."""
    count = len(table)
    columns = {**table.columns, "exported_by": [by] * count, "exported_at": [at] * count}
    return msgspec.structs.replace(table, columns=columns)


def _cases(shown: Shown) -> Table:
    zone, info = ZoneInfo(shown.town.calendar.timezone), shown.town
    cases: list[Case] = []
    rows: list[dict[str, Any]] = []
    for case in shown.cases:
        if (case.state in ENDED and not shown.ended) or not _in_view(shown.view, case.lon, case.lat):
            continue
        lamp = lamp_of(case, info.rules, info.calendar, shown.now).value
        if lamp in shown.hidden_lamps and case.state not in ENDED:  # an ended one is a dot, whatever lamps are chosen
            continue
        row = plain_row(export_row(case, info.rules, info.calendar, shown.now), zone)
        row |= {"lamp": lamp, "urgent": case.urgent}
        if case.sensitive:
            row["title"] = row["address"] = MASK
        cases.append(case)
        rows.append(row)
    columns = {name: [row[name] for row in rows] for name in (*COLUMNS, "lamp", "urgent")}
    return Table("cases", columns, _points((c.lon, c.lat) for c in cases))


def _things(shown: Shown) -> Table:
    zone = ZoneInfo(shown.town.calendar.timezone)
    seen = [t for t in shown.things if _in_view(shown.view, t.position.lon, t.position.lat)]
    columns: dict[str, list[Any]] = {
        "name": [t.name for t in seen],
        "unit": [t.unit for t in seen],
        "vehicle": [t.vehicle for t in seen],
        "state": [t.state.value for t in seen],
        "heading_deg": [t.position.heading_deg for t in seen],
        "stale": [shown.now - t.position.fixed_at > POSITION_STALE_AFTER for t in seen],
        "fixed_at": [moment_text(t.position.fixed_at, zone) for t in seen],
    }
    return Table("positions", columns, _points((t.position.lon, t.position.lat) for t in seen))


def _grids(shown: Shown) -> Table:
    kept = touching(shown.view, shown.grids)
    divisions = {str(division.code): division.name for division in shown.divisions}
    homes = [str(grid.division or "") for grid in kept]
    columns: dict[str, list[Any]] = {
        "code": [str(g.code) for g in kept],
        "name": [g.name for g in kept],
        "division": homes,
        "division_name": [divisions.get(home, home) for home in homes],
        "synthetic": [g.synthetic for g in kept],
    }
    if shown.indicator:
        columns["indicator"] = [shown.indicator] * len(kept)
        columns["figure"] = [float(shown.figures.get(g.code, 0.0)) for g in kept]
    return Table("grids", columns, [g.wkb for g in kept])


def _divisions(shown: Shown) -> Table:
    kept = touching(shown.view, [d for d in shown.divisions if d.wkb])
    columns: dict[str, list[Any]] = {
        "code": [str(d.code) for d in kept],
        "name": [d.name for d in kept],
        "level": [d.level.value for d in kept],
        "synthetic": [d.synthetic for d in kept],
    }
    return Table("divisions", columns, [d.wkb for d in kept])


def _base(shown: Shown) -> Table:
    hidden = {"place" if kind == "names" else kind for kind in shown.hidden_base}  # a place is nothing but its name
    kept = [b for b in touching(shown.view, shown.base) if b.kind.value not in hidden]
    columns: dict[str, list[Any]] = {
        "kind": [b.kind.value for b in kept],
        "name": [b.name for b in kept],
        "rank": [b.rank for b in kept],
    }
    return Table("basemap", columns, [b.wkb for b in kept])


MAKERS: Mapping[str, Callable[[Shown], Table]] = {
    "cases": _cases,
    "positions": _things,
    "grids": _grids,
    "divisions": _divisions,
    "basemap": _base,
}
"""Layers that are written as features, those of the register and of files apart, with what makes a table of each."""


def _in_view(view: ViewBox | None, lon: float | None, lat: float | None) -> bool:
    """Whether something is in view; what has no place is nowhere in sight, but belongs to the whole town."""
    if view is None:
        return True
    return lon is not None and lat is not None and view.holds(lon, lat)


def _points(places: Iterable[tuple[float | None, float | None]]) -> list[bytes | None]:
    import shapely  # noqa: PLC0415 - only an export needs it

    return [None if lon is None or lat is None else shapely.to_wkb(shapely.Point(lon, lat)) for lon, lat in places]


def touching(view: ViewBox | None, features: Sequence[Feature]) -> list[Feature]:
    """Return the features that reach into the view; what is no geometry is in no view."""
    if view is None or not features:
        return list(features)
    import shapely  # noqa: PLC0415

    shapes = shapely.from_wkb([f.wkb for f in features], on_invalid="ignore")
    box = shapely.box(view.west, view.south, view.east, view.north)
    return [f for f, hit in zip(features, shapely.intersects(shapes, box), strict=True) if hit]
