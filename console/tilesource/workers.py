"""The threads of one source: a few, its own, so that a server that is slow keeps no other source waiting.

They are daemons that hold nothing: a program that ends does not wait for a server that does not answer.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from console.tilesource.door import Came, Door
from domain.faults import Fault
from layers.tiles.matrix import TileGrid, TileId

IDLE_S = 5.0

Done = Callable[[TileId, Came | None], None]
Opened = Callable[[TileGrid | None], None]


class _Opening:
    """The task of opening the source."""


class SourceThreads:
    """Reads the tiles that are wanted now, the first named first; what is no longer wanted is not begun.

    ``opened`` and ``done`` are called in these threads.
    """

    def __init__(self, name: str, door: Door, count: int, opened: Opened, done: Done) -> None:
        self._name, self._door, self._count = name, door, count
        self._opened, self._done = opened, done
        self._changed = threading.Condition()
        self._wanted: list[TileId] = []
        self._under_way: dict[TileId, float] = {}
        self._running = 0
        self._ready: bool | None = None
        self._opening = False
        self._stopped = False

    def want(self, tiles: Sequence[TileId]) -> None:
        """Read these, in this order, instead of what was wanted and has not begun. UI thread; returns at once."""
        with self._changed:
            if self._stopped:
                return
            self._wanted = [tile for tile in reversed(tiles) if tile not in self._under_way]
            if self._ready is not False:
                self._start_some()
            self._changed.notify_all()

    def open(self) -> None:
        """Have the source opened, or tried once more. UI thread; returns at once."""
        with self._changed:
            self._ready = None
            if not self._stopped:
                self._start_some(at_least=1)
                self._changed.notify_all()

    def waiting_s(self) -> float:
        """Return for how long the tile that is waited for longest has been asked for, 0 where none is."""
        with self._changed:
            return max((time.monotonic() - began for began in self._under_way.values()), default=0.0)

    @property
    def busy(self) -> bool:
        """Whether something is wanted that has not come."""
        with self._changed:
            return bool(self._wanted or self._under_way)

    def stop(self) -> None:
        """Begin nothing any more and let go of the source. Returns at once."""
        with self._changed:
            self._stopped = True
            self._wanted.clear()
            self._changed.notify_all()
        threading.Thread(target=self._door.close, name=f"{self._name}-close", daemon=True).start()

    def _start_some(self, at_least: int = 0) -> None:
        wanted = min(self._count, max(at_least, len(self._wanted)))
        while self._running < wanted:
            self._running += 1
            threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            if isinstance(task, TileId):
                self._read(task)
            else:
                self._open_now()

    def _read(self, tile: TileId) -> None:
        came: Came | None = None
        try:
            came = self._door.read(tile)
        except Exception as error:  # noqa: BLE001 - one tile must not end the thread; the log says what it was
            logging.getLogger("onemap.tiles").error("reading a tile: %s", type(error).__name__)
        with self._changed:
            self._under_way.pop(tile, None)
            stopped = self._stopped
        if not stopped:
            self._done(tile, came)

    def _next(self) -> TileId | _Opening | None:
        """Return what is to be done next, None when the thread is to end."""
        with self._changed:
            while not self._stopped:
                if self._ready is None and not self._opening:
                    self._opening = True
                    return _Opening()
                if self._ready and self._wanted:
                    tile = self._wanted.pop()
                    self._under_way[tile] = time.monotonic()
                    return tile
                if self._ready is False or not self._changed.wait(IDLE_S):
                    break
            self._running -= 1
            return None

    def _open_now(self) -> None:
        """Open the source. Nothing is held meanwhile: a file on a share may take its time."""
        grid: TileGrid | None = None
        try:
            grid = self._door.open()
        except Fault:
            grid = None
        with self._changed:
            self._opening, self._ready = False, grid is not None
            stopped = self._stopped
            self._changed.notify_all()
        if not stopped:
            self._opened(grid)
