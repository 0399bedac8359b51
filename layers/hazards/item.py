"""Drawing of hazard zones: tinted and hatched by level, with a firm edge and the name."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.contract import Area
from layers.hazards.model import HazardMark
from layers.ranked import RankedAreas
from layers.rankeditem import RankedItem
from layers.rings import ring_polygon
from layers.signs import fill_hazard


class HazardsItem(RankedItem[HazardMark]):
    """Hazard zones."""

    key = "hazards"
    by, signs, words_of_rank = "level", "hazard", "hazard_level."
    names_weight, reach_px = 2.0, 4.0

    def paint_area(self, painter: QPainter, held: RankedAreas[HazardMark], index: int, area: Area) -> None:
        """See ``RankedItem``."""
        shape = ring_polygon(held.areas, index, area)
        fill_hazard(painter, held.marks[index].rank, self.look.theme, lambda: painter.drawPolygon(shape))

    def paint_chosen(self, painter: QPainter, held: RankedAreas[HazardMark], index: int, area: Area) -> None:
        """See ``RankedItem``: its edge."""
        painter.setPen(QPen(QColor(self.look.theme.text), 2.4 * area.ratio, Qt.PenStyle.DashLine))
        painter.drawPolygon(ring_polygon(held.areas, index, area))
