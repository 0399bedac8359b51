"""Where the places of a file would fall in each coordinate system that is offered. Runs in the reading process."""

from collections.abc import Sequence

import numpy as np

from console.exchange.shapes import place_to_wgs84
from console.exchange.table import Table
from console.filelayer.contents import Fit
from console.filelayer.rows import raw_places
from domain.faults import Fault

MOST_PLACES = 500
"""Places of a file that are tried."""
OUTLIERS = (5.0, 95.0)
"""Percentiles its places are told by: one mistyped row is not where a file lies."""


def fits_of_table(table: Table, systems: Sequence[str]) -> tuple[Fit, ...]:
    """Return where the places of a table that was read as it stands fall in each system. Raises ``Fault``: none there.

    A table is of shapes, or has columns of places.
    """
    places = raw_places(table)
    step = max(1, len(places) // MOST_PLACES)
    return tuple(_fit(places[::step], system) for system in systems)


def _fit(places: Sequence[tuple[float, float]], system: str) -> Fit:
    found = []
    for x, y in places:
        try:
            found.append(place_to_wgs84(x, y, system))
        except Fault:
            continue
    if not found or 2 * len(found) < len(places):
        return Fit(system)
    (west, south), (east, north) = np.percentile(np.array(found), OUTLIERS, axis=0)
    return Fit(system, (float(west), float(south), float(east), float(north)))
