"""Going on with telling what fences tell, where the service that told it is gone. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.ids import EntryId, ThingId
from domain.register_fence import FenceAlert, FenceSaid
from service.fencing.watch import WINDOW, Crossing

SAME_WITHIN = timedelta(seconds=30)
"""Two services see one crossing in other fixes, so at moments that differ by less than this."""


def untold(waiting: Iterable[Crossing], told: Iterable[FenceAlert]) -> list[Crossing]:
    """Return what waits here and is not among the alerts that were told already."""
    last: dict[tuple[EntryId, ThingId, FenceSaid], datetime] = {}
    for alert in told:
        which = alert.fence, alert.thing, alert.said
        last[which] = max(alert.at, last.get(which, alert.at))
    return [one for one in waiting if not _was_told(one, last.get((*one.pair, one.told.said)))]


def _was_told(crossing: Crossing, last: datetime | None) -> bool:
    same = WINDOW if crossing.told.said is FenceSaid.MANY else SAME_WITHIN
    return last is not None and crossing.told.at - last < same
