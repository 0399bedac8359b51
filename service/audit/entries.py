"""Replay of the register against what is kept: every entry as its last change left it, and none that no change made."""

from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection

from domain.change import Change, Subject
from domain.ids import AccountId
from domain.register import fold_entry
from service.audit.streams import stream
from service.audit.verdict import Damage, Verdict
from service.store import tables as t
from service.store.register import entry_of, entry_row
from service.store.rows import from_us

_COLUMNS = tuple(column.name for column in t.entry.c)
_CHANGES = (
    "SELECT subject_id, seq, action, actor, recorded_at, version, payload FROM change "
    "WHERE subject = 'entry' ORDER BY subject_id {bytes}, version, seq"
)
_ROWS = f"SELECT {', '.join(_COLUMNS)} FROM entry"


def check_entries(connection: Connection, verdict: Verdict) -> None:
    """Hold every row of the register to the changes of its entry."""
    kept = {row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in stream(connection, _ROWS)}
    for key, changes in groupby(stream(connection, _CHANGES), itemgetter(0)):
        verdict.entries += 1
        versions = 0
        last: tuple[Any, ...] = ()
        for row in changes:
            versions, last = versions + 1, row
            if row[5] != versions:
                verdict.add(row[1], Damage.ENTRY_FOLD, key)
        _hold(last, kept.pop(key, None), verdict)
    for key in kept:
        verdict.add(verdict.checked, Damage.ENTRY_UNSAID, key)


def _hold(last: tuple[Any, ...], row: dict[str, Any] | None, verdict: Verdict) -> None:
    key, seq, action, actor, at, version, payload = last
    if row is None:
        verdict.add(seq, Damage.ENTRY_MISSING, key)
        return
    try:
        data = msgspec.json.decode(payload, type=dict[str, Any])
        entry = fold_entry(
            Change(seq, Subject.ENTRY, key, action, AccountId(actor), from_us(at), version=version, data=data)
        )
        wanted = entry_row(entry, seq)
        wanted.pop("body")
        same = entry_of(bytes(row["body"])) == entry and wanted == {n: row[n] for n in wanted}
    except (ValueError, KeyError, TypeError, msgspec.MsgspecError):
        same = False
    if not same:
        verdict.add(seq, Damage.ENTRY_DIFFERS, key)
