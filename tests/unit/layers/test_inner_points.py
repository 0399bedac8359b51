"""Labels stand well inside their areas."""

import numpy as np
import shapely
from shapely.geometry import Point, Polygon, box

from layers.geometry import inner_points
from layers.mercator import to_degrees


def label(area: Polygon) -> Point:
    xs, ys = inner_points(np.array([area], object))
    return Point(to_degrees(float(xs[0]), float(ys[0])))


def test_a_plain_area_is_named_in_its_middle() -> None:
    assert label(box(120.0, 29.0, 120.2, 29.1)).distance(Point(120.1, 29.05)) < 1e-6


def test_a_bent_area_is_named_where_there_is_room_and_not_on_its_border() -> None:
    bent = box(120.0, 29.0, 121.0, 30.0) - box(120.35, 29.2, 121.0, 30.0)  # an L: its centroid is at its inner corner
    assert bent.centroid.distance(bent.boundary) < 0.08
    at = label(bent)
    assert bent.contains(at)
    assert at.distance(bent.boundary) > 0.12


def test_an_area_that_does_not_hold_its_centroid_is_named_inside() -> None:
    ring = Point(120.0, 29.0).buffer(1.0) - Point(120.0, 29.0).buffer(0.8)
    assert not ring.contains(ring.centroid)
    assert shapely.contains(ring, label(ring))
