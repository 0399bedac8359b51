"""The signs of the map as pictures in a page: drawn by what draws them on the screen, each once, named by a class.

Beyond the symbols of the legend (``layers.legend_signs``) there are those of the marks themselves, with all they say:
``case.<lamp>[.urgent]``, ``case.ended``, ``thing.<kind>.<step of heading>.<state or stale>``,
``component.<state>.<what>``, ``pin.<ink>``. Any thread: nothing is drawn but shapes.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter, QPainter

from domain.clock import Lamp
from domain.register_map import ComponentKind, Ink
from domain.units import UnitState
from layers.contract import HEADINGS
from layers.legend_signs import SIGNS, Sign
from layers.signs import draw_component, draw_pin
from layers.states import Sensed
from layers.symbols import (
    CASE_SIZE,
    THING_SIZE,
    draw_ended,
    draw_lamp,
    draw_sign,
    draw_staff,
    draw_urgent,
    draw_vehicle,
)
from layers.thing_codes import NO_HEADING, heading_step
from resources.theme import Theme

BOX_PX, FINE = 44, 2
"""Side of a picture (``resources/page/map.css`` knows it as well), and device pixels a logical one has in it."""
LEGEND_PX, COMPONENT_PX, PIN_PX, DOT_PX = 16.0, 18.0, 20.0, 5.0
STALE = "stale"


def class_of(symbol: str) -> str:
    """Return the class of a sign."""
    return "s-" + re.sub(r"\W", "-", symbol)


def thing_symbol(*, vehicle: bool, heading_deg: float | None, state: str, stale: bool) -> str:
    """Return the symbol of a person or vehicle; only a person's turns with its heading."""
    turn = NO_HEADING if vehicle else heading_step(heading_deg)
    return f"thing.{'vehicle' if vehicle else 'staff'}.{turn}.{STALE if stale else state}"


def sign_styles(symbols: Iterable[str], theme: Theme) -> str:
    """Return the rules that give each sign its picture."""
    return "".join(
        f".{class_of(symbol)}{{--sign:url(data:image/png;base64,{_picture(symbol, theme)})}}"
        for symbol in sorted(set(symbols))
    )


def _picture(symbol: str, theme: Theme) -> str:
    image = QImage(BOX_PX * FINE, BOX_PX * FINE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(FINE, FINE)
    painter.translate(BOX_PX / 2, BOX_PX / 2)
    kind, _, rest = symbol.partition(".")
    if kind in _MARKS:
        _MARKS[kind](painter, rest, theme)
    elif symbol in SIGNS:
        _sign(SIGNS[symbol])(painter, rest, theme)
    painter.end()
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return b64encode(held.data()).decode("ascii")


Draw = Callable[[QPainter, str, Theme], None]


def _sign(sign: Sign) -> Draw:
    return lambda painter, _rest, theme: sign(painter, LEGEND_PX, theme)


def _case(painter: QPainter, rest: str, theme: Theme) -> None:
    lamp, _, urgent = rest.partition(".")
    if lamp == "ended":
        draw_ended(painter, DOT_PX, theme)
        return
    draw_lamp(painter, Lamp(lamp), CASE_SIZE, theme)
    if urgent:
        draw_urgent(painter, CASE_SIZE, theme)


def _thing(painter: QPainter, rest: str, theme: Theme) -> None:
    kind, turn, state = rest.split(".")
    stale = state == STALE
    if kind == "vehicle":
        draw_vehicle(painter, THING_SIZE, theme, stale=stale)
    else:
        heading = None if int(turn) == NO_HEADING else int(turn) * 360 / HEADINGS
        draw_staff(painter, THING_SIZE, heading, theme, stale=stale)
    if not stale:
        draw_sign(painter, UnitState(state), THING_SIZE, theme)


def _component(painter: QPainter, rest: str, theme: Theme) -> None:
    state, _, what = rest.partition(".")
    if what:
        draw_component(painter, Sensed(state), ComponentKind(what), COMPONENT_PX, theme)
    else:
        SIGNS[f"component.{state}"](painter, LEGEND_PX, theme)


def _pin(painter: QPainter, rest: str, theme: Theme) -> None:
    draw_pin(painter, Ink(rest), PIN_PX, theme)


_MARKS: dict[str, Draw] = {"case": _case, "thing": _thing, "component": _component, "pin": _pin}
