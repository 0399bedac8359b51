"""Drawing of geofences: a line with posts around a faint tint, and the name; what rings stands out."""

from PySide6.QtGui import QPainter

from layers.contract import Area
from layers.fence_signs import draw_fence
from layers.geofences.model import FenceMark
from layers.ranked import RankedAreas
from layers.rankeditem import RankedItem
from layers.rings import ring_polygon
from layers.states import FenceState


class GeofencesItem(RankedItem[FenceMark]):
    """Geofences."""

    key = "geofences"
    by, signs, words_of_rank = "state", "fence", "map.fence."
    names_weight, reach_px = 2.5, 8.0

    def name_of(self, mark: FenceMark) -> str:
        """See ``RankedItem``: what rings with a sign of it."""
        return f"▲ {mark.title}" if mark.rank is FenceState.RINGING else mark.title

    def paint_area(self, painter: QPainter, held: RankedAreas[FenceMark], index: int, area: Area) -> None:
        """See ``RankedItem``."""
        self._draw(painter, held, index, area, strong=False)

    def paint_chosen(self, painter: QPainter, held: RankedAreas[FenceMark], index: int, area: Area) -> None:
        """See ``RankedItem``: drawn stronger."""
        self._draw(painter, held, index, area, strong=True)

    def _draw(self, painter: QPainter, held: RankedAreas[FenceMark], index: int, area: Area, *, strong: bool) -> None:
        ring = ring_polygon(held.areas, index, area)
        draw_fence(painter, ring, held.marks[index].rank, self.look.theme, area.ratio, strong=strong)
