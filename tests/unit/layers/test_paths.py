"""Shapes read by Qt from its own stream are the paths that adding their points one by one makes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF

from layers.raster.contract import Placing, Shapes
from layers.raster.paths import paths

PLACE = Placing(0.75, 3.0, 96.0)

point = st.tuples(st.integers(-200, 200).map(float), st.integers(-200, 200).map(float))
ring = st.lists(point, min_size=2, max_size=6, unique=True)
features = st.lists(st.lists(ring, min_size=1, max_size=3), min_size=1, max_size=6)


def to_shapes(features: list[list[list[tuple[float, float]]]]) -> Shapes:
    points = np.array([p for rings in features for ring in rings for p in ring], np.float32)
    lengths = [len(ring) for rings in features for ring in rings]
    counts = [len(rings) for rings in features]
    return Shapes(
        points[:, 0].copy(),
        points[:, 1].copy(),
        np.r_[0, np.cumsum(lengths)].astype(np.int32),
        np.r_[0, np.cumsum(counts)].astype(np.int32),
        np.zeros((len(features), 4), np.float32),
        (0.0, 0.0),
    )


def point_by_point(rings: list[list[tuple[float, float]]], *, closed: bool) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    per_metre, dx, dy = (np.float32(part) for part in PLACE)
    for ring in rings:
        spots = [(np.float32(x) * per_metre + dx, dy - np.float32(y) * per_metre) for x, y in ring]
        path.addPolygon(QPolygonF([QPointF(float(x), float(y)) for x, y in spots]))
        if closed:
            path.closeSubpath()
    return path


def same(one: QPainterPath, other: QPainterPath) -> bool:
    def read(path: QPainterPath) -> list[tuple[object, float, float]]:
        return [(e.type, e.x, e.y) for e in map(path.elementAt, range(path.elementCount()))]  # type: ignore[attr-defined]

    return read(one) == read(other) and one.fillRule() == other.fillRule()


@settings(max_examples=60)
@given(features, st.booleans(), st.randoms(use_true_random=False))
def test_each_feature_is_the_path_of_its_points(
    made: list[list[list[tuple[float, float]]]], closed: bool, random: "np.random.Generator"
) -> None:
    which = list(range(len(made)))
    random.shuffle(which)
    found = paths(to_shapes(made), np.array(which, np.int32), PLACE, closed=closed)
    assert len(found) == len(which)
    for path, feature in zip(found, which, strict=True):
        assert same(path, point_by_point(made[feature], closed=closed))


@given(features, st.integers(1, 8))
def test_several_at_once_are_the_same_figures_in_fewer_paths(
    made: list[list[list[tuple[float, float]]]], at_once: int
) -> None:
    which = np.arange(len(made), dtype=np.int32)
    found = paths(to_shapes(made), which, PLACE, closed=True, at_once=at_once)
    assert len(found) == -(-len(made) // at_once)
    for i, path in enumerate(found):
        rings = [ring for feature in made[i * at_once : (i + 1) * at_once] for ring in feature]
        assert same(path, point_by_point(rings, closed=True))


def test_no_feature_is_no_path() -> None:
    shapes = to_shapes([[[(0.0, 0.0), (1.0, 0.0)]]])
    assert paths(shapes, np.empty(0, np.int32), PLACE, closed=False, at_once=8) == []
