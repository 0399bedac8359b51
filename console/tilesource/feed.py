"""From the map's view to the tiles it wants: base maps as declared become layers, and threads bring what is seen.

The only part of ``tilesource`` on the window's thread. It asks, takes what came, and never waits.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer, Signal

from console.keeping import Keeping
from console.tasks import Tasks
from console.throttle import Throttle
from console.tilesource.declared import PACKS, BaseMap, read_sources
from console.tilesource.door import Came, Door, make_door
from console.tilesource.kept import KeptTiles
from console.tilesource.store import TileCache
from console.tilesource.workers import SourceThreads
from domain.faults import Fault
from layers.ages import age_text
from layers.tiles.item import KEY_PREFIX
from layers.tiles.matrix import TileGrid, TileId, level_for, tiles_over
from layers.tiles.model import NOTHING, Picture, TilesModel
from resources.words import Words, sentence
from widgets.map.view import MapView

OWNER = "tiles"
SERVER_THREADS, PACK_THREADS = 3, 1
LOOK_MS, TAKE_MS = 80, 40
"""Pauses between two looks at the view, and between two takings of what came."""
MOST_WANTED = 300
SLOW_S = 15.0
"""A server that sends nothing for this long is said to be slow."""
MEGABYTE = 2**20

MakeDoor = Callable[[BaseMap, str, TileCache], Door]


class _Running:
    """One base map at work."""

    def __init__(self, source: BaseMap, model: TilesModel, door: Door) -> None:
        self.source, self.model, self.door = source, model, door
        self.threads: SourceThreads | None = None
        self.came_any = self.ready = False

    @property
    def key(self) -> str:
        """The key of its layer."""
        return KEY_PREFIX + self.source.ident


class TileFeed(QObject):
    """The base maps of one map. ``sources_changed`` when others are declared."""

    sources_changed = Signal()
    _came = Signal()

    def __init__(
        self,
        view: MapView,
        config: Path,
        cache: TileCache,
        keeping: Keeping,
        tasks: Tasks,
        words: Words,
        memory_mb: int,
        parent: QObject,
        make: MakeDoor = make_door,
    ) -> None:
        super().__init__(parent)
        self._view, self._config, self._cache, self._keeping = view, config, cache, keeping
        self._tasks, self._words, self._memory, self._make = tasks, words, memory_mb * MEGABYTE, make
        self._running: dict[str, _Running] = {}
        self._queue: SimpleQueue[tuple[_Running, TileId | None, Came | TileGrid | None]] = SimpleQueue()
        self._look = Throttle(LOOK_MS, self)
        self._look.due.connect(self._want_all)
        self._take = QTimer(self)
        self._take.setSingleShot(True)
        self._take.setInterval(TAKE_MS)
        self._take.timeout.connect(self._on_take)
        self._came.connect(self._on_came)
        view.camera_changed.connect(self.on_view_changed)
        view.choices.changed.connect(self.on_view_changed)

    @property
    def sources(self) -> tuple[BaseMap, ...]:
        """The base maps in use."""
        return tuple(running.source for running in self._running.values())

    def start(self) -> None:
        """Read what is declared and show it."""
        self._tasks.start(OWNER, "declared", self._load())

    def stop(self) -> None:
        """Let go of every source; nobody is waited for."""
        self._look.stop()
        self._take.stop()
        for running in self._running.values():
            if running.threads is not None:
                running.threads.stop()
        self._running.clear()

    async def _load(self) -> None:
        sources = await asyncio.to_thread(read_sources, self._config)
        await self.use(sources)

    async def use(self, sources: tuple[BaseMap, ...]) -> None:
        """Show these base maps, in this order from the ground up; those that are the same go on as they are."""
        for ident, running in list(self._running.items()):
            if running.source not in sources:
                self._drop(ident)
        for source in sources:
            if source.ident not in self._running:
                key = await asyncio.to_thread(self._keeping.get, key_name(source)) if source.wants_key else ""
                self._begin(source, key)
        share = self._memory // max(1, len(self._running))
        for running in self._running.values():
            running.model.bound(share)
        self.sources_changed.emit()
        self.on_second()

    async def renew(self, ident: str) -> None:
        """Begin a base map anew: its key is another one, or a person wants to know at once."""
        running = self._running.get(ident)
        if running is not None:
            source = running.source
            self._drop(ident)
            key = await asyncio.to_thread(self._keeping.get, key_name(source)) if source.wants_key else ""
            self._begin(source, key)

    def on_view_changed(self, _camera: object = None) -> None:
        """The map looks elsewhere, or shows other layers: other tiles are wanted."""
        if self._running:
            self._look.request()

    def on_second(self) -> None:
        """A second has passed: say how the sources are doing, and ask again for what did not come."""
        news = False
        for running in self._running.values():
            note, stale, remark = self._telling(running)
            news |= running.model.say(note, stale=stale, remark=remark)
        if self._running:
            self._view.set_sources_attribution(self._attributions())
            self._look.request()
        if news:
            self._view.overlays.on_layers_changed()

    def note_of(self, ident: str) -> tuple[str, bool]:
        """Return what is said beside a source, and whether it is a warning."""
        running = self._running.get(ident)
        return ("", False) if running is None else running.model.notice

    def fault_of(self, ident: str) -> Fault | None:
        """Return why nothing comes of a source, None where it works or nothing is known yet."""
        running = self._running.get(ident)
        return None if running is None else running.door.health.now().fault

    def tiles_of(self, ident: str) -> int:
        """Return how many tiles of a source are in memory."""
        running = self._running.get(ident)
        return 0 if running is None else len(running.model.tiles)

    def kept(self, key: str) -> KeptTiles | None:
        """Return what of a layer is on this computer, None where it is none of these."""
        running = next((running for running in self._running.values() if running.key == key), None)
        if running is None:
            return None
        return KeptTiles(running.source, running.model.grid, running.model.tiles, running.door)

    # -- sources ---------------------------------------------------------------------------------------------------

    def _begin(self, source: BaseMap, key: str) -> None:
        model = TilesModel(source.ident, source.name, source.grid())
        door = self._make(source, key, self._cache)
        running = _Running(source, model, door)
        count = PACK_THREADS if source.kind in PACKS else SERVER_THREADS
        opened, done = partial(self._put, running, None), partial(self._put, running)
        running.threads = SourceThreads(f"onemap-tiles-{source.ident}", door, count, opened, done)
        self._running[source.ident] = running
        self._view.add_layer(model)
        running.threads.open()
        self._look.request()

    def _drop(self, ident: str) -> None:
        running = self._running.pop(ident)
        if running.threads is not None:
            running.threads.stop()
        self._view.remove_layer(running.key)

    def _put(self, running: _Running, tile: TileId | None, came: Came | TileGrid | None) -> None:
        """Take in what a thread brings; worker threads."""
        self._queue.put((running, tile, came))
        self._came.emit()

    def _on_came(self) -> None:
        if not self._take.isActive():
            self._take.start()

    def _on_take(self) -> None:
        brought: dict[int, tuple[_Running, dict[TileId, Picture]]] = {}
        for _ in range(MOST_WANTED):
            try:
                running, tile, came = self._queue.get_nowait()
            except Empty:
                break
            if self._running.get(running.source.ident) is not running:
                continue
            if isinstance(came, TileGrid):
                running.model.lay_out(came)
                running.ready = True
                self._look.request()
            elif isinstance(came, Came) and tile is not None:
                running.came_any |= came.picture is not None
                pictures = brought.setdefault(id(running), (running, {}))[1]
                pictures[tile] = NOTHING if came.picture is None else came.picture
        for running, pictures in brought.values():
            running.model.put(pictures, self._wanted(running))
        if not self._queue.empty():
            self._take.start()

    # -- what is wanted --------------------------------------------------------------------------------------------

    def _want_all(self) -> None:
        for running in self._running.values():
            threads = running.threads
            if threads is None:
                continue
            threads.want(running.model.use(self._wanted(running))[:MOST_WANTED])

    def _wanted(self, running: _Running) -> list[TileId]:
        """Return the tiles in view, the middle ones first; none of a layer that is not shown."""
        item = self._view.item(running.key)
        grid = running.model.grid
        if item is None or not running.ready or not item.visible or not item.options.shows_at(self._view.denominator()):
            return []
        area = self._view.camera.area(self._view.devicePixelRatioF())
        return tiles_over(grid, level_for(grid, area.scale), area.bounds())

    # -- what is said ----------------------------------------------------------------------------------------------

    def _telling(self, running: _Running) -> tuple[str, bool, str]:
        """Return the note beside a source, whether it is a warning, and what its options say."""
        words, source = self._words, running.source
        health = running.door.health.now()
        remark = " · ".join(text for text in (source.attribution, words(f"base_map.kind.{source.kind}")) if text)
        if health.fault is not None and health.failing_s is not None:
            why = why_failing(words, source, health.fault)
            key = "base_map.note.failing_old" if running.came_any else "base_map.note.failing"
            return words(key, age=age_text(health.failing_s, words)), True, f"{remark}\n{why}"
        if source.kind in PACKS:
            return words("base_map.note.pack"), False, remark
        waiting_s = 0.0 if running.threads is None else running.threads.waiting_s()
        if waiting_s > SLOW_S:
            return words("base_map.note.slow", age=age_text(waiting_s, words)), True, remark
        if running.threads is not None and running.threads.busy and health.good_s is None and not running.came_any:
            return words("base_map.note.loading"), False, remark
        if health.good_s is None:
            return words("base_map.note.kept" if running.came_any else "base_map.note.idle"), False, remark
        return words("base_map.note.online"), False, remark

    def _attributions(self) -> str:
        shown = [r for r in self._running.values() if (i := self._view.item(r.key)) is not None and i.visible]
        return " · ".join(dict.fromkeys(r.source.attribution for r in shown if r.source.attribution))


def why_failing(words: Words, source: BaseMap, fault: Fault) -> str:
    """Return why nothing comes of a source in use; a server is asked again by itself."""
    why = sentence(words, f"fault.{fault.key}", {**fault.params})
    return why if source.kind in PACKS else words("base_map.tried_again", why=why)


def key_name(source: BaseMap) -> str:
    """Return the name a base map's key is kept under; those of one host share it."""
    return host_key_name(source.address)


def host_key_name(address: str) -> str:
    """Return the name the key of an address' host is kept under."""
    host = urlsplit(address).netloc
    return f"map-key {'tianditu.gov.cn' if host.endswith('tianditu.gov.cn') else host}"
