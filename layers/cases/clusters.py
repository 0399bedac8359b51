"""Which open cases lie too close to be told apart at a scale. Every case is in exactly one cluster, be it its own."""

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Clusters(msgspec.Struct, frozen=True):
    """Clusters of points: the cluster of each point, and for each cluster its place, size and worst rank."""

    member_of: Ints
    xs: Floats
    ys: Floats
    counts: Ints
    worst: Ints

    def members(self, cluster: int) -> Ints:
        """Return the points of a cluster, in order."""
        return np.flatnonzero(self.member_of == cluster)


def cluster(xs: Floats, ys: Floats, ranks: npt.NDArray[np.uint8], reach_m: float) -> Clusters:
    """Return the clusters of points that lie within about ``reach_m`` (plane metres) of one another.

    Points are binned into cells fixed to the plane, so that panning changes nothing; then each cell, the fullest
    first, takes in neighbouring cells whose middle lies within ``reach_m`` of its own.
    """
    if not len(xs):
        none = np.empty(0, np.int64)
        return Clusters(none, np.empty(0), np.empty(0), none, none)
    kx = np.floor(xs / reach_m).astype(np.int64)
    ky = np.floor(ys / reach_m).astype(np.int64)
    cells, cell_of = np.unique(kx * (1 << 32) + ky, return_inverse=True)
    counts = np.bincount(cell_of)
    middle_x = np.bincount(cell_of, weights=xs) / counts
    middle_y = np.bincount(cell_of, weights=ys) / counts
    owner = _absorb(cells, counts, middle_x, middle_y, reach_m)
    _, cell_cluster = np.unique(owner, return_inverse=True)
    member_of = cell_cluster[cell_of].astype(np.int64)
    sizes = np.bincount(member_of)
    worst = np.zeros(len(sizes), np.int64)
    np.maximum.at(worst, member_of, ranks.astype(np.int64))
    return Clusters(
        member_of,
        np.bincount(member_of, weights=xs) / sizes,
        np.bincount(member_of, weights=ys) / sizes,
        sizes.astype(np.int64),
        worst,
    )


def _absorb(cells: Ints, counts: Ints, xs: Floats, ys: Floats, reach_m: float) -> Ints:
    """Return which cell each cell has gone to."""
    at = {int(cell): i for i, cell in enumerate(cells)}
    owner = np.full(len(cells), -1, np.int64)
    for i in np.argsort(-counts, kind="stable").tolist():
        if owner[i] >= 0:
            continue
        owner[i] = i
        here = int(cells[i])
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                j = at.get(here + dx * (1 << 32) + dy)
                if j is not None and owner[j] < 0 and np.hypot(xs[j] - xs[i], ys[j] - ys[i]) < reach_m:
                    owner[j] = i
    return owner
