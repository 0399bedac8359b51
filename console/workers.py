"""From the live picture to whom a case can be sent for a look."""

from datetime import datetime

from client.picture import Picture
from domain.case import Case
from domain.ids import ThingId
from domain.nearest import Runner, nearest_workers, tasks_in_hand
from domain.states import CaseState
from domain.units import POSITION_STALE_AFTER

ASKED_IN = frozenset({CaseState.REPORTED, CaseState.PENDING_CHECK})
"""Where somebody can be sent to verify or to check."""
MOST_OFFERED = 200


def runners(picture: Picture, case: Case, now: datetime) -> tuple[Runner, ...]:
    """Return the grid workers, the one to send first; none where the case waits for no look."""
    if case.state not in ASKED_IN:
        return ()
    places = {}
    for staff_id in picture.members:
        fix = picture.positions.get(ThingId(staff_id))
        if fix is not None and now - fix.fixed_at <= POSITION_STALE_AFTER:
            places[staff_id] = (fix.lon, fix.lat)
    tasks = tasks_in_hand(picture.cases.values())
    return tuple(nearest_workers(case, picture.members.values(), places, tasks, now)[:MOST_OFFERED])
