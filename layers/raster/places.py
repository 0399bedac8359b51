"""The compiled kernel that places marks on the plane. Only ``layers.raster.compiled`` calls it; see ``layers.placing``.

Spherical Mercator has y' = sec(lat). Of a block of marks, which lie near one another as seen from the poles, y is
summed up as a series around the middle of their latitudes; few multiplications take the place of a logarithm and a
tangent, and many marks are placed at a time.
"""

import numpy as np

from layers.mercator import EARTH_RADIUS_M, MAX_LAT
from layers.placing import Slots
from layers.raster.contract import F64
from layers.raster.jit import compiled, exact

BLOCK = 1024
"""Marks placed in one go: they stay in the nearest cache."""
TERMS = 10
"""Terms of the series."""
REACH = 0.07
"""How far from the middle the series is used, as a share of the way to the nearer pole: there it is off by
``REACH ** 11 / 11`` earth radii at most, about a tenth of a micrometre."""
RADIAN = np.pi / 180
MOST = MAX_LAT * RADIAN


@compiled
def span(lats: F64) -> tuple[float, float]:
    """Return the least and the greatest of some numbers."""
    least = most = lats[0]
    for k in range(lats.shape[0]):
        least, most = min(least, lats[k]), max(most, lats[k])
    return least, most


@exact
def series(middle: float) -> F64:
    """Return y at a latitude (radians), in metres, and what it gains with each power of the way from there."""
    sine, cosine, share = np.sin(middle), np.cos(middle), 1.0
    turned = (cosine, -sine, -cosine, sine)
    cosines, secants, found = np.empty(TERMS), np.empty(TERMS), np.empty(TERMS + 1)
    for k in range(TERMS):  # cos(middle + d) and its reciprocal, by powers of d
        share = share / k if k else 1.0
        cosines[k] = share * turned[k % 4]
        rest = 0.0
        for j in range(1, k + 1):
            rest += cosines[j] * secants[k - j]
        secants[k] = 1 / cosine if k == 0 else -rest / cosine
    found[0] = EARTH_RADIUS_M * np.log(np.tan(np.pi / 4 + middle / 2))
    for k in range(TERMS):
        found[k + 1] = EARTH_RADIUS_M * secants[k] / (k + 1)
    return found


@exact
def follow(slots: Slots) -> bool:
    """Return whether slots follow one another."""
    first, unlike = slots[0], 0
    for k in range(slots.shape[0]):
        unlike |= (slots[k] - k) ^ first
    return unlike == 0


@compiled
def place_near(lons: F64, lats: F64, middle: float, powers: F64, xs: F64, ys: F64) -> None:
    """Write where marks are whose latitudes are within ``REACH`` of the middle."""
    n0, n1, n2, n3, n4, n5 = powers[0], powers[1], powers[2], powers[3], powers[4], powers[5]
    n6, n7, n8, n9, n10 = powers[6], powers[7], powers[8], powers[9], powers[10]
    for k in range(lons.shape[0]):
        d = lats[k] * RADIAN - middle
        high = n5 + d * (n6 + d * (n7 + d * (n8 + d * (n9 + d * n10))))
        xs[k] = lons[k] * (RADIAN * EARTH_RADIUS_M)
        ys[k] = n0 + d * (n1 + d * (n2 + d * (n3 + d * (n4 + d * high))))


@exact
def place_far(lons: F64, lats: F64, xs: F64, ys: F64) -> None:
    """Write where marks are, one by one."""
    for k in range(lons.shape[0]):
        lat = min(max(lats[k] * RADIAN, -MOST), MOST)
        xs[k] = lons[k] * (RADIAN * EARTH_RADIUS_M)
        ys[k] = np.log(np.tan(np.pi / 4 + lat / 2)) * EARTH_RADIUS_M


@exact
def scatter(slots: Slots, some_xs: F64, some_ys: F64, xs: F64, ys: F64) -> None:
    """Write places into the slots they are of."""
    for k in range(slots.shape[0]):
        if 0 <= slots[k] < xs.shape[0]:
            xs[slots[k]], ys[slots[k]] = some_xs[k], some_ys[k]


@exact
def note_times(slots: Slots, times: F64, at: F64) -> None:
    """Write times into the slots they are of."""
    last = times.shape[0] - 1
    for k in range(slots.shape[0]):
        if 0 <= slots[k] < at.shape[0]:
            at[slots[k]] = times[min(k, last)]


@exact
def place(slots: Slots, lons: F64, lats: F64, times: F64, xs: F64, ys: F64, at: F64) -> None:
    """See ``layers.placing.Place``; ``times`` is of each mark, or one for all."""
    some_xs, some_ys, of_each = np.empty(BLOCK), np.empty(BLOCK), times.shape[0] == slots.shape[0]
    for start in range(0, slots.shape[0], BLOCK):
        end = min(start + BLOCK, slots.shape[0])
        some, across, up = slots[start:end], lons[start:end], lats[start:end]
        first, many = some[0], end - start
        run = 0 <= first <= xs.shape[0] - many and follow(some)
        out_xs, out_ys = (xs[first : first + many], ys[first : first + many]) if run else (some_xs, some_ys)
        least, most = span(up)
        middle, wide = (least + most) / 2 * RADIAN, (most - least) / 2 * RADIAN
        if wide <= REACH * (np.pi / 2 - abs(middle)) and abs(middle) + wide <= MOST:
            place_near(across, up, middle, series(middle), out_xs, out_ys)
        else:
            place_far(across, up, out_xs, out_ys)
        if not run:
            scatter(some, some_xs, some_ys, xs, ys)
        if run and not of_each:
            at[first : first + many] = times[0]
        else:
            note_times(some, times[start:end] if of_each else times, at)
