"""Putting the town together."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely

from domain.ids import DivisionCode, GridCode, StaffId
from domain.places import BaseFeature, BaseKind, Division, DivisionLevel, Grid
from domain.town import Town
from domain.wire import TownInfo
from resources.codes import load_codes
from simulator.making.addresses import make_addresses
from simulator.making.cells import Cell, make_cells, make_outline
from simulator.making.ground import Ground, make_ground, make_river
from simulator.making.people import GRID_OFFICE, People, make_people
from simulator.making.plan import Frame, Plan, load_plan, rounded
from simulator.making.roads import Road, make_roads

CLOCK_START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
"""A Monday, 08:30 in the town."""

SOURCE = "synthetic"


def make_town(seed: int) -> Town:
    """Return the fictional town for a seed (any integer from 0). The same seed gives the same town."""
    plan, codes = load_plan(), load_codes()
    frame = Frame(plan.lon, plan.lat)
    rng = np.random.default_rng(seed)
    outline = make_outline(plan, rng)
    river = make_river(plan, outline, rng)
    cells = make_cells(plan, frame, outline, rng)
    roads = make_roads(plan, outline, river, cells, rng)
    ground = make_ground(plan, outline, river, roads, rng)
    codes_of = _grid_codes(plan, cells)
    order = sorted(range(len(cells)), key=lambda i: -_importance(plan, cells[i]))
    people = make_people(plan, [(codes_of[i], plan.villages[cells[i].village].name) for i in order], CLOCK_START, rng)
    info = TownInfo(
        division=DivisionCode(plan.division),
        name_zh=plan.name_zh,
        name_en=plan.name_en,
        synthetic=True,
        calendar=codes.calendar,
        rules=codes.rules,
        kinds=codes.kinds,
        conditions=codes.conditions,
    )
    divisions = _divisions(plan, cells)
    return Town(
        info=info,
        divisions=divisions,
        grids=_grids(plan, cells, codes_of, people),
        base=_base(plan, frame, river, roads, ground),
        units=people.units,
        staff=people.staff,
        vehicles=people.vehicles,
        seed=seed,
        clock_start=CLOCK_START,
        addresses=make_addresses(plan.name_zh, divisions, roads, ground.buildings, frame.degrees),
    )


def _importance(plan: Plan, cell: Cell) -> float:
    """Grids near the middle of a village get their own worker first."""
    return -min(float(np.hypot(cell.middle[0] - v.at[0], cell.middle[1] - v.at[1])) for v in plan.villages)


def _grid_codes(plan: Plan, cells: list[Cell]) -> list[GridCode]:
    """Village code and a sequence within the village, west to east."""
    counts: dict[int, int] = {}
    codes = []
    for cell in cells:
        counts[cell.village] = counts.get(cell.village, 0) + 1
        codes.append(GridCode(f"{plan.villages[cell.village].code}{counts[cell.village]:03d}"))
    return codes


def _wkb(geometry: Any) -> bytes:
    wkb: bytes = shapely.to_wkb(geometry, byte_order=1)
    return wkb


def _divisions(plan: Plan, cells: list[Cell]) -> tuple[Division, ...]:
    town = DivisionCode(plan.division)
    whole = shapely.coverage_union_all([c.polygon for c in cells])
    found = [Division(town, plan.name_zh, DivisionLevel.TOWN, None, _wkb(whole), SOURCE, synthetic=True)]
    for i, village in enumerate(plan.villages):
        area = shapely.coverage_union_all([c.polygon for c in cells if c.village == i])
        code = DivisionCode(village.code)
        found.append(Division(code, village.name, DivisionLevel.VILLAGE, town, _wkb(area), SOURCE, synthetic=True))
    return tuple(found)


def _grids(plan: Plan, cells: list[Cell], codes: list[GridCode], people: People) -> tuple[Grid, ...]:
    worker_of = {s.grid_code: s.staff_id for s in people.staff if s.unit_id == GRID_OFFICE}
    return tuple(
        Grid(
            code=code,
            name=f"{plan.grid_prefix}-{i + 1:02d}",
            wkb=_wkb(cell.polygon),
            division=DivisionCode(plan.villages[cell.village].code),
            responsible=worker_of.get(code) or _next_worker(i, cells, codes, worker_of),
            source=SOURCE,
            synthetic=True,
        )
        for i, (cell, code) in enumerate(zip(cells, codes, strict=True))
    )


def _next_worker(
    i: int, cells: list[Cell], codes: list[GridCode], worker_of: dict[GridCode | None, StaffId]
) -> StaffId:
    """A grid without a worker of its own is looked after by the nearest one, of the same village if it can be."""
    here = cells[i]
    near = min(
        (j for j in range(len(cells)) if codes[j] in worker_of),
        key=lambda j: (
            cells[j].village != here.village,
            np.hypot(cells[j].middle[0] - here.middle[0], cells[j].middle[1] - here.middle[1]),
        ),
    )
    return worker_of[codes[near]]


def _base(plan: Plan, frame: Frame, river: Any, roads: list[Road], ground: Ground) -> tuple[BaseFeature, ...]:
    def feature(kind: BaseKind, shape: Any, name: str = "", rank: int = 5) -> BaseFeature:
        return BaseFeature(kind, _wkb(rounded(frame.degrees(shape))), name, rank)

    found = [feature(BaseKind.GREEN, shape) for shape in ground.green]
    found += [feature(BaseKind.WATER, shape, *_water_name(plan, shape, river)) for shape in ground.water]
    found += [feature(BaseKind.BUILDING, shape) for shape in ground.buildings]
    found += [feature(BaseKind.ROAD, road.line, road.name, road.rank) for road in roads]
    found += [feature(BaseKind.PLACE, shapely.Point(p.at), p.name, p.rank) for p in plan.places]
    return tuple(found)


def _water_name(plan: Plan, shape: Any, river: Any) -> tuple[str, int]:
    return (plan.river.name, 0) if shape is river else ("", 3)
