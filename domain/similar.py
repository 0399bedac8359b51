"""Which cases are likely the same: of one kind, near each other, and told within a day (domain.md 2.2, ``similar_to``).

The town's rules say how near and how soon. A case without a place is compared by its address, where both have one.
"""

from datetime import datetime, timedelta

import msgspec

from domain.case import Case, Rules
from domain.places import distance_m
from domain.states import CaseState

SETTLED = frozenset({CaseState.MERGED, CaseState.VOIDED})
"""What is in these is no other telling of anything: its reports went elsewhere, or there was nothing."""


class Told(msgspec.Struct, frozen=True):
    """What is compared: what is told, where and when. The place is in degrees, or None."""

    kind: str
    at: datetime
    lon: float | None = None
    lat: float | None = None
    address: str = ""


class Likeness(msgspec.Struct, frozen=True):
    """How near a case is to what is told; ``distance_m`` is None where only the addresses are alike."""

    apart_s: float
    distance_m: float | None = None


def told_of(case: Case) -> Told:
    """Return what a case tells."""
    return Told(case.kind, case.opened_at, case.lon, case.lat, case.address)


def likeness(told: Told, case: Case, rules: Rules) -> Likeness | None:
    """Return how alike a case is to what is told, None where it is not likely the same."""
    apart = abs(case.opened_at - told.at)
    if case.state in SETTLED or apart > timedelta(hours=rules.similar_hours) or not same_kind(told.kind, case.kind):
        return None
    if told.lon is None or told.lat is None or case.lon is None or case.lat is None:
        alike = told.address.strip() and told.address.strip() == case.address.strip()
        return Likeness(apart.total_seconds()) if alike else None
    away = distance_m(told.lon, told.lat, case.lon, case.lat)
    return Likeness(apart.total_seconds(), away) if away <= rules.similar_m else None


def same_kind(one: str, other: str) -> bool:
    """Return whether two kinds are one, or one is the kind above the other; a kind not yet chosen may be any."""
    return not one or not other or one.startswith(other) or other.startswith(one)
