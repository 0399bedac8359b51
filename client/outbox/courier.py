"""Sends what waits: in order per case, each once, only for the person whose queue it is and over that person's sign-in.

Every order is on disk before it is sent, and the bytes of its first sending are too. An answer that never came leaves
it there, to be asked for again under the same key. A refusal goes to whoever waits for it; where nobody does any more
it is held for a person, and what stands behind it on the same case waits with it.
"""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from client.api import ServiceClient
from client.mime import mime_of
from client.outbox.order import Entry, Order, Stage, body_of, version_in
from client.outbox.queue import Queue
from client.outbox.results import Delayed, Refused, Result, Sent
from client.transport import decode
from domain.faults import Fault, FaultKind, conflict
from domain.ids import AccountId, AttachmentId
from domain.not_after import too_old_to_repeat
from domain.wire import Outcome

AT_ONCE = 4
PATIENCE_S = 6.0
"""So long a person waits for an answer before being told that the order waits instead."""
BACKOFF_FIRST_S = 0.5
BACKOFF_MOST_S = 30.0

_LATER = frozenset({FaultKind.UNAVAILABLE, FaultKind.THROTTLED, FaultKind.UNAUTHENTICATED})
"""Refusals that say nothing about the order: it stays as it is."""


class Courier:
    """Sends the orders of one queue over one sign-in, until its ``run`` is cancelled."""

    def __init__(self, queue: Queue, client: ServiceClient, account: AccountId, now: Callable[[], datetime]) -> None:
        """``now`` is the service's real time as measured. Raises ValueError where the queue is somebody else's."""
        if account != queue.owner.account:
            raise ValueError("a queue is sent only by whoever filled it")
        self.queue = queue
        self._client = client
        self._now = now
        self._reachable = False
        self._lanes: dict[str, OrderedDict[str, None]] = {}
        self._ready: OrderedDict[str, None] = OrderedDict()
        self._busy: set[str] = set()
        self._waiters: dict[str, asyncio.Future[Result]] = {}
        self._uploaded: dict[str, dict[str, list[AttachmentId]]] = {}
        self._wake = asyncio.Event()
        self._failures = 0
        self._paused_until = 0.0
        self._told = False
        self._on_change: list[Callable[[], None]] = []
        self._on_sent: list[Callable[[Entry, Outcome | None], None]] = []
        self._on_held: list[Callable[[Entry, Fault], None]] = []
        for entry in queue.entries():
            self._enlist(entry)

    # -- listeners -------------------------------------------------------------------------------------------------

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when what waits has altered, once for many alterations."""
        self._on_change.append(listener)

    def on_sent(self, listener: Callable[[Entry, Outcome | None], None]) -> None:
        """Call ``listener`` with each order that was done."""
        self._on_sent.append(listener)

    def on_held(self, listener: Callable[[Entry, Fault], None]) -> None:
        """Call ``listener`` with each order that waits for a person from now on."""
        self._on_held.append(listener)

    # -- what a person does ----------------------------------------------------------------------------------------

    async def give(
        self, order: Order, photos: Mapping[str, Sequence[bytes]], *, instead: str = ""
    ) -> "asyncio.Future[Result]":
        """Keep an order and send it; returns, once it is on disk, what will tell what became of it.

        Raises ``Fault``: ``outbox_full``, ``outbox_unwritable``; then nothing was kept.
        """
        entry = await asyncio.to_thread(self.queue.give, order, photos, instead)
        waiter: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiters[order.key] = waiter
        if instead:
            self._relist(order.lane)
        self._enlist(entry)
        if not self._reachable:
            self._delay(order.key, Fault(FaultKind.UNAVAILABLE, "line_down"))
        elif self._is_held_up(order.lane):
            self._delay(order.key, conflict("outbox_behind"))
        else:
            if order.lane in self._ready:
                self._ready.move_to_end(order.lane, last=False)
            later = Fault(FaultKind.UNAVAILABLE, "outcome_unclear")
            asyncio.get_running_loop().call_later(PATIENCE_S, self._delay, order.key, later)
            self.hurry()
        return waiter

    async def drop(self, key: str) -> bool:
        """Let an order go unsent: a person decided so. Returns False where it is just being sent, or gone."""
        entry = self.queue.entry(key)
        if entry is None or (entry.stage is not Stage.HELD and entry.order.lane in self._busy):
            return False
        await asyncio.to_thread(self.queue.settle, key)
        self._relist(entry.order.lane)
        self._altered()
        return True

    def hurry(self) -> None:
        """Send at once what can be sent."""
        self._failures, self._paused_until = 0, 0.0
        self._wake.set()

    def set_reachable(self, reachable: bool) -> None:
        """Take whether the service can be reached; where it can again, sending begins at once."""
        if reachable and not self._reachable:
            self.hurry()
        self._reachable = reachable

    # -- sending ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until cancelled. What was being sent then stays on disk and is asked for again."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    self._wake.clear()
                    wait_s = self._paused_until - loop.time()
                    if self._reachable and wait_s <= 0:
                        while self._ready and len(self._busy) < AT_ONCE:
                            lane, _ = self._ready.popitem(last=False)
                            self._busy.add(lane)
                            tasks.create_task(self._serve(lane), name=f"outbox/{lane}")
                    await self._awake(wait_s if self._reachable and wait_s > 0 else None)
        finally:
            for key in list(self._waiters):
                self._delay(key, Fault(FaultKind.UNAUTHENTICATED, "not_signed_in"))

    async def _awake(self, within_s: float | None) -> None:
        try:
            async with asyncio.timeout(within_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _serve(self, lane: str) -> None:
        """Send a lane's orders one after the other until one is held or the service cannot be reached."""
        again = True
        try:
            while (keys := self._lanes.get(lane)) and again:
                key = next(iter(keys))
                entry = self.queue.entry(key)
                if entry is None:
                    del keys[key]
                elif entry.stage is Stage.HELD:
                    return
                else:
                    again = await self._try(entry)
                    self._altered()
        finally:
            self._busy.discard(lane)
            if not again:
                self._ready[lane] = None
            elif not self._lanes.get(lane):
                self._lanes.pop(lane, None)
            self._wake.set()

    async def _try(self, entry: Entry) -> bool:
        """Send one order; return whether the lane may go on."""
        try:
            outcome = await self._send(entry)
        except Fault as fault:
            return await self._refused(entry, fault)
        self._failures = 0
        await self._done(entry, outcome)
        return True

    async def _send(self, entry: Entry) -> Outcome | None:
        """Send an order as what it was first sent as. Raises the ``Fault`` that refuses or delays it."""
        order, now = entry.order, self._now()
        if entry.tried_at is None:
            if now > order.not_after:
                raise conflict("outbox_expired", action=f"action.{order.action}")
            body = body_of(entry, await self._photos(order))
            entry = await asyncio.to_thread(self.queue.tried, order.key, now, body)
        elif too_old_to_repeat(entry.tried_at, now):
            raise conflict("outbox_unclear_too_old")
        elif now > order.not_after and order.case_no is not None:
            return await self._look(entry)
        reply = await self._client.send_kept(order.path, entry.body, key=order.key, method=order.method)
        return None if order.post else decode(reply.body, reply.content_type, Outcome)

    async def _look(self, entry: Entry) -> Outcome | None:
        """See whether a command that is out of date was done at the time: a version is reached by one change."""
        order = entry.order
        if order.case_no is None:
            return None
        version = version_in(entry.body) + 1
        page = await self._client.changes(order.case_no)
        made = next((change for change in page.changes if change.version == version), None)
        if made is None or (made.actor, made.action) != (self.queue.owner.account, order.action):
            raise conflict("outbox_expired", action=f"action.{order.action}")
        return Outcome(made, await self._client.case(order.case_no))

    async def _photos(self, order: Order) -> dict[str, list[AttachmentId]]:
        """Upload what is kept beside an order; what was uploaded before a cut is not sent again by this console."""
        ready = self._uploaded.setdefault(order.key, {})
        for name, count in order.photos.items():
            ids = ready.setdefault(name, [])
            contents = await asyncio.to_thread(self.queue.photos, order, name)
            for content in contents[len(ids) : count]:
                ids.append((await self._client.upload(content, mime_of(content))).attachment_id)
        return ready

    async def _done(self, entry: Entry, outcome: Outcome | None) -> None:
        key, version = entry.order.key, 0 if outcome is None else outcome.change.version
        await self._settle(key, version - 1 if version else 0, version)
        self._answer(key, Sent(outcome))
        for listener in self._on_sent:
            listener(entry, outcome)

    async def _refused(self, entry: Entry, fault: Fault) -> bool:
        """Tell, hold or put off what was not done; return whether the lane may go on."""
        key = entry.order.key
        if fault.kind in _LATER:
            self._pause(entry, fault)
            return False
        if key in self._waiters:
            await self._settle(key)
            self._answer(key, Refused(fault))
            return True
        try:
            await asyncio.to_thread(self.queue.hold, key, fault)
        except Fault as unwritable:
            self._pause(entry, unwritable)
            return False
        for listener in self._on_held:
            listener(entry, fault)
        return True

    async def _settle(self, key: str, before: int = 0, after: int = 0) -> None:
        self._uploaded.pop(key, None)
        try:
            await asyncio.to_thread(self.queue.settle, key, before, after)
        except Fault:
            return  # a full disk: after a restart it is sent again under its key, and the service knows it

    def _pause(self, entry: Entry, fault: Fault) -> None:
        self._failures = min(self._failures + 1, 10)
        most = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2**self._failures)
        self._paused_until = asyncio.get_running_loop().time() + random.uniform(most / 2, most)
        self._delay(entry.order.key, fault)

    # -- telling ---------------------------------------------------------------------------------------------------

    def _is_held_up(self, lane: str) -> bool:
        first = self.queue.entry(next(iter(self._lanes[lane])))
        return first is not None and first.stage is Stage.HELD

    def _enlist(self, entry: Entry) -> None:
        lane = entry.order.lane
        self._lanes.setdefault(lane, OrderedDict())[entry.order.key] = None
        if lane not in self._busy:
            self._ready[lane] = None
        self._altered()

    def _relist(self, lane: str) -> None:
        """One of a lane's orders was taken out, or another stands in its place: list them as the queue has them."""
        keys = [entry.order.key for entry in self.queue.entries() if entry.order.lane == lane]
        self._lanes[lane] = OrderedDict.fromkeys(keys)
        if keys and lane not in self._busy:
            self._ready[lane] = None
        self._wake.set()

    def _delay(self, key: str, fault: Fault) -> None:
        self._answer(key, Delayed(fault))

    def _answer(self, key: str, result: Result) -> None:
        waiter = self._waiters.pop(key, None)
        if waiter is not None and not waiter.done():
            waiter.set_result(result)

    def _altered(self) -> None:
        if not self._told and self._on_change:
            self._told = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._told = False
        for listener in self._on_change:
            listener()
