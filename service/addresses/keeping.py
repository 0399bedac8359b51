"""Putting addresses into the index and taking them out: what is read for it, and the rows it comes to.

The rows are staged like those of every job (``service.write``); nothing here writes. Nothing is ever taken out of a
set of slots, and no slot is given twice: what is found there is read and looked at in any case. An address that alters
within its cell keeps its slot.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from domain.addresses import folded
from domain.faults import Fault, FaultKind
from domain.wire import ImportedAddress
from service.addresses import cells as c
from service.addresses import sets
from service.addresses.grams import GRAMS, grams_of_all
from service.addresses.lists import either, listed
from service.store import direct
from service.store import statements as sql

Put = Callable[..., None]
"""``Work.put``: takes a statement and its rows."""

_BLOCKS = text("SELECT block, held, places FROM address_block WHERE block BETWEEN :first AND :last ORDER BY block")
_KEPT_SLOTS = either("SELECT s.key, s.held FROM {0} JOIN address_slots s ON s.key = l.v", "keys")
_KEPT_CELLS = either("SELECT s.key, s.held FROM {0} JOIN address_cells s ON s.key = l.v", "keys")
_LAST_GRAM = text("SELECT coalesce(max(id), -1) FROM address_gram")
_KNOWN = either(
    "SELECT a.id, a.code, a.text, a.lon, a.lat, a.division, a.source FROM {0} JOIN address a ON a.code = l.v",
    "codes",
    "text",
)


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """An address as it is kept."""

    id: int
    code: str
    text: str
    lon: float
    lat: float
    division: str
    source: str

    def is_same_as(self, row: ImportedAddress) -> bool:
        """Return whether an imported row says nothing new."""
        return (self.text, self.lon, self.lat, self.division) == (row.text, row.lon, row.lat, row.division)


class _Block:
    """A block as it was read, and as it will be."""

    def __init__(self, number: int, held: int = 0, kept: bytes = b"") -> None:
        self.number = number
        self.held = held
        self.is_new = not kept
        self.places = [sets.places(kept)] if kept else []
        self.used = len(kept) // 8

    def take(self, places: NDArray[np.int32]) -> int:
        """Take places in and return the slot of the first."""
        first = self.used
        self.places.append(places)
        self.used += len(places)
        self.held += len(places)
        return first

    def alter(self, slot: int, place: NDArray[np.int32]) -> None:
        """Let an address of the block stand elsewhere, or nowhere."""
        if len(self.places) != 1 or not self.places[0].flags.writeable:
            self.places = [np.concatenate(self.places)]
        self.places[0][slot] = place

    def row(self) -> dict[str, Any]:
        """Return the block as it is kept."""
        return {"block": self.number, "held": self.held, "places": np.concatenate(self.places).astype("<i4").tobytes()}


def known(connection: Connection, codes: Collection[str]) -> dict[str, Kept]:
    """Return the addresses kept under these codes."""
    if not codes:
        return {}
    return {row[1]: Kept(*row) for row in listed(connection, _KNOWN, "codes", list(codes))}


def stage(connection: Connection, put: Put, rows: Sequence[ImportedAddress], before: dict[str, Kept]) -> None:
    """Stage what it takes to keep ``rows``, each with a code of its own; ``before`` holds those that replace another.

    Raises ``Fault('too_many_addresses_here')``.
    """
    if not rows:
        return
    shelf = _Shelf(connection)
    lons, lats = np.array([row.lon for row in rows]), np.array([row.lat for row in rows])
    blocks, slots = _settle(shelf, rows, before, lons, lats)
    ids = (blocks * c.SLOTS + slots).tolist()
    put(sql.DROP_ADDRESS, *({"which": kept.id} for kept in before.values()))
    put(sql.ADD_ADDRESS, *(_address_row(i, row) for i, row in zip(ids, rows, strict=True)))
    grams, owners = grams_of_all([folded(row.text) for row in rows])
    _index(connection, put, shelf, grams, blocks[owners], slots[owners])
    put(sql.KEEP_ADDRESS_BLOCK, *(block.row() for block in shelf.touched.values()))


def _settle(
    shelf: "_Shelf", rows: Sequence[ImportedAddress], before: dict[str, Kept], lons: c.Floats, lats: c.Floats
) -> tuple[c.Ints, c.Ints]:
    """Return block and slot of each row: its own where it stays in its cell, else new ones."""
    cells, places = c.cells_of(lons, lats), sets.pack_places(lons, lats)
    blocks, slots = np.full(len(rows), -1, np.int64), np.zeros(len(rows), np.int64)
    for i, row in enumerate(rows):
        kept = before.get(row.code)
        if kept is None:
            continue
        block, slot = shelf.block(kept.id // c.SLOTS), kept.id % c.SLOTS
        if block.number >> 8 == cells[i]:
            block.alter(slot, places[i])
            blocks[i], slots[i] = block.number, slot
        else:
            block.alter(slot, sets.no_place())
            block.held -= 1
    new = np.flatnonzero(blocks < 0)
    if len(new):
        blocks[new], slots[new] = shelf.settle(cells[new], places[new])
    return blocks, slots


class _Shelf:
    """The blocks that are touched, each read once."""

    def __init__(self, connection: Connection) -> None:
        self.touched: dict[int, _Block] = {}
        self._connection = connection
        self._by_cell: dict[int, list[_Block]] = {}

    def block(self, number: int) -> _Block:
        """Return a block that is there."""
        found = next(block for block in self._blocks(number >> 8) if block.number == number)
        self.touched[number] = found
        return found

    def settle(self, cells: c.Ints, places: NDArray[np.int32]) -> tuple[c.Ints, c.Ints]:
        """Find a block and a new slot for each place."""
        blocks, slots = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.int64)
        order = np.argsort(cells, kind="stable")
        bounds = np.flatnonzero(np.diff(cells[order])) + 1
        for members in np.split(order, bounds):
            at = 0
            while at < len(members):
                block = self._open(int(cells[members[0]]))
                part = members[at : at + c.SLOTS - block.used]
                blocks[part] = block.number
                first = block.take(places[part])
                slots[part] = np.arange(first, first + len(part))
                at += len(part)
        return blocks, slots

    def _open(self, cell: int) -> _Block:
        blocks = self._blocks(cell)
        if not blocks or blocks[-1].used >= c.SLOTS:
            if len(blocks) == c.MOST_BLOCKS:
                raise Fault(FaultKind.TOO_LARGE, "too_many_addresses_here", limit=c.MOST_BLOCKS * c.SLOTS)
            blocks.append(_Block(c.first_block(cell) + len(blocks)))
        self.touched[blocks[-1].number] = blocks[-1]
        return blocks[-1]

    def _blocks(self, cell: int) -> list[_Block]:
        if cell not in self._by_cell:
            span = {"first": c.first_block(cell), "last": c.last_block(cell)}
            rows = direct.rows(self._connection, _BLOCKS, span)
            self._by_cell[cell] = [_Block(number, held, bytes(kept)) for number, held, kept in rows]
        return self._by_cell[cell]


def _index(connection: Connection, put: Put, shelf: _Shelf, grams: c.Ints, blocks: c.Ints, slots: c.Ints) -> None:
    """Stage the slots that are added to each gram of each block, and the cells in which a gram is new."""
    numbers = _numbered(connection, put, grams)
    order = np.lexsort((slots, numbers, blocks))
    numbers, blocks, slots = numbers[order], blocks[order], slots[order]
    keys = numbers << c.BLOCK_BITS | blocks
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = (np.diff(keys) != 0) | (np.diff(slots) != 0)
    numbers, blocks, keys, slots = numbers[fresh], blocks[fresh], keys[fresh], slots[fresh].astype("<u2")
    heads = np.flatnonzero(np.concatenate(([True], np.diff(keys) != 0)))
    bounds = [*heads.tolist(), len(keys)]
    here = keys[heads].tolist()
    old = [block.number for block in shelf.touched.values() if not block.is_new]
    asked = keys[heads][np.isin(blocks[heads], np.array(old, np.int64))].tolist()
    before = {key: bytes(held) for key, held in listed(connection, _KEPT_SLOTS, "keys", asked)}
    put(
        sql.KEEP_ADDRESS_SLOTS,
        *(
            {"key": key, "held": _grown(before.get(key), slots[bounds[i] : bounds[i + 1]])}
            for i, key in enumerate(here)
        ),
    )
    wanted: dict[int, int] = {}
    for key in here:
        if key not in before:
            number, block = divmod(key, c.BLOCKS)
            region, bit = c.region_and_bit(block)
            cells = number << c.REGION_BITS | region
            wanted[cells] = wanted.get(cells, 0) | bit
    _note_cells(connection, put, wanted)


def _numbered(connection: Connection, put: Put, grams: c.Ints) -> c.Ints:
    """Return the number of each gram, staging those that are new. Raises ``Fault('too_many_grams')``."""
    distinct, inverse = np.unique(grams, return_inverse=True)
    known_numbers = dict(listed(connection, GRAMS, "grams", distinct.tolist()))
    free = int(direct.rows(connection, _LAST_GRAM, {})[0][0]) + 1
    numbers = np.zeros(len(distinct), np.int64)
    for i, gram in enumerate(distinct.tolist()):
        number = known_numbers.get(gram)
        if number is None:
            number, free = free, free + 1
            put(sql.ADD_ADDRESS_GRAM, {"gram": gram, "id": number})
        numbers[i] = number
    if free > c.MOST_GRAMS:
        raise Fault(FaultKind.TOO_LARGE, "too_many_grams", limit=c.MOST_GRAMS)
    of_each: c.Ints = numbers[inverse]
    return of_each


def _grown(before: bytes | None, more: NDArray[Any]) -> bytes:
    """Return a kept set with slots added."""
    if not before:
        return sets.pack(more)
    if len(before) + len(more) * 2 < sets.BITMAP and int.from_bytes(before[-2:], "little") < more[0]:
        return before + more.tobytes()
    return sets.pack(np.union1d(sets.unpack(before), more))


def _note_cells(connection: Connection, put: Put, wanted: dict[int, int]) -> None:
    """Stage the cells in which grams occur, by gram and region, where they did not before."""
    rows = listed(connection, _KEPT_CELLS, "keys", list(wanted))
    before = {key: int.from_bytes(held, "little") for key, held in rows}
    put(
        sql.KEEP_ADDRESS_CELLS,
        *(
            {"key": key, "held": (before.get(key, 0) | bits).to_bytes(c.REGION_BYTES, "little")}
            for key, bits in wanted.items()
            if before.get(key, 0) | bits != before.get(key, 0)
        ),
    )


def _address_row(number: int, row: ImportedAddress) -> dict[str, Any]:
    return {
        "id": number,
        "code": row.code,
        "text": row.text,
        "lon": row.lon,
        "lat": row.lat,
        "division": row.division,
        "source": row.source,
    }
