"""A mesh of grids that is to be brought in: what may be wrong with it, and what can be done about each fault.

Nothing here opens a geometry; ``console.mesh`` looks for the faults and mends them.
"""

from enum import StrEnum

import msgspec


class FaultSort(StrEnum):
    """What is wrong."""

    UNNAMED = "unnamed"  # no code, or a longer one than any can be
    DIVISION = "division"  # said to be of a division that the town does not have
    EMPTY = "empty"  # no area at all, or something else than an area
    CROSSING = "crossing"  # the outline crosses itself
    DUPLICATE = "duplicate"  # a code that another grid has as well
    OVERLAP = "overlap"  # two grids lie over each other
    GAP = "gap"  # a hole between grids, or a part of the division nobody answers for
    SLIVER = "sliver"  # an overlap or a gap that is a hair wide: drawn badly, not meant
    TINY = "tiny"  # a grid too small or too thin to be one
    HUGE = "huge"  # a grid larger than a whole town
    OUTSIDE = "outside"  # a grid reaches out of its division
    ELSEWHERE = "elsewhere"  # the whole mesh lies somewhere else: another projection
    SWAPPED = "swapped"  # the whole mesh lies right once lon and lat change places


class Mend(StrEnum):
    """What is done about a fault."""

    LEAVE = "leave"  # it is meant, or no harm: take the mesh as it is there
    MAKE_VALID = "make_valid"
    KEEP_LARGER = "keep_larger"  # what two grids share goes to the larger one
    FILL = "fill"  # a gap goes to the neighbour with the longest border
    MERGE = "merge"  # the areas of one code become one grid
    CLIP = "clip"  # what lies outside the division is cut off
    SWAP = "swap"  # lon and lat change places, of the whole mesh
    BY_PLACE = "by_place"  # the division is that it lies in, not the one it is said to be of
    DROP = "drop"  # the grid (the second of two) is left out


MENDS: dict[FaultSort, tuple[Mend, ...]] = {
    FaultSort.UNNAMED: (Mend.DROP,),
    FaultSort.DIVISION: (Mend.BY_PLACE, Mend.DROP),
    FaultSort.EMPTY: (Mend.DROP,),
    FaultSort.CROSSING: (Mend.MAKE_VALID, Mend.DROP),
    FaultSort.DUPLICATE: (Mend.MERGE, Mend.DROP),
    FaultSort.OVERLAP: (Mend.KEEP_LARGER, Mend.DROP, Mend.LEAVE),
    FaultSort.GAP: (Mend.LEAVE, Mend.FILL),
    FaultSort.SLIVER: (Mend.FILL, Mend.LEAVE),
    FaultSort.TINY: (Mend.DROP, Mend.LEAVE),
    FaultSort.HUGE: (Mend.LEAVE, Mend.DROP),
    FaultSort.OUTSIDE: (Mend.LEAVE, Mend.CLIP, Mend.DROP),
    FaultSort.ELSEWHERE: (),
    FaultSort.SWAPPED: (Mend.SWAP,),
}
"""What can be done about each sort, the usual first. Where ``LEAVE`` is not among it, the mesh cannot be taken so."""


class MeshFault(msgspec.Struct, frozen=True):
    """One fault. ``grids`` are the positions of the grids it is about, the one that is altered or dropped last.

    ``bounds`` (west, south, east, north, degrees) is where to look; ``wkb`` the part that is wrong, None for a grid.
    """

    sort: FaultSort
    grids: tuple[int, ...]
    codes: tuple[str, ...]
    bounds: tuple[float, float, float, float]
    area_m2: float = 0.0
    wkb: bytes | None = None
    detail: str = ""

    @property
    def must_be_mended(self) -> bool:
        """Whether the mesh cannot be taken with this fault in it."""
        return Mend.LEAVE not in MENDS[self.sort]
