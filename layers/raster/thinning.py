"""The compiled kernel that leaves out points a picture does not need. Only ``layers.raster.compiled`` calls it.

From a point that is kept, every point after it allows the directions that pass it within the tolerance. As long as a
point lies in the directions allowed by all before it, a straight edge to it serves for them; the last that does is kept
next. Each point is looked at once or twice (the sleeve of Zhao and Saalfeld, "Linear-time sleeve-fitting polyline
simplification algorithms", Auto-Carto 13, 1997).
"""

from math import sqrt

from layers.raster.contract import F32, I32
from layers.raster.jit import compiled, exact


@exact
def last_that_serves(xs: F32, ys: F32, start: int, stop: int, after: int, end: int, tolerance: float) -> int:
    """Return the last point up to ``end`` to which a straight edge serves from point ``after - 1``.

    Points are those of a ring start..stop-1; point ``stop`` is its first once more.
    """
    x, y = xs[after - 1], ys[after - 1]
    left_x = left_y = right_x = right_y = far = 0.0
    for j in range(after, end + 1):
        at = j if j < stop else start
        vx, vy = float(xs[at] - x), float(ys[at] - y)
        long2 = vx * vx + vy * vy
        if far == 0.0 and long2 <= tolerance * tolerance:
            continue  # any direction passes it
        long = sqrt(long2)
        if long < far - tolerance:
            return j - 1  # it comes back, and the edge would end short of what lies out there
        if far > 0.0 and (right_x * vy - right_y * vx < 0.0 or vx * left_y - vy * left_x < 0.0):
            return j - 1
        if long <= tolerance:
            continue
        sine = tolerance / long
        cosine = sqrt(1.0 - sine * sine)
        lx, ly = vx * cosine - vy * sine, vx * sine + vy * cosine
        rx, ry = vx * cosine + vy * sine, vy * cosine - vx * sine
        if far == 0.0 or lx * left_y - ly * left_x > 0.0:
            left_x, left_y = lx, ly
        if far == 0.0 or right_x * ry - right_y * rx > 0.0:
            right_x, right_y = rx, ry
        far = max(far, long)
    return end


@compiled
def thin_rings(
    xs: F32, ys: F32, rings: I32, tolerance: float, closed: bool, out_xs: F32, out_ys: F32, out_rings: I32
) -> int:
    """Copy rings without points that lie within ``tolerance`` of the edges that are left. Return how many are left.

    The first point of each ring stays, the last of each line too; a point that an edge ends short of may lie 1.5 times
    as far from it. ``out_rings`` gets where each ring ends.
    """
    n = 0
    for r in range(rings.shape[0] - 1):
        a, b = rings[r], rings[r + 1]
        end = b if closed else b - 1
        kept = a
        while kept < b:
            out_xs[n], out_ys[n] = xs[kept], ys[kept]
            n += 1
            if kept >= end:
                break
            kept = last_that_serves(xs, ys, a, b, kept + 1, end, tolerance)
        out_rings[r] = n
    return n
