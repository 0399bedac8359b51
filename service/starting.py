"""From a database URL to a service ready to be started: schema, town, clock, lock."""

import contextlib
import logging
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from domain.clock import ServiceClock
from domain.faults import Fault, FaultKind, invalid
from domain.town import Town
from domain.wire import TownInfo
from resources.codes import unnamed_town
from service.clock import check_speed, real_clock, real_now, started_clock
from service.factor_key import FactorKey, default_path
from service.runtime import Runtime
from service.store import reads
from service.store import statements as sql
from service.store.engine import Store
from service.store.lock import FileLock, ServerLock, one_at_a_time, services
from service.store.migrate import NEWEST, revision, upgrade
from service.world import META_CLOCK, META_RELAY, META_TOWN, Standing, load_world
from service.write.founding import found, settle
from service.write.ledger import Ledger
from service.write.transaction import Job, transact
from service.write.work import Work

log = logging.getLogger(__name__)

MOST_URL = 300
STILL_RUNS = timedelta(seconds=15)
"""Real time after which a synthetic clock that nobody saved again has stopped; running services save it each 5 s."""


class GivenTown(Protocol):
    """The town a service is started with."""

    def info(self) -> TownInfo:
        """Return what the town says of itself. Raises ``Fault``."""

    def whole(self) -> Town:
        """Return all of it, which takes a tenth of a second. Raises ``Fault``."""


@contextlib.contextmanager
def opened(url: str, *, exclusive: bool, serving: bool = False) -> Iterator[Store]:
    """Open a store on the newest schema.

    ``exclusive`` holds it against every service, for work that may have nobody beside it. ``serving`` says that a
    service runs on it: a SQLite file takes one, a PostgreSQL database several.

    Raises ``Fault``: a bad URL, a database that cannot be reached or is in use, or one of a later program.
    """
    store = Store(url)
    with contextlib.ExitStack() as stack:
        stack.callback(store.close)
        if store.path is not None and (exclusive or serving):
            stack.callback(FileLock(store.path).close)
        with one_at_a_time(store):
            if store.path is None:
                if revision(store) not in (None, NEWEST) and services(store):
                    raise Fault(FaultKind.CONFLICT, "database_in_use", path=str(store.url.database))
                if exclusive or serving:
                    stack.callback(ServerLock(store.url, alone=exclusive).close)
            upgrade(store)
            found(store)
        yield store


def make_runtime(
    store: Store,
    town: GivenTown | None,
    speed: float | None,
    nats: str | None = None,
    factor_key: Path | None = None,
) -> Runtime:
    """Return a runtime on a store, putting ``town`` (or one without a name) in where it holds none.

    ``factor_key`` is where the key of one-time codes lies; None is beside a SQLite file, and nowhere on PostgreSQL.

    Raises ``Fault``: another town than the one held, or a speed that is not allowed.
    """
    with one_at_a_time(store):
        info = _town_info(store)
        if info is None:
            given = unnamed_town() if town is None else town.whole()
            check_speed(speed, synthetic=given.info.synthetic)
            settle(store, given, _first_moment(given))
        elif town is not None:
            division = town.info().division
            if division != info.division:
                raise invalid("other_town", held=info.division, given=division)
        clock = _clock(store, speed)
        if nats is not None:
            _check_nats(store, nats)
        key = FactorKey(factor_key or default_path(store))
        _seal_factors(store, key)
    return Runtime(store, clock, nats, key)


def _seal_factors(store: Store, key: FactorKey) -> None:
    """Seal what an earlier program kept in plain. A key that is missing keeps out who needs a code, and nobody else."""
    try:
        sealed = key.seal_all(store)
        if sealed:
            log.warning("%d secrets of one-time codes were in the database in plain, and are sealed now", sealed)
        with store.reading.begin() as connection:
            key.check(connection)
    except Fault as fault:
        log.error("one-time codes cannot be checked: %s", fault.key)


def _check_nats(store: Store, url: str) -> None:
    """Make the key of the frames where there is none yet. Raises ``Fault('nats_url_bad')``."""
    if store.path is not None or not url.startswith(("nats://", "tls://")) or len(url) > MOST_URL:
        raise invalid("nats_url_bad")
    with store.writing.connect() as connection, connection.begin():
        reads.head(connection, lock=True)
        if reads.meta(connection, META_RELAY) is None:
            connection.execute(sql.ADD_META, {"name": META_RELAY, "value": secrets.token_bytes(32)})


def _town_info(store: Store) -> TownInfo | None:
    with store.reading.begin() as connection:
        kept = reads.meta(connection, META_TOWN)
    return None if kept is None else msgspec.json.decode(kept, type=TownInfo)


def _first_moment(town: Town) -> datetime:
    if town.info.synthetic and town.clock_start is not None:
        return town.clock_start
    return real_now()


def _clock(store: Store, speed: float | None) -> ServiceClock:
    with store.reading.begin() as connection:
        info = msgspec.json.decode(reads.meta(connection, META_TOWN) or b"", type=TownInfo)
        last = reads.last_town_moment(connection)
        standing = _standing(connection)
    rate = check_speed(speed, synthetic=info.synthetic)
    if not info.synthetic:
        return real_clock()
    if store.path is None and standing is not None and standing.clock is not None and services(store) > 1:
        shared = standing.clock
        if shared.at(real_now()) - standing.at <= STILL_RUNS * shared.speed:
            if speed is not None and speed != shared.speed:
                raise invalid("other_speed", held=shared.speed, given=speed)
            return shared
    moments = [] if last is None else [last]
    if standing is not None:
        moments.append(standing.at)
    clock = started_clock(max(moments, default=real_now()), rate)
    _stand(store, Standing(clock.service_origin, clock))
    return clock


def _stand(store: Store, standing: Standing) -> None:
    """Keep the clock before the next service begins, so that all of them go by one."""
    with store.writing.connect() as connection, connection.begin():
        reads.head(connection, lock=True)
        connection.execute(sql.DROP_META, {"which": META_CLOCK})
        connection.execute(sql.ADD_META, {"name": META_CLOCK, "value": msgspec.json.encode(standing)})


def _standing(connection: Connection) -> Standing | None:
    kept = reads.meta(connection, META_CLOCK)
    return None if kept is None else msgspec.json.decode(kept, type=Standing)


def write_once(store: Store, run: Callable[[Work], Any]) -> Any:
    """Do one job beside a running service, which notices it within a second. Raises what refused it."""
    with store.reading.begin() as connection:
        world = None if reads.meta(connection, META_TOWN) is None else load_world(connection)
        seq = reads.head(connection).seq
        now = _time_now(connection, store, synthetic=world is not None and world.info.synthetic)
    with store.writing.connect() as connection:
        committed = transact(connection, Ledger(world, seq), [Job(run, alone=True)], now)
    answer = committed.answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _time_now(connection: Connection, store: Store, *, synthetic: bool) -> Callable[[], datetime]:
    """Return the service's time as far as it can be known from outside; real before a town was put in."""
    standing = _standing(connection) if synthetic else None
    if standing is None:
        return real_now
    running = services(store) > 0
    moment = standing.clock.at(real_now()) if running and standing.clock is not None else standing.at
    return lambda: moment
