"""The register and the readings on the wire: pages, batches, and what is answered to them."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.ids import MAX_ID
from domain.reading import Reading
from domain.register import MAX_VERSION, Entry
from domain.wire import MAX_BATCH, RowResult

MOST_ENTRIES = 1_000
"""Entries of one page."""


class EntryPage(msgspec.Struct, frozen=True):
    """``GET /v1/register/{kind}``: entries by id; ``after`` is given back to ask for the next page."""

    entries: tuple[Entry, ...]
    after: str | None = None


class EntryRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a batch. Without a ``version`` it replaces whatever is there."""

    entry_id: Annotated[str, Meta(min_length=1, max_length=MAX_ID)]
    body: dict[str, Any]
    version: Annotated[int, Meta(ge=0, le=MAX_VERSION)] | None = None
    area: Annotated[str, Meta(max_length=12)] = ""


class EntryBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/register/{kind}``: many entries at once. ``dry_run`` judges them and writes nothing."""

    entries: Annotated[tuple[EntryRow, ...], Meta(max_length=MAX_BATCH)]
    dry_run: bool = False


class EntryBatchResult(msgspec.Struct, frozen=True):
    """What became of each row, in order: a ``duplicate`` is what it was already, and nothing was written."""

    results: tuple[RowResult, ...]


class ReadingBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /v1/readings``, and the latest ones as ``GET /v1/readings`` answers."""

    readings: Annotated[tuple[Reading, ...], Meta(max_length=MAX_BATCH)]


class ReadingHistory(msgspec.Struct, frozen=True):
    """``GET /v1/readings/{kind}/{id}``: kept readings of one thing, oldest first; a sample, kept for some days."""

    readings: tuple[Reading, ...]
