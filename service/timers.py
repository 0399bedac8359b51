"""What the service does by itself, from time to time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import msgspec

from domain.faults import Fault
from service.clock import real_now
from service.fencing.turns import untold
from service.runtime import Runtime
from service.store import fences, meshes, readings, reads, register
from service.store import statements as sql
from service.world import META_CLOCK, Standing
from service.write.acting import resume_due
from service.write.admin_settings import take_effect
from service.write.claims import is_old, let_go_of_old
from service.write.fencing import keeping_standings, telling
from service.write.positions import keeping
from service.write.pruning import rounds
from service.write.publishing_grids import fall_some
from service.write.readings import keeping_readings
from service.write.registering import remove_expired
from service.write.transaction import Job
from service.write.work import Work

Timer = Callable[[], Awaitable[None]]

SHARE_EVERY_S = 0.1
FIXES_AT_ONCE = 500
FENCES_FOR_S = 0.2
"""So long a round of the fences takes at most; what it did not come to is looked at first in the next."""
READINGS_WITHIN = timedelta(seconds=15)
"""How far back another service's kept readings are looked for, real time."""


class Timers:
    """The service's own rounds."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def table(self) -> list[tuple[Timer, float]]:
        """Return each round and how often it is made, seconds."""
        return [
            (self.share_positions, SHARE_EVERY_S),
            (self.keep_feeds_alive, 0.5),
            (self.watch_fences, 1.0),
            (self.watch_writer, 1.0),
            (self.resume_suspended, 1.0),
            (self.free_claimed, 5.0),
            (self.put_in_force, 0.5),
            (self.empty_write_ahead_log, 2.0),
            (self.sweep_positions, 5.0),
            (self.save, 5.0),
            (self.hear_readings, 5.0),
            (self.end_expired, 20.0),
            (self.let_cases_fall, 1.0),
            (self.prune, 3600.0),
        ]

    async def share_positions(self) -> None:
        """Tell the other services what moved."""
        self._runtime.relay.share()

    async def watch_writer(self) -> None:
        """Begin the writer again where it has died."""
        self._runtime.writer.revive()

    async def watch_fences(self) -> None:
        """Look at what moved, in slices and for a bounded time, and tell what the fences tell."""
        runtime = self._runtime
        watch, tracker = runtime.fences, runtime.tracker
        if not watch.watching:
            return
        watch.begin_round(runtime.world, runtime.timekeeper.now())
        moved, begun = tracker.drain_moved(), time.perf_counter()
        for i in range(0, len(moved), FIXES_AT_ONCE):
            if time.perf_counter() - begun > FENCES_FOR_S:
                tracker.give_back(moved[i:])
                break
            watch.look(moved[i : i + FIXES_AT_ONCE], runtime.world, runtime.timekeeper.now())
            await asyncio.sleep(0)
        if not await self._may_tell():
            watch.leave_telling()
            return
        for job, count in telling(watch):
            await runtime.do(job)
            del watch.waiting[:count]

    async def _may_tell(self) -> bool:
        """Return whether it is for us to tell what the fences tell: of several services on one database one does."""
        watch = self._runtime.fences
        goes_on, watch.tells = watch.tells, False
        if not await self._runtime.compute(self._runtime.fence_turn.take):
            return False
        if not goes_on and watch.waiting:
            watch.waiting = untold(watch.waiting, await self._runtime.read(fences.alerts))
        watch.tells = True
        return True

    async def keep_feeds_alive(self) -> None:
        """Let silent feeds know the head."""
        self._runtime.hub.tick()

    async def resume_suspended(self) -> None:
        """Resume suspended cases whose time is up."""
        now = self._runtime.timekeeper.now()
        due = await self._runtime.read(partial(reads.due_resumptions, now=now))
        for case_no, _ in due:
            await self._runtime.do(Job(partial(resume_due, case_no=case_no)))

    async def free_claimed(self) -> None:
        """Free the cases that were in hand for longer than the town allows."""
        rules, now = self._runtime.world.info.rules, self._runtime.timekeeper.now()
        for case in await self._runtime.read(reads.claimed):
            if is_old(case, rules, now):
                await self._runtime.do(Job(partial(let_go_of_old, case_no=case.case_no)))

    async def put_in_force(self) -> None:
        """Tell everybody of rows of the code tables whose day has come."""
        planned = self._runtime.world.planned
        if planned and planned[0].since <= self._runtime.timekeeper.now():
            await self._runtime.do(Job(take_effect, alone=True))

    async def empty_write_ahead_log(self) -> None:
        """Spare the commits the work of it."""
        await self._runtime.compute(self._runtime.store.checkpoint)

    async def sweep_positions(self) -> None:
        """Drop the positions of whoever went off shift."""
        self._runtime.tracker.sweep(self._runtime.world, self._runtime.timekeeper.now())
        self._runtime.fences.keep_to(self._runtime.tracker.latest)

    async def save(self) -> None:
        """Keep the positions and where the clock stands."""
        runtime = self._runtime
        for job in (*keeping(runtime.tracker), *keeping_readings(runtime.gauges)):
            await runtime.do(job)
        for pairs, job in keeping_standings(runtime.fences) if runtime.fences.tells else ():
            try:
                await runtime.do(job)
            except Fault:
                runtime.fences.unkept(pairs)
                raise

        def run(work: Work) -> None:
            if work.world.info.synthetic:
                work.put(sql.DROP_META, {"which": META_CLOCK})
                work.put(sql.ADD_META, {"name": META_CLOCK, "value": self._stands_at()})

        await self._runtime.do(Job(run))

    async def hear_readings(self) -> None:
        """Take what other services of the same database have kept of sensors lately; on SQLite there are none."""
        if not self._runtime.store.is_sqlite:
            lately = partial(readings.saved_since, moment=real_now() - READINGS_WITHIN)
            self._runtime.gauges.hear(await self._runtime.read(lately))

    async def end_expired(self) -> None:
        """Take out of the register what has come to its end."""
        due = await self._runtime.read(partial(register.expired, now=self._runtime.timekeeper.now(), most=1))
        if due:
            await self._runtime.do(Job(remove_expired))

    async def let_cases_fall(self) -> None:
        """Let the open cases fall into grids that were published, in small jobs."""
        if await self._runtime.read(meshes.falling) is not None:
            while await self._runtime.do(Job(fall_some, alone=True)):
                pass

    def _stands_at(self) -> bytes:
        keeper = self._runtime.timekeeper
        return msgspec.json.encode(Standing(keeper.now(), keeper.clock))

    async def prune(self) -> None:
        """Let go what has been kept long enough, in small jobs, so that commands get their turn between two of them."""
        for next_round in rounds():
            while await self._runtime.do(Job(next_round(), alone=True)) is not None:
                pass
        await self._runtime.compute(self._runtime.store.forget_deleted)
