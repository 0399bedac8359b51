"""Clusters of cases: every case in exactly one, counts that add up, the worst lamp, nothing that depends on panning."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.cases.clusters import cluster

points = st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000), st.integers(0, 4)), max_size=120)


def split(marks: list[tuple[float, float, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = np.array(marks, float).reshape(-1, 3)
    return rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].astype(np.uint8)


@settings(max_examples=80, deadline=None)
@given(points, st.floats(1, 2000))
def test_every_case_is_counted_once_and_the_worst_lamp_shows(
    marks: list[tuple[float, float, int]], reach: float
) -> None:
    xs, ys, ranks = split(marks)
    found = cluster(xs, ys, ranks, reach)
    assert int(found.counts.sum()) == len(marks)
    everyone = np.concatenate([found.members(i) for i in range(len(found.counts))]) if len(marks) else np.empty(0)
    assert sorted(everyone.tolist()) == list(range(len(marks)))
    for i in range(len(found.counts)):
        members = found.members(i)
        assert len(members) == found.counts[i]
        assert found.worst[i] == ranks[members].max()
        assert np.isclose(found.xs[i], xs[members].mean())
        assert np.isclose(found.ys[i], ys[members].mean())


@settings(max_examples=60, deadline=None)
@given(points, st.floats(5, 500))
def test_a_cluster_stays_small_and_far_cases_stay_apart(marks: list[tuple[float, float, int]], reach: float) -> None:
    xs, ys, ranks = split(marks)
    found = cluster(xs, ys, ranks, reach)
    for i in range(len(found.counts)):
        members = found.members(i)
        assert np.ptp(xs[members]) <= 4 * reach
        assert np.ptp(ys[members]) <= 4 * reach


def test_close_ones_are_joined_even_across_a_cell_border() -> None:
    found = cluster(np.array([99.0, 101.0]), np.array([50.0, 50.0]), np.array([1, 4], np.uint8), 100.0)
    assert found.counts.tolist() == [2]
    assert found.worst.tolist() == [4]
