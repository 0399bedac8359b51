"""Looking at a store from outside the service: the chain recomputed from its rows, and the fold of every case."""

from sqlalchemy import Connection, select

from domain.change import GENESIS, chain_hash, payload_digest
from domain.fold import fold_all
from service.store import tables as t
from service.store.engine import Store
from service.store.rows import case_of, change_of


def check_store(store: Store) -> int:
    """Assert that numbers, hashes and folds are whole; returns the number of changes."""
    with store.reading.begin() as connection:
        count = check_chain(connection)
        check_folds(connection)
    return count


def everything_kept(store: Store) -> bytes:
    """Return all bytes of a store: its files, or on PostgreSQL every row of every table."""
    if store.path is not None:
        return b"".join(f.read_bytes() for f in store.path.parent.iterdir() if f.name.startswith(store.path.name))
    kept: list[bytes] = []
    with store.reading.begin() as connection:
        for table in t.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                kept += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    return b"\n".join(kept)


def check_chain(connection: Connection) -> int:
    """Recompute every hash from the rows and hold it to what is kept, to the head, and to whole numbers."""
    link, count = GENESIS, 0
    for row in connection.execute(select(t.change).order_by(t.change.c.seq)):
        count += 1
        assert row.seq == count, f"hole in the log before {row.seq}"
        assert payload_digest(row.salt, row.payload) == row.digest, f"payload of {row.seq} was altered"
        link = chain_hash(link, change_of(row), row.digest)
        assert link == row.hash, f"the chain breaks at {row.seq}"
    head = connection.execute(select(t.head)).one()
    assert (head.seq, head.hash) == (count, link)
    return count


def check_folds(connection: Connection) -> None:
    """Hold every case row to the fold of its changes."""
    rows = list(connection.execute(select(t.cases)))
    for row in rows:
        wanted = t.change.c.subject_id == row.case_no, t.change.c.subject == "case"
        changes = connection.execute(select(t.change).where(*wanted).order_by(t.change.c.seq))
        assert fold_all(change_of(c) for c in changes) == case_of(row.body), f"{row.case_no} is not its fold"
        assert (row.version, row.state) == (case_of(row.body).version, case_of(row.body).state.value)
