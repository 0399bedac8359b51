"""From the live picture to the map's layer models: at most so many times a second, in slices, decoded in threads."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec
from PySide6.QtCore import QObject, Signal

from client.picture import Delta, Picture
from client.room import Room
from console.ground import EarlyGround, Ground
from console.holdings import Holdings
from console.mapshapes import MapShapes, read_shapes
from console.slices import in_slices
from console.tasks import Tasks
from console.thingfeed import ThingFeed, spot_of
from console.throttle import Throttle
from domain.case import Case
from domain.clock import Lamp
from domain.ids import CaseNo, UnitId
from domain.lamp_watch import LampWatch
from domain.states import ENDED
from layers.basemap.model import BasemapModel
from layers.cameras.model import CamerasModel
from layers.cases.model import CaseMark, CasesModel
from layers.components.model import ComponentsModel
from layers.divisions.model import DivisionsModel
from layers.drawings.model import DrawingsModel
from layers.geofences.model import GeofencesModel
from layers.grids.model import GridsModel
from layers.hazards.model import HazardsModel
from layers.heat.model import HeatModel
from layers.mercator import to_degrees
from layers.observed import Observed
from layers.positions.model import PositionsModel
from layers.trail.model import Spot, TrailModel
from widgets.names import Names

OWNER = "map"
LAMPS_AT_ONCE = 400
"""Clocks read anew in one second at most; a lamp later than that is late by a second."""


class MapModels(msgspec.Struct, frozen=True):
    """The models of all layers, from the ground up."""

    basemap: BasemapModel = msgspec.field(default_factory=BasemapModel)
    divisions: DivisionsModel = msgspec.field(default_factory=DivisionsModel)
    grids: GridsModel = msgspec.field(default_factory=GridsModel)
    cases: CasesModel = msgspec.field(default_factory=CasesModel)
    heat: HeatModel = msgspec.field(default_factory=HeatModel)
    hazards: HazardsModel = msgspec.field(default_factory=HazardsModel)
    geofences: GeofencesModel = msgspec.field(default_factory=GeofencesModel)
    drawings: DrawingsModel = msgspec.field(default_factory=DrawingsModel)
    components: ComponentsModel = msgspec.field(default_factory=ComponentsModel)
    cameras: CamerasModel = msgspec.field(default_factory=CamerasModel)
    trail: TrailModel = msgspec.field(default_factory=TrailModel)
    positions: PositionsModel = msgspec.field(default_factory=PositionsModel)

    def all(self) -> "tuple[Observed, ...]":
        """Return every model."""
        return tuple(getattr(self, name) for name in self.__struct_fields__)


class MapFeed(QObject):
    """Keeps ``models`` as the room's picture is."""

    shapes_loaded = Signal()
    cases_loaded = Signal()
    lamps_changed = Signal()

    def __init__(self, tasks: Tasks, names: Names, updates_per_s: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.models = MapModels()
        self.models.trail.set_source(self._spot)
        self._lamps: LampWatch | None = None
        self.holdings = Holdings()
        self._moving = ThingFeed(names, self.holdings, self.models.trail)
        self._tasks = tasks
        self._names = names
        self._room: Room | None = None
        self._shown_geometry = ""
        self._told: Room | None = None
        self._early: EarlyGround | None = None
        self._cases: set[CaseNo] = set()
        self._removed: set[CaseNo] = set()
        self._placeless: set[CaseNo] = set()
        self._loading: object | None = None
        self._target = self.models
        self._throttle = Throttle(1000 // updates_per_s, self)
        self._throttle.due.connect(self._flush)

    def use(self, room: Room | None) -> None:
        """Follow this room from here on; with None nothing is followed and what is shown stays until the next."""
        self._tasks.cancel(OWNER)
        self._throttle.stop()
        self._room = room
        if room is not None and self._early is not None:
            self._lay_early(self._early)

    def expect(self, ground: EarlyGround | None) -> None:
        """Take the first shapes from here where they are of the geometry wanted.

        They are shown as soon as somebody is signed in: their tiles are drawn while the snapshot is still being read.
        Should the snapshot name another geometry, that replaces them.
        """
        self._early = ground

    def ground(self) -> Ground | None:
        """Return the ground that is shown, None where it is not (any more) the room's."""
        geometry, models = None if self._room is None else self._room.geometry, self.models
        if geometry is None or geometry.tag != self._shown_geometry:
            return None
        shapes = MapShapes(geometry.tag, models.basemap.shapes, models.divisions.shapes, models.grids.shapes)
        return Ground(geometry, shapes)

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        room = self._room
        if room is None or room.picture is None:
            return
        if delta.whole or delta.reference:
            self._tasks.start(OWNER, "whole", self._load_all(room))
            return
        if delta.shapes:
            self._tasks.start(OWNER, "shapes", self._load_shapes(room))
        self._cases |= delta.cases
        self._removed |= delta.removed
        self._moving.take(delta.positions, delta.gone)
        self._throttle.request()

    def on_second(self, now: datetime) -> None:
        """Let time pass (service time): lamps that are due, ages of positions, those that came just now among them."""
        room = self._room
        if room is None or room.picture is None or self._lamps is None:
            return
        self._throttle.hurry()
        altered = self._lamps.advance(now, LAMPS_AT_ONCE)
        marks = [self._mark(case, now) for n in altered if (case := room.picture.case(n)) is not None]
        if marks:
            self._target.cases.update(mark for mark in marks if mark is not None)
            self.lamps_changed.emit()
        self._target.positions.set_now(now)
        self._target.cases.set_now(now.timestamp())

    def hold(self, held: bool) -> None:
        """Leave cases and positions on the map to somebody else (a playback), or show what is live again.

        Lamps, holdings and shapes are kept meanwhile: list, board and figures go by them.
        """
        if held != (self._target is not self.models):
            self._target = MapModels() if held else self.models
            self.rename()

    def lamp_counts(self) -> dict[Lamp, int]:
        """Return how many cases show each lamp, those without a place included."""
        return {} if self._lamps is None else self._lamps.counts()

    def grid_middle(self, code: str) -> tuple[float, float] | None:
        """Return lon, lat of where a grid's name stands, None for a grid that is not drawn."""
        index = self.models.grids.index_of(code)
        if index is None:
            return None
        shapes = self.models.grids.shapes
        return to_degrees(float(shapes.name_xs[index]), float(shapes.name_ys[index]))

    def rename(self) -> None:
        """Names or the language changed: write every mark anew."""
        if self._room is not None and self._room.picture is not None:
            self._tasks.start(OWNER, "whole", self._load_all(self._room))

    # -- whole -----------------------------------------------------------------------------------------------------

    def _lay_early(self, early: EarlyGround) -> None:
        """Lay the ground before there is a picture: at once where it is there, so that it is in the first frame."""
        if early.ready:
            ground = early.made()
            if ground is not None and ground.shapes.tag != self._shown_geometry:
                self._lay(ground.shapes)
        else:
            self._tasks.start(OWNER, "ground", self._wait_early(early))

    async def _wait_early(self, early: EarlyGround) -> None:
        await early.take()
        if self._early is early:
            self._lay_early(early)

    async def _load_shapes(self, room: Room) -> None:
        self._show_shapes(await self._read(room))

    def _show_shapes(self, shapes: MapShapes | None) -> None:
        """Show shapes and tell of them; those that stand already are told of once to whoever signed in since."""
        room = self._room
        if shapes is not None:
            self._lay(shapes)
        elif room is None or room is self._told or room.geometry is None:
            return
        self._told = room
        self.shapes_loaded.emit()

    def _lay(self, shapes: MapShapes) -> None:
        self.models.grids.put(shapes.grids)  # first: the view is fitted to the grids where there are any, once
        self.models.basemap.put(shapes.base)
        self.models.divisions.put(shapes.areas)
        self._shown_geometry = shapes.tag

    async def _read(self, room: Room) -> MapShapes | None:
        """Return the room's shapes, None where they are shown already."""
        geometry, early = room.geometry, self._early
        if geometry is None or geometry.tag == self._shown_geometry:
            return None
        self._early = None
        ready = None if early is None else await early.take()
        if ready is None or ready.shapes.tag != geometry.tag:
            return await asyncio.to_thread(read_shapes, geometry)
        return ready.shapes

    async def _load_all(self, room: Room) -> None:
        """Show shapes, cases and things together: one drawing instead of three.

        What alters meanwhile waits, so that nothing newer is written over by what was read before it.
        """
        loading = self._loading = object()
        try:
            await self._load(room)
        finally:
            if self._loading is loading:
                self._loading = None
        self._throttle.request()

    async def _load(self, room: Room) -> None:
        shapes = await self._read(room)
        picture = room.picture
        if picture is None:
            return
        self._lamps = LampWatch(picture.town.rules, picture.town.calendar)
        self.holdings.replace(picture.cases.values())
        marks: list[CaseMark] = []
        now = room.service_now()

        def mark(cases: Sequence[Case]) -> None:
            marks.extend(m for case in cases if (m := self._mark(case, now)) is not None)

        self._cases.clear()
        self._removed.clear()
        self._placeless.clear()
        await in_slices(list(picture.cases.values()), mark)
        things = await self._moving.described(picture)
        self._show_shapes(shapes)
        self._target.cases.replace(marks)
        self._target.cases.set_placeless(len(self._placeless))
        self._target.positions.set_now(now)
        self._target.positions.replace(things)
        self.cases_loaded.emit()
        self.lamps_changed.emit()

    # -- by and by -------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        room = self._room
        if room is None or room.picture is None or self._loading is not None:
            return
        picture = room.picture
        altered = bool(self._cases or self._removed)
        units = self._flush_cases(picture, room.service_now()) if altered else set()
        self._moving.flush(picture, self._target.positions, units)
        if altered:
            self.lamps_changed.emit()

    def _flush_cases(self, picture: Picture, now: datetime) -> set[UnitId]:
        """Show the cases that altered; return the units whose holding did."""
        units: set[UnitId] = set()
        marks: list[CaseMark] = []
        removed = set(self._removed)
        for case_no in removed:
            units |= self.holdings.forget(case_no)
            self._placeless.discard(case_no)
            if self._lamps is not None:
                self._lamps.drop(case_no)
        for case in [c for n in self._cases if (c := picture.case(n)) is not None]:
            units |= self.holdings.note(case)
            mark = self._mark(case, now)
            if mark is None:
                removed.add(case.case_no)
            else:
                marks.append(mark)
        if removed:
            self._target.cases.remove(removed)
        if marks:
            self._target.cases.update(marks)
        self._target.cases.set_placeless(len(self._placeless))
        self._cases.clear()
        self._removed.clear()
        return units

    # -- marks -----------------------------------------------------------------------------------------------------

    def _mark(self, case: Case, now: datetime) -> CaseMark | None:
        """Return the case as the map shows it, None where it has no place; its lamp is watched either way."""
        if self._lamps is None:
            return None
        lamp = self._lamps.put(case, now)
        if case.lon is None or case.lat is None:
            (self._placeless.discard if case.state in ENDED else self._placeless.add)(case.case_no)
            return None
        self._placeless.discard(case.case_no)
        words = self._names.words
        return CaseMark(
            case_no=case.case_no,
            lon=case.lon,
            lat=case.lat,
            lamp=lamp,
            kind=case.kind,
            urgent=case.urgent,
            ended=case.state in ENDED,
            title=case.title,
            lines=(
                f"{words(f'state.{case.state}')} · {words(f'lamp.{lamp}')}",
                f"{self._names.kind(case.kind)} · {self._names.place(case)}",
                case.case_no,
            ),
            signs=(self._names.kind(case.kind.split("-")[0])[:1], words(f"channel.{case.channel}")[:1].upper()),
            opened_s=case.opened_at.timestamp(),
        )

    def _spot(self, thing: str | None) -> Spot | None:
        picture = None if self._room is None else self._room.picture
        return None if picture is None else spot_of(picture, thing)
