"""One ring of an area in the pixels it is drawn in: what the layers of drawn areas share."""

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

from layers.contract import Area
from layers.raster.contract import Shapes


def ring_polygon(shapes: Shapes, index: int, area: Area) -> QPolygonF:
    """Return the first ring of a feature in the pixels of an area."""
    a, b = _ends(shapes, index)
    placing = area.placing(shapes.origin)
    xs = shapes.xs[a:b] * placing.per_metre + placing.dx
    ys = placing.dy - shapes.ys[a:b] * placing.per_metre
    return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])


def ring_middle(shapes: Shapes, index: int) -> tuple[float, float]:
    """Return the middle of a feature's first ring on the plane: where its name stands."""
    a, b = _ends(shapes, index)
    return float(np.mean(shapes.xs[a:b])) + shapes.origin[0], float(np.mean(shapes.ys[a:b])) + shapes.origin[1]


def _ends(shapes: Shapes, index: int) -> tuple[int, int]:
    ring = int(shapes.parts[index])
    return int(shapes.rings[ring]), int(shapes.rings[ring + 1])
