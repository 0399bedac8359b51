"""Tiles of what stands still: drawn by worker threads, kept while they are likely to be seen again."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from os import cpu_count
from queue import Empty, SimpleQueue
from typing import NamedTuple

import msgspec
import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from layers.background import give_back, give_way
from layers.contract import Area
from layers.raster.contract import Frame

TILE = 512
"""Side of a tile in device pixels."""
KEPT_LEAST = 48
"""Tiles kept at least; a megabyte each. A window of 1920 x 1080 shows some twenty."""
KEPT_BEYOND = 1.25
"""Tiles kept as a share of those in sight and just out of it."""
REST_MS = 3000
"""How long nothing has been drawn until the memory it took is given back."""
BLOCK_MOST = 48
"""Tiles of the first picture that are drawn in one go."""

SPOILT = -1
"""The generation of a tile that is old though its neighbours are not."""

Render = Callable[[Frame, Area], None]


class TileKey(msgspec.Struct, frozen=True):
    """A tile: scale in metres a device pixel, device pixel ratio, column and row from the plane's origin."""

    scale: float
    ratio: float
    column: int
    row: int

    def area(self) -> Area:
        """Return the area of the tile; rows count downwards."""
        side = TILE * self.scale
        return Area(self.column * side, -self.row * side, self.scale, TILE, TILE, self.ratio)


def tiles_over(area: Area, margin: int = 0) -> list[tuple[TileKey, int, int]]:
    """Return the tiles that cover an area, with the frame pixel of each tile's corner, the middle ones first."""
    left, top, columns, rows = _columns_and_rows(area, margin)
    found = [
        (TileKey(area.scale, area.ratio, column, row), column * TILE - left, row * TILE - top)
        for column in columns
        for row in rows
    ]
    middle_x, middle_y = area.width / 2 - TILE / 2, area.height / 2 - TILE / 2
    return sorted(found, key=lambda tile: (tile[1] - middle_x) ** 2 + (tile[2] - middle_y) ** 2)


def count_around(area: Area) -> int:
    """Return how many tiles cover an area and lie around it."""
    _, _, columns, rows = _columns_and_rows(area, margin=1)
    return len(columns) * len(rows)


def _columns_and_rows(area: Area, margin: int) -> tuple[int, int, range, range]:
    """Return the pixel of an area's corner, and the columns and rows of the tiles over it."""
    left, top = round(area.left / area.scale), round(-area.top / area.scale)
    columns = range(left // TILE - margin, (left + area.width - 1) // TILE + 1 + margin)
    return left, top, columns, range(top // TILE - margin, (top + area.height - 1) // TILE + 1 + margin)


class _Waiting(NamedTuple):
    """A tile being drawn: what generation it will be of, under which order, and how to call it off."""

    generation: int
    order: int
    future: "Future[None]"


def _touches(key: TileKey, boxes: Sequence[tuple[float, float, float, float]]) -> bool:
    left, bottom, right, top = key.area().bounds()
    return any(x0 < right and x1 > left and y0 < top and y1 > bottom for x0, y0, x1, y1 in boxes)


class TileStore(QObject):
    """Tiles by key. ``tiles_arrived`` is emitted in the UI thread when new ones are in; ``stop`` ends the threads.

    A tile of an older generation is still handed out until its successor is there, so that nothing flickers.
    """

    tiles_arrived = Signal()
    _finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tiles: OrderedDict[TileKey, tuple[int, Frame]] = OrderedDict()
        self._waiting: dict[TileKey, _Waiting] = {}
        self._done: SimpleQueue[tuple[TileKey, int, Frame]] = SimpleQueue()
        self._orders = 0
        self._pool: ThreadPoolExecutor | None = None
        self._stopped = False
        self._limit = KEPT_LEAST
        self.generation = 0
        self._finished.connect(self._on_finished)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._on_rest)

    def renew(self) -> None:
        """Make all tiles old: what they are drawn from has changed."""
        self.generation += 1

    def spoil(self, boxes: Sequence[tuple[float, float, float, float]]) -> None:
        """Make old the tiles that touch any of these boxes (plane metres): only there something has changed."""
        if not boxes:
            return
        for key, (generation, frame) in list(self._tiles.items()):
            if generation == self.generation and _touches(key, boxes):
                self._tiles[key] = SPOILT, frame
        for key, waiting in list(self._waiting.items()):
            if waiting.generation == self.generation and _touches(key, boxes):
                self._waiting[key] = waiting._replace(generation=SPOILT)  # drawn from what was there before

    def forget(self) -> None:
        """Drop all tiles."""
        self._tiles.clear()
        self.renew()

    def find(self, key: TileKey) -> tuple[Frame | None, bool]:
        """Return the tile of a key, if there is any, and whether it is of the present generation."""
        found = self._tiles.get(key)
        if found is None:
            return None, False
        self._tiles.move_to_end(key)
        return found[1], found[0] == self.generation

    def want(self, keys: Iterable[TileKey], render: Render) -> None:
        """Have these tiles drawn, in this order, and drop whatever else was still waiting."""
        if self._stopped:
            return
        wanted = list(keys)
        keep = set(wanted)
        for key, waiting in list(self._waiting.items()):
            if (key not in keep or waiting.generation != self.generation) and waiting.future.cancel():
                self._waiting = {k: held for k, held in self._waiting.items() if held.future is not waiting.future}
        missing = [key for key in wanted if not self._on_its_way(key) and not self.find(key)[1]]
        if self._pool is None and 1 < len(missing) <= BLOCK_MOST:
            self._submit(missing, render)  # the first picture: what lies on several tiles is drawn once
        else:
            for key in missing:
                self._submit([key], render)

    def keep(self, around: int) -> None:
        """Keep as many tiles as a view needs that has ``around`` of them in sight and just out of it."""
        self._limit = max(KEPT_LEAST, round(KEPT_BEYOND * around))

    @property
    def busy(self) -> bool:
        """Whether tiles are still being drawn."""
        return bool(self._waiting)

    def stop(self) -> None:
        """Drop what waits and end the threads; a tile being drawn is finished first (some milliseconds)."""
        self._stopped = True
        self._rest.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
        self._waiting.clear()

    def _on_its_way(self, key: TileKey) -> bool:
        waiting = self._waiting.get(key)
        return waiting is not None and waiting.generation == self.generation

    def _submit(self, keys: Sequence[TileKey], render: Render) -> None:
        if self._pool is None:
            workers = max(1, min(3, (cpu_count() or 2) - 1))
            self._pool = ThreadPoolExecutor(workers, thread_name_prefix="map-tile")
        self._orders += 1
        future = self._pool.submit(self._draw, keys, self._orders, render)
        for key in keys:
            self._waiting[key] = _Waiting(self.generation, self._orders, future)

    def _draw(self, keys: Sequence[TileKey], order: int, render: Render) -> None:
        """Draw one tile, or a block of them; worker thread."""
        left, top = min(key.column for key in keys), min(key.row for key in keys)
        width = (max(key.column for key in keys) - left + 1) * TILE
        height = (max(key.row for key in keys) - top + 1) * TILE
        frame = np.empty((height, width), np.uint32)
        corner = msgspec.structs.replace(keys[0], column=left, row=top)
        render(frame, msgspec.structs.replace(corner.area(), width=width, height=height))
        for key in keys:
            x, y = (key.column - left) * TILE, (key.row - top) * TILE
            tile = frame if len(keys) == 1 else frame[y : y + TILE, x : x + TILE].copy()
            self._done.put((key, order, tile))
        give_way()  # from here on: what a thread draws first is the first picture, which everybody waits for
        self._finished.emit()

    def take_in(self) -> bool:
        """Take in what has been drawn, which needs no waiting for the loop; return whether any of it is news."""
        arrived = False
        while True:
            try:
                key, order, frame = self._done.get_nowait()
            except Empty:
                break
            waiting, generation = self._waiting.get(key), SPOILT
            if waiting is not None and waiting.order == order:
                generation = waiting.generation
                del self._waiting[key]
            if generation == self.generation or key not in self._tiles:
                self._tiles[key] = generation, frame
                arrived = True
        while len(self._tiles) > self._limit:
            self._tiles.popitem(last=False)
        return arrived

    def _on_finished(self) -> None:
        arrived = self.take_in()
        if self._stopped:
            return
        if arrived:
            self.tiles_arrived.emit()
        if not self.busy:
            self._rest.start()

    def _on_rest(self) -> None:
        """Once nobody has moved the map for a while: give back the memory that drawing took in between."""
        if self._pool is not None and not self.busy:
            self._pool.submit(give_back)
