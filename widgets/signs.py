"""Which shape and colour stands for which lamp, unit state and supervision: one table for every panel."""

from domain.clock import Lamp
from domain.states import Supervise
from domain.units import UnitState
from resources.theme import Theme
from widgets.common.lamp import Shape

LAMP_SHAPES: dict[Lamp, Shape] = {
    Lamp.WITHIN: Shape.CIRCLE,
    Lamp.NEAR: Shape.TRIANGLE,
    Lamp.OVERDUE: Shape.SQUARE,
    Lamp.PAUSED: Shape.PAUSE,
    Lamp.NONE: Shape.NONE,
}

UNIT_SHAPES: dict[UnitState, Shape] = {
    UnitState.FREE: Shape.DIAMOND_OPEN,
    UnitState.ASSIGNED: Shape.DIAMOND_OPEN,
    UnitState.UNDER_WAY: Shape.PLAY,
    UnitState.ON_THE_JOB: Shape.DIAMOND,
}


def lamp_colour(lamp: Lamp, theme: Theme) -> str:
    """Return the colour of a lamp."""
    if lamp is Lamp.NONE:
        return theme.text_second
    return str(getattr(theme, lamp.value))


def unit_colour(state: UnitState, theme: Theme) -> str:
    """Return the colour of a unit's sign: accent while it is on a case, grey while it is free."""
    return theme.text_second if state is UnitState.FREE else theme.accent


def supervise_colour(level: Supervise, theme: Theme) -> str:
    """Return the colour of a supervision badge."""
    return {Supervise.RED: theme.overdue, Supervise.YELLOW: theme.near}.get(level, theme.accent)
