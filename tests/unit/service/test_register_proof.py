"""The register's table is what the log makes of it, whatever was done; and what was altered beside the log is found."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record
from sqlalchemy import delete, select, update
from stores import make_asker, settled_store
from towns import VILLAGE

from domain.faults import Fault
from domain.ids import EntryId
from domain.people import Role
from domain.register import REGISTERS, EntryKind, EntryPut
from service.access import sight_of
from service.audit.verdict import Damage
from service.audit.verify import check
from service.store import register
from service.store import tables as t
from service.write.registering import put_entry, remove_entry

CHIEF = make_asker("chief", Role.DUTY_CHIEF)
OTHER = make_asker("other", Role.DUTY_LEADER)
RING = [[120.80, 29.55], [120.81, 29.55], [120.81, 29.56]]
BODIES: dict[EntryKind, dict[str, Any]] = {
    EntryKind.HAZARD: {"name": "积水", "level": "red", "ring": RING},
    EntryKind.SAVED_VIEW: {"name": "老街", "lon": 120.8, "lat": 29.55, "scale": 2.0},
    EntryKind.SHARED_VIEW: {"name": "全镇", "lon": 120.8, "lat": 29.55, "scale": 2.0},
    EntryKind.CAMERA: {"name": "老街口", "lon": 120.805, "lat": 29.555},
}
AREAS = ("", VILLAGE, "330699103", "330699103002")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with settled_store(tmp_path_factory.mktemp("register")) as (store, ledger):
        yield Record(store, ledger)


def put(record: Record, kind: EntryKind, name: str, version: int, area: str = "", asker: Any = CHIEF) -> None:
    asked = EntryPut(BODIES[kind], version, None, area)
    sight = sight_of(asker.own)
    record.do(partial(put_entry, kind=kind, entry_id=EntryId(name), asked=asked, asker=asker, sight=sight))


STEP = st.tuples(
    st.sampled_from(sorted(BODIES)), st.integers(0, 2), st.integers(0, 3), st.booleans(), st.sampled_from(AREAS)
)


@settings(max_examples=25)
@given(st.lists(STEP, max_size=12))
def test_whatever_is_done_the_table_is_what_the_log_says_and_seen_is_what_sight_says(
    record: Record, steps: list[tuple[EntryKind, int, int, bool, str]]
) -> None:
    for kind, which, version, removes, area in steps:
        name = f"e{which}"
        try:
            if removes:
                run = partial(remove_entry, kind=kind, entry_id=EntryId(name), version=version, asker=CHIEF)
                record.do(partial(run, sight=sight_of(CHIEF.own)))
            else:
                put(record, kind, name, version, area)
        except Fault:
            continue
    with record.store.reading.begin() as connection:
        verdict = check(connection)
        assert not verdict.broken, verdict.breaks
        kept = [register.entry_of(row.body) for row in connection.execute(select(t.entry.c.body))]
        for asker in (CHIEF, OTHER, make_asker("worker", Role.GRID_WORKER)):
            for area in (*AREAS, "330699103001", "11"):
                sight = sight_of(type(asker.own)(asker.own.account, asker.own.roles, area=area))
                found = register.bodies(connection, sight.shelf(asker.own.account), record.clock())
                listed = {register.entry_of(body).key for body in found}
                wanted = {e.key for e in kept if not e.removed and sight.sees_entry(e, asker.own.account)}
                assert listed == wanted, (asker.own.account, area)


def altered(table: Any, **values: Any) -> Any:
    return update(table).where(table.c.entry == "camera:proof").values(**values)


@pytest.mark.parametrize(
    ("tampering", "damage"),
    [
        (altered(t.entry, area="11"), Damage.ENTRY_DIFFERS),
        (altered(t.entry, removed=1), Damage.ENTRY_DIFFERS),
        (altered(t.entry, expires_at=5), Damage.ENTRY_DIFFERS),
        (altered(t.entry, body=b"\x80"), Damage.ENTRY_DIFFERS),
        (altered(t.entry, entry="camera:another"), Damage.ENTRY_UNSAID),
        (delete(t.entry).where(t.entry.c.entry == "camera:proof"), Damage.ENTRY_MISSING),
    ],
)
def test_what_was_altered_beside_the_log_is_found(record: Record, tampering: Any, damage: Damage) -> None:
    with record.store.reading.begin() as connection:
        there = register.entry(connection, "camera:proof")
    if there is None:
        put(record, EntryKind.CAMERA, "proof", 0)
    with record.store.writing.connect() as connection:
        transaction = connection.begin()
        connection.execute(tampering)
        found = {b.what for b in check(connection).breaks}
        transaction.rollback()
    assert damage in found


def test_no_administrator_but_the_systems_reads_a_register() -> None:
    for kind, rule in REGISTERS.items():
        assert not {Role.SECURITY_ADMIN, Role.AUDIT_ADMIN} & (rule.read | rule.write)
        calling = {Role.HANDLER, Role.GRID_WORKER} if kind is EntryKind.SOS else set()
        assert rule.write - rule.read == calling, "who writes sees what is there, but for whose call it is"
        assert rule.others <= rule.write
        assert 0 < rule.most <= 20_000


def test_there_is_a_place_to_keep_it(tmp_path: Path) -> None:
    """Kinds and ids fit the columns they are kept in."""
    for kind in EntryKind:
        assert len(kind.value) <= t.entry.c.kind.type.length
        assert len(kind.value) + 1 + 64 <= t.change.c.subject_id.type.length
