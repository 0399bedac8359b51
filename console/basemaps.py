"""Base maps at the desk: the sheet where they are declared, and what it asks for. Free until there are some."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.keeping import Keeping
from console.tilesource import FILE_NAME
from domain.faults import Fault, invalid, os_why
from resources.words import sentence
from widgets.common.file_dialog import FileDialog

if TYPE_CHECKING:
    from console.desk import Desk
    from console.tilesource.capabilities import Offer
    from console.tilesource.declared import BaseMap
    from console.tilesource.feed import TileFeed
    from console.tilesource.store import TileCache
    from widgets.base_map_form import Draft
    from widgets.base_maps_sheet import BaseMapsSheet, SourceRow

OWNER = "base-maps"
MEGABYTE = 2**20
PRESETS = ("vec", "cva", "img", "cia", "ter", "cta")
PATTERN = "*.mbtiles *.pmtiles"


class BaseMaps(QObject):
    """Opens the sheet, adds, tests and removes, and keeps what is declared."""

    def __init__(self, desk: "Desk", folder: Path, cache: Path, *, keep: bool, keeping: Keeping | None = None) -> None:
        super().__init__(desk)
        self._desk, self._folder, self._cache_folder, self._keep = desk, folder, cache, keep
        self.keeping = Keeping() if keeping is None else keeping
        self._cache: TileCache | None = None
        self._feed: TileFeed | None = None
        self._sheet: BaseMapsSheet | None = None
        self._offers: tuple[Offer, ...] = ()
        self._removed: tuple[BaseMap, ...] | None = None
        self._added: BaseMap | None = None

    @property
    def feed(self) -> "TileFeed":
        """What brings the tiles; made when it is first wanted."""
        if self._feed is None:
            from console.tilesource.feed import TileFeed  # noqa: PLC0415 - nobody pays who has no base map
            from console.tilesource.store import TileCache  # noqa: PLC0415

            desk = self._desk
            self._cache = TileCache(self._cache_folder, desk.settings.number("tile_disk_mb") * MEGABYTE)
            self._feed = TileFeed(
                desk.panels.map,
                self._folder,
                self._cache,
                self.keeping,
                desk.tasks,
                desk.words,
                desk.settings.number("tile_memory_mb"),
                self,
            )
            self._feed.sources_changed.connect(self._on_sources_changed)
        return self._feed

    def start(self) -> None:
        """Show the base maps that are declared, if there are any."""
        if self._keep and (self._folder / FILE_NAME).exists():
            self.feed.start()

    def stop(self) -> None:
        """Let go of every source."""
        if self._feed is not None:
            self._feed.stop()
        if self._cache is not None:
            self._cache.close()

    def on_second(self) -> None:
        """A second has passed."""
        if self._feed is not None:
            self._feed.on_second()
            if self._sheet is not None and self._sheet.isVisible():
                self._show_rows()
                self._follow_added()

    def open(self) -> None:
        """Open the sheet."""
        sheet = self._sheet or self._make()
        if not sheet.isVisible():
            self._added = None
            self._show_rows()
            sheet.open_sheet()
        else:
            sheet.come_up()

    # -- what is wanted there --------------------------------------------------------------------------------------

    def on_add_wanted(self, draft: "Draft") -> None:
        """Add what was typed in, once it was looked at."""
        self._begin("change", self._add(draft))

    def on_test_wanted(self, draft: "Draft") -> None:
        """Look whether there is something to be had."""
        self._begin("ask", self._test(draft))

    def on_offers_wanted(self, draft: "Draft") -> None:
        """Ask a WMTS what it has."""
        self._begin("ask", self._ask_offers(draft))

    def on_preset_wanted(self, name: str, key: str) -> None:
        """Add a layer of Tianditu under its own name."""
        self._begin("change", self._add_preset(name, key))

    def on_retry_wanted(self, ident: str) -> None:
        """Try a source once more, at once."""
        self._begin("ask", self.feed.renew(ident))

    def on_remove_wanted(self, ident: str) -> None:
        """Remove a base map; it can be brought back until the next change."""
        before = self.feed.sources
        self._begin("change", self._use(tuple(s for s in before if s.ident != ident), before))

    def on_undo_wanted(self) -> None:
        """Bring back what was removed last."""
        if self._removed is not None:
            self._begin("change", self._use(self._removed, None))

    def on_file_wanted(self) -> None:
        """Let a file of tiles be chosen."""
        words = self._desk.words
        dialog = FileDialog(self._desk.window, words, words("base_map.do.file"), "MBTiles, PMTiles", PATTERN)
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.on_file_chosen)
        dialog.open()

    def on_file_chosen(self, path: str) -> None:
        """Take a file of tiles."""
        if self._sheet is not None:
            self._sheet.form.show_file(path, "pmtiles" if path.lower().endswith(".pmtiles") else "mbtiles")

    # -- what is done ----------------------------------------------------------------------------------------------

    async def _add(self, draft: "Draft") -> None:
        source = self._declared(draft)
        await asyncio.to_thread(_look_at, source)
        await self._keep_key(source, draft.key)
        await self._use((*self.feed.sources, source), None)
        if self._sheet is not None:
            self._sheet.form.show_added()
        self._tell_added(source)

    async def _add_preset(self, name: str, key: str) -> None:
        from console.tilesource.declared import tianditu  # noqa: PLC0415
        from console.tilesource.drafted import free_ident  # noqa: PLC0415
        from console.tilesource.feed import key_name  # noqa: PLC0415

        ident = free_ident(f"tianditu-{name}", self._taken())
        source = tianditu(name, self._desk.words(f"base_map.preset.{name}"), ident)
        if not key and not await asyncio.to_thread(self.keeping.get, key_name(source)):
            raise invalid("base_map_key_missing")
        await self._keep_key(source, key)
        await self._use((*self.feed.sources, source), None)
        self._tell_added(source)

    async def _test(self, draft: "Draft") -> None:
        from console.tilesource.feed import key_name  # noqa: PLC0415
        from console.tilesource.probe import probe  # noqa: PLC0415

        source = self._declared(draft)
        key = draft.key or await asyncio.to_thread(self.keeping.get, key_name(source))
        camera = self._desk.panels.map.camera
        found = await asyncio.to_thread(probe, source, key, (camera.x, camera.y), camera.scale)
        self._tell_good(f"base_map.tested.{found.what}", level=found.level, seconds=round(found.took_s, 1))

    async def _ask_offers(self, draft: "Draft") -> None:
        from console.tilesource.feed import host_key_name  # noqa: PLC0415
        from console.tilesource.probe import ask_offers  # noqa: PLC0415

        key = draft.key or await asyncio.to_thread(self.keeping.get, host_key_name(draft.address))
        self._offers = await asyncio.to_thread(ask_offers, draft.address, key)
        words = self._desk.words
        if self._sheet is not None:
            self._sheet.form.show_offers([f"{o.title} · {words(f'base_map.plane.{o.plane}')}" for o in self._offers])
            self._tell_good("base_map.offered", count=len(self._offers))

    async def _keep_key(self, source: "BaseMap", key: str) -> None:
        from console.tilesource.feed import key_name  # noqa: PLC0415

        if source.wants_key and key and not await asyncio.to_thread(self.keeping.put, key_name(source), key):
            self._desk.notices.warn("notice.key_not_kept", replace="key")

    async def _use(self, sources: "tuple[BaseMap, ...]", removed: "tuple[BaseMap, ...] | None") -> None:
        from console.tilesource.declared import write_sources  # noqa: PLC0415

        if self._keep:
            await asyncio.to_thread(write_sources, self._folder, sources)
        await self.feed.use(sources)
        self._removed = removed
        if self._sheet is not None:
            self._sheet.set_can_undo(removed is not None)

    def _declared(self, draft: "Draft") -> "BaseMap":
        from console.tilesource.drafted import declared  # noqa: PLC0415

        return declared(draft, self._offers, self._taken())

    def _taken(self) -> set[str]:
        return {source.ident for source in self.feed.sources}

    # -- the sheet -------------------------------------------------------------------------------------------------

    def _make(self) -> "BaseMapsSheet":
        from widgets.base_maps_sheet import BaseMapsSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        self._sheet = sheet = BaseMapsSheet(desk.words, PRESETS, desk.window)
        sheet.add_wanted.connect(self.on_add_wanted)
        sheet.test_wanted.connect(self.on_test_wanted)
        sheet.offers_wanted.connect(self.on_offers_wanted)
        sheet.preset_wanted.connect(self.on_preset_wanted)
        sheet.retry_wanted.connect(self.on_retry_wanted)
        sheet.remove_wanted.connect(self.on_remove_wanted)
        sheet.undo_wanted.connect(self.on_undo_wanted)
        sheet.file_wanted.connect(self.on_file_wanted)
        desk.appearance.dress([sheet])
        return sheet

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._desk.tasks.start(OWNER, name, self._told(work), work)

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something asked for on the sheet; what is refused is told there."""
        self._added = None  # what is told from here on is about something else
        if self._sheet is not None:
            self._sheet.set_busy(True)
        try:
            await work
        except Fault as fault:
            self._refuse(fault)
        except OSError as error:
            self._refuse(invalid("base_maps_not_kept", reason=os_why(error)))
        finally:
            if self._sheet is not None:
                self._sheet.set_busy(False)

    def _refuse(self, fault: Fault) -> None:
        words, values = self._desk.words, {**fault.params}
        if self._sheet is not None:
            self._sheet.tell(lambda: sentence(words, f"fault.{fault.key}", values))

    def _tell_good(self, key: str, **values: str | int | float | None) -> None:
        if self._sheet is not None:
            self._sheet.tell(self._desk.words(key, **values), good=True)

    def _tell_added(self, source: "BaseMap") -> None:
        self._tell_good("base_map.added", name=source.name)
        self._added = source

    def _follow_added(self) -> None:
        """Say of what was added last, as soon as it is known, that nothing can be had of it."""
        from console.tilesource.feed import why_failing  # noqa: PLC0415

        source, words = self._added, self._desk.words
        fault = None if source is None else self.feed.fault_of(source.ident)
        if source is not None and fault is not None and self._sheet is not None:
            self._added = None
            added, why = source, fault
            self._sheet.tell(
                lambda: words("base_map.added_failing", name=added.name, why=why_failing(words, added, why))
            )

    def _on_sources_changed(self) -> None:
        if self._sheet is not None:
            self._show_rows()

    def _show_rows(self) -> None:
        if self._sheet is not None:
            self._sheet.show_sources(self._rows())

    def _rows(self) -> "list[SourceRow]":
        from widgets.base_maps_sheet import SourceRow  # noqa: PLC0415

        rows = []
        for source in self.feed.sources:
            note, troubled = self.feed.note_of(source.ident)
            kind = self._desk.words(f"base_map.kind.{source.kind}")
            rows.append(SourceRow(source.ident, source.name, f"{kind} · {note}" if note else kind, troubled))
        return rows


def _look_at(source: "BaseMap") -> None:
    """Open a pack once, so that a file that is none is refused where it is typed in."""
    from console.tilesource.declared import PACKS  # noqa: PLC0415
    from console.tilesource.packs import open_pack  # noqa: PLC0415

    if source.kind in PACKS:
        open_pack(source).close()
