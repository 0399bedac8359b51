"""What one byte says of a person or vehicle on the map: which sprite shows it while its fix is fresh, and when not.

Staff by sign and heading step, stale staff by heading step, vehicles by sign, a stale vehicle. Knows no Qt.
"""

import numpy as np
import numpy.typing as npt

from domain.units import UnitState
from layers.contract import HEADINGS

Codes = npt.NDArray[np.uint8]

SIGNS = (UnitState.FREE, UnitState.UNDER_WAY, UnitState.ON_THE_JOB)
"""What is shown at a person or vehicle; assigned but not yet signed looks like free."""
NO_HEADING = HEADINGS
"""Headings are drawn in steps of 15 degrees; ``NO_HEADING`` is for a thing that stands or does not say."""
STEPS = HEADINGS + 1
STALE_STAFF = len(SIGNS) * STEPS
VEHICLE = STALE_STAFF + STEPS
STALE_VEHICLE = VEHICLE + len(SIGNS)


def heading_step(heading_deg: float | None) -> int:
    """Return the nearest drawn heading of one in degrees."""
    return NO_HEADING if heading_deg is None else round(heading_deg / (360 / HEADINGS)) % HEADINGS


def heading_steps(headings_deg: npt.NDArray[np.float64]) -> Codes:
    """Return the nearest drawn headings of many in degrees; NaN is a thing that has none."""
    standing = np.isnan(headings_deg)
    steps = np.rint(np.where(standing, 0.0, headings_deg) / (360 / HEADINGS)) % HEADINGS
    return np.where(standing, NO_HEADING, steps).astype(np.uint8)


def thing_code(state: UnitState, heading_deg: float | None, *, vehicle: bool) -> int:
    """Return the code of a thing with a fresh fix."""
    sign = SIGNS.index(state) if state in SIGNS else 0
    return VEHICLE + sign if vehicle else sign * STEPS + heading_step(heading_deg)


def turned(codes: Codes, steps: Codes) -> Codes:
    """Return the codes of things that now head elsewhere; vehicles are drawn the same whichever way they go."""
    return np.where(codes < VEHICLE, codes - codes % STEPS + steps, codes).astype(np.uint8)


def stale_codes(codes: Codes) -> Codes:
    """Return the codes of the same things with an old fix."""
    return np.where(codes < VEHICLE, STALE_STAFF + codes % STEPS, STALE_VEHICLE).astype(np.uint8)
