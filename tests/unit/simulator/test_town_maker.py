"""The fictional town: the same from the same seed, whole, connected, staffed, and marked as made up."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from qingxi import graph_of, town_of

from domain.people import Role, UnitKind
from domain.places import BaseKind, DivisionLevel
from domain.town import Town
from resources.town import read_town, write_town

FILES = ("town.json", "divisions.geojson", "grids.geojson", "base.geojson", "addresses.csv")


@pytest.fixture(scope="module")
def town() -> Town:
    return town_of(1)


def polygons(town: Town) -> np.ndarray:
    """The grids as shapes in degrees."""
    return np.array([shapely.from_wkb(g.wkb) for g in town.grids])


def test_the_command_writes_the_same_bytes_for_the_same_seed(town: Town, tmp_path: Path) -> None:
    write_town(town, tmp_path / "here")
    command = [sys.executable, "-m", "simulator", "town", "--seed", "1", "--out", str(tmp_path / "there")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "77"}, capture_output=True, timeout=120)
    for name in FILES:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()
    assert read_town(tmp_path / "there") == town


def test_every_building_has_an_address_of_its_own(town: Town) -> None:
    buildings = np.array([shapely.from_wkb(b.wkb) for b in town.base if b.kind is BaseKind.BUILDING])
    assert len(town.addresses) > 0.9 * len(buildings)
    assert len({a.code for a in town.addresses}) == len({a.text for a in town.addresses}) == len(town.addresses)
    spots = shapely.points([(a.lon, a.lat) for a in town.addresses])
    inside, _ = shapely.STRtree(buildings).query(spots, predicate="dwithin", distance=1e-5)
    assert set(inside.tolist()) == set(range(len(spots)))
    roads = {b.name for b in town.base if b.kind is BaseKind.ROAD and b.name}
    assert any(road in a.text for a in town.addresses for road in roads)
    villages = {d.code: d.name for d in town.divisions if d.level is DivisionLevel.VILLAGE}
    assert all(villages[a.division] in a.text for a in town.addresses if a.division)


def test_another_seed_is_another_town(town: Town) -> None:
    other = town_of(2)
    assert {g.wkb for g in other.grids}.isdisjoint(g.wkb for g in town.grids)
    assert [s.name for s in other.staff] != [s.name for s in town.staff]


@pytest.mark.parametrize("seed", [1, 5, 11])
def test_grids_tile_the_town_without_gap_or_overlap(seed: int) -> None:
    made = town_of(seed)
    cells = polygons(made)
    assert len(cells) >= 48
    assert bool(shapely.is_valid(cells).all())
    assert bool(shapely.coverage_is_valid(cells))
    whole = shapely.union_all(cells)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert shapely.equals(whole, shapely.from_wkb(made.divisions[0].wkb))


def test_six_villages_are_made_of_their_grids(town: Town) -> None:
    villages = [d for d in town.divisions if d.level is DivisionLevel.VILLAGE]
    assert len(villages) == 6
    for village in villages:
        own = [shapely.from_wkb(g.wkb) for g in town.grids if g.division == village.code]
        area = shapely.from_wkb(village.wkb)
        assert own
        assert area.geom_type == "Polygon"
        assert area.symmetric_difference(shapely.union_all(own)).area == pytest.approx(0, abs=1e-15)
        assert all(
            g.code.startswith(village.code) and len(g.code) == 15 for g in town.grids if g.division == village.code
        )


def test_grids_are_smaller_where_people_live(town: Town) -> None:
    areas = {g.division: [] for g in town.grids}
    middle = shapely.Point(120.7512, 29.7238)
    cells = polygons(town)
    near = np.array([shapely.distance(c.centroid, middle) for c in cells])
    order = np.argsort(near)
    sizes = shapely.area(cells)[order]
    assert sizes[:12].mean() < 0.6 * sizes[-24:].mean()
    assert areas


@pytest.mark.parametrize("seed", [1, 5, 11])
def test_every_grid_is_reached_by_one_connected_road_graph(seed: int) -> None:
    made = town_of(seed)
    graph = graph_of(seed)
    assert graph.parts() == 1
    assert all(graph.inside(g.wkb) for g in made.grids)


def test_the_base_map_has_all_it_needs_inside_the_town(town: Town) -> None:
    shapes = {kind: np.array([shapely.from_wkb(b.wkb) for b in town.base if b.kind is kind]) for kind in BaseKind}
    assert len(shapes[BaseKind.BUILDING]) > 2000
    assert len(shapes[BaseKind.PLACE]) >= 40
    assert {b.rank for b in town.base if b.kind is BaseKind.ROAD} == {0, 1, 2, 3}
    whole = shapely.from_wkb(town.divisions[0].wkb).buffer(2e-6)
    for kind in BaseKind:
        assert bool(shapely.contains(whole, shapes[kind]).all()), kind
    river = shapely.from_wkb(next(b.wkb for b in town.base if b.name == "清溪" and b.kind is BaseKind.WATER))
    assert not shapely.intersects(river, shapes[BaseKind.BUILDING]).any()
    roads = shapely.union_all(shapes[BaseKind.ROAD])
    assert not shapely.intersects(roads, shapes[BaseKind.BUILDING]).any()
    first, second = shapely.STRtree(shapes[BaseKind.BUILDING]).query(shapes[BaseKind.BUILDING], predicate="overlaps")
    assert len(first) == len(second) == 0


def test_everybody_and_everything_is_marked_as_made_up(town: Town) -> None:
    assert town.info.synthetic
    for group in (town.units, town.staff, town.vehicles, town.grids, town.divisions):
        assert all(one.synthetic for one in group)


def test_120_staff_and_20_vehicles_are_on_shift_all_day(town: Town) -> None:
    assert (len(town.staff), len(town.vehicles)) == (120, 20)
    assert town.clock_start is not None
    assert town.clock_start.isoformat() == "2026-11-23T00:30:00+00:00"
    for one in (*town.staff, *town.vehicles):
        assert one.shift is not None
        assert one.shift.covers(town.clock_start)
        assert (one.shift.ends_at - town.clock_start).total_seconds() >= 11.5 * 3600
    assert len({s.name for s in town.staff}) == 120


def test_next_morning_and_a_week_later_everybody_is_on_shift_again(town: Town) -> None:
    assert town.clock_start is not None
    for days in (1, 2, 7):
        morning = town.clock_start + timedelta(days=days)
        night = morning - timedelta(hours=4)
        shifts = [one.shift for one in (*town.staff, *town.vehicles) if one.shift is not None]
        assert sum(shift.covers(morning) for shift in shifts) == 140
        assert 5 < sum(shift.covers(night) for shift in shifts) < 40, "night duty alone"


def test_every_grid_has_a_worker_and_every_unit_that_serves_has_people(town: Town) -> None:
    workers = {s.staff_id for s in town.staff if Role.GRID_WORKER in s.roles}
    assert {g.responsible for g in town.grids} == workers
    staffed = {s.unit_id for s in town.staff if Role.HANDLER in s.roles}
    assert {u.unit_id for u in town.units if u.kinds} == staffed
    assert len(staffed) >= 14
    assert {u.kind for u in town.units} == {UnitKind.DEPARTMENT, UnitKind.TEAM, UnitKind.CREW}


def test_units_serve_kinds_that_exist_and_every_kind_with_a_condition_is_served(town: Town) -> None:
    codes = [k.code for k in town.info.kinds]
    served = [kind for unit in town.units for kind in unit.kinds]
    assert all(any(code.startswith(kind) for code in codes) for kind in served)
    filed = {c.kind for c in town.info.conditions if c.kind}
    assert [kind for kind in filed if not any(kind.startswith(s) for s in served)] == []
