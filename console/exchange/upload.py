"""Sending rows in batches. The service knows what it has, so a run that was cut is simply run again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from client.api import ImportWhat, ServiceClient
from console.exchange.rows import Row
from console.exchange.table import Record
from domain.faults import Fault, FaultKind
from domain.wire import FaultBody, ImportBatch, RowOutcome, RowResult

BATCH_ROWS = 500
BATCH_BYTES = 8 * 1024 * 1024


class Tally(msgspec.Struct):
    """How an import stands. ``read`` counts the records of the file, judged or not."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: list[tuple[Record, FaultBody]] = []

    def as_line(self) -> str:
        """Return the last line of the output, the one scripts read."""
        counts = {"read": self.read, "accepted": self.accepted, "duplicates": self.duplicates}
        return msgspec.json.encode({**counts, "rejected": len(self.rejected)}).decode()

    @property
    def done(self) -> int:
        """How many records were judged."""
        return self.accepted + self.duplicates + len(self.rejected)


Progress = Callable[[Tally], None]


class Upload:
    """One import on its way. ``tally`` is right at any moment, so it can be told after a cancellation."""

    def __init__(self, client: ServiceClient, what: ImportWhat, *, dry_run: bool, progress: Progress) -> None:
        self.tally = Tally(rejected=[])
        self._client = client
        self._what = what
        self._dry_run = dry_run
        self._progress = progress

    async def send(self, rows: Sequence[Row[Any]]) -> None:
        """Send all rows in order. Raises the ``Fault`` that stopped it; what was sent by then stays."""
        await self.send_parts([rows], len(rows))

    async def send_parts(self, parts: Iterable[Sequence[Row[Any]]], read: int) -> None:
        """Send the rows of a file that comes in parts, ``read`` in all. Raises as ``send`` does."""
        self.tally.read = read
        for rows in parts:
            await self._send_part(rows)
        self.tally.rejected.sort(key=lambda pair: pair[0].number)

    async def _send_part(self, rows: Sequence[Row[Any]]) -> None:
        good = []
        for row in rows:
            if row.fault is not None:
                self.tally.rejected.append((row.record, FaultBody(row.fault.key, row.fault.params)))
            elif row.counts_as is not None:
                self.tally.duplicates += 1
            else:
                good.append(row)
        self._progress(self.tally)
        for batch in batches(good):
            await self._send_batch(batch)
            self._progress(self.tally)

    async def _send_batch(self, batch: Sequence[Row[Any]]) -> None:
        lines = _lines(batch)
        body = _body(self._what, [wire for _, wire in lines], dry_run=self._dry_run)
        answer = await self._client.import_rows(self._what, body)
        if len(answer.results) != len(lines):
            raise Fault(FaultKind.UNAVAILABLE, "bad_reply", expected=len(lines), found=len(answer.results))
        broken: dict[str, FaultBody] = {}
        for (row, wire), result in zip(lines, answer.results, strict=True):
            if row is not None:
                self._count(row, result, broken)
            elif result.outcome is RowOutcome.REJECTED and result.fault is not None:
                broken[wire.code] = result.fault

    def _count(self, row: Row[Any], result: RowResult, broken: dict[str, FaultBody]) -> None:
        match result.outcome:
            case RowOutcome.ACCEPTED:
                self.tally.accepted += 1
            case RowOutcome.DUPLICATE:
                self.tally.duplicates += 1
            case RowOutcome.REJECTED:
                parents = [broken[outer.code] for outer in row.before if outer.code in broken]
                fault = parents[0] if parents else result.fault or FaultBody("bad_reply")
                self.tally.rejected.append((row.record, fault))


def _lines(batch: Sequence[Row[Any]]) -> list[tuple[Row[Any] | None, Any]]:
    """Return what is sent, each outer row once and before what rests on it; with the row that is counted for it."""
    lines: list[tuple[Row[Any] | None, Any]] = []
    met: set[str] = set()
    for row in batch:
        for outer in row.before:
            if outer.code not in met:
                met.add(outer.code)
                lines.append((None, outer))
        lines.append((row, row.wire))
    return lines


def _body(what: ImportWhat, wires: Sequence[Any], *, dry_run: bool) -> ImportBatch:
    rows = tuple(wires)
    match what:
        case "cases":
            return ImportBatch(cases=rows, dry_run=dry_run)
        case "grids":
            return ImportBatch(grids=rows, dry_run=dry_run)
        case "divisions":
            return ImportBatch(divisions=rows, dry_run=dry_run)
        case "positions":
            return ImportBatch(positions=rows, dry_run=dry_run)
        case "addresses":
            return ImportBatch(addresses=rows, dry_run=dry_run)


def batches(rows: Sequence[Row[Any]]) -> Iterator[list[Row[Any]]]:
    """Cut rows into batches within both bounds, outer rows counted; a single large row goes alone."""
    batch: list[Row[Any]] = []
    count = size = 0
    for row in rows:
        lines = 1 + len(row.before)
        weight = sum(len(getattr(wire, "wkb", None) or b"") for wire in (*row.before, row.wire))
        if batch and (count + lines > BATCH_ROWS or size + weight > BATCH_BYTES):
            yield batch
            batch, count, size = [], 0, 0
        batch.append(row)
        count += lines
        size += weight
    if batch:
        yield batch
