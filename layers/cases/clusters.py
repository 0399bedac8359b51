"""Which open cases lie too close to be told apart at a scale. Every case is in exactly one cluster, be it its own."""

from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Clusters(msgspec.Struct, frozen=True):
    """Clusters of points: the cluster of each point, and for each cluster its place, size and worst rank.

    ``order`` are the points from column to column of cells, from west to east.
    """

    member_of: Ints
    xs: Floats
    ys: Floats
    counts: Ints
    worst: Ints
    order: npt.NDArray[np.intp]


def nothing() -> None:
    """Do nothing."""


def cluster(
    xs: Floats, ys: Floats, ranks: npt.NDArray[np.uint8], reach_m: float, between: Callable[[], object] = nothing
) -> Clusters:
    """Return the clusters of points that lie within about ``reach_m`` (plane metres) of one another. Any thread.

    Points are binned into cells fixed to the plane, so that panning changes nothing; then each cell, the fullest
    first, takes in neighbouring cells whose middle lies within ``reach_m`` of its own. ``between`` is called after
    each part of the work.
    """
    if not len(xs):
        none = np.empty(0, np.int64)
        return Clusters(none, np.empty(0), np.empty(0), none, none, np.empty(0, np.intp))
    columns, rows = np.floor(xs / reach_m).astype(np.int64), np.floor(ys / reach_m).astype(np.int64)
    between()
    keys = columns * COLUMN + rows
    between()
    first = int(rows.min())
    order = order_of((columns - int(columns.min())) * (int(rows.max()) - first + 1) + (rows - first), between)
    ordered = keys[order]
    between()
    begins = np.r_[True, ordered[1:] != ordered[:-1]]
    between()
    cell_of = np.empty(len(xs), np.int64)
    cell_of[order] = np.cumsum(begins) - 1
    between()
    cells, counts = ordered[begins], np.diff(np.r_[np.flatnonzero(begins), len(xs)])
    between()
    middle_x = np.bincount(cell_of, weights=xs) / counts
    between()
    middle_y = np.bincount(cell_of, weights=ys) / counts
    between()
    owner = _absorb(cells, counts, middle_x, middle_y, reach_m, between)
    between()
    numbers = np.cumsum(owner == np.arange(len(owner))) - 1
    between()
    member_of = numbers[owner][cell_of]
    between()
    sizes = np.bincount(member_of)
    between()
    worst = np.zeros(len(sizes), np.int64)
    np.maximum.at(worst, member_of, ranks.astype(np.int64))
    between()
    mean_x = np.bincount(member_of, weights=xs) / sizes
    between()
    mean_y = np.bincount(member_of, weights=ys) / sizes
    between()
    return Clusters(member_of, mean_x, mean_y, sizes.astype(np.int64), worst, order)


def order_of(values: Ints, between: Callable[[], object] = nothing) -> npt.NDArray[np.intp]:
    """Return the order of whole numbers from zero on, equal ones as they come: sixteen bits at a time.

    So many bits numpy sorts by counting, several times as fast as the whole; and in between a frame may come first.
    """
    order = np.argsort(values.astype(np.uint16), kind="stable")  # takes the lowest bits
    between()
    shift, top = 16, int(values.max(initial=0))
    while top >> shift:
        digits = (values >> shift).astype(np.uint16)[order]
        between()
        turned = np.argsort(digits, kind="stable")
        between()
        order = order[turned]
        between()
        shift += 16
    return order


AT_A_TIME = 100_000
"""Cells looked for between two calls of ``between``."""
COLUMN = 1 << 32
"""How far apart the numbers of two cells side by side are; one above the other differ by one."""


def _absorb(cells: Ints, counts: Ints, xs: Floats, ys: Floats, reach_m: float, between: Callable[[], object]) -> Ints:
    """Return which cell each cell has gone to.

    What is meant: one after another, the fullest first (of equals the first), each cell that has not gone to another
    stays and takes in those near it that have not gone anywhere. What is done: all cells whose first near one is
    settled are settled together, again and again; the same comes out.
    """
    order = order_of(counts.max() - counts, between)
    rank = np.empty(len(cells), np.int64)
    rank[order] = np.arange(len(cells))
    between()
    owner = np.arange(len(cells))
    one, other = _near(cells, xs, ys, reach_m, between)
    if not len(one):
        return owner
    undecided = np.zeros(len(cells), bool)
    undecided[one] = True
    stays = ~undecided
    while len(one):
        # of each undecided cell: the first of those near it that stay or may yet stay
        lowest = np.full(len(cells), len(cells), np.int64)
        np.minimum.at(lowest, one, rank[other])
        between()
        is_open = np.flatnonzero(undecided)
        first = lowest[is_open]
        to_stay = is_open[rank[is_open] < first]
        held = is_open[(rank[is_open] > first)]
        leader = order[lowest[held]]
        gone = stays[leader]
        owner[held[gone]] = leader[gone]
        undecided[to_stay] = False
        stays[to_stay] = True
        undecided[held[gone]] = False
        left = undecided[one] & (undecided[other] | stays[other])
        one, other = one[left], other[left]
        free = undecided.copy()
        free[one] = False  # all near ones have gone elsewhere
        between()
        stays |= free
        undecided &= ~free
    return owner


def _near(
    cells: Ints, xs: Floats, ys: Floats, reach_m: float, between: Callable[[], object]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return all pairs of neighbouring cells whose middles lie within ``reach_m``, each both ways."""
    pairs = []
    here = np.arange(len(cells))
    for step in (1, COLUMN - 1, COLUMN, COLUMN + 1):
        found = np.minimum(_placed(cells, cells + step, between), len(cells) - 1)
        there = cells[found] == cells + step
        between()
        a, b = here[there], found[there]
        near = np.hypot(xs[b] - xs[a], ys[b] - ys[a]) < reach_m
        pairs += [(a[near], b[near]), (b[near], a[near])]
        between()
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


def _placed(cells: Ints, wanted: Ints, between: Callable[[], object]) -> npt.NDArray[np.intp]:
    """Return where in ``cells`` each of the wanted ones stands or would stand."""
    found = np.empty(len(wanted), np.intp)
    for at in range(0, len(wanted), AT_A_TIME):
        found[at : at + AT_A_TIME] = np.searchsorted(cells, wanted[at : at + AT_A_TIME])
        between()
    return found
