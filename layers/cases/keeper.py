"""Clusters made once for each scale: at once where there are few cases, else beside the window, the last ones shown on.

Half a million cases take a tenth of a second to cluster; nobody is to wait for that who only turns the wheel.
"""

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Qt, Signal

from layers.background import BESIDE, give_way
from layers.cases.clusters import cluster, nothing, order_of
from layers.cases.model import CaseMark
from layers.raster.contract import F64, I32, U16, Bounds

KEPT = 3
"""Scales whose clusters are kept: who turns the wheel back and forth sees the right ones at once."""
AT_ONCE = 20_000
"""Up to so many cases are clustered while the frame waits: a few milliseconds."""


class Snapshot(msgspec.Struct, frozen=True):
    """Cases as they were when they were to be clustered. Arrays are copies; marks are replaced, never reordered."""

    marks: Sequence[CaseMark]
    xs: F64
    ys: F64
    ranks: npt.NDArray[np.uint8]
    codes: U16


class Strips(msgspec.Struct, frozen=True):
    """Some of many points, ``which``, from west to east in ``columns`` that are ``wide`` (plane metres)."""

    which: npt.NDArray[np.intp]
    columns: F64
    wide: float

    def within(self, xs: F64, ys: F64, bounds: Bounds) -> npt.NDArray[np.intp]:
        """Return those of the points ``xs, ys`` that are among them and lie within bounds on the plane, in order."""
        x0, y0, x1, y1 = bounds
        first, last = np.floor(np.array((x0, x1)) / self.wide)
        near = self.which[np.searchsorted(self.columns, first) : np.searchsorted(self.columns, last, "right")]
        x, y = xs[near], ys[near]
        return np.sort(near[(x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)])


class Kept(msgspec.Struct, frozen=True):
    """Clusters with what they were made of: where each stands, how many cases it has, its worst rank.

    ``alone``: cases by themselves. ``several``: clusters of two and more. ``ordered``: all cases, those of one cluster
    together, up to its ``ends``.
    """

    key: Hashable
    of: Snapshot
    xs: F64
    ys: F64
    counts: npt.NDArray[np.int64]
    worst: npt.NDArray[np.int64]
    alone: Strips
    several: Strips
    ordered: I32
    ends: npt.NDArray[np.int64]

    def members(self, cluster: int) -> npt.NDArray[np.intp]:
        """Return the cases of a cluster, in order."""
        end = int(self.ends[cluster])
        return self.ordered[end - int(self.counts[cluster]) : end].astype(np.intp)

    def alone_in(self, bounds: Bounds) -> npt.NDArray[np.intp]:
        """Return the cases by themselves within bounds on the plane, in the order they are drawn."""
        return self.alone.within(self.of.xs, self.of.ys, bounds)

    def near(self, bounds: Bounds) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], F64, F64]:
        """Return what of both lies within bounds: the cases, then the clusters, and where each of these stands."""
        alone, several = self.alone_in(bounds), self.several_in(bounds)
        xs = np.concatenate([self.of.xs[alone], self.xs[several]])
        return alone, several, xs, np.concatenate([self.of.ys[alone], self.ys[several]])

    def several_in(self, bounds: Bounds) -> npt.NDArray[np.intp]:
        """Return the clusters of two and more within bounds on the plane, in the order they are drawn."""
        return self.several.within(self.xs, self.ys, bounds)


def make(key: Hashable, of: Snapshot, reach_m: float, between: Callable[[], object] = nothing) -> Kept:
    """Return the clusters of some cases; ``between`` is called after each part of the work. Any thread."""
    found = cluster(of.xs, of.ys, of.ranks, reach_m, between)
    alone = found.order[found.counts[found.member_of[found.order]] == 1]
    columns = np.floor(of.xs[alone] / reach_m)
    between()
    several = np.flatnonzero(found.counts > 1)
    across = np.floor(found.xs[several] / reach_m)
    between()
    eastward = order_of((across - across.min(initial=0.0)).astype(np.int64), between)
    strips = Strips(several[eastward], across[eastward], reach_m)
    between()
    ordered, ends = order_of(found.member_of, between).astype(np.int32), np.cumsum(found.counts)
    each = found.xs, found.ys, found.counts, found.worst
    return Kept(key, of, *each, Strips(alone, columns, reach_m), strips, ordered, ends)


class ClusterKeeper(QObject):
    """Keeps the clusters of one layer. UI thread; ``arrived`` is emitted when those that were missing are in."""

    arrived = Signal()
    _made = Signal(object)
    _ordered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kept: Kept | None = None
        self._lately: list[Kept] = []
        self._wanted: Hashable = None
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: Future[None] | None = None
        self._order: tuple[Hashable, Snapshot, float] | None = None
        self._copy: tuple[Snapshot, Snapshot] | None = None
        self._made.connect(self._on_made)
        # Not begun in the midst of a frame: on one core it would wait for the thread, some 4 ms.
        self._ordered.connect(self._begin, Qt.ConnectionType.QueuedConnection)

    @property
    def ready(self) -> bool:
        """Whether nothing is on its way."""
        return self._kept is None or self._kept.key == self._wanted

    @property
    def key(self) -> Hashable:
        """What the clusters that are shown were made for."""
        return None if self._kept is None else self._kept.key

    def at(self, key: Hashable, of: Snapshot, reach_m: float, *, at_once: bool = False) -> Kept:
        """Return the clusters of ``key``, or, while these are being made, the last ones.

        ``of`` may be what the model itself holds: it is copied, once for all scales, where it is
        still needed afterwards.
        """
        kept, self._wanted = self._kept, key
        if kept is not None and kept.key == key:
            return kept
        again = next((one for one in self._lately if one.key == key), None)
        if again is not None:
            self._kept = kept = self._keep(again)
        elif kept is None or at_once or len(of.xs) <= AT_ONCE:
            self._kept = kept = self._keep(make(key, self._copied(of), reach_m))
        elif self._order is None and (self._waiting is None or self._waiting.done()):
            self._order = key, self._copied(of), reach_m
            self._ordered.emit()
        return kept

    def _begin(self) -> None:
        """Begin what was ordered while a frame was painted."""
        if self._order is None:
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="case-clusters", initializer=give_way)
        order, self._order = self._order, None
        self._waiting = self._pool.submit(self._make, *order)

    def stop(self) -> None:
        """End the thread; what it is at is finished first."""
        self._order = None
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _make(self, key: Hashable, of: Snapshot, reach_m: float) -> None:
        with BESIDE.piece():
            kept = make(key, of, reach_m, BESIDE.let_pass)
        self._made.emit(kept)

    def _copied(self, of: Snapshot) -> Snapshot:
        if self._copy is None or self._copy[0] is not of:
            self._copy = of, msgspec.structs.replace(of, xs=of.xs.copy(), ys=of.ys.copy())
        return self._copy[1]

    def _keep(self, kept: Kept) -> Kept:
        """Keep clusters along with those of other scales that were made of the same cases; return them."""
        others = [one for one in self._lately if one.of is kept.of and one is not kept]
        self._lately = [kept, *others[: KEPT - 1]]
        return kept

    def _on_made(self, kept: Kept) -> None:
        self._kept = self._keep(kept)  # it may not be what is wanted by now, but is nearer to it; the next frame asks
        self.arrived.emit()
