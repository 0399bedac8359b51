"""What a reader has missed: read from the log in parts and sent before anything new, however much it is.

A reader joins the hub only when it is nearly up to date, so that little has to be kept for it meanwhile.
"""

import asyncio
import time
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from domain.change import Change, Seq, Subject
from domain.ids import CaseNo
from service.access import Sight
from service.feed.reader import STUCK_S, Reader, Send
from service.feed.tongue import frames
from service.runtime import Runtime
from service.store import reads
from service.write.work import Recorded

RESUMABLE = timedelta(hours=72)
"""How old a change may be, by its time of recording, and still be the first that a reader has missed."""
MOST_A_READ = 1_000
NEAR = 500
"""Changes behind the head at which a reader joins."""
HUB_WITHIN_S = 3.0


async def catch_up(runtime: Runtime, reader: Reader, send: Send, epoch: str, since: Seq) -> str | None:
    """Send what came after ``since`` and let the reader join the hub; returns why that cannot be done, or None."""
    reason = await _refusal(runtime, epoch, since)
    if reason is not None:
        return reason
    try:
        while runtime.hub.head - since > NEAR:
            since = await _send_part(runtime, reader, send, since, runtime.hub.head)
        head = runtime.join(reader)
        while since < head:
            since = await _send_part(runtime, reader, send, since, head)
    except TimeoutError:
        return "slow_reader"
    except LookupError:
        return "too_far_behind"
    return None


async def hub_reaches(runtime: Runtime, since: Seq) -> None:
    """Wait until the hub has heard of change ``since``, if the store has it.

    A snapshot is read from the store and may be a moment ahead of the hub, above all when another program wrote.
    """
    deadline = time.monotonic() + HUB_WITHIN_S
    while runtime.hub.head < since and time.monotonic() < deadline:
        if since > (await runtime.read(reads.head)).seq:
            return
        await asyncio.sleep(0.02)


async def _refusal(runtime: Runtime, epoch: str, since: Seq) -> str | None:
    """Return the fault key of why a feed cannot be resumed after ``since``, None where it can."""
    if epoch != runtime.epoch or since > runtime.hub.head:
        return "other_epoch"
    if since == runtime.hub.head:
        return None
    first = await runtime.read(partial(reads.changes_after, after=since, most=1))
    if not first or first[0].seq != since + 1 or runtime.timekeeper.now() - first[0].recorded_at > RESUMABLE:
        return "too_far_behind"
    return None


async def _send_part(runtime: Runtime, reader: Reader, send: Send, since: Seq, until: Seq) -> Seq:
    """Send the next changes up to ``until`` and return the last number. Raises ``LookupError`` for a hole in them."""
    last, written = await runtime.read(partial(_written, reader=reader, epoch=runtime.epoch, since=since, until=until))
    for frame in written:
        async with asyncio.timeout(STUCK_S):
            await send(frame)
    return last


def _written(connection: Connection, *, reader: Reader, epoch: str, since: Seq, until: Seq) -> tuple[Seq, list[bytes]]:
    """Return the number of the last of the changes after ``since``, and what a reader is sent of them."""
    changes = reads.changes_after(connection, since, min(MOST_A_READ, until - since))
    if not changes or changes[-1].seq - since != len(changes):
        raise LookupError(since)
    sight = reader.sight
    return changes[-1].seq, frames(
        _as_published(connection, changes, sight), sight, reader.tongue, epoch, reader.account
    )


def _as_published(connection: Connection, changes: list[Change], sight: Sight) -> list[Recorded]:
    """Return changes as they were handed out; who may see one is judged by the case as it is now."""
    if sight.whole:
        return [Recorded(change) for change in changes]
    numbers = {CaseNo(c.subject_id) for c in changes if c.subject is Subject.CASE}
    cases = {case.case_no: case for case in reads.cases_in(connection, numbers)}
    return [Recorded(change, cases.get(CaseNo(change.subject_id))) for change in changes]
