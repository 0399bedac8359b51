"""Which grid worker to send to look: the nearest who is on shift, with what speaks for it (domain.md T2, T21).

A suggestion only: anybody of the field can be named. Distances are straight lines.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from domain.case import Case
from domain.ids import StaffId
from domain.people import Role, Staff
from domain.places import distance_m
from domain.states import CaseState

OWN_GRID_M = 300.0
"""Whoever answers for the grid knows it: that counts as so much nearer."""
TASK_M = 400.0
"""Each task somebody has in hand counts as so much farther."""


class Runner(msgspec.Struct, frozen=True):
    """A grid worker and what speaks for sending them; ``distance_m`` is None without a fresh fix or a place."""

    staff_id: StaffId
    on_shift: bool
    own_grid: bool
    tasks: int = 0
    distance_m: float | None = None


def nearest_workers(
    case: Case,
    staff: Iterable[Staff],
    places: Mapping[StaffId, tuple[float, float]],
    tasks: Mapping[StaffId, int],
    now: datetime,
) -> list[Runner]:
    """Return all grid workers, the one to send first: who is on shift, then the nearest, all counted.

    ``places`` holds the fresh fixes (lon, lat), ``tasks`` how many verifications and checks each has in hand.
    """
    found = [_runner(case, person, places, tasks, now) for person in staff if Role.GRID_WORKER in person.roles]
    return sorted(found, key=_rank)


def tasks_in_hand(cases: Iterable[Case]) -> dict[StaffId, int]:
    """Return how many verifications and checks each person has in hand."""
    held: dict[StaffId, int] = {}
    for case in cases:
        if case.state not in (CaseState.VERIFYING, CaseState.CHECKING):
            continue
        person = case.verifier if case.state is CaseState.VERIFYING else case.checker
        if person is not None:
            held[person] = held.get(person, 0) + 1
    return held


def _runner(
    case: Case,
    person: Staff,
    places: Mapping[StaffId, tuple[float, float]],
    tasks: Mapping[StaffId, int],
    now: datetime,
) -> Runner:
    place, away = places.get(person.staff_id), None
    if place is not None and case.lon is not None and case.lat is not None:
        away = distance_m(place[0], place[1], case.lon, case.lat)
    return Runner(
        staff_id=person.staff_id,
        on_shift=person.shift is not None and person.shift.covers(now),
        own_grid=case.grid_code is not None and person.grid_code == case.grid_code,
        tasks=tasks.get(person.staff_id, 0),
        distance_m=away,
    )


def _rank(runner: Runner) -> tuple[bool, bool, float, StaffId]:
    """On shift first; who can be reckoned with by a fix or by the grid; then by metres, all counted."""
    base = OWN_GRID_M if runner.distance_m is None else runner.distance_m
    counted = base - (OWN_GRID_M if runner.own_grid else 0.0) + TASK_M * runner.tasks
    unknown = runner.distance_m is None and not runner.own_grid
    return not runner.on_shift, unknown, counted, runner.staff_id
