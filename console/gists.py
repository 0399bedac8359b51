"""What the report form reads sentences with: the word lists, the town's kinds, and the names of its places."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from client.room import Room
from console.tasks import Tasks
from domain.case import CaseKind
from domain.gist import Reader, Spot, Why
from domain.places import BaseFeature, BaseKind, Grid
from domain.wire import Geometry

if TYPE_CHECKING:
    import shapely

    from console.late import Late
    from widgets.report_form import ReportForm

OWNER = "gists"
MOST_ROADS = 2_000
"""Named roads of which it is known where they cross."""


class Gists:
    """Keeps the form's reader as the town is, once there is a form. Word lists and shapes are read in a thread."""

    def __init__(self, tasks: Tasks, late_form: "Late[ReportForm]") -> None:
        self._tasks, self._late_form = tasks, late_form
        self._room: Room | None = None
        late_form.then(self._begin)

    def use(self, room: Room | None) -> None:
        """Read with the words of this room's town from here on."""
        self._room = room
        if self._late_form.made is not None:
            self._begin(self._late_form.made)

    def _begin(self, form: "ReportForm") -> None:
        room = self._room
        if room is None or room.picture is None:
            self._tasks.cancel(OWNER)
            form.set_reader(None)
            return
        self._tasks.start(OWNER, "reader", self._make(form, room, room.geometry))

    async def _make(self, form: "ReportForm", room: Room, geometry: Geometry | None) -> None:
        if room.picture is None:
            return
        kinds = room.picture.town.kinds
        reader = await asyncio.to_thread(make_reader, kinds, geometry)
        form.set_reader(reader)


def make_reader(kinds: Iterable[CaseKind], geometry: Geometry | None) -> Reader:
    """Return a reader for a town. Pure but for the product's own word list: may run in any thread."""
    from resources.codes import load_hints  # noqa: PLC0415 - read when a town is there, not at the start

    spots = [] if geometry is None else read_spots(geometry.base, geometry.grids)
    return Reader(load_hints(), kinds, spots)


def read_spots(base: Iterable[BaseFeature], grids: Iterable[Grid]) -> list[Spot]:
    """Return what of the map can be named: places, crossings of roads, roads, and the middles of grids."""
    import shapely  # noqa: PLC0415 - kept off the start path

    places: list[Spot] = []
    roads: dict[str, list[shapely.Geometry]] = {}
    for feature in base:
        if not feature.name or feature.kind not in (BaseKind.PLACE, BaseKind.ROAD):
            continue
        shape = shapely.from_wkb(feature.wkb, on_invalid="ignore")
        if shape is None or shape.is_empty:
            continue
        if feature.kind is BaseKind.ROAD:
            roads.setdefault(feature.name, []).append(shape)
        else:
            middle = shape.representative_point()
            places.append(Spot((feature.name,), Why.PLACE, middle.x, middle.y))
    middles: list[Spot] = []
    for grid in grids:
        shape = shapely.from_wkb(grid.wkb, on_invalid="ignore")
        if grid.name and shape is not None and not shape.is_empty:
            middle = shape.representative_point()
            middles.append(Spot((grid.name,), Why.GRID, middle.x, middle.y))
    return [*places, *_crossings(roads), *(Spot((name,), Why.ROAD) for name in roads), *middles]


def _crossings(roads: "dict[str, list[shapely.Geometry]]") -> list[Spot]:
    """Return where two named roads meet."""
    import shapely  # noqa: PLC0415

    names = list(roads)[:MOST_ROADS]
    lines = [shapely.union_all(roads[name]) for name in names]
    found: list[Spot] = []
    for a, b in zip(*shapely.STRtree(lines).query(lines, predicate="intersects"), strict=True) if lines else ():
        if a < b:
            meeting = lines[a].intersection(lines[b])
            if not meeting.is_empty:
                at = meeting.representative_point()
                found.append(Spot((names[a], names[b]), Why.CROSSING, at.x, at.y))
    return found
