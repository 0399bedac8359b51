"""Drawing of the trail of the chosen one, and a circle as wide as its place is unsure."""

from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from layers.contract import Area, Focus, LayerItem, Look, Tells
from layers.mercator import ground_scale
from layers.raster.contract import Frame, Raster
from layers.raster.qt import as_image
from layers.symbols import draw_chosen
from layers.trail.model import TrailModel

WIDTHS = ((5.0, "map_ground"), (2.6, "staff"))


class TrailItem(LayerItem):
    """The trail of the chosen one."""

    key = "trail"

    def __init__(self, model: TrailModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._style = 0

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.NOW

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._style += 1

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``."""
        self._model.follow(focus.thing)
        points = self._model.points
        if not points or self.look.past is not None:  # where somebody is now has no place in the past
            return
        theme = self.look.theme
        image = as_image(frame)  # named: a painter does not keep its device alive
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = QPointF(*area.to_pixel(*points[-1]))
        if self._model.accuracy_m:
            reach = self._model.accuracy_m / ground_scale(points[-1][1]) / area.scale
            tint = QColor(theme.staff)
            tint.setAlpha(30)
            painter.setBrush(tint)
            painter.setPen(QPen(QColor(theme.staff), 1.2 * area.ratio, Qt.PenStyle.DashLine))
            painter.drawEllipse(here, reach, reach)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(points) > 1:
            line = QPolygonF([QPointF(*area.to_pixel(x, y)) for x, y in points])
            for width, role in WIDTHS:
                pen = QPen(QColor(getattr(theme, role)), width * area.ratio)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.drawPolyline(line)
        painter.translate(here)
        painter.scale(area.ratio, area.ratio)
        draw_chosen(painter, theme)
        painter.end()
