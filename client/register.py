"""The register and the readings over one line: the calls of ``domain.wire_register``."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from urllib.parse import quote

from client.transport import MSGPACK, Transport, decode_apart, encode
from domain.change import Change
from domain.ids import EntryId
from domain.reading import Reading
from domain.register import Entry, EntryKind, EntryPut
from domain.wire import MAX_BATCH, ChangePage, RowResult
from domain.wire_register import EntryBatch, EntryBatchResult, EntryPage, EntryRow, ReadingBatch, ReadingHistory

LONG_READ_S = 90.0


class RegisterCalls:
    """The register's endpoints as methods. Every refusal is a ``Fault`` with the service's key."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    async def put(self, kind: EntryKind, entry_id: EntryId, asked: EntryPut, *, key: str) -> Entry:
        """Put an entry as it is to be. Under the same ``key`` it is put once, however often it is asked."""
        reply = await self._line.exchange(
            "PUT", entry_path(kind, entry_id), body=encode(asked), content_type=MSGPACK, key=key
        )
        return await decode_apart(reply, Entry)

    async def remove(self, kind: EntryKind, entry_id: EntryId, version: int, *, key: str) -> Entry:
        """Take an entry out, at the version that was seen."""
        reply = await self._line.exchange("DELETE", entry_path(kind, entry_id), params={"version": version}, key=key)
        return await decode_apart(reply, Entry)

    async def entry(self, kind: EntryKind, entry_id: EntryId) -> Entry:
        """Return one entry."""
        return await decode_apart(await self._line.exchange("GET", entry_path(kind, entry_id)), Entry)

    async def history(self, kind: EntryKind, entry_id: EntryId) -> tuple[Change, ...]:
        """Return what was done to an entry, oldest first; ``domain.register.fold_entry`` says how it was after each."""
        reply = await self._line.exchange("GET", f"{entry_path(kind, entry_id)}/history")
        return (await decode_apart(reply, ChangePage)).changes

    async def page(self, kind: EntryKind, after: str | None = None) -> EntryPage:
        """Return a page of a register's entries."""
        reply = await self._line.exchange("GET", f"/v1/register/{kind.value}", params={"after": after})
        return await decode_apart(reply, EntryPage)

    async def pages(self, kind: EntryKind) -> AsyncIterator[tuple[Entry, ...]]:
        """Yield all entries of a register, page by page."""
        after: str | None = None
        while True:
            page = await self.page(kind, after)
            yield page.entries
            after = page.after
            if after is None:
                return

    async def put_all(
        self, kind: EntryKind, rows: Sequence[EntryRow], *, dry_run: bool = False
    ) -> tuple[RowResult, ...]:
        """Put many entries in as many requests as they take; one result a row, in order."""
        results: list[RowResult] = []
        for i in range(0, len(rows), MAX_BATCH):
            batch = EntryBatch(tuple(rows[i : i + MAX_BATCH]), dry_run)
            reply = await self._line.exchange(
                "POST",
                f"/v1/register/{kind.value}",
                body=encode(batch),
                content_type=MSGPACK,
                read_timeout=LONG_READ_S,
            )
            results += (await decode_apart(reply, EntryBatchResult)).results
        return tuple(results)

    async def send_readings(self, readings: Sequence[Reading]) -> None:
        """Send latest readings. They are not logged: the next ones replace them, so none is sent twice."""
        for i in range(0, len(readings), MAX_BATCH):
            body = encode(ReadingBatch(tuple(readings[i : i + MAX_BATCH])))
            await self._line.exchange("POST", "/v1/readings", body=body, content_type=MSGPACK, read_timeout=10.0)

    async def reading_history(
        self, kind: EntryKind, entry_id: EntryId, since: datetime | None = None
    ) -> tuple[Reading, ...]:
        """Return kept readings of one thing, oldest first."""
        path = f"/v1/readings/{kind.value}/{quote(entry_id, safe='')}"
        params = {"since": None if since is None else since.isoformat()}
        return (await decode_apart(await self._line.exchange("GET", path, params=params), ReadingHistory)).readings


def entry_path(kind: EntryKind, entry_id: EntryId) -> str:
    """Return where an entry is put, read and removed."""
    return f"/v1/register/{kind.value}/{quote(entry_id, safe='')}"
