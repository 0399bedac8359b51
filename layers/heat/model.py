"""The density of cases as a smooth surface (kernel density, a Gaussian by three box filters). See ``layers``.

The kernel's width is a distance on the ground, but never less than a few pixels, so that the surface stays readable
from afar. A surface is made once for each width, in whichever thread asks first.
"""

from collections.abc import Callable
from math import ceil, log2
from threading import Lock

import msgspec
import numpy as np
import numpy.typing as npt

from layers.mercator import ground_scale
from layers.observed import Observed

F32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

WIDTHS_M = {"fine": 90.0, "middle": 180.0, "wide": 400.0}
"""Standard deviations of the kernel, metres on the ground."""
LEAST_PX = 9.0
CELLS_A_WIDTH = 6.0
MOST_CELLS = 1_200
"""Cells of a side: beyond that they grow."""
KEPT_SURFACES = 6
EVERY_S = 2.0
"""How often the cases are looked at anew while the heat is shown."""
SETS = ("open", "all")


class Surface(msgspec.Struct, frozen=True):
    """Cases to the square kilometre of ground, in cells of ``cell`` plane metres.

    ``left, top`` is the middle of the first cell, ``most`` the highest value.
    """

    values: F32
    left: float
    top: float
    cell: float
    most: float


class HeatModel(Observed):
    """Where cases lie: the open ones, and all the picture holds. The arrays are replaced, never changed in place."""

    def __init__(self) -> None:
        super().__init__()
        self._points: dict[str, tuple[Floats, Floats]] = {name: (np.empty(0), np.empty(0)) for name in SETS}
        self._made: dict[tuple[str, int, int], Surface | None] = {}
        self._lock = Lock()
        self._source: Callable[[], None] | None = None
        self._asked_s = -EVERY_S

    def set_source(self, source: Callable[[], None]) -> None:
        """Have ``source`` called while the layer is shown, every so often: it tells by ``set_points`` what there is."""
        self._source = source

    def refresh(self, now_s: float) -> None:
        """Ask the source, unless that was done a moment ago. ``now_s`` is any clock that only goes forward."""
        if self._source is not None and now_s - self._asked_s >= EVERY_S:
            self._asked_s = now_s
            self._source()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return what all places cover on the plane, None without any."""
        xs, ys = self._points[SETS[0]]
        return (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())) if len(xs) else None

    def set_points(self, name: str, xs: Floats, ys: Floats) -> None:
        """Take the places (plane) of one of ``SETS``. Raises KeyError for another one."""
        held = self._points[name]
        if len(held[0]) == len(xs) and np.array_equal(held[0], xs) and np.array_equal(held[1], ys):
            return
        self._points[name] = xs.copy(), ys.copy()
        self._changed()

    def count(self, name: str) -> int:
        """Return how many cases a set holds."""
        return len(self._points[name][0])

    def surface(self, name: str, width_m: float, scale: float) -> Surface | None:
        """Return the density at a scale (plane metres a logical pixel), None where there is no case. Any thread."""
        xs, ys = self._points[name]
        if not len(xs):
            return None
        wanted = max(width_m / ground_scale(float(ys[len(ys) // 2])), LEAST_PX * scale)
        step = ceil(log2(wanted) * 2 - 1e-9)
        key = (name, step, self.revision)
        with self._lock:
            if key not in self._made:
                if len(self._made) >= KEPT_SURFACES:
                    self._made.clear()
                self._made[key] = density(xs, ys, 2.0 ** (step / 2))
            return self._made[key]


def density(xs: Floats, ys: Floats, width: float) -> Surface:
    """Return the density of points with a kernel of standard deviation ``width`` (plane metres)."""
    reach = 3.5 * width
    left, right = float(xs.min()) - reach, float(xs.max()) + reach
    bottom, top = float(ys.min()) - reach, float(ys.max()) + reach
    cell = max(width / CELLS_A_WIDTH, (right - left) / MOST_CELLS, (top - bottom) / MOST_CELLS)
    columns, rows = ceil((right - left) / cell) + 1, ceil((top - bottom) / cell) + 1
    column = np.rint((xs - left) / cell).astype(np.intp)
    row = np.rint((top - ys) / cell).astype(np.intp)
    counts = np.bincount(row * columns + column, minlength=rows * columns).reshape(rows, columns).astype(np.float32)
    smooth = _blurred(_blurred(counts, width / cell, axis=0), width / cell, axis=1)
    side_km = cell * ground_scale((top + bottom) / 2) / 1000
    values = (smooth / (side_km * side_km)).astype(np.float32)
    return Surface(values, left, top, cell, float(values.max()))


def _blurred(values: F32, sigma: float, *, axis: int) -> F32:
    """Return values smoothed along an axis by three box filters, which together are close to a Gaussian."""
    out = values
    for radius in _radii(sigma):
        padded = np.concatenate([_zeros(out, radius + 1, axis), out, _zeros(out, radius, axis)], axis=axis)
        sums = np.cumsum(padded, axis=axis, dtype=np.float64)
        count = out.shape[axis]
        high = np.take(sums, np.arange(2 * radius + 1, 2 * radius + 1 + count), axis=axis)
        low = np.take(sums, np.arange(count), axis=axis)
        out = ((high - low) / (2 * radius + 1)).astype(np.float32)
    return out


def _radii(sigma: float) -> tuple[int, int, int]:
    """Return the radii of three boxes whose variances, ``((2r + 1)^2 - 1) / 12`` each, add up to sigma squared."""
    lower = max(1, int((np.sqrt(4 * sigma * sigma + 1) - 1) / 2))
    side = 2 * lower + 1
    short = (12 * sigma * sigma - 3 * side * side - 12 * side - 9) / (-4 * side - 4)
    few = min(3, max(0, round(float(short))))
    one, two, three = (lower if i < few else lower + 1 for i in range(3))
    return one, two, three


def _zeros(like: F32, count: int, axis: int) -> F32:
    shape = list(like.shape)
    shape[axis] = count
    return np.zeros(shape, np.float32)


def sampled(surface: Surface, xs: Floats, ys: Floats) -> F32:
    """Return the values of a surface on a lattice of plane columns ``xs`` and rows ``ys``, bilinear between cells."""
    rows, columns = surface.values.shape
    column, row = (xs - surface.left) / surface.cell, (surface.top - ys) / surface.cell
    inside_x, inside_y = (column >= 0) & (column <= columns - 1), (row >= 0) & (row <= rows - 1)
    x0 = np.clip(np.floor(column).astype(np.intp), 0, columns - 2)
    y0 = np.clip(np.floor(row).astype(np.intp), 0, rows - 2)
    fx = np.clip(column - x0, 0.0, 1.0).astype(np.float32)
    fy = np.clip(row - y0, 0.0, 1.0).astype(np.float32)[:, None]
    across = surface.values[y0] * (1 - fy) + surface.values[y0 + 1] * fy
    found: F32 = (across[:, x0] * (1 - fx) + across[:, x0 + 1] * fx).astype(np.float32)
    found[:, ~inside_x] = 0.0
    found[~inside_y] = 0.0
    return found
