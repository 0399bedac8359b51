"""Finding addresses by fragments or by code, and the addresses around a place."""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, text

from domain.addresses import Address, AddressPage, folded, fragments
from domain.places import distance_m
from service.addresses import cells as c
from service.addresses.codes import rows_by_code
from service.addresses.grams import GRAMS, grams_of
from service.addresses.lists import either, listed
from service.addresses.sets import Slots, common, degrees, places
from service.store import direct

MOST_GRAMS = 8
"""Pairs whose slots are read; the rarest, by the cells they are in. What they let through is read and looked at."""
ROUNDS = (1, 4, 16, 64, 256)
"""Cells looked at together, round by round."""
LOOKED_AT = 2
"""How many times more addresses of a round are looked at than are asked for, so that the best of them can be told."""
MOST_READ, MOST_READ_FIRST = 2_000, 200
"""Addresses read and looked at before a search gives up: its pairs occur everywhere, but not together."""
FLAT_UNTIL_M = 20_000.0
"""What is measured flat errs by less than a thousandth so far; from farther on distances are of the sphere."""

Place = tuple[float, float]
Found = tuple[c.Ints, c.Floats | None]
"""Addresses by their numbers, and how far each is from the place asked for, metres; None where no place was."""
_REGION, _BLOCK = (1 << c.REGION_BITS) - 1, c.BLOCKS - 1

_ANY = text("SELECT 1 FROM address LIMIT 1")
_CELLS = either("SELECT s.key, s.held FROM {0} JOIN address_cells s ON s.key BETWEEN l.v AND l.v + 8388607", "first")
_SLOTS = either("SELECT s.key, s.held FROM {0} JOIN address_slots s ON s.key BETWEEN l.v AND l.v + 254", "first")
_BLOCKS = either("SELECT b.block, b.places FROM {0} JOIN address_block b ON b.block BETWEEN l.v AND l.v + 254", "first")
_PLACES = either("SELECT b.block, b.places FROM {0} JOIN address_block b ON b.block = l.v", "blocks")
_ADDRESSES = either(
    "SELECT a.id, a.code, a.text, a.lon, a.lat, a.division FROM {0} JOIN address a ON a.id = l.v", "ids"
)


class _Met(msgspec.Struct):
    """An address that holds every fragment, and what it is ordered by."""

    rank: tuple[float, ...]
    row: tuple[Any, ...]
    away: float | None


def find(connection: Connection, asked: str, near: Place | None, limit: int) -> AddressPage:
    """Return the addresses whose code is asked for, then those that hold every fragment of what is asked, best first.

    Of these first come those where a number that was typed ends as typed, then those where the fragment begins a part,
    then the nearest. The connection must be in a transaction.
    """
    wanted = fragments(asked)
    if not wanted:
        return AddressPage(())
    coded = rows_by_code(connection, asked, limit + 1)
    if len(coded) > limit:
        return _page([_coded(row, near) for row in coded], connection, limit)
    last = wanted[-1]
    tries = [(wanted, MOST_READ)]
    if _may_be_a_house(last):
        tries.insert(0, ((*wanted[:-1], last + "号"), MOST_READ_FIRST))
    met: dict[str, _Met] = {}
    for first, (trial, most_read) in enumerate(tries):
        for found in _gather(connection, trial, near, limit, most_read):
            met.setdefault(found.row[1], _Met((float(first), *found.rank), found.row, found.away))
        if len(met) > limit:
            break
    for row in coded:
        met.pop(row[1], None)
    best = sorted(met.values(), key=_rank)[: limit + 1]
    found_by_words = [_address(one.row, one.away, near) for one in best]
    return _page([*(_coded(row, near) for row in coded), *found_by_words], connection, limit)


def _may_be_a_house(fragment: str) -> bool:
    """Return whether the number a fragment ends with may be a house's: after a building or a stair it is a room's."""
    before = fragment.rstrip("0123456789")
    return bool(before) and before != fragment and "号" not in fragment and before[-1] not in _WITHIN


def around(connection: Connection, lon: float, lat: float, within_m: float, limit: int) -> AddressPage:
    """Return the addresses nearest to a place, at most ``within_m`` metres from it."""
    first = [c.first_block(cell) for cell in c.cells_around(lon, lat, within_m)]
    ids: list[int] = []
    away: list[float] = []
    for block, kept in listed(connection, _BLOCKS, "first", first):
        lons, lats, there = degrees(places(kept))
        metres = c.metres_from(lon, lat, lons, lats)
        near = np.flatnonzero(there & (metres <= within_m))
        near = near[np.argsort(metres[near], kind="stable")][: limit + 1]
        ids += [block * c.SLOTS + slot for slot in near.tolist()]
        away += metres[near].tolist()
    order = sorted(range(len(ids)), key=lambda i: (away[i], ids[i]))
    read = {row[0]: row for row in listed(connection, _ADDRESSES, "ids", [ids[i] for i in order[: limit + 1]])}
    found = [_address(read[ids[i]], away[i], (lon, lat)) for i in order if ids[i] in read]
    return _page(found, connection, limit)


def _page(found: list[Address], connection: Connection, limit: int) -> AddressPage:
    empty = not found and not direct.rows(connection, _ANY, {})
    return AddressPage(tuple(found[:limit]), more=len(found) > limit, empty=empty)


def _gather(
    connection: Connection, wanted: Sequence[str], near: Place | None, limit: int, most_read: int
) -> list[_Met]:
    """Return enough addresses that hold every fragment: of the cells that come first, or of the nearest ones.

    Once there are enough, a farther round only adds what is nearer than the last that would be told.
    """
    grams, cells = _cells_holding(connection, wanted)
    away = np.zeros(len(cells))
    if near is not None:
        cells, away = c.nearest_first(cells, *near)
    met: list[_Met] = []
    read = at = 0
    for size in chain(ROUNDS, repeat(ROUNDS[-1])):
        within_m = np.inf
        if len(met) > limit:
            within_m = 0.0 if near is None else _farthest(met, limit)
        together: list[int] = cells[at : at + min(size, int(np.searchsorted(away[at:], within_m)))].tolist()
        if not together:
            return met
        ids, metres = _ids_in(connection, grams, together, near)
        if metres is not None:
            closer = int(np.searchsorted(metres, within_m))
            ids, metres = ids[:closer], metres[:closer]
        for part, away_of in _parts(ids, metres, limit * LOOKED_AT):
            judged = (_judge(row, wanted, away_of.get(row[0])) for row in listed(connection, _ADDRESSES, "ids", part))
            met += [one for one in judged if one is not None]
            read += len(part)
            if read >= most_read:
                return met
            if len(met) > limit:
                break
        at += size
    return met


def _parts(ids: c.Ints, metres: c.Floats | None, size: int) -> Iterator[tuple[list[int], dict[int, float]]]:
    for at in range(0, len(ids), size):
        part: list[int] = ids[at : at + size].tolist()
        yield part, {} if metres is None else dict(zip(part, metres[at : at + size].tolist(), strict=True))


def _farthest(met: list[_Met], limit: int) -> float:
    """Return the distance within which the ``limit`` nearest lie, metres."""
    return sorted(one.away or 0.0 for one in met)[limit - 1]


def _cells_holding(connection: Connection, wanted: Sequence[str]) -> tuple[list[int], c.Ints]:
    """Return the numbers of the rarest grams of the fragments, and the cells in which all of them occur."""
    grams = list(dict.fromkeys(gram for fragment in wanted for gram in grams_of(fragment)))
    numbers = [number for _, number in listed(connection, GRAMS, "grams", grams)]
    if len(numbers) < len(grams):
        return [], np.zeros(0, np.int64)
    held: dict[int, dict[int, int]] = {number: {} for number in numbers}
    for key, kept in listed(connection, _CELLS, "first", [number << c.REGION_BITS for number in numbers]):
        held[key >> c.REGION_BITS][key & _REGION] = int.from_bytes(kept, "little")
    rarest = sorted(numbers, key=lambda number: sum(bits.bit_count() for bits in held[number].values()))
    regions = held[rarest[0]]
    for number in rarest[1:]:
        others = held[number]
        regions = {region: bits & others[region] for region, bits in regions.items() if region in others}
    return rarest[:MOST_GRAMS], c.cells_in({region: bits for region, bits in regions.items() if bits})


def _ids_in(connection: Connection, grams: Sequence[int], cells: list[int], near: Place | None) -> Found:
    """Return the addresses of some cells that hold every pair: the nearest first, or as the cells come."""
    by_block: dict[int, list[bytes]] = {}
    first = [number << c.BLOCK_BITS | c.first_block(cell) for number in grams for cell in cells]
    for key, kept in listed(connection, _SLOTS, "first", first):
        by_block.setdefault(key & _BLOCK, []).append(kept)
    held = {block: common(kept) for block, kept in by_block.items() if len(kept) == len(grams)}
    held = {block: slots for block, slots in held.items() if len(slots)}
    if near is not None:
        return _by_distance(connection, held, near)
    order = {cell: place for place, cell in enumerate(cells)}
    blocks = sorted(held, key=lambda block: (order[block >> 8], block))
    return _numbers({block: held[block] for block in blocks}), None


def _numbers(held: dict[int, Slots]) -> c.Ints:
    """Return addresses by block and slot, as their numbers."""
    made = [slots.astype(np.int64) + block * c.SLOTS for block, slots in held.items()]
    return np.concatenate(made) if made else np.zeros(0, np.int64)


def _by_distance(connection: Connection, held: dict[int, Slots], near: Place) -> Found:
    if not held:
        return np.zeros(0, np.int64), np.zeros(0)
    kept = dict(listed(connection, _PLACES, "blocks", list(held)))
    lons, lats, _ = degrees(np.concatenate([places(kept[block])[slots] for block, slots in held.items()]))
    numbers, metres = _numbers(held), c.metres_from(*near, lons, lats)
    if len(metres) > MOST_READ:
        nearest = np.argpartition(metres, MOST_READ)[:MOST_READ]
        numbers, metres = numbers[nearest], metres[nearest]
    order = np.argsort(metres, kind="stable")
    return numbers[order], metres[order]


def _judge(row: tuple[Any, ...], wanted: Sequence[str], away: float | None) -> _Met | None:
    """Return an address that holds every fragment, with its rank; None for one that only has the pairs."""
    whole = folded(row[2])
    at = [whole.find(fragment) for fragment in wanted]
    if min(at) < 0:
        return None
    begins = sum(0 if place == 0 or whole[place - 1] in _ENDS else 1 for place in at)
    return _Met((float(begins), len(whole) if away is None else away, float(at[-1])), row, away)


_ENDS = frozenset("省市县区镇乡村街道社路巷弄号幢栋座楼单元室组湾里园苑城")
"""Characters a part of an address ends with: what follows one begins the next."""

_WITHIN = frozenset("幢栋座元楼层室")
"""Characters after which a number is that of something within a building: 3幢2, 2单元501."""


def _address(row: tuple[Any, ...], away: float | None, near: Place | None) -> Address:
    """Return an address as it is told. What was measured flat to find the nearest is not told from afar."""
    _, code, words, lon, lat, division = row
    if away is not None and away > FLAT_UNTIL_M and near is not None:
        away = distance_m(*near, lon, lat)
    return Address(code, words, lon, lat, division, None if away is None else round(away, 1))


def _coded(row: tuple[Any, ...], near: Place | None) -> Address:
    return _address(row, None if near is None else distance_m(*near, row[3], row[4]), near)


def _rank(one: _Met) -> tuple[Any, ...]:
    return (*one.rank, one.row[2], one.row[1])
