"""The running service: its parts, how they start and stop, and the ways to do, read and ask who somebody is."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection

from domain.change import Seq, Subject
from domain.clock import ServiceClock
from domain.faults import Fault, FaultKind
from domain.people import Actor, Role
from domain.places import Position
from domain.register import EntryKind
from domain.wire import Me
from service.access import Asker, Sight, sight_of
from service.clock import Timekeeper
from service.factor_key import FactorKey, default_path
from service.feed.reader import Reader
from service.fencing.watch import FenceWatch, still_known
from service.gauges import REPORTING, Gauges
from service.hub import Hub
from service.openings import Openings
from service.pace import Pace
from service.passwords import Doorkeeper
from service.pools import make_pool
from service.relay.relay import Relay
from service.review import Review, alters_rights
from service.store import fences, readings, reads, register
from service.store import tables as t
from service.store.engine import Store
from service.store.lock import FENCES_LOCK, Turn
from service.tokens import Holder, Holders, check_expiry, find_holder, token_hash
from service.tracker import Tracker
from service.world import META_EPOCH, META_RELAY, World, load_world
from service.write.ledger import Ledger
from service.write.transaction import Committed, Job
from service.write.writer import Ticket, Writer

READ_THREADS = 3
PHOTO_THREADS = 2
MOST_PHOTOS_WAITING = 16
MOST_SIGHTS = 1_000

T = TypeVar("T")
log = logging.getLogger(__name__)


class Runtime:
    """Everything a request may need. Built on a store that holds a town; started on the running loop."""

    def __init__(
        self, store: Store, clock: ServiceClock, nats: str | None = None, factor_key: FactorKey | None = None
    ) -> None:
        self.store = store
        self.factor_key = factor_key or FactorKey(default_path(store))
        self.timekeeper = Timekeeper(clock)
        with store.reading.begin() as connection:
            self.world: World = load_world(connection)
            head = reads.head(connection)
            epoch = reads.meta(connection, META_EPOCH)
            kept = reads.bodies(connection, t.latest_position, Position)
            relay_key = reads.meta(connection, META_RELAY)
            self.gauges = Gauges(register.reporting(connection, REPORTING), readings.latest(connection))
            fenced = register.reporting(connection, (EntryKind.GEOFENCE,))
            standings = fences.standings(connection)
        self.epoch = "" if epoch is None else epoch.decode()
        self.tracker = Tracker(kept)
        self.tracker.give_back(kept)
        known = still_known(standings, self.tracker.latest, self.timekeeper.now())
        self.fences = FenceWatch(fenced, known)
        self.fences.unkept({(f, thing) for f, thing, _ in standings} - {(f, thing) for f, thing, _ in known})
        self.fence_turn = Turn(store, FENCES_LOCK)
        self.tracker.watched = self.fences.watching
        self.hub = Hub(head.seq, self.epoch, self.timekeeper.now, self.tracker, self.gauges)
        self.holders = Holders()
        self.review = Review(self)
        self.doorkeeper = Doorkeeper()
        self.pace = Pace(self.read, self.do)
        self.writer = Writer(store, Ledger(self.world, head.seq), self.timekeeper.now, self._deliver)
        line = None if nats is None or relay_key is None else (nats, relay_key)
        self.relay = Relay(store, self.writer, self.tracker, self._hear_positions, line)
        self.openings = Openings(self.read, self.hub)
        self.relay.share_presence(self.hub.presence, self.openings.hear_elsewhere)
        self.geometry: dict[tuple[str, bool], bytes] = {}
        self._sights: tuple[World, dict[Actor, Sight]] = (self.world, {})
        self._reading = make_pool(READ_THREADS, "reading")
        self._photos = make_pool(PHOTO_THREADS, "photos")
        self._photos_waiting = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Start writing. Called on the loop that serves."""
        self._loop = asyncio.get_running_loop()
        self.writer.start()
        self.relay.start()

    async def stop(self) -> None:
        """Finish what is queued, end the feeds, and close the store."""
        self.hub.end_all("stopping")
        await self.relay.stop()
        await self.review.stop()
        await self.openings.stop()
        await asyncio.to_thread(self.writer.stop)
        self.doorkeeper.close()
        self._photos.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._reading.shutdown)
        await asyncio.to_thread(self.fence_turn.close)
        self.store.close()

    # -- doing and reading -----------------------------------------------------------------------------------------

    async def do(self, job: Job) -> Any:
        """Have a job done by the writer; returns its answer after the commit, or raises what refused it."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.begin(job, partial(_fulfil, future))
        return await future

    def begin(self, job: Job, settle: Callable[[Any], None]) -> None:
        """Have a job done; ``settle`` is called on the loop with its answer, or with the exception that refused it."""
        if self.writer.gather(job, settle):
            asyncio.get_running_loop().call_soon(self.writer.pass_on)

    async def read(self, question: Callable[[Connection], T]) -> T:
        """Ask the store in a thread of the reading pool, in one transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, partial(self._ask, question))

    async def compute(self, work: Callable[[], T]) -> T:
        """Run something that takes long in the reading pool."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, work)

    async def on_photo(self, work: Callable[[], T]) -> T:
        """Run something on a photo in its own bounded pool. Raises ``Fault('too_busy')`` when too many wait."""
        if self._photos_waiting >= MOST_PHOTOS_WAITING:
            raise Fault(FaultKind.UNAVAILABLE, "too_busy")
        self._photos_waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._photos, work)
        finally:
            self._photos_waiting -= 1

    def _ask(self, question: Callable[[Connection], T]) -> T:
        with self.store.reading.begin() as connection:
            return question(connection)

    def _deliver(self, tickets: list[Ticket], committed: Committed) -> None:
        """Called by the writer's thread: pass what was committed to the loop."""
        if self._loop is not None:
            try:
                self._loop.call_soon_threadsafe(self._settle, tickets, committed)
            except RuntimeError:
                log.warning("the loop ended before %d answers were given", len(tickets))

    def _hear_positions(self, positions: list[Position]) -> None:
        """On the loop: show what another service took in."""
        self.tracker.hear(positions, self.world, self.timekeeper.now())

    def _settle(self, tickets: list[Ticket], committed: Committed) -> None:
        """On the loop: show what was committed, then answer who asked."""
        try:
            self._show(committed)
        except Exception as error:
            # It is committed: who asked is answered, and the readers fetch it from the log.
            log.exception("changes could not be shown", exc_info=error)
            self.hub.end_all("slow_reader")
        self._answer(tickets, committed)

    def _show(self, committed: Committed) -> None:
        if committed.world is not None:
            self.world = committed.world
        self.gauges.hear_of(committed.recorded)
        self.fences.hear_of(committed.recorded)
        self.tracker.watched = self.fences.watching
        self.hub.publish(committed.recorded)
        if any(r.change.subject is Subject.ACCOUNT for r in committed.recorded):
            self.holders.forget_all()
        if alters_rights(committed.recorded):
            self.review.wake()

    def _answer(self, tickets: list[Ticket], committed: Committed) -> None:
        for ticket, answer in zip(tickets, committed.answers, strict=True):
            settle: Callable[[Any], None] | None = ticket.asker
            if settle is None:
                continue
            try:
                settle(answer)
            except Exception as error:  # the others of the batch are answered all the same
                log.exception("an answer could not be given", exc_info=error)

    # -- who asks --------------------------------------------------------------------------------------------------

    async def holder(self, authorization: str | None) -> Holder:
        """Return who holds the bearer token of an ``Authorization`` header. Raises an unauthenticated ``Fault``."""
        hashed = _hash_in(authorization)
        holder = self.holders.get(hashed)
        if holder is None:
            turn = self.holders.turn
            holder = await self.read(partial(find_holder, hashed=hashed))
            if holder is None:
                raise Fault(FaultKind.UNAUTHENTICATED, "token_unknown")
            check_expiry(holder)
            self.holders.keep(holder, turn)
        return holder

    def known_holder(self, authorization: str | None) -> Holder | None:
        """Return who holds a token seen lately, None where the store must be asked. Raises as ``holder`` does."""
        return self.holders.get(_hash_in(authorization))

    def join(self, reader: Reader) -> Seq:
        """Let a reader hear everything from the returned head on; it is looked at again where rights altered since."""
        head = self.hub.join(reader)
        if reader.turn != self.holders.turn:
            self.review.wake()
        return head

    def sight(self, asker: Asker) -> Sight:
        """Return how much the asker's own account may see; worked out once an account in each state of the town."""
        world, known = self._sights
        if world is not self.world or len(known) >= MOST_SIGHTS:
            known = {}
            self._sights = (self.world, known)
        sight = known.get(asker.own)
        if sight is None:
            sight = known[asker.own] = self._sight(asker.own)
        return sight

    def _sight(self, own: Actor) -> Sight:
        grids = []
        things = self.world.things_in(own.area) if own.area else ()
        if own.staff is not None and Role.GRID_WORKER in own.roles:
            member = self.world.staff.get(own.staff)
            if member is not None and member.grid_code is not None:
                grids.append(member.grid_code)
            grids += [g.code for g in self.world.grids.values() if g.responsible == own.staff]
        return sight_of(own, grids, things, self.world.sensitive_kinds())

    def me(self, asker: Asker) -> Me:
        """Return who the asker is, as the wire says it."""
        own = asker.own
        return Me(
            account=own.account,
            name=asker.name,
            roles=own.roles,
            unit=own.unit,
            staff=own.staff,
            area=own.area,
            must_change_password=asker.first_password,
        )

    def packed_geometry(self, world: World, *, msgpack: bool) -> bytes:
        """Return the encoded geometry of a world, kept until the next one."""
        which = (world.tag, msgpack)
        kept = self.geometry.get(which)
        if kept is None:
            encoder = msgspec.msgpack.encode if msgpack else msgspec.json.encode
            kept = encoder(world.geometry())
            self.geometry = {k: v for k, v in self.geometry.items() if k[0] == world.tag} | {which: kept}
        return kept


def _fulfil(future: "asyncio.Future[Any]", answer: Any) -> None:
    """Give an answer to who waits for it, unless nobody does any more."""
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _hash_in(authorization: str | None) -> bytes:
    """Return what is kept of the token in an ``Authorization`` header. Raises an unauthenticated ``Fault``."""
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Fault(FaultKind.UNAUTHENTICATED, "token_missing")
    if len(token) > 200:
        raise Fault(FaultKind.UNAUTHENTICATED, "token_unknown")
    return token_hash(token)
