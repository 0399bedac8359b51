"""The pictures of cases, each made when it is first wanted and kept until the theme is another. UI thread.

Tiles are drawn by other threads; the dots they stamp are made but once for each ratio, whoever is first.
"""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from domain.clock import LAMP_ORDER
from layers.cases.inside import InsideTexts
from layers.cases.marks import cluster_marks
from layers.cases.model import CaseMark
from layers.contract import Look
from layers.numbered import NumberedMarks
from layers.raster.contract import U32, Sprites
from layers.symbols import CASE_SIZE, case_sprites, dot_sprites, draw_lamp, odd_side, render
from resources.theme import Theme

DOT_SIZE = 5.0


class CasePictures:
    """Marks of cases and clusters for each ratio of a screen, what is written inside, the ring of the chosen one."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.restyle()

    def restyle(self) -> None:
        """Make all anew: the theme is another."""
        self._sheets: dict[tuple[float, float], Sprites] = {}
        self._rings: dict[tuple[int, bool, float], U32] = {}
        self._dots: dict[float, Sprites] = {}
        self._numbered: dict[float, NumberedMarks] = {}
        self._texts: dict[float, InsideTexts] = {}

    def sheet(self, size: float, ratio: float) -> Sprites:
        """Return the lamps, urgent ones after the others; with their signs at full size."""
        found = self._sheets.get((size, ratio))
        if found is None:
            found = case_sprites(self._look.theme, size, ratio, signs=size == CASE_SIZE)
            self._sheets[size, ratio] = found
        return found

    def dots(self, ratio: float) -> Sprites:
        """Return the dot of an ended case. Any thread."""
        found = self._dots.get(ratio)
        if found is None:
            found = self._dots[ratio] = dot_sprites(self._look.theme, DOT_SIZE, ratio)
        return found

    def clusters(self, ratio: float) -> NumberedMarks:
        """Return the marks of clusters."""
        found = self._numbered.get(ratio)
        if found is None:
            found = self._numbered[ratio] = cluster_marks(self._look.theme, self._look.family, ratio)
        return found

    def texts(self, ratio: float) -> InsideTexts:
        """Return what is written into lamps."""
        found = self._texts.get(ratio)
        if found is None:
            found = self._texts[ratio] = InsideTexts(self._look.theme, self._look.family, ratio)
        return found

    def ringed(self, mark: CaseMark, ratio: float) -> U32:
        """Return the lamp of a case with the ring of the chosen one."""
        key = LAMP_ORDER.index(mark.lamp), mark.ended, ratio
        found = self._rings.get(key)
        if found is None:
            theme = self._look.theme
            found = render(odd_side(96, ratio), ratio, lambda p: _draw_ring(p, mark, theme))
            self._rings[key] = found
        return found


def _draw_ring(painter: QPainter, mark: CaseMark, theme: Theme) -> None:
    halo = QColor(theme.accent)
    halo.setAlpha(34)
    painter.setPen(QPen(QColor(theme.accent), 1.2, Qt.PenStyle.DashLine))
    painter.setBrush(halo)
    painter.drawEllipse(QPointF(0, 0), 44, 44)
    painter.setPen(QPen(QColor(theme.map_ground), 4.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(0, 0), 17, 17)
    painter.setPen(QPen(QColor(theme.text), 2.4))
    painter.drawEllipse(QPointF(0, 0), 17, 17)
    draw_lamp(painter, mark.lamp, CASE_SIZE, theme)
