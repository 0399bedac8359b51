"""Cameras with their field of view. See ``layers`` for how models are used."""

from collections.abc import Iterable
from math import cos, radians, sin

import msgspec
import numpy as np
import numpy.typing as npt

from layers.contract import usable
from layers.mercator import ground_scale
from layers.observed import Observed
from layers.table import MarkTable

ARC_STEP_DEG = 6.0


class CameraMark(msgspec.Struct, frozen=True):
    """A camera as the map shows it. ``heading_deg`` is None for one that turns: it sees all around."""

    ident: str
    lon: float
    lat: float
    heading_deg: float | None = None
    angle_deg: float = 60.0
    range_m: float = 80.0
    online: bool = True
    title: str = ""
    lines: tuple[str, ...] = ()


class CamerasModel(Observed):
    """The cameras that have a place."""

    def __init__(self) -> None:
        super().__init__()
        self.table: MarkTable[CameraMark] = MarkTable()

    def replace(self, marks: Iterable[CameraMark]) -> None:
        """Show exactly these cameras."""
        self.table.clear()
        self.table.put((m.ident, m, m.lon, m.lat, 0.0) for m in marks if usable(m.lon, m.lat))
        self._changed()

    def mark(self, ident: str) -> CameraMark | None:
        """Return a camera that is shown."""
        slot = self.table.slot(ident)
        return None if slot is None else self.table.marks[slot]

    def online(self) -> npt.NDArray[np.bool_]:
        """Return which answer."""
        return np.array([m.online for m in self.table.marks], bool)


def field_of_view(mark: CameraMark, x: float, y: float) -> list[tuple[float, float]]:
    """Return the edge of what a camera at ``x, y`` sees, on the plane: a wedge from it, or a ring around it."""
    reach = mark.range_m / ground_scale(y)
    whole = mark.heading_deg is None or mark.angle_deg >= 360
    angle = 360.0 if whole else mark.angle_deg
    first = 0.0 if mark.heading_deg is None else mark.heading_deg - angle / 2
    steps = max(2, round(angle / ARC_STEP_DEG))
    turns = [radians(first + angle * i / steps) for i in range(steps + 1)]
    arc = [(x + sin(turn) * reach, y + cos(turn) * reach) for turn in turns]
    return arc if whole else [(x, y), *arc]
