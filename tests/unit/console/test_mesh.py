"""A mesh of grids: every fault that is made in a sound one is found, named and mended; a sound one has none."""

import time
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from console.mesh.check import check_mesh
from console.mesh.mending import mend_mesh
from console.mesh.mesh import Cancelled, MeshGrid
from domain.mesh import MENDS, FaultSort, Mend, MeshFault

WEST, SOUTH, STEP = 120.8, 29.5, 0.01
HOME = {"330699103": shapely.box(WEST, SOUTH, WEST + 5 * STEP, SOUTH + 4 * STEP)}


def mesh(columns: int = 5, rows: int = 4) -> list[MeshGrid]:
    """Return a sound mesh that fills its town."""
    return [
        MeshGrid(
            f"330699103{x:03d}{y:03d}",
            f"{x}-{y}",
            shapely.box(WEST + x * STEP, SOUTH + y * STEP, WEST + (x + 1) * STEP, SOUTH + (y + 1) * STEP),
            "330699103",
        )
        for x in range(columns)
        for y in range(rows)
    ]


def sorts(faults: list[MeshFault]) -> list[FaultSort]:
    return [fault.sort for fault in faults]


def moved(shape: Any, east: float, north: float) -> Any:
    return shapely.transform(shape, lambda xy: xy + np.array([east, north]))


def spoil(grids: list[MeshGrid], which: int, shape: Any) -> list[MeshGrid]:
    return [replace(grid, shape=shape) if i == which else grid for i, grid in enumerate(grids)]


def test_a_grid_without_a_code_or_of_no_known_division_is_named_and_mended() -> None:
    grids, known = mesh(), frozenset(HOME)
    grids[3] = replace(grids[3], code="")
    grids[4] = replace(grids[4], code="9" * 65)
    grids[7] = replace(grids[7], division="abc")
    assert check_mesh(mesh(), HOME, known=known) == []
    faults = check_mesh(grids, HOME, known=known)
    assert sorted((f.sort.value, f.grids) for f in faults) == [("division", (7,)), ("unnamed", (3,)), ("unnamed", (4,))]
    assert [f.codes for f in faults if f.grids == (3,)] == [("#4",)]
    assert all(fault.must_be_mended for fault in faults)
    mended = mend_mesh(grids, [(fault, MENDS[fault.sort][0]) for fault in faults], HOME)
    assert len(mended) == len(grids) - 2
    assert {f.sort for f in check_mesh(mended, HOME, known=known)} == {FaultSort.GAP}
    assert FaultSort.DIVISION not in sorts(check_mesh(grids, HOME)), "where nobody knows the divisions none is wrong"


@pytest.mark.parametrize("homes", [HOME, {}])
@pytest.mark.parametrize("shift", [540_000.0, 1e308])
def test_coordinates_that_are_no_degrees_are_said_to_be_elsewhere(homes: dict[str, Any], shift: float) -> None:
    (fault,) = check_mesh(spoil(mesh(1, 1), 0, shapely.box(0, 0, shift, shift)), homes)
    assert fault.sort is FaultSort.ELSEWHERE
    assert len(fault.detail) < 40
    assert max(abs(edge) for edge in fault.bounds) <= 180


def test_of_no_grids_nothing_is_wrong() -> None:
    assert check_mesh([]) == []


def test_a_sound_mesh_has_no_fault() -> None:
    assert check_mesh(mesh(), HOME) == []
    assert check_mesh(mesh()) == []


def test_a_grid_moved_over_its_neighbour_overlaps_and_leaves_a_gap() -> None:
    grids = mesh()
    shifted = moved(grids[9].shape, STEP / 4, 0)
    faults = check_mesh(spoil(grids, 9, shifted), HOME)
    assert sorted(sorts(faults)) == [FaultSort.GAP, FaultSort.OVERLAP]
    overlap = next(fault for fault in faults if fault.sort is FaultSort.OVERLAP)
    assert set(overlap.codes) == {grids[9].code, grids[13].code}
    assert overlap.area_m2 == pytest.approx(STEP / 4 * STEP * 111_195**2 * np.cos(np.radians(29.5)), rel=0.01)
    part = shapely.from_wkb(overlap.wkb)
    assert overlap.bounds == pytest.approx(part.bounds)


@pytest.mark.parametrize("side", [1, -1])
def test_a_hair_is_a_sliver_not_an_overlap_or_gap(side: int) -> None:
    grids = mesh()
    shifted = moved(grids[9].shape, side * 1e-5, 0)
    assert set(sorts(check_mesh(spoil(grids, 9, shifted), HOME))) == {FaultSort.SLIVER}
    for fault in check_mesh(spoil(grids, 9, shifted), HOME):
        assert 1e-6 < fault.bounds[2] - fault.bounds[0] < 2e-5


def test_each_single_fault_is_named() -> None:
    grids = mesh()
    box = grids[0].shape
    bow = shapely.Polygon([(WEST, SOUTH), (WEST + STEP, SOUTH + STEP), (WEST + STEP, SOUTH), (WEST, SOUTH + STEP)])
    speck = shapely.box(WEST, SOUTH, WEST + 2e-5, SOUTH + 2e-5)
    assert FaultSort.CROSSING in sorts(check_mesh(spoil(grids, 0, bow)))
    assert FaultSort.EMPTY in sorts(check_mesh(spoil(grids, 0, None)))
    assert FaultSort.EMPTY in sorts(check_mesh(spoil(grids, 0, shapely.Point(WEST, SOUTH))))
    assert FaultSort.TINY in sorts(check_mesh(spoil(grids, 0, speck)))
    assert FaultSort.HUGE in sorts(check_mesh(spoil(grids, 0, shapely.box(WEST, SOUTH, WEST + 1, SOUTH + 1))))
    assert FaultSort.OUTSIDE in sorts(
        check_mesh(spoil(grids, 0, shapely.box(WEST - STEP, SOUTH, WEST + STEP, SOUTH + STEP)), HOME)
    )
    twice = [*grids, replace(grids[3], name="again", shape=moved(box, -2 * STEP, 0.0))]
    duplicate = next(fault for fault in check_mesh(twice) if fault.sort is FaultSort.DUPLICATE)
    assert duplicate.grids == (3, 20)


def test_a_mesh_elsewhere_is_told_at_once_and_swapped_axes_as_such() -> None:
    swapped = [replace(g, shape=shapely.transform(g.shape, lambda xy: xy[:, ::-1])) for g in mesh()]
    (fault,) = check_mesh(swapped, HOME)
    assert fault.sort is FaultSort.SWAPPED
    assert check_mesh(mend_mesh(swapped, [(fault, Mend.SWAP)]), HOME) == []
    away = [replace(g, shape=moved(g.shape, 9, 3)) for g in mesh()]
    assert sorts(check_mesh(away, HOME)) == [FaultSort.ELSEWHERE]


def test_a_grid_that_is_missing_is_a_gap_inside_and_at_the_edge() -> None:
    grids = mesh()
    for which in (0, 9):
        (gap,) = check_mesh(grids[:which] + grids[which + 1 :], HOME)
        assert gap.sort is FaultSort.GAP
        assert gap.bounds == pytest.approx(grids[which].shape.bounds)
    (hole,) = check_mesh(grids[:9] + grids[10:])
    assert hole.sort is FaultSort.GAP


@settings(max_examples=25)
@given(
    st.integers(0, 19),
    st.floats(-0.4, 0.4).filter(lambda v: abs(v) > 0.002),
    st.floats(-0.4, 0.4).filter(lambda v: abs(v) > 0.002),
)
def test_the_usual_mends_make_any_moved_grid_sound(which: int, east: float, north: float) -> None:
    grids = mesh()
    work = spoil(grids, which, moved(grids[which].shape, east * STEP, north * STEP))
    for _ in range(4):
        faults = check_mesh(work, HOME)
        if not faults:
            break
        mends = {FaultSort.GAP: Mend.FILL, FaultSort.OUTSIDE: Mend.CLIP}
        work = mend_mesh(work, [(f, mends.get(f.sort, MENDS[f.sort][0])) for f in faults], HOME)
    assert check_mesh(work, HOME) == []
    total = sum(g.shape.area for g in work)
    assert total == pytest.approx(HOME["330699103"].area, rel=1e-3), "every spot has one grid, or a hair too much"
    assert [g.code for g in work] == [g.code for g in grids]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.02, 0.3)), min_size=2, max_size=12))
def test_overlaps_are_those_of_trying_every_pair(spots: list[tuple[float, float, float]]) -> None:
    grids = [
        MeshGrid(
            str(i), "", shapely.box(WEST + x * 0.05, SOUTH + y * 0.05, WEST + (x + s) * 0.05, SOUTH + (y + s) * 0.05)
        )
        for i, (x, y, s) in enumerate(spots)
    ]
    found = {}
    for f in check_mesh(grids):
        if len(f.grids) == 2 and grids[f.grids[0]].shape.intersection(grids[f.grids[1]].shape).area > 0:
            found.setdefault(frozenset(f.grids), f.area_m2)
    square = 111_195.0**2 * np.cos(np.radians(29.525))
    for i in range(len(grids)):
        for j in range(i):
            area = grids[i].shape.intersection(grids[j].shape).area * square
            if area > 1.2:
                assert found[frozenset((i, j))] == pytest.approx(area, rel=0.01)


def test_merging_dropping_and_leaving() -> None:
    grids = mesh()
    twice = [*grids[:-1], replace(grids[-1], code=grids[-2].code)]
    (fault,) = check_mesh(twice, HOME)
    merged = mend_mesh(twice, [(fault, Mend.MERGE)])
    assert len(merged) == 19
    assert check_mesh(merged, HOME) == []
    assert len(mend_mesh(twice, [(fault, Mend.DROP)])) == 19
    assert mend_mesh(twice, [(fault, Mend.LEAVE)]) == twice


def test_a_check_tells_how_far_it_is_and_can_be_ended() -> None:
    told: list[tuple[int, int]] = []
    check_mesh(mesh(40, 40), progress=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]

    def end(_done: int, _of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        check_mesh(mesh(), progress=end)


def test_a_county_is_checked_in_a_moment() -> None:
    began = time.process_time()
    assert check_mesh(mesh(38, 38)) == []
    assert time.process_time() - began < 8
