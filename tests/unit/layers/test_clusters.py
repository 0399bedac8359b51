"""Clusters of cases: every case in exactly one, counts that add up, the worst lamp, nothing that depends on panning."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.cases.clusters import Clusters, cluster, order_of
from layers.cases.keeper import KEPT, ClusterKeeper, Snapshot, make

points = st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000), st.integers(0, 4)), max_size=120)


def split(marks: list[tuple[float, float, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = np.array(marks, float).reshape(-1, 3)
    return rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].astype(np.uint8)


@settings(max_examples=80)
def members_of(found: Clusters, cluster: int) -> np.ndarray:
    return np.flatnonzero(found.member_of == cluster)


@given(points, st.floats(1, 2000))
def test_every_case_is_counted_once_and_the_worst_lamp_shows(
    marks: list[tuple[float, float, int]], reach: float
) -> None:
    xs, ys, ranks = split(marks)
    found = cluster(xs, ys, ranks, reach)
    assert int(found.counts.sum()) == len(marks)
    everyone = np.concatenate([members_of(found, i) for i in range(len(found.counts))]) if len(marks) else np.empty(0)
    assert sorted(everyone.tolist()) == list(range(len(marks)))
    for i in range(len(found.counts)):
        members = members_of(found, i)
        assert len(members) == found.counts[i]
        assert found.worst[i] == ranks[members].max()
        assert np.isclose(found.xs[i], xs[members].mean())
        assert np.isclose(found.ys[i], ys[members].mean())


@settings(max_examples=60)
@given(points, st.floats(5, 500))
def test_a_cluster_stays_small_and_far_cases_stay_apart(marks: list[tuple[float, float, int]], reach: float) -> None:
    xs, ys, ranks = split(marks)
    found = cluster(xs, ys, ranks, reach)
    for i in range(len(found.counts)):
        members = members_of(found, i)
        assert np.ptp(xs[members]) <= 4 * reach
        assert np.ptp(ys[members]) <= 4 * reach


def test_close_ones_are_joined_even_across_a_cell_border() -> None:
    found = cluster(np.array([99.0, 101.0]), np.array([50.0, 50.0]), np.array([1, 4], np.uint8), 100.0)
    assert found.counts.tolist() == [2]
    assert found.worst.tolist() == [4]


def one_after_another(xs: np.ndarray, ys: np.ndarray, ranks: np.ndarray, reach: float) -> Clusters:
    """Clusters as they are meant: cells settle one after another, the fullest first."""
    cells = list(zip(np.floor(xs / reach).tolist(), np.floor(ys / reach).tolist(), strict=True))
    held = {cell: [i for i, of in enumerate(cells) if of == cell] for cell in sorted(set(cells))}
    middle = {cell: (xs[points].mean(), ys[points].mean()) for cell, points in held.items()}
    owner: dict[tuple[float, float], tuple[float, float]] = {}
    for cell in sorted(held, key=lambda cell: -len(held[cell])):
        if cell in owner:
            continue
        owner[cell] = cell
        for near in held:
            beside = max(abs(near[0] - cell[0]), abs(near[1] - cell[1])) <= 1
            apart = np.hypot(middle[near][0] - middle[cell][0], middle[near][1] - middle[cell][1])
            if beside and near not in owner and apart < reach:
                owner[near] = cell
    numbers = {cell: i for i, cell in enumerate(sorted(set(owner.values())))}
    member_of = np.array([numbers[owner[cell]] for cell in cells])
    counts = np.bincount(member_of)
    worst = np.array([ranks[member_of == i].max() for i in range(len(counts))])
    return Clusters(member_of, np.empty(0), np.empty(0), counts, worst, np.empty(0, np.intp))


@settings(max_examples=80)
@given(st.integers(0, 2**32 - 1), st.integers(1, 150), st.sampled_from([50.0, 120.0, 300.0]), st.booleans())
def test_cells_settled_together_settle_as_one_after_another(seed: int, count: int, reach: float, even: bool) -> None:
    rng = np.random.default_rng(seed)
    xs, ys = rng.uniform(-1500, 1500, (2, count))
    if even:  # many cells of one count, middles just as far apart as is too far
        xs, ys = np.rint(xs / 50) * 50, np.rint(ys / 50) * 50
    ranks = rng.integers(0, 5, count).astype(np.uint8)
    found, meant = cluster(xs, ys, ranks, reach), one_after_another(xs, ys, ranks, reach)
    np.testing.assert_array_equal(found.member_of, meant.member_of)
    np.testing.assert_array_equal(found.counts, meant.counts)
    np.testing.assert_array_equal(found.worst, meant.worst)


@given(st.lists(st.integers(0, 2**45) | st.integers(0, 3), max_size=200))
def test_sixteen_bits_at_a_time_sort_as_the_whole_does(values: list[int]) -> None:
    numbers = np.array(values, np.int64)
    assert order_of(numbers).tolist() == np.argsort(numbers, kind="stable").tolist()


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1), st.integers(0, 200), st.floats(1.0, 400.0), st.floats(-50, 900), st.floats(0, 700))
def test_those_alone_and_clusters_in_a_box_are_found_in_the_order_they_are_drawn(
    seed: int, count: int, reach: float, left: float, side: float
) -> None:
    rng = np.random.default_rng(seed)
    xs, ys = rng.uniform(-300, 1000, count), rng.uniform(-300, 1000, count)
    kept = make("key", Snapshot((), xs, ys, np.zeros(count, np.uint8), np.zeros(count, np.uint16)), reach)
    counts, member_of = kept.counts, cluster(xs, ys, kept.of.ranks, reach).member_of
    wanted = [
        i
        for i in range(count)
        if counts[member_of[i]] == 1 and left <= xs[i] <= left + side and left <= ys[i] <= left + side
    ]
    assert kept.alone_in((left, left, left + side, left + side)).tolist() == wanted
    mean_x, mean_y = kept.xs, kept.ys
    clusters = [
        k
        for k in range(len(counts))
        if counts[k] > 1 and left <= mean_x[k] <= left + side and left <= mean_y[k] <= left + side
    ]
    assert kept.several_in((left, left, left + side, left + side)).tolist() == clusters
    members = [kept.members(cluster).tolist() for cluster in range(len(counts))]
    assert members == [np.flatnonzero(member_of == cluster).tolist() for cluster in range(len(counts))]


def test_who_comes_back_to_a_scale_finds_its_clusters_until_the_cases_change(qapp: object) -> None:
    def cases(x: float) -> Snapshot:
        return Snapshot((), np.array([0.0, 1.0, x]), np.zeros(3), np.zeros(3, np.uint8), np.zeros(3, np.uint16))

    keeper, before = ClusterKeeper(), cases(50.0)
    first = keeper.at(("near", 1), before, 2.0)
    wide = keeper.at(("wide", 1), before, 100.0)
    assert (len(first.counts), len(wide.counts)) == (2, 1)
    assert keeper.at(("near", 1), before, 2.0) is first
    assert keeper.ready
    after = cases(0.5)
    moved = keeper.at(("near", 2), after, 2.0)
    assert len(moved.counts) == 1
    assert keeper.at(("wide", 1), after, 100.0) is not wide, "those of other cases are let go"
    for scale in range(KEPT):
        keeper.at((f"{scale}", 2), after, 2.0)
    assert keeper.at(("near", 2), after, 2.0) is not moved, "few are kept"
    keeper.stop()
