"""Drawing of what was drawn: pins, lines with or without an arrow, tinted areas; labels beside them."""

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from math import atan2, cos, hypot, pi, sin

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from domain.register_map import Form, Ink
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind, Tells
from layers.drawings.model import DrawingsModel, Placed
from layers.options import Filter, Style
from layers.raster.contract import Frame, Raster
from layers.raster.qt import as_image
from layers.signs import draw_pin, ink_colour

PIN = 20.0
ARROW = 11.0
LABELS_UNTIL = 40.0
LABELS = Style("labels", ("shown", "hidden"), "shown")
FORM = Filter("form", tuple(form.value for form in Form))
TINT = 46


class DrawingsItem(LayerItem):
    """Shared drawings."""

    key = "drawings"

    def __init__(self, model: DrawingsModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._style = 0
        self._placed: tuple[Placed, ...] = ()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.NOW

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return (LABELS,)

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: by form."""
        return (Filter(FORM.name, FORM.values, tuple(self.look.words(f"drawing.{form}") for form in Form)),)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.options.hidden

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.options.hidden, self.options.styles

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._style += 1

    def prepare(self) -> None:
        """See ``LayerItem``."""
        self._placed = self._model.placed

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        boxes = [placed.box for placed in self._model.placed]
        if not boxes:
            return None
        return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        bounds = area.bounds((PIN + 14) * area.ratio)
        shown = [placed for placed in self._shown(self._placed) if placed.touches(bounds)]
        if shown:
            self._draw(frame, area, shown, strong=False)

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the chosen one once more, stronger."""
        chosen = self._model.get(focus.entry) if focus.entry is not None else None
        if chosen is not None:
            self._draw(frame, area, [chosen], strong=True)

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: what was written, texts always."""
        near = area.ground() < LABELS_UNTIL and self.options.style(LABELS) == "shown"
        bounds = area.bounds(40)
        found = []
        for placed in self._shown(self._model.placed):
            drawing = placed.mark.drawing
            if not drawing.label or not placed.touches(bounds) or not (near or drawing.form is Form.TEXT):
                continue
            x, y = _label_point(placed)
            style = LabelStyle.DIVISION if drawing.form is Form.TEXT else LabelStyle.THING
            beside = 12.0 if drawing.form is Form.POINT else 0.0
            found.append(Label(drawing.label, x, y, style, 3.0, beside, self.name_strength))
        return found

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the topmost one at the place."""
        x, y = area.left + px * area.scale, area.top - py * area.scale
        for placed in reversed(self._shown(self._model.placed)):
            limit = (reach + max(4.0, placed.mark.drawing.width_px) * area.ratio) * area.scale
            if _hits(placed, x, y, limit, PIN * area.ratio * area.scale):
                mark = placed.mark
                return Picked(PickedKind.ENTRY, mark.ident, x, y, mark.title, mark.lines)
        return None

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: one row for all that are not left out."""
        count = len(self._shown(self._model.placed))
        return [LegendRow("drawing.line", self.look.words("map.legend.drawing"), count)] if count else []

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self.look.words("map.note.count", n=len(self._model.placed)), False

    def _shown(self, placed: Sequence[Placed]) -> list[Placed]:
        hidden = self.options.hides(FORM.name)
        return [p for p in placed if p.mark.drawing.form.value not in hidden]

    def _draw(self, frame: Frame, area: Area, placed: Sequence[Placed], *, strong: bool) -> None:
        image = as_image(frame)  # named: a painter does not keep its device alive
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one in placed:
            points = [QPointF(*area.to_pixel(x, y)) for x, y in one.points]
            self._draw_one(painter, one, points, area.ratio, strong=strong)
        painter.end()

    def _draw_one(
        self, painter: QPainter, placed: Placed, points: list[QPointF], ratio: float, *, strong: bool
    ) -> None:
        drawing, theme = placed.mark.drawing, self.look.theme
        if drawing.form is Form.POINT:
            painter.save()
            painter.translate(points[0])
            painter.scale(ratio, ratio)
            draw_pin(painter, drawing.ink, PIN * (1.3 if strong else 1.0), theme)
            painter.restore()
            return
        colour = QColor(ink_colour(theme, drawing.ink))
        if drawing.form is Form.TEXT:
            painter.setPen(QPen(QColor(theme.map_ground), ratio))
            painter.setBrush(colour)
            painter.drawEllipse(points[0] + QPointF(0, 9 * ratio), 3.0 * ratio, 3.0 * ratio)
            return
        width = drawing.width_px * (1.7 if strong else 1.0) * ratio
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if drawing.dashed or drawing.ink is Ink.GREY:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        if drawing.form is Form.AREA:
            tint = QColor(colour)
            tint.setAlpha(TINT)
            painter.setBrush(tint)
            painter.drawPolygon(QPolygonF(points))
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        if drawing.arrow:
            _draw_arrow(painter, points, colour, (ARROW + drawing.width_px) * ratio)


def _draw_arrow(painter: QPainter, points: list[QPointF], colour: QColor, size: float) -> None:
    tip, before = points[-1], points[-2]
    turn = atan2(tip.y() - before.y(), tip.x() - before.x())
    sides = [turn + pi * 0.86, turn - pi * 0.86]
    barbs = [QPointF(tip.x() + cos(side) * size, tip.y() + sin(side) * size) for side in sides]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([tip, *barbs]))


def _label_point(placed: Placed) -> tuple[float, float]:
    """Return where the label stands: at a point or text itself, in the middle of a line, inside an area."""
    points, form = placed.points, placed.mark.drawing.form
    if form in (Form.POINT, Form.TEXT):
        return points[0]
    if form is Form.AREA:
        return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    lengths = [hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points)]
    half = sum(lengths) / 2
    for (ax, ay), (bx, by), length in zip(points, points[1:], lengths, strict=False):
        if length >= half > 0:
            share = half / length
            return ax + (bx - ax) * share, ay + (by - ay) * share
        half -= length
    return points[-1]


def _hits(placed: Placed, x: float, y: float, limit: float, pin: float) -> bool:
    points, form = placed.points, placed.mark.drawing.form
    if form in (Form.POINT, Form.TEXT):
        px, py = points[0]
        return hypot(x - px, y - py - (pin / 2 if form is Form.POINT else 0.0)) <= limit + pin / 2
    closed = form is Form.AREA
    steps = zip(points, [*points[1:], points[0]] if closed else points[1:], strict=False)
    if any(_distance(x, y, a, b) <= limit for a, b in steps):
        return True
    return closed and _inside(points, x, y)


def _distance(x: float, y: float, a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return how far a point lies from a stretch of line."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else min(1.0, max(0.0, ((x - a[0]) * dx + (y - a[1]) * dy) / length))
    return hypot(x - a[0] - share * dx, y - a[1] - share * dy)


def _inside(points: Sequence[tuple[float, float]], x: float, y: float) -> bool:
    inside = False
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside
