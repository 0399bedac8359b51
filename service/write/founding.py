"""The first transaction of a store: the head of the log, and the town it is for."""

import secrets
from datetime import datetime
from typing import Any

import msgspec

from domain.change import GENESIS, Subject
from domain.town import Town
from service.store import reads
from service.store import statements as sql
from service.store.engine import Store
from service.store.rows import EPOCH, to_us
from service.world import META_EPOCH, META_TOWN
from service.write.ledger import Ledger
from service.write.transaction import Job, transact
from service.write.work import SYSTEM, Work


def found(store: Store) -> None:
    """Begin the log of an empty store; nothing where it has been begun."""
    with store.writing.connect() as connection, connection.begin():
        if reads.is_founded(connection):
            return
        connection.execute(sql.ADD_HEAD, {"id": 1, "seq": 0, "hash": GENESIS, "recorded_at": to_us(EPOCH)})
        connection.execute(sql.ADD_META, {"name": META_EPOCH, "value": secrets.token_hex(8).encode()})


def settle(store: Store, town: Town, at: datetime) -> None:
    """Put a town into a store that has none, as one change. Raises the error that prevented it."""
    with store.writing.connect() as connection:
        ledger = Ledger(None, reads.head(connection).seq)
        connection.rollback()
        committed = transact(connection, ledger, [Job(lambda work: _settle(work, town), alone=True)], lambda: at)
    answer = committed.answers[0]
    if isinstance(answer, Exception):
        raise answer


def _settle(work: Work, town: Town) -> None:
    info = town.info
    work.put(sql.ADD_META, {"name": META_TOWN, "value": msgspec.json.encode(info)})
    work.put(sql.ADD_UNIT, *({"unit_id": u.unit_id, "body": _body(u)} for u in town.units))
    work.put(sql.ADD_STAFF, *({"staff_id": s.staff_id, "body": _body(s)} for s in town.staff))
    work.put(sql.ADD_VEHICLE, *({"vehicle_id": v.vehicle_id, "body": _body(v)} for v in town.vehicles))
    work.put(sql.ADD_GRID, *({"code": g.code, "body": _body(g)} for g in town.grids))
    work.put(sql.ADD_DIVISION, *({"code": d.code, "body": _body(d)} for d in town.divisions))
    work.put(sql.ADD_BASE, *({"id": i, "body": _body(f)} for i, f in enumerate(town.base)))
    if town.addresses:
        from service.addresses.keeping import stage  # noqa: PLC0415 - a start on a town that is there need not load it

        stage(work.connection, work.put, town.addresses, {})
    counts = {"units": len(town.units), "staff": len(town.staff), "grids": len(town.grids)}
    data = {"name": info.name_zh, "synthetic": info.synthetic, "seed": town.seed, **counts}
    work.record(Subject.TOWN, info.division, "loaded", SYSTEM, data)


def _body(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)
