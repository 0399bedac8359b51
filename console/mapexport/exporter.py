"""Writing what the map shows to a file: gathered, logged at the service, then written; nothing leaves unlogged.

A picture is drawn by a second map for paper, which is asked again until its tiles are there; features and pages are
written in a worker thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from client.picture import Picture
from client.room import Room
from console.mapexport.files import write_tables
from console.mapexport.page import write_page
from console.mapexport.paper import draw_paper
from console.mapexport.readable import readable
from console.mapexport.registers import Entries, ShownEntry, register_tables
from console.mapexport.tables import Shown, ShownThing, Table, make_tables, marked
from console.notices import Notice, sentence
from console.register import Held
from domain.exporting import PICTURES, ExportLogged, MapExport, MapFormat
from domain.faults import Fault, FaultKind, invalid
from domain.ids import StaffId
from domain.register import EntryKind, subject_id
from domain.register_fence import Geofence
from domain.register_map import Camera, Component, Drawing, Hazard
from domain.wire_feed import ViewBox
from layers.mercator import to_degrees
from widgets.map_export_sheet import Extent, MapExportSheet, MapExportWanted
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from resources.words import Value

POSITIONS = "positions"
CASES = "cases"


class Mark(NamedTuple):
    """What says who wrote a file and when: texts in the language in use, the time in the town's zone."""

    by: str
    at: str
    seq: int


class MapExporter(QObject):
    """Opens the sheet and carries out what is asked for there, one file at a time."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._folder: Path | None = None
        self.sheet = MapExportSheet(desk.words, desk.appearance.theme, desk.frame)
        self.sheet.export_requested.connect(self.export)
        self.sheet.cancelled.connect(self._on_cancelled)
        desk.appearance.dress([self.sheet])

    def export(self, wanted: MapExportWanted) -> None:
        """Write a file; where that fails the sheet says why, and what was there before is as it was."""
        self._desk.tasks.start("mapexport", "file", self._export(wanted))

    def open_folder(self) -> None:
        """Show the folder the last file went to, in whatever this computer shows folders with."""
        notices, folder = self._desk.notices, self._folder
        if folder is None:
            notices.info("notice.nothing_exported", replace="map_export")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            notices.warn("notice.folder_not_opened", replace="map_export", folder=str(folder))

    async def _export(self, wanted: MapExportWanted) -> None:
        words = self._desk.words
        self.sheet.tell("")
        self.sheet.set_busy(words("map_export.progress.gathering"))
        try:
            await self._write(wanted)
        except Fault as fault:
            key, params = f"fault.{fault.key}", dict(fault.params)
            self.sheet.tell(lambda: sentence(words, key, params))
        else:
            self._tell_written(wanted)
            self.sheet.close_sheet()
        finally:
            self.sheet.set_busy("")

    def _tell_written(self, wanted: MapExportWanted) -> None:
        path = Path(wanted.path).absolute()
        self._folder = path.parent
        values: dict[str, Value] = {"file": path.name, "folder": str(path.parent)}
        own = any(item.removable for item in self._desk.panels.map.shown_items())
        left_out = own and wanted.format not in PICTURES
        key = "notice.map_exported_without_own" if left_out else "notice.map_exported"
        notice = Notice(Severity.INFO, key, values, "map_export", "export_folder")
        self._desk.notices.post(notice)

    async def _write(self, wanted: MapExportWanted) -> None:
        room = self._desk.session.room
        if room is None or room.picture is None:
            raise Fault(FaultKind.UNAVAILABLE, "no_picture")
        shown = self._shown(room, wanted)
        tables = [] if wanted.format in PICTURES else await asyncio.to_thread(make_tables, shown)
        if wanted.format is MapFormat.CSV:
            tables = [table for table in tables if table.name == CASES]
        elif wanted.format not in PICTURES:
            tables += await asyncio.to_thread(register_tables, shown, self._entries())
        mark = await self._log(room, wanted, shown, tables)
        self.sheet.set_busy(self._desk.words("map_export.progress.writing", file=Path(wanted.path).name))
        with _as_fault(Path(wanted.path).name):
            await self._writer(wanted, shown, tables, mark)()

    async def _log(self, room: Room, wanted: MapExportWanted, shown: Shown, tables: list[Table]) -> Mark:
        """Have the service log the export first: what cannot be logged is not written."""
        logged: ExportLogged = await room.client.log_map_export(
            MapExport(
                format=wanted.format,
                layers=tuple(sorted(shown.layers)),
                features=sum(len(table) for table in tables),
                staff=wanted.staff and POSITIONS in shown.layers,
                view=shown.view,
            )
        )
        zone = ZoneInfo(shown.town.calendar.timezone)
        return Mark(logged.by, logged.at.astimezone(zone).isoformat(sep=" ", timespec="minutes"), logged.seq)

    def _writer(
        self, wanted: MapExportWanted, shown: Shown, tables: list[Table], mark: Mark
    ) -> Callable[[], Awaitable[None]]:
        out, words = Path(wanted.path), self._desk.words
        heading = wanted.title or words("map_export.default_heading", town=self._desk.names.town_name())
        lines = tuple(
            line
            for line in (
                words("map_export.made", by=mark.by, at=mark.at, seq=mark.seq),
                words("map.synthetic") if shown.town.synthetic else "",
                words("map_export.crs"),
            )
            if line
        )

        async def page() -> None:
            await asyncio.to_thread(write_page, out, tables, heading, lines, words)

        async def features() -> None:
            named = [marked(table, mark.by, mark.at) for table in tables]
            if wanted.format is MapFormat.CSV:
                named = [readable(table, self._desk.names, words) for table in named]
            await asyncio.to_thread(write_tables, out, wanted.format, named)

        async def paper() -> None:
            subtitle = words(f"map_export.extent.{wanted.extent}")
            await draw_paper(self._desk, wanted, heading, f"{self._desk.names.town_name()} · {subtitle}", lines, mark)

        if wanted.format in PICTURES:
            return paper
        return page if wanted.format is MapFormat.HTML else features

    def _shown(self, room: Room, wanted: MapExportWanted) -> Shown:
        """Take what is shown from the live picture: values that stay as they are, so a thread may read them."""
        desk, picture, geometry = self._desk, room.picture, room.geometry
        assert picture is not None  # looked at before
        layers = {item.key for item in desk.panels.map.items if item.visible}
        if not wanted.staff:
            layers.discard(POSITIONS)
        return Shown(
            town=picture.town,
            now=room.service_now(),
            layers=frozenset(layers),
            cases=tuple(picture.cases.values()),
            grids=() if geometry is None else geometry.grids,
            divisions=() if geometry is None else geometry.divisions,
            base=() if geometry is None else geometry.base,
            things=self._things(picture) if POSITIONS in layers else (),
            view=self._view() if wanted.extent is Extent.VIEW else None,
            ended=desk.panels.map.shows_ended,
            hidden_lamps=self._hidden(CASES, "lamp"),
            hidden_base=self._hidden("basemap", "kind"),
        )

    def _things(self, picture: Picture) -> tuple[ShownThing, ...]:
        """Return people and vehicles but for those the layer's own filters leave out."""
        desk, found = self._desk, []
        kinds, states = self._hidden(POSITIONS, "kind"), self._hidden(POSITIONS, "state")
        for position in picture.positions.values():
            vehicle = picture.vehicles.get(position.thing)
            owner = vehicle or picture.members.get(StaffId(position.thing))
            if owner is None or ("staff" if vehicle is None else "vehicle") in kinds:
                continue
            if desk.map_feed.holdings.status(owner.unit_id).state.value not in states:
                found.append(ShownThing(position, owner.name, desk.names.unit(owner.unit_id), vehicle is not None))
        return tuple(found)

    def _entries(self) -> Entries:
        """Return what is shown of the register but for what the layers' own filters leave out."""
        register, models = self._desk.register, self._desk.map_feed.models
        kinds, states = self._hidden("components", "kind"), self._hidden("components", "state")
        forms = self._hidden("drawings", "form")

        def seen(held: Held[Component]) -> bool:
            mark = models.components.mark(subject_id(EntryKind.COMPONENT, held.entry_id))
            return mark is not None and held.body.what.value not in kinds and mark.state.value not in states

        return {
            "hazards": [ShownEntry(h.entry_id, h.body) for h in register.all(Hazard)],
            "geofences": [ShownEntry(h.entry_id, h.body) for h in register.all(Geofence)],
            "drawings": [
                ShownEntry(h.entry_id, h.body) for h in register.all(Drawing) if h.body.form.value not in forms
            ],
            "cameras": [ShownEntry(h.entry_id, h.body) for h in register.all(Camera)],
            "components": [ShownEntry(h.entry_id, h.body) for h in register.all(Component) if seen(h)],
        }

    def _hidden(self, layer: str, name: str) -> frozenset[str]:
        item = self._desk.panels.map.item(layer)
        return frozenset() if item is None else item.options.hides(name)

    def _view(self) -> ViewBox:
        x0, y0, x1, y1 = self._desk.panels.map.camera.bounds()
        west, south = to_degrees(x0, y0)
        east, north = to_degrees(x1, y1)
        return ViewBox(max(-180.0, west), max(-90.0, south), min(180.0, east), min(90.0, north))

    def _on_cancelled(self) -> None:
        self._desk.tasks.cancel("mapexport")


@contextmanager
def _as_fault(name: str) -> Iterator[None]:
    """Say what the disk refused, or what never came to an end, as a fault."""
    try:
        yield
    except OSError as error:  # TimeoutError is one
        reason = error.strerror or str(error)[:100] or type(error).__name__
        raise invalid("export_not_writable", file=name[:200], reason=reason) from error
