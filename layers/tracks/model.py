"""One or several measured tracks of the room's own, from a file or the logged history. See ``layers``."""

from collections.abc import Sequence
from datetime import tzinfo
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from layers.mercator import Floats, to_degrees, to_plane_arrays
from layers.observed import Observed
from layers.owncolours import TRACK_COLOURS
from layers.raster.contract import Shapes, no_shapes

PART_AFTER_S = 600.0
"""A longer silence parts a track: nobody knows what lay between."""

Ints = npt.NDArray[np.int32]


class TrackModel(Observed):
    """Tracks by point: ``track`` names it, ``at`` is POSIX time (NaN where unknown), ``xs, ys`` plane metres."""

    def __init__(self, ident: str, name: str, zone: tzinfo, remark: str = "", *, guarded: bool = False) -> None:
        """``zone`` is the one times are shown in: the town's own. ``guarded`` is a track of the logged history."""
        super().__init__()
        self.guarded = guarded
        self.zone = zone
        self.ident = ident
        self.name = name
        self.remark = remark
        self.colour = TRACK_COLOURS[0]
        self.names: tuple[str, ...] = ()
        self.track: Ints = np.empty(0, np.int32)
        self.at: Floats = np.empty(0)
        self.xs: Floats = np.empty(0)
        self.ys: Floats = np.empty(0)
        self.shapes: Shapes = no_shapes()

    def put(self, names: tuple[str, ...], fixes: Sequence[tuple[int, float | None, float, float]]) -> None:
        """Show these points: track, time, lon, lat; each track is put in the order of its times."""
        rows = sorted(fixes, key=lambda fix: (fix[0], fix[1] is None, fix[1] or 0.0))
        self.names = names
        self.track = np.array([row[0] for row in rows], np.int32)
        self.at = np.array([np.nan if row[1] is None else row[1] for row in rows])
        lons, lats = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
        self.xs, self.ys = to_plane_arrays(lons, lats)
        self.shapes = self._pieces()
        self._changed()

    def span(self) -> tuple[float, float] | None:
        """Return the first and the last time, None where no point has one."""
        known = self.at[np.isfinite(self.at)]
        return (float(known.min()), float(known.max())) if len(known) else None

    def lines(self) -> list[list[tuple[float, float]]]:
        """Return the tracks as lines in degrees, parted as they are drawn."""
        places = list(map(to_degrees, self.xs.tolist(), self.ys.tolist()))
        return [places[start:end] for start, end in pairwise(self.shapes.rings.tolist())]

    def _pieces(self) -> Shapes:
        """Return the tracks as lines, parted where a track ends or was silent for long."""
        if not len(self.xs):
            return no_shapes()
        gap = np.diff(self.at) > PART_AFTER_S
        cut = np.flatnonzero((np.diff(self.track) != 0) | gap) + 1
        rings = np.concatenate(([0], cut, [len(self.xs)])).astype(np.int32)
        origin = float(self.xs.mean()), float(self.ys.mean())
        xs, ys = (self.xs - origin[0]).astype(np.float32), (self.ys - origin[1]).astype(np.float32)
        starts = rings[:-1]
        boxes = np.column_stack(
            [
                np.minimum.reduceat(xs, starts),
                np.minimum.reduceat(ys, starts),
                np.maximum.reduceat(xs, starts),
                np.maximum.reduceat(ys, starts),
            ]
        ).astype(np.float32)
        return Shapes(xs, ys, rings, np.arange(len(rings), dtype=np.int32), boxes, origin)
