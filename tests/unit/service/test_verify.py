"""Verifying: a whole record passes, and every way of tampering with it before the last signed head is found."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from homes import STORES, home_on
from records import NAME, PHONE, Record, new_signer
from sqlalchemy import Connection, Table, delete, select, update
from stores import settled_store
from tampering import chained, let_go_of_the_log, put_back, rows_of, set_head

from domain.change import envelope, payload_digest
from domain.sealing import seal
from domain.wire_audit import SignedHead
from service.audit.chain import LOG, envelope_of
from service.audit.keys import Signer
from service.audit.streams import stream
from service.audit.verdict import Damage
from service.audit.verify import check
from service.store import tables as t
from service.store.rows import change_of

ROUNDS, MANY, PARTS = 120, 10_000, 10
Tamper = Callable[[Connection, random.Random], None]


@pytest.fixture(scope="module", params=STORES)
def lived(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Record, Signer, SignedHead]]:
    """A record that was lived in and signed at its end, its copy kept by the test."""
    folder = tmp_path_factory.mktemp("lived")
    with home_on(request.param, folder, request) as home, settled_store(home) as (store, ledger):
        record = Record(store, ledger)
        signer = new_signer(folder)
        record.register(signer)
        record.live()
        record.sign(signer)
        record.live()
        record.sign(signer)
        head = record.sign(signer)
        record.report("签名之后来的", contact=False)
        yield record, signer, head


def other(value: Any, chance: random.Random) -> Any:
    """Return another value of the same kind."""
    if value is None:
        return chance.choice([0, 1, 10**15])
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 1000])
    if isinstance(value, str):
        return chance.choice([value + "x", value[:-1], "x" + value])
    value = bytes(value)
    if not value or chance.random() < 0.2:
        return value + b"\x00"
    i = chance.randrange(len(value))
    return value[:i] + bytes([value[i] ^ (1 << chance.randrange(8))]) + value[i + 1 :]


def alter_a_field(connection: Connection, chance: random.Random) -> None:
    row = chance.choice(rows_of(connection)[:-3])
    name = chance.choice([c.name for c in t.change.c if c.name != "seq"])
    value = other(row[name], chance)
    if name == "on_behalf_of" and row[name] is None:
        value = "s-li"
    if name == "state" and row[name] is None:
        value = "reported"
    connection.execute(update(t.change).where(t.change.c.seq == row["seq"]).values({name: value}))


def delete_a_row(connection: Connection, chance: random.Random) -> None:
    row = chance.choice(rows_of(connection)[:-3])
    connection.execute(delete(t.change).where(t.change.c.seq == row["seq"]))


def delete_and_close_the_gap(connection: Connection, chance: random.Random) -> None:
    rows = rows_of(connection)
    first = chance.randrange(len(rows) - 4)
    del rows[first]
    chained(rows, first)
    put_back(connection, rows)
    set_head(connection, rows)


def swap_two(connection: Connection, chance: random.Random) -> None:
    rows = rows_of(connection)
    a, b = chance.sample(range(len(rows) - 3), 2)
    rows[a]["seq"], rows[b]["seq"] = rows[b]["seq"], rows[a]["seq"]
    put_back(connection, rows)


def cut_the_end_off(connection: Connection, chance: random.Random) -> None:
    rows = rows_of(connection)
    rows = rows[: chance.randrange(1, len(rows) - 4)]
    connection.execute(delete(t.change).where(t.change.c.seq > rows[-1]["seq"]))
    connection.execute(delete(t.signed_head).where(t.signed_head.c.seq > rows[-1]["seq"]))
    set_head(connection, rows)


def put_one_in(connection: Connection, chance: random.Random) -> None:
    rows = rows_of(connection)
    at = chance.randrange(1, len(rows) - 4)
    forged = {**rows[at], "action": "note"}
    payload = msgspec.json.encode({"text": "没有说过的话"})
    salt, digest = seal(payload)
    rows.insert(at, {**forged, "payload": payload, "salt": salt, "digest": digest})
    chained(rows, at)
    put_back(connection, rows)
    set_head(connection, rows)


def write_it_anew(connection: Connection, chance: random.Random) -> None:
    """Say something else and hash everything after it again: only the signed head can tell."""
    rows = rows_of(connection)
    at = chance.randrange(len(rows) - 4)
    name = chance.choice(["actor", "payload", "action"])
    if name == "payload":
        rows[at]["payload"] = msgspec.json.encode({"text": "改写"})
        rows[at]["salt"], rows[at]["digest"] = seal(rows[at]["payload"])
    else:
        rows[at][name] += "x"
    chained(rows, at)
    put_back(connection, rows)
    set_head(connection, rows)


TAMPERINGS: tuple[Tamper, ...] = (
    alter_a_field,
    delete_a_row,
    delete_and_close_the_gap,
    swap_two,
    cut_the_end_off,
    put_one_in,
    write_it_anew,
)


def tampered(record: Record, head: SignedHead, tamper: Tamper, chance: random.Random) -> Any:
    """Tamper within a transaction, check, and undo it."""
    with record.store.writing.connect() as connection:
        transaction = connection.begin()
        let_go_of_the_log(connection)
        tamper(connection, chance)
        verdict = check(connection, copies=[head], quick=True)
        transaction.rollback()
    return verdict


def test_a_whole_record_passes(lived: tuple[Record, Signer, SignedHead]) -> None:
    record, signer, head = lived
    for copies in ([], [head]):
        for public in (None, signer.public):
            verdict = record.check(copies=copies, public=public)
            assert (verdict.broken, verdict.breaks, verdict.unproven) == (0, [], 0)
            assert verdict.signed_until == head.seq
            assert verdict.checked == record.head()[1].seq
            assert (verdict.cases, verdict.contacts, verdict.photos) == (9, 4, 2)


def test_the_envelope_of_a_row_is_that_of_its_change(lived: tuple[Record, Signer, SignedHead]) -> None:
    with lived[0].store.reading.begin() as connection:
        rows = list(stream(connection, LOG, 0))
        changes = [change_of(row) for row in connection.execute(select(t.change).order_by(t.change.c.seq))]
    assert [envelope_of(row) for row in rows] == [envelope(change) for change in changes]
    assert all(payload_digest(row[11], row[10]) == row[12] for row in rows)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_tampering_is_found(lived: tuple[Record, Signer, SignedHead], seed: int) -> None:
    record, _, head = lived
    chance = random.Random(seed)
    tamper = TAMPERINGS[seed % len(TAMPERINGS)]
    verdict = tampered(record, head, tamper, chance)
    assert verdict.broken > 0, f"{tamper.__name__} was not found"
    assert verdict.first is not None
    assert 1 <= verdict.first.seq <= head.seq


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_tamperings_are_found(lived: tuple[Record, Signer, SignedHead], part: int) -> None:
    """In parts, each with a time of its own: on PostgreSQL beside much else a thousand can take a minute or two."""
    record, _, head = lived
    for seed in range(part, MANY, PARTS):
        tamper = TAMPERINGS[seed % len(TAMPERINGS)]
        assert tampered(record, head, tamper, random.Random(seed)).broken, f"{tamper.__name__} {seed} was not found"


def beside(table: Table, values: dict[str, Any] | None) -> Tamper:
    """Return a tampering with a table beside the log: values to set, or None to delete one row."""

    def tamper(connection: Connection, chance: random.Random) -> None:
        key = next(iter(table.primary_key.columns))
        row = chance.choice(list(connection.execute(select(table))))
        which = key == getattr(row, key.name)
        connection.execute(delete(table).where(which) if values is None else update(table).where(which).values(values))

    return tamper


@pytest.mark.parametrize(
    ("tamper", "damage"),
    [
        (beside(t.cases, {"title": "别的"}), Damage.CASE_DIFFERS),
        (beside(t.cases, {"watchers": "|u:x|"}), Damage.CASE_DIFFERS),
        (beside(t.cases, {"body": b"\x80"}), Damage.CASE_DIFFERS),
        (beside(t.cases, {"case_no": "330699103-20200101-0001"}), Damage.CASE_MISSING),
        (beside(t.cases, {"case_no": "330699103-20990101-0001"}), Damage.CASE_UNSAID),
        (beside(t.cases, None), Damage.CASE_MISSING),
        (beside(t.contact, {"phone": "13800000000"}), Damage.CONTACT_DIFFERS),
        (beside(t.contact, {"case_no": "330699103-20990101-0001"}), Damage.CONTACT_UNSAID),
        (beside(t.contact, None), Damage.CONTACT_MISSING),
        (beside(t.attachment, {"full_jpeg": b"another"}), Damage.PHOTO_DIFFERS),
        (beside(t.signed_head, {"signature": b"\x00" * 64}), Damage.HEAD_FORGED),
        (beside(t.signed_head, {"hash": b"\x00" * 32}), Damage.HEAD_DIFFERS),
        (beside(t.signed_head, None), Damage.HEAD_MISSING),
        (beside(t.audit_key, {"public": b"\x01" * 32}), Damage.KEY_UNSAID),
        (beside(t.head, {"seq": 3}), Damage.HEAD_ROW),
    ],
    ids=lambda value: value.value if isinstance(value, Damage) else "",
)
def test_what_is_kept_beside_the_log_is_held_to_it(
    lived: tuple[Record, Signer, SignedHead], tamper: Tamper, damage: Damage
) -> None:
    with lived[0].store.writing.connect() as connection:
        transaction = connection.begin()
        tamper(connection, random.Random(1))
        verdict = check(connection)
        transaction.rollback()
    assert damage in {b.what for b in verdict.breaks}


def test_a_record_signed_by_an_intruders_own_key_is_found_out(
    lived: tuple[Record, Signer, SignedHead], tmp_path: Path
) -> None:
    """Somebody rewrites everything, replaces the key and signs it all again: a copy or the right key tells."""
    record, signer, head = lived
    intruder = new_signer(tmp_path)
    with record.store.writing.connect() as connection:
        transaction = connection.begin()
        let_go_of_the_log(connection)
        rows = rows_of(connection)
        for row in rows:
            if row["action"] == "key_added":
                said = {"key_id": intruder.key_id, "public": intruder.public.hex()}
                row["payload"] = msgspec.json.encode(said)
                row["salt"], row["digest"] = seal(row["payload"])
        rows = [row for row in rows if row["action"] != "head_signed"]
        chained(rows, 0)
        put_back(connection, rows)
        set_head(connection, rows)
        connection.execute(delete(t.signed_head))
        values = {"key_id": intruder.key_id, "public": intruder.public}
        connection.execute(update(t.audit_key).values(values))
        alone = check(connection, quick=True)
        with_copy = check(connection, copies=[head], quick=True)
        with_key = check(connection, copies=[head], public=signer.public, quick=True)
        transaction.rollback()
    assert (alone.broken, alone.signed_until) == (0, 0)
    assert {b.what for b in with_copy.breaks} & {Damage.HEAD_DIFFERS, Damage.CUT_OFF}
    assert with_key.broken


def test_neither_names_nor_numbers_are_in_what_verifying_says(lived: tuple[Record, Signer, SignedHead]) -> None:
    said = str(lived[0].check())
    assert NAME not in said
    assert PHONE not in said
