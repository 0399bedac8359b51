"""Which raster draws now: Qt's at first, the compiled one once a thread has made it ready."""

import logging
from collections.abc import Callable
from importlib import import_module
from threading import Lock, Thread
from typing import cast

from layers.background import BESIDE
from layers.placing import PLACER
from layers.raster.contract import MarkCells, Raster
from layers.raster.qt import QtRaster

_log = logging.getLogger("onemap.map")


class RasterSource:
    """Hands out the best raster there is; shared by all maps of a program.

    ``warm_up`` starts the thread that imports numba and compiles or fetches the kernels: under a second when they are
    cached, some ten seconds of a core the first time on a machine. Until then everything is drawn by Qt.
    """

    def __init__(self) -> None:
        plain = QtRaster()
        plain.exercise()
        self._raster: Raster = plain
        self._beside: Raster = plain
        self._ready: list[Callable[[], None]] = []
        self._thread: Thread | None = None
        self._lock = Lock()
        self._cells: MarkCells | None = None
        self.compiled = False

    @property
    def raster(self) -> Raster:
        """The raster to draw with now; any thread."""
        return self._raster

    @property
    def beside(self) -> Raster:
        """The same for work beside the window: where much is drawn, it lets a frame come first in between."""
        return self._beside

    @property
    def cells(self) -> MarkCells | None:
        """What finds the cells of marks; None without a compiler. Any thread."""
        return self._cells

    def when_compiled(self, callback: Callable[[], None]) -> None:
        """Call back once the compiled raster is in, from the warming thread; at once if it already is."""
        with self._lock:
            if not self.compiled:
                self._ready.append(callback)
                return
        callback()

    def forget(self, callback: Callable[[], None]) -> None:
        """Do not call back any more; once this returns it does not happen."""
        with self._lock:
            if callback in self._ready:
                self._ready.remove(callback)

    def warm_up(self) -> None:
        """Start making the compiled raster ready in the background, once."""
        if self._thread is None:
            self._thread = Thread(target=self.compile, name="map-kernels", daemon=True)
            self._thread.start()

    def compile(self) -> None:
        """Make the compiled raster ready in this thread. Where numba cannot be had the map stays with Qt's."""
        try:
            module = import_module("layers.raster.compiled")  # by name: importing it at the top would import numba
            module.exercise()
        except (ImportError, OSError) as fault:
            _log.warning("compiled kernels unavailable, drawing with Qt: %s", fault)
            return
        with self._lock:
            self._raster = cast("Raster", module.CompiledRaster())
            self._beside = cast("Raster", module.CompiledRaster(BESIDE.let_pass))
            self._cells = module.cells.CompiledCells()
            PLACER.use(module.place_marks)
            self.compiled = True
            waiting, self._ready = self._ready, []
            for callback in waiting:  # under the lock, so that nobody who was forgotten is called
                callback()

    def wait(self, timeout_s: float) -> bool:
        """Wait for a warm-up that was started; return whether the compiled raster is in."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self.compiled
