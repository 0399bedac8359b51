"""pyqtgraph drawing the county: areas as one path a class, cases and staff as ScatterPlotItem, one a symbol."""

import time
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
import shapely
from PySide6.QtCore import QPointF
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem

from benchmarks.county import MIDDLE, County

SYMBOLS = ("o", "t1", "s", "o")


class PyqtgraphPeer:
    """A plot window on the screen. Without antialiasing, as pyqtgraph draws by default: less work than ours."""

    def __init__(self, county: County, size: tuple[int, int], look: dict[str, list[str]]) -> None:
        self._widget = pg.PlotWidget(background=look["ground"][0])
        self._widget.hideAxis("left")
        self._widget.hideAxis("bottom")
        self._box = self._widget.getViewBox()
        for value, colour in enumerate(look["areas"]):
            item = QGraphicsPathItem(_path(county.areas[county.classes == value]))
            item.setBrush(QBrush(QColor(colour)))
            pen = QPen(QColor(look["line"][0]))
            pen.setCosmetic(True)
            item.setPen(pen)
            self._box.addItem(item)
        self._scatter(county.cases, county.lamps, look["cases"], 8)
        self._staff = self._scatter(county.staff, county.signs, look["staff"], 10)
        self._widget.resize(*size)
        self._widget.show()
        self._box.autoRange(padding=0)
        self._nudge = 0

    def full(self) -> float:
        """Look slightly elsewhere, so that everything is drawn again; milliseconds."""
        (x0, x1), (y0, y1) = self._box.viewRange()
        self._nudge = 1 - self._nudge
        shift = 100.0 if self._nudge else -100.0
        began = time.perf_counter()
        self._box.setRange(xRange=(x0 + shift, x1 + shift), yRange=(y0, y1), padding=0)
        self._widget.viewport().repaint()
        return (time.perf_counter() - began) * 1000

    def staff(self, moved: np.ndarray, signs: np.ndarray) -> float:
        """Move all staff and draw; milliseconds."""
        began = time.perf_counter()
        for value, item in enumerate(self._staff):
            chosen = moved[signs == value] - MIDDLE
            item.setData(x=chosen[:, 0], y=chosen[:, 1])
        self._widget.viewport().repaint()
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        """Close the window."""
        self._widget.close()

    def _scatter(
        self, points: np.ndarray, codes: np.ndarray, colours: list[str], size: int
    ) -> list[pg.ScatterPlotItem]:
        made = []
        for value, colour in enumerate(colours):
            local = points[codes == value] - MIDDLE
            item = pg.ScatterPlotItem(
                x=local[:, 0], y=local[:, 1], size=size, symbol=SYMBOLS[value], brush=pg.mkBrush(colour), pen=None
            )
            self._box.addItem(item)
            made.append(item)
        return made


def _path(areas: np.ndarray) -> QPainterPath:
    path = QPainterPath()
    _, coords, (starts, _) = shapely.to_ragged_array(areas)
    local = coords - MIDDLE
    for a, b in pairwise(starts.tolist()):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in local[a:b].tolist()]))
    return path
