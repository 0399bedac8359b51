"""Which marks of cases and moving things the map shows, by what is chosen of their layers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from layers.cases.item import LAMPS
from layers.cases.model import CaseMark
from layers.options import LayerOptions
from layers.positions.item import KINDS, STATES
from layers.positions.model import ThingMark

Slots = npt.NDArray[np.intp]


def cases_shown(options: LayerOptions, marks: Sequence[CaseMark]) -> Slots:
    """Return which cases are not left out by their lamp."""
    hidden = options.hides(LAMPS.name)
    if not hidden:
        return np.arange(len(marks), dtype=np.intp)
    return np.array([i for i, mark in enumerate(marks) if mark.lamp.value not in hidden], np.intp)


def things_shown(options: LayerOptions, marks: Sequence[ThingMark]) -> Slots:
    """Return which people and vehicles are not left out, as such or by what they do."""
    kinds, states = options.hides(KINDS.name), options.hides(STATES.name)
    if not kinds and not states:
        return np.arange(len(marks), dtype=np.intp)
    shown = (
        i for i, mark in enumerate(marks) if KINDS.values[mark.vehicle] not in kinds and mark.state.value not in states
    )
    return np.fromiter(shown, np.intp)
