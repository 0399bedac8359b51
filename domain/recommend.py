"""Which units to suggest for a case: kind first, then duty for its grid, then free before busy, then the distance.

A suggestion only: any unit can be named. Distances are straight lines, never travel times.
"""

from collections.abc import Iterable, Mapping

import msgspec

from domain.case import Case
from domain.ids import UnitId
from domain.people import Unit
from domain.places import distance_m
from domain.units import UnitState, UnitStatus

FREE = UnitStatus(UnitState.FREE)


class Candidate(msgspec.Struct, frozen=True):
    """A suggested unit and why; ``distance_m`` is the straight line from its last fix, None without one."""

    unit: Unit
    fits_kind: bool
    on_grid: bool
    status: UnitStatus
    distance_m: float | None = None


def recommend(
    case: Case,
    units: Iterable[Unit],
    status: Mapping[UnitId, UnitStatus],
    places: Mapping[UnitId, tuple[float, float]],
    most: int = 3,
) -> list[Candidate]:
    """Return the best units, best first. ``places`` holds the last fix (lon, lat) of each unit that has one.

    A unit that neither deals with the kind of case nor has duty for its grid is not suggested.
    """
    found = [_candidate(case, unit, status.get(unit.unit_id, FREE), places.get(unit.unit_id)) for unit in units]
    fitting = [candidate for candidate in found if candidate.fits_kind or candidate.on_grid]
    return sorted(fitting, key=_rank)[:most]


def _candidate(case: Case, unit: Unit, status: UnitStatus, place: tuple[float, float] | None) -> Candidate:
    distance = None
    if place is not None and case.lon is not None and case.lat is not None:
        distance = distance_m(place[0], place[1], case.lon, case.lat)
    return Candidate(
        unit=unit,
        fits_kind=any(case.kind.startswith(kind) for kind in unit.kinds),
        on_grid=case.grid_code is not None and case.grid_code in unit.grids,
        status=status,
        distance_m=distance,
    )


def _rank(candidate: Candidate) -> tuple[bool, bool, int, float, str]:
    far = float("inf") if candidate.distance_m is None else candidate.distance_m
    return (not candidate.fits_kind, not candidate.on_grid, candidate.status.held, far, candidate.unit.unit_id)
