"""Sets of slots and packed places, as they are kept in the index.

A set of few slots is a list (16 bits each, low byte first), one of many a bitmap of all slots of a block; its length
says which it is.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.addresses.cells import SLOTS, Floats

BITMAP = SLOTS // 8
_GONE = np.iinfo(np.int32).min
_FINE = 1e-7

Slots = NDArray[np.uint16]
Mask = NDArray[np.bool_]


def pack(slots: Slots) -> bytes:
    """Return a set of slots, sorted and without doubles, as it is kept."""
    if len(slots) * 2 < BITMAP:
        return slots.astype("<u2").tobytes()
    mask = np.zeros(SLOTS, np.bool_)
    mask[slots] = True
    return np.packbits(mask, bitorder="little").tobytes()


def unpack(kept: bytes) -> Slots:
    """Return a kept set as sorted slots."""
    if len(kept) == BITMAP:
        return np.flatnonzero(np.unpackbits(np.frombuffer(kept, np.uint8), bitorder="little")).astype(np.uint16)
    return np.frombuffer(kept, "<u2").astype(np.uint16)


def common(sets: Sequence[bytes]) -> Slots:
    """Return the slots that are in every one of the kept sets, sorted."""
    lists = sorted((kept for kept in sets if len(kept) != BITMAP), key=len)
    bits = -1
    for kept in sets:
        if len(kept) == BITMAP:
            bits &= int.from_bytes(kept, "little")
    if not lists:
        return unpack(bits.to_bytes(BITMAP, "little"))
    found = np.frombuffer(lists[0], "<u2")
    if len(lists) > 1:
        met = set(memoryview(lists[0]).cast("H"))
        for other in lists[1:]:
            met.intersection_update(memoryview(other).cast("H"))
        found = np.array(sorted(met), np.uint16)
    if bits == -1 or not len(found):
        return found
    mask = np.frombuffer(bits.to_bytes(BITMAP, "little"), np.uint8)
    within: Slots = found[mask[found >> 3] >> (found & 7) & 1 == 1]
    return within


def pack_places(lon: Floats, lat: Floats) -> NDArray[np.int32]:
    """Return places in ten-millionths of a degree: a centimetre."""
    return np.rint(np.column_stack((lon, lat)) / _FINE).astype(np.int32)


def places(kept: bytes) -> NDArray[np.int32]:
    """Return the places of a block, by slot."""
    return np.frombuffer(kept, "<i4").reshape(-1, 2)


def no_place() -> Any:
    """Return what stands where an address has gone."""
    return np.array([_GONE, _GONE], np.int32)


def degrees(packed: NDArray[np.int32]) -> tuple[Floats, Floats, Mask]:
    """Return lon, lat of packed places, and which of them are there still."""
    there: Mask = packed[:, 0] != _GONE
    return packed[:, 0].astype(np.float64) * _FINE, packed[:, 1].astype(np.float64) * _FINE, there
