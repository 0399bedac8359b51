"""Figures of grids and the classes they are filled by: few breaks that part the grids into groups of about one size."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec
import numpy as np

from domain.ids import GridCode
from layers.colours import CLASS_COUNT


class Indicator(StrEnum):
    """What grids can be filled by; words ``map.style.grids.fill.<value>``."""

    NONE = "none"
    OPEN = "open"  # open cases
    OVERDUE = "overdue"  # open cases beyond their limit
    TODAY = "today"  # cases opened today
    AGE = "age"  # mean age of the open cases, hours
    STAFF = "staff"  # its own people on shift


Source = Callable[[Indicator], "Mapping[GridCode, float]"]
"""Returns the figures of an indicator; a grid not named has none."""


class Classed(msgspec.Struct, frozen=True):
    """Grids in classes: class ``i`` holds values from ``lows[i]`` to ``highs[i]``, ``counts[i]`` of them."""

    classes: dict[GridCode, int] = {}
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


def classed(figures: Mapping[GridCode, float], count: int = CLASS_COUNT) -> Classed:
    """Return grids in at most ``count`` classes of about one size; equal values share a class, zero is in none."""
    values = np.array(sorted({round(v, 6) for v in figures.values() if v > 0}), np.float64)
    if not len(values):
        return Classed()
    held = np.sort(np.array([round(v, 6) for v in figures.values() if v > 0], np.float64))
    wanted = min(count, len(values))
    cuts = {float(held[len(held) * i // wanted]) for i in range(1, wanted)}
    starts = sorted({float(values[0])} | cuts)
    of = {
        code: int(np.searchsorted(starts, round(value, 6), side="right")) - 1
        for code, value in figures.items()
        if value > 0
    }
    counts = np.bincount(list(of.values()), minlength=len(starts))
    ends = [float(values[values < start].max()) for start in starts[1:]] + [float(values[-1])]
    # Few classes are spread over all strengths, so that the highest is always the strongest
    spread = [
        round(i * (count - 1) / max(1, len(starts) - 1)) if len(starts) > 1 else count - 1 for i in range(len(starts))
    ]
    lows, highs, sizes = [0.0] * count, [0.0] * count, [0] * count
    for i, place in enumerate(spread):
        lows[place], highs[place], sizes[place] = starts[i], ends[i], int(counts[i])
    return Classed({code: spread[i] for code, i in of.items()}, tuple(lows), tuple(highs), tuple(sizes))


def figure_text(indicator: Indicator, value: float) -> str:
    """Return a figure as it is written: ages with one digit, the rest whole."""
    return f"{value:.1f}" if indicator is Indicator.AGE else f"{value:.0f}"
