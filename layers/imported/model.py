"""The features of one file that somebody opened on this computer. See ``layers`` for how models are used."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from layers.geometry import LINES, POLYGONS, inner_points, is_one_of, read_wkb, to_shapes
from layers.imported.kinds import Kinds, kinds_of
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
    kinds: Mapping[str, Kinds] = {}
    """By column, what kinds of features it tells apart."""

    def only(self, shown: npt.NDArray[np.bool_]) -> "Features":
        """Return these with what lies on the map of the rows that are ``shown``; rows keep their numbers."""
        areas, lines, points = (shown[rows] for rows in (self.area_rows, self.line_rows, self.point_rows))
        return msgspec.structs.replace(
            self,
            areas=self.areas.chosen(np.flatnonzero(areas)),
            area_rows=self.area_rows[areas],
            lines=self.lines.chosen(np.flatnonzero(lines)),
            line_rows=self.line_rows[lines],
            xs=self.xs[points],
            ys=self.ys[points],
            point_rows=self.point_rows[points],
            label_xs=np.where(shown, self.label_xs, np.nan),
        )


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
        areas, area_rows, lines, line_rows, xs, ys, point_rows, label_xs, label_ys, columns, tuple(rows), tuple(wkbs),
        kinds_of(columns, rows),
    )  # fmt: skip


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
