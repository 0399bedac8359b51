"""Writing what the map shows to a file: gathered, logged at the service, then written; nothing leaves unlogged.

A picture is drawn by a second map for paper, which is asked again until its tiles are there; features and pages are
written in a worker thread.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from client.room import Room
from console.mapexport.codes import named
from console.mapexport.files import write_tables
from console.mapexport.names import named_items, page_names
from console.mapexport.own import OwnLayer, own_layers, own_tables
from console.mapexport.page import PageMap, PageText, write_page
from console.mapexport.paper import draw_paper
from console.mapexport.pictures import Drawn, canvas_of, draw_pictures, subjects
from console.mapexport.readable import readable
from console.mapexport.registers import register_tables
from console.mapexport.shown import (
    CASES,
    ShownLayer,
    is_about_staff,
    layers_shown,
    looked_at,
    names_left_out,
    take_entries,
    take_shown,
)
from console.mapexport.stamp import Mark, file_name, mark_of
from console.mapexport.tables import Shown, Table, make_tables, marked
from console.notices import Notice
from domain.exporting import PICTURES, MapExport, MapFormat
from domain.faults import Fault, FaultKind, invalid, os_why
from layers.contract import Look
from resources.theme import load_theme
from resources.words import sentence
from widgets.map.legend import legend_rows
from widgets.map.sheet import SheetText
from widgets.map_export_sheet import Extent, MapExportSheet, MapExportWanted
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from resources.words import Value


class Gathered(NamedTuple):
    """What is about to be written: what is wanted, the layers seen and what they show, its features and pictures."""

    wanted: MapExportWanted
    seen: Sequence[ShownLayer]
    shown: Shown
    own: Sequence[OwnLayer]
    tables: Sequence[Table]
    drawn: Drawn = Drawn()

    @property
    def written(self) -> frozenset[str]:
        """The keys of the layers the file holds: in a picture all that is seen, else those it has something of."""
        if self.wanted.format in PICTURES:
            return frozenset(self.shown.layers)
        return frozenset(table.of for table in self.tables) | {picture.layer for picture in self.drawn.pictures}


class MapExporter(QObject):
    """Opens the sheet and carries out what is asked for there, one file at a time."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._folder: Path | None = None
        self.sheet = MapExportSheet(desk.words, desk.appearance.theme, desk.frame, self._file_name)
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
            left_out = await self._write(wanted)
        except Fault as fault:
            key, params = f"fault.{fault.key}", dict(fault.params)
            self.sheet.tell(lambda: sentence(words, key, params))
        else:
            self._tell_written(wanted, left_out)
            self.sheet.close_sheet()
        finally:
            self.sheet.set_busy("")

    def _tell_written(self, wanted: MapExportWanted, left_out: Sequence[str]) -> None:
        path = Path(wanted.path).absolute()
        self._folder = path.parent
        values: dict[str, Value] = {"file": path.name, "folder": str(path.parent)}
        if left_out:
            values["layers"] = self._desk.words("list.comma").join(left_out)
        key = "notice.map_exported_without" if left_out else "notice.map_exported"
        self._desk.notices.post(Notice(Severity.INFO, key, values, "map_export", "export_folder"))

    async def _write(self, wanted: MapExportWanted) -> list[str]:
        """Write the file; returns the names of the layers that show and that it cannot hold."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            raise Fault(FaultKind.UNAVAILABLE, "no_picture")
        found = await self._gather(room, wanted)
        mark = await self._log(room, found)
        name = Path(wanted.path).name
        self.sheet.set_busy(self._desk.words("map_export.progress.writing", file=name))
        with _as_fault(name):
            if wanted.format in PICTURES:
                await self._write_picture(found, mark)
            elif wanted.format is MapFormat.HTML:
                await self._write_page(found, mark)
            else:
                await self._write_features(found, mark)
        drawn = [picture.layer for picture in found.drawn.pictures]
        return names_left_out([item for item, _ in found.seen], found.own, wanted.format, drawn)

    async def _gather(self, room: Room, wanted: MapExportWanted) -> Gathered:
        seen = layers_shown(self._desk, wanted)
        shown = take_shown(self._desk, room, wanted, [item.key for item, _ in seen])
        own, entries = own_layers(seen), take_entries(self._desk)
        if wanted.format in PICTURES:
            return Gathered(wanted, seen, shown, own, ())
        tables = await asyncio.to_thread(make_tables, shown)
        if wanted.format is MapFormat.CSV:
            tables = [table for table in tables if table.name == CASES]
        else:
            tables += await asyncio.to_thread(register_tables, shown, entries)
            tables += await asyncio.to_thread(own_tables, shown, own)
            tables = await asyncio.to_thread(self._named, tables)
        drawn = await self._draw(seen, wanted) if wanted.format is MapFormat.HTML else Drawn()
        return Gathered(wanted, seen, shown, own, tables, drawn)

    async def _draw(self, seen: Sequence[ShownLayer], wanted: MapExportWanted) -> Drawn:
        """Draw what a page shows as pictures: by layers of its own, in a thread."""
        desk = self._desk
        made = subjects(desk, seen, self._paper_look())
        canvas = canvas_of(desk, whole=wanted.extent is not Extent.VIEW)
        try:
            return await asyncio.to_thread(draw_pictures, made, canvas, desk.words)
        finally:
            for one in made:
                one.twin.close()

    def _paper_look(self) -> Look:
        return Look(load_theme("light"), self._desk.words, self._desk.appearance.family or "")

    async def _log(self, room: Room, found: Gathered) -> Mark:
        """Have the service log the export first: what cannot be logged is not written.

        Files of one's own are logged as such, and not by their names: whoever named one did not do it for the record.
        """
        shown, wanted, written = found.shown, found.wanted, found.written
        logged = await room.client.log_map_export(
            MapExport(
                format=wanted.format,
                layers=tuple(sorted({key.split(":", 1)[0] for key in written})),
                features=sum(len(table) for table in found.tables),
                staff=any(is_about_staff(item, model) for item, model in found.seen if item.key in written),
                view=shown.view,
            )
        )
        return mark_of(logged, self._desk.names)

    async def _write_picture(self, found: Gathered, mark: Mark) -> None:
        text = self._text(found, mark)
        *made, shows = text.lines
        sheet = SheetText(text.title, text.subtitle, (" · ".join(made), shows), text.mark)
        await draw_paper(self._desk, found.wanted, found.shown.layers, sheet)

    async def _write_page(self, found: Gathered, mark: Mark) -> None:
        """Write the page: its names are asked of layers of its own, in a thread, as tables are written."""
        words = self._desk.words
        text = self._text(found, mark)
        items = {item.key: item for item, _ in found.seen if item.key in found.written}
        labelled = named_items(found.seen, self._paper_look())
        order = list(items)
        shown = PageMap(
            tables=tuple(sorted(found.tables, key=lambda table: order.index(table.of))),
            titles={key: item.title() for key, item in items.items()},
            strengths={key: item.options.opacity / 100 for key, item in items.items()},
            legend=tuple(legend_rows(reversed(list(items.values())))),
            own=tuple(found.own),
            pictures=found.drawn.pictures,
            view=None if found.shown.view is None else looked_at(found.shown.view, items.values()),
        )

        def write() -> None:
            names = page_names(labelled, found.shown.view)
            write_page(Path(found.wanted.path), msgspec.structs.replace(shown, names=names), text, words)

        try:
            await asyncio.to_thread(write)
        finally:
            for item in labelled:
                item.close()

    async def _write_features(self, found: Gathered, mark: Mark) -> None:
        form, words = found.wanted.format, self._desk.words
        tables = [marked(table, mark.by, mark.at) for table in found.tables]
        if form is MapFormat.CSV:
            tables = [readable(table, self._desk.names, words) for table in tables]
        await asyncio.to_thread(write_tables, Path(found.wanted.path), form, tables)

    def _text(self, found: Gathered, mark: Mark) -> PageText:
        """Return what a picture or a page says of itself: title, unit and extent, what is shown, who and when."""
        words, town = self._desk.words, self._desk.names.town_name()
        layers = words("list.comma").join(i.title() for i, _ in reversed(found.seen) if i.key in found.written)
        lines = (
            words("map_export.made", by=mark.by, at=mark.said, seq=mark.seq),
            words("map.synthetic") if found.shown.town.synthetic else "",
            words("map_export.crs"),
            words("map_export.shows", layers=layers),
            *found.drawn.said,
        )
        unit, extent = words("desk.top.room", town=town), words(f"map_export.extent.{found.wanted.extent}")
        return PageText(
            title=found.wanted.title or words("map_export.default_heading", town=town),
            subtitle=f"{unit} · {extent}",
            lines=tuple(line for line in lines if line),
            mark=f"{mark.by} {mark.said}",
        )

    def _named(self, tables: Sequence[Table]) -> list[Table]:
        return [named(table, self._desk.names, self._desk.words) for table in tables]

    def _file_name(self, title: str) -> str:
        return file_name(title, self._desk.service_now(), self._desk.names)

    def _on_cancelled(self) -> None:
        self._desk.tasks.cancel("mapexport")


@contextmanager
def _as_fault(name: str) -> Iterator[None]:
    """Say what the disk refused, or what never came to an end, as a fault."""
    try:
        yield
    except OSError as error:  # TimeoutError is one
        raise invalid("export_not_writable", file=name[:200], reason=os_why(error)) from error
