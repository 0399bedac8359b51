"""The marks of clusters: the shape of the worst lamp in it, larger where it holds a hundred and more."""

from PySide6.QtGui import QPainter

from domain.clock import LAMP_ORDER, Lamp
from layers.numbered import Numbered, NumberedMarks
from layers.symbols import CASE_SIZE, draw_lamp
from resources.theme import Theme

MANY = 100
GROWN = (1.25, 1.6)
"""How much larger than a case's own mark a cluster's is: of fewer than ``MANY``, and of more."""
ACROSS = 2 * CASE_SIZE


def cluster_marks(theme: Theme, family: str, ratio: float) -> NumberedMarks:
    """Return the marks of clusters: twice the rank of the worst lamp, one more for ``MANY`` cases."""
    return NumberedMarks([_mark(theme, lamp, grown) for lamp in LAMP_ORDER for grown in GROWN], ACROSS, family, ratio)


def _mark(theme: Theme, lamp: Lamp, grown: float) -> Numbered:
    shape = lamp if lamp is not Lamp.PAUSED else Lamp.NONE  # two bars leave no room for a number

    def draw(painter: QPainter) -> None:
        draw_lamp(painter, shape, CASE_SIZE * grown * 1.1, theme)

    ink = theme.text if shape is Lamp.NONE else theme.on_accent
    return Numbered(draw, ink, drop=CASE_SIZE * 0.14 if lamp is Lamp.NEAR else 0.0)
