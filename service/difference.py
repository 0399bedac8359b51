"""What a draft of the grids would alter: grids added, gone and altered, and open cases that would fall elsewhere."""

from collections.abc import Sequence
from typing import Any

from domain.ids import GridCode
from domain.places import Grid
from domain.wire_grids import MOST_NAMED, AlteredGrid, DraftGrid, GridDifference
from service.placing import GridIndex


def compare(
    version: int, old: dict[GridCode, Grid], rows: Sequence[DraftGrid], cases: Sequence[tuple[Any, ...]]
) -> GridDifference:
    """Return the difference. ``cases`` are case_no, lon, lat, placement and grid_code of open ones."""
    new = {GridCode(row.code): row for row in rows}
    added, removed = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    altered = [code for code in sorted(new.keys() & old.keys()) if _differs(old[code], new[code])]
    shares = _shares([old[code].wkb for code in altered], [new[code].wkb for code in altered])
    ranked = sorted(zip(altered, shares, strict=True), key=lambda pair: (-pair[1], pair[0]))
    index = GridIndex(Grid(code, row.name, row.wkb) for code, row in new.items())
    found = index.place_all([float(case[1]) for case in cases], [float(case[2]) for case in cases])
    moved = [grid for (_, grid), case in zip(found, cases, strict=True) if grid != case[4]]
    return GridDifference(
        version=version,
        grids=len(new),
        added=tuple(added[:MOST_NAMED]),
        removed=tuple(removed[:MOST_NAMED]),
        altered=tuple(AlteredGrid(code, round(share, 4)) for code, share in ranked[:MOST_NAMED]),
        altered_in_all=len(altered),
        cases=len(moved),
        outside=sum(grid is None for grid in moved),
    )


def _differs(old: Grid, new: DraftGrid) -> bool:
    return (old.name, old.wkb, old.division, old.responsible) != (new.name, new.wkb, new.division, new.responsible)


def _shares(old: list[bytes], new: list[bytes]) -> list[float]:
    """Return how much of each pair of areas is in one alone."""
    if not old:
        return []
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415 - a quarter of a second that a start need not pay

    first, second = shapely.from_wkb(old), shapely.from_wkb(new)
    shared = shapely.area(shapely.intersection(first, second))
    both = shapely.area(first) + shapely.area(second) - shared
    shares: list[float] = (1.0 - shared / np.maximum(both, 1e-18)).clip(0.0, 1.0).tolist()
    return shares
