"""The signs of what stands in the register: components, cameras, hazards, drawings. Shape first, colour second.

Everything is drawn around (0, 0) in logical pixels. ``SIGNS`` says what the legend draws for a row's symbol.
"""

from collections.abc import Callable
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from domain.register_map import ComponentKind, Form, HazardLevel, Ink
from layers.states import Sensed
from resources.theme import Theme

Sign = Callable[[QPainter, float, Theme], None]


def sensed_colour(theme: Theme, state: Sensed) -> str:
    """Return the colour of a state."""
    return {
        Sensed.PLAIN: theme.map_label,
        Sensed.OFFLINE: theme.paused,
        Sensed.OK: theme.within,
        Sensed.DAMAGED: theme.near,
        Sensed.FAULT: theme.near,
        Sensed.WARN: theme.near,
        Sensed.ALARM: theme.overdue,
    }[state]


def hazard_colour(theme: Theme, level: HazardLevel) -> str:
    """Return the colour of a level."""
    return {
        HazardLevel.YELLOW: theme.hazard_yellow,
        HazardLevel.ORANGE: theme.hazard_orange,
        HazardLevel.RED: theme.hazard_red,
    }[level]


def ink_colour(theme: Theme, ink: Ink) -> str:
    """Return the colour something is drawn in."""
    return {
        Ink.BLUE: theme.accent,
        Ink.RED: theme.overdue,
        Ink.YELLOW: theme.near,
        Ink.GREEN: theme.within,
        Ink.GREY: theme.paused,
    }[ink]


HATCHES = {
    HazardLevel.YELLOW: Qt.BrushStyle.BDiagPattern,
    HazardLevel.ORANGE: Qt.BrushStyle.DiagCrossPattern,
    HazardLevel.RED: Qt.BrushStyle.Dense5Pattern,
}
"""The second sign of a level: lines one way, lines both ways, close dots."""


def draw_component(painter: QPainter, state: Sensed, what: ComponentKind, size: float, theme: Theme) -> None:
    """Draw a component: its state by the shape around it, what it is by the figure inside."""
    half = size / 2
    ground, colour = QColor(theme.map_ground), QColor(sensed_colour(theme, state))
    filled = state in (Sensed.ALARM, Sensed.WARN, Sensed.FAULT)
    pen = QPen(ground if filled else colour, 1.0 if filled else 1.5)
    if state is Sensed.OFFLINE:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(colour if filled else ground)
    if state is Sensed.ALARM:
        painter.drawPolygon(_octagon(half * 1.15))
    elif state is Sensed.WARN:
        painter.drawPolygon(_pointing_down(half * 1.3))
    elif state is Sensed.FAULT:
        points = [QPointF(0, -half * 1.2), QPointF(half * 1.2, 0), QPointF(0, half * 1.2), QPointF(-half * 1.2, 0)]
        painter.drawPolygon(QPolygonF(points))
    else:
        painter.drawEllipse(QPointF(0, 0), half * 0.9, half * 0.9)
    painter.save()
    if state is Sensed.WARN:
        painter.translate(0, -half * 0.22)
    _draw_figure(painter, what, half * (0.5 if filled else 0.56), QColor(theme.on_accent) if filled else colour)
    painter.restore()
    if state is Sensed.DAMAGED:
        painter.setPen(QPen(colour, 1.8))
        painter.drawLine(QPointF(-half, half), QPointF(half, -half))


def draw_component_dot(painter: QPainter, state: Sensed, size: float, theme: Theme) -> None:
    """Draw a component from afar: the shape of its state alone."""
    half = size / 2
    colour = QColor(sensed_colour(theme, state))
    painter.setPen(QPen(QColor(theme.map_ground), 0.8))
    painter.setBrush(colour)
    if state is Sensed.ALARM:
        ring = QColor(colour)
        ring.setAlpha(90)
        painter.setBrush(ring)
        painter.drawEllipse(QPointF(0, 0), half * 1.9, half * 1.9)
        painter.setBrush(colour)
        painter.drawPolygon(_octagon(half * 1.25))
    elif state is Sensed.WARN:
        painter.drawPolygon(_pointing_down(half * 1.3))
    elif state in (Sensed.FAULT, Sensed.DAMAGED):
        points = [QPointF(0, -half * 1.2), QPointF(half * 1.2, 0), QPointF(0, half * 1.2), QPointF(-half * 1.2, 0)]
        painter.drawPolygon(QPolygonF(points))
    else:
        if state is Sensed.OFFLINE:
            painter.setPen(QPen(colour, 1.0))
            painter.setBrush(QColor(theme.map_ground))
        painter.drawEllipse(QPointF(0, 0), half * 0.7, half * 0.7)


def _octagon(r: float) -> QPolygonF:
    """Return the shape of an alarm: unlike the square of a case that is overdue."""
    turns = [(i + 0.5) * pi / 4 for i in range(8)]
    return QPolygonF([QPointF(cos(turn) * r, sin(turn) * r) for turn in turns])


def _pointing_down(r: float) -> QPolygonF:
    """Return the shape of a warning: unlike the triangle of a case that is nearly due."""
    return QPolygonF([QPointF(0, r), QPointF(r, -r * 0.75), QPointF(-r, -r * 0.75)])


def _draw_figure(painter: QPainter, what: ComponentKind, r: float, colour: QColor) -> None:
    """Draw the small figure of a kind of component within a radius."""
    pen = QPen(colour, max(1.1, r * 0.3))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _FIGURES.get(what, _dot)(painter, r)


def _lines(*runs: tuple[tuple[float, float], ...]) -> Callable[[QPainter, float], None]:
    def draw(painter: QPainter, r: float) -> None:
        for run in runs:
            painter.drawPolyline(QPolygonF([QPointF(x * r, y * r) for x, y in run]))

    return draw


def _dot(painter: QPainter, r: float) -> None:
    painter.drawEllipse(QPointF(0, 0), r * 0.35, r * 0.35)


def _manhole(painter: QPainter, r: float) -> None:
    painter.drawEllipse(QPointF(0, 0), r * 0.95, r * 0.95)
    painter.drawLine(QPointF(-r * 0.5, 0), QPointF(r * 0.5, 0))


def _cylinder(painter: QPainter, r: float) -> None:
    painter.drawRoundedRect(QRectF(-r * 0.5, -r * 0.6, r, r * 1.6), r * 0.4, r * 0.4)
    painter.drawLine(QPointF(0, -r * 0.6), QPointF(0, -r))


def _waves(painter: QPainter, r: float) -> None:
    for y in (-0.45, 0.35):
        path = QPainterPath(QPointF(-r, y * r))
        path.quadTo(QPointF(-r * 0.5, (y - 0.6) * r), QPointF(0, y * r))
        path.quadTo(QPointF(r * 0.5, (y + 0.6) * r), QPointF(r, y * r))
        painter.drawPath(path)


def _flame(painter: QPainter, r: float) -> None:
    path = QPainterPath(QPointF(0, -r))
    path.cubicTo(QPointF(r * 1.2, 0), QPointF(r * 0.7, r), QPointF(0, r))
    path.cubicTo(QPointF(-r * 0.9, r), QPointF(-r * 0.9, r * 0.1), QPointF(-r * 0.25, -r * 0.2))
    painter.drawPath(path)


_FIGURES: dict[ComponentKind, Callable[[QPainter, float], None]] = {
    ComponentKind.MANHOLE: _manhole,
    ComponentKind.PIPE: _lines(((-1, -0.4), (1, -0.4)), ((-1, 0.4), (1, 0.4))),
    ComponentKind.CHARGER: _lines(((0.3, -1), (-0.45, 0.1), (0.45, 0.0), (-0.3, 1))),
    ComponentKind.CYLINDER: _cylinder,
    ComponentKind.HYDRANT: _lines(((0, -0.9), (0, 0.9)), ((-0.8, -0.2), (0.8, -0.2)), ((-0.6, 0.9), (0.6, 0.9))),
    ComponentKind.LAMP: _lines(((-0.4, 1), (-0.4, -0.8), (0.7, -0.8), (0.7, -0.3))),
    ComponentKind.WATER_LEVEL: _waves,
    ComponentKind.GAS: _flame,
    ComponentKind.SMOKE: _lines(((-0.8, 0.7), (0.8, 0.7)), ((-0.5, 0.1), (0.5, 0.1)), ((-0.2, -0.5), (0.2, -0.5))),
}


def draw_camera(painter: QPainter, size: float, theme: Theme, *, offline: bool) -> None:
    """Draw a camera: a box with a lens; hollow, grey and struck through where it is offline."""
    half = size / 2
    colour = QColor(theme.paused if offline else theme.cameras)
    painter.setPen(QPen(QColor(theme.map_ground) if not offline else colour, 1.2))
    painter.setBrush(QColor(theme.map_ground) if offline else colour)
    painter.drawRoundedRect(QRectF(-half, -half * 0.62, half * 1.4, half * 1.24), 2, 2)
    lens = [
        QPointF(half * 0.4, 0),
        QPointF(half, -half * 0.5),
        QPointF(half, half * 0.5),
    ]
    painter.drawPolygon(QPolygonF(lens))
    if offline:
        painter.setPen(QPen(colour, 1.8))
        painter.drawLine(QPointF(-half, half * 0.9), QPointF(half, -half * 0.9))


def draw_hazard(painter: QPainter, level: HazardLevel, size: float, theme: Theme) -> None:
    """Draw a patch of a hazard zone for the legend."""
    half = size / 2
    box = QRectF(-half, -half * 0.75, size, size * 0.75)
    fill_hazard(painter, level, theme, lambda: painter.drawRect(box))


def fill_hazard(painter: QPainter, level: HazardLevel, theme: Theme, draw: Callable[[], None]) -> None:
    """Have ``draw`` fill an area as a hazard of this level: tinted, hatched, firmly edged."""
    colour = QColor(hazard_colour(theme, level))
    tint = QColor(colour)
    tint.setAlpha(52)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    draw()
    hatch = QColor(colour)
    hatch.setAlpha(120)
    painter.setBrush(QBrush(hatch, HATCHES[level]))
    painter.setPen(QPen(colour, 2.0))
    draw()


def draw_pin(painter: QPainter, ink: Ink, size: float, theme: Theme) -> None:
    """Draw the pin of a drawn point, its foot at (0, 0)."""
    half = size / 2
    path = QPainterPath(QPointF(0, 0))
    path.cubicTo(QPointF(-half * 1.1, -half), QPointF(-half, -size), QPointF(0, -size))
    path.cubicTo(QPointF(half, -size), QPointF(half * 1.1, -half), QPointF(0, 0))
    painter.setPen(QPen(QColor(theme.map_ground), 1.2))
    painter.setBrush(QColor(ink_colour(theme, ink)))
    painter.drawPath(path)
    painter.setBrush(QColor(theme.map_ground))
    painter.drawEllipse(QPointF(0, -size * 0.66), half * 0.34, half * 0.34)


def _draw_form(form: Form) -> Sign:
    def draw(painter: QPainter, size: float, theme: Theme) -> None:
        half = size / 2
        colour = QColor(ink_colour(theme, Ink.BLUE))
        if form is Form.POINT:
            painter.translate(0, half)
            draw_pin(painter, Ink.BLUE, size * 0.95, theme)
            return
        painter.setPen(QPen(colour, 2.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if form is Form.AREA:
            tint = QColor(colour)
            tint.setAlpha(50)
            painter.setBrush(tint)
            painter.drawRect(QRectF(-half, -half * 0.7, size, size * 0.7))
        else:
            painter.drawLine(QPointF(-half, half * 0.5), QPointF(half, -half * 0.5))

    return draw


def _component(state: Sensed) -> Sign:
    return lambda painter, size, theme: draw_component(painter, state, ComponentKind.OTHER, size, theme)


def _camera(*, offline: bool) -> Sign:
    return lambda painter, size, theme: draw_camera(painter, size, theme, offline=offline)


def _hazard(level: HazardLevel) -> Sign:
    return lambda painter, size, theme: draw_hazard(painter, level, size, theme)


SIGNS: dict[str, Sign] = {
    **{f"component.{state}": _component(state) for state in Sensed},
    **{f"hazard.{level}": _hazard(level) for level in HazardLevel},
    **{f"drawing.{form}": _draw_form(form) for form in Form},
    "camera": _camera(offline=False),
    "camera_offline": _camera(offline=True),
}
