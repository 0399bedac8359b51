"""Keeping how things stand at geofences, and putting what fences tell into the register: each a change, told once.

The kept standing decides what was told already, under the lock of the head: by ourselves before a restart, or by
another service of the same database whose turn it was then (``service.timers``).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

import msgspec

from domain.fencing import Standing, Told
from domain.ids import EntryId, ThingId
from domain.register import EntryKind, EntryPut
from domain.register_fence import MOST_ALERTS, FenceAlert, FenceSaid
from service.fencing.watch import Crossing, FenceWatch, Pair
from service.store import fences
from service.store import statements as sql
from service.write.registering import found_entry, take_out
from service.write.transaction import Job
from service.write.work import Work

ALERTS_LAST = timedelta(days=3)
"""So long an alert stays in the register. What was told stays in the log, like everything that was done."""
MOST_AT_ONCE = 200
MOST_ROWS = 2_000


def telling(watch: FenceWatch) -> Iterator[tuple[Job, int]]:
    """Yield the jobs that tell what waits, each with how many it tells."""
    waiting = list(watch.waiting)
    for i in range(0, len(waiting), MOST_AT_ONCE):
        some = waiting[i : i + MOST_AT_ONCE]
        yield Job(partial(_tell, crossings=some)), len(some)


def keeping_standings(watch: FenceWatch) -> Iterator[tuple[list[Pair], Job]]:
    """Yield the jobs that keep what altered since the last time, each with what is unkept where it fails."""
    altered = watch.drain_unsaved()
    for i in range(0, len(altered), MOST_ROWS):
        some = altered[i : i + MOST_ROWS]
        yield [(fence, thing) for fence, thing, _ in some], Job(partial(_keep, standings=some))


def _keep(work: Work, standings: Sequence[tuple[EntryId, ThingId, Standing | None]]) -> None:
    for fence, thing, standing in standings:
        _stage(work, (fence, thing), standing)


def _tell(work: Work, crossings: Sequence[Crossing]) -> None:
    known: dict[Pair, Standing | None] = {}
    due: list[Crossing] = []
    for crossing in crossings:
        if crossing.thing:
            if crossing.pair not in known:
                known[crossing.pair] = fences.standing(work.connection, *crossing.pair)
            if _told_already(_later(known[crossing.pair], crossing.before), crossing.told):
                continue
            known[crossing.pair] = crossing.after
            _stage(work, crossing.pair, crossing.after)
        due.append(crossing)
    _make_room(work, len(due))
    for crossing in due:
        body = FenceAlert(
            fence=crossing.fence.entry_id,
            name=crossing.body.name,
            said=crossing.told.said,
            at=crossing.told.at,
            since=crossing.told.since,
            thing=crossing.thing,
            unit=crossing.unit,
            alarm=crossing.body.alarm,
        )
        area = crossing.fence.area if crossing.fence.area in work.world.divisions else ""
        asked = EntryPut(msgspec.to_builtins(body), 0, work.now + ALERTS_LAST, area)
        found_entry(work, EntryKind.FENCE_ALERT, EntryId(f"f{work.seq + 1}"), asked)


def _later(kept: Standing | None, held: Standing | None) -> Standing | None:
    """Return the later of how a thing stood by the store and by our own memory, which is kept a little later."""
    if kept is None or held is None:
        return kept or held
    return held if held.since > kept.since else kept


def _told_already(before: Standing | None, told: Told) -> bool:
    """Return whether what is to be told was told of the standing before it."""
    match told.said:
        case FenceSaid.ENTER:
            return before is not None and before.inside
        case FenceSaid.LEAVE:
            return before is not None and not before.inside
        case FenceSaid.DWELL:
            return before is not None and before.inside and before.told
        case FenceSaid.OFF_POST:
            return before is not None and not before.inside and before.told
    return False


def _stage(work: Work, pair: Pair, standing: Standing | None) -> None:
    fence, thing = pair
    if standing is None:
        work.put(sql.DROP_STANDING, {"which_fence": fence, "which": thing})
    else:
        work.put(sql.KEEP_STANDING, {"fence": fence, "thing": thing, "body": msgspec.msgpack.encode(standing)})


def _make_room(work: Work, wanted: int) -> None:
    over = work.entry_count(EntryKind.FENCE_ALERT, "") + wanted - MOST_ALERTS
    if over > 0:
        for entry in fences.oldest_alerts(work.connection, over):
            take_out(work, entry)
