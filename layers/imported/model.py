"""The features of one file that somebody opened on this computer. See ``layers`` for how models are used."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from layers.geometry import LINES, POLYGONS, inner_points, is_one_of, read_wkb, to_shapes
from layers.mercator import to_plane_arrays
from layers.observed import Observed
from layers.owncolours import OWN_COLOURS
from layers.raster.contract import I32, Shapes, no_shapes

POINTS = frozenset({0, 4})
Floats = npt.NDArray[np.float64]


class Features(msgspec.Struct, frozen=True):
    """Features ready to be drawn: areas, lines and points, each with the row of its attributes, and label places."""

    areas: Shapes
    area_rows: I32
    lines: Shapes
    line_rows: I32
    xs: Floats
    ys: Floats
    point_rows: I32
    label_xs: Floats
    label_ys: Floats
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wkbs: tuple[bytes, ...] = ()
    """The features as they were read, degrees: what an export writes, for shapes are simplified and on the plane."""


def read_imported(wkbs: Sequence[bytes], columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Features:
    """Return features as what is drawn; what cannot be read is left out. Pure: may run in any thread."""
    import shapely  # noqa: PLC0415 - kept off the start path

    geometries = read_wkb(wkbs)
    areas, area_rows = to_shapes(geometries, POLYGONS)
    lines, line_rows = to_shapes(geometries, LINES)
    types = shapely.get_type_id(geometries)
    spots = np.flatnonzero(is_one_of(types, POINTS))
    parts, part_of = shapely.get_parts(geometries[spots], return_index=True)
    xs, ys = to_plane_arrays(shapely.get_x(parts), shapely.get_y(parts)) if len(parts) else (np.empty(0), np.empty(0))
    label_xs, label_ys = np.full(len(geometries), np.nan), np.full(len(geometries), np.nan)
    if len(area_rows):
        label_xs[area_rows], label_ys[area_rows] = inner_points(geometries[area_rows])
    if len(line_rows):
        middles = shapely.line_interpolate_point(shapely.get_geometry(geometries[line_rows], 0), 0.5, normalized=True)
        label_xs[line_rows], label_ys[line_rows] = to_plane_arrays(shapely.get_x(middles), shapely.get_y(middles))
    point_rows = spots[part_of].astype(np.int32) if len(parts) else np.empty(0, np.int32)
    label_xs[point_rows], label_ys[point_rows] = xs, ys
    return Features(
        areas, area_rows, lines, line_rows, xs, ys, point_rows, label_xs, label_ys, columns, tuple(rows), tuple(wkbs)
    )


def no_features() -> Features:
    """Return features without any."""
    none, rows = np.empty(0), np.empty(0, np.int32)
    return Features(no_shapes(), rows, no_shapes(), rows, none, none, rows, none, none, (), ())


class ImportedModel(Observed):
    """One file. ``trouble`` says why there is nothing of it, empty where there is."""

    def __init__(self, ident: str, name: str) -> None:
        super().__init__()
        self.ident = ident
        self.name = name
        self.colour = OWN_COLOURS[0]
        self.features = no_features()
        self.remark = ""
        self.trouble = ""

    def put(self, features: Features, remark: str = "") -> None:
        """Show what ``read_imported`` made of the file."""
        self.features, self.remark, self.trouble = features, remark, ""
        self._changed()

    def fail(self, trouble: str) -> None:
        """Say why the file cannot be shown."""
        self.features, self.trouble = no_features(), trouble
        self._changed()
