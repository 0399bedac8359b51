"""A suggestion of units with a county's 3,822 people out there: ours beside networkx, another router.

``python -m benchmarks.recommend --json OUT``. Roads and units are those of the fictional town; its people are as many
as the county has, at random places of it. Ours is all that the card waits for: whom to look up, the ways, the order.
"""

import time
from datetime import UTC, datetime
from math import hypot
from typing import Any, NamedTuple

import numpy as np

from benchmarks.harness import Rows, Sense, alternate, compare, main
from console.suggester import Mover, nearest_movers, read_roads, whereabouts
from domain.ids import CaseNo, ThingId, UnitId
from domain.places import BaseKind, Position
from domain.recommend import recommend
from domain.wire import Geometry

STAFF = 3822
RUNS = 40
SEED = 7
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


class Scene(NamedTuple):
    """The town with its people, as the console holds them, and cases at random places."""

    net: Any
    picture: Any
    cases: list[Any]
    roads: Any


def measure() -> Rows:
    """Return ours beside the peer: the ways of the same movers to the same case."""
    scene = _scene()
    turn = iter(range(10_000))

    def ours() -> float:
        case = scene.cases[next(turn) % len(scene.cases)]
        begun = time.perf_counter()
        movers = nearest_movers(scene.picture, case, set(scene.picture.units), NOW)
        where = whereabouts(scene.net, case, movers)
        recommend(case, scene.picture.units.values(), {}, where, NOW)
        return (time.perf_counter() - begun) * 1000

    def peer() -> float:
        case = scene.cases[next(turn) % len(scene.cases)]
        movers = nearest_movers(scene.picture, case, set(scene.picture.units), NOW)
        begun = time.perf_counter()
        _by_peer(scene.roads, case, movers)
        return (time.perf_counter() - begun) * 1000

    taken = alternate({"ours": ours, "peer": peer}, RUNS, warm_ups=3)
    return compare(
        f"suggestion, {STAFF} staff", "ms", taken["ours"], taken["peer"], "networkx, ways alone", Sense.TIMES_FASTER,
        "<= 50 ms",
    )  # fmt: skip


def _scene() -> Scene:
    import networkx as nx
    import shapely
    from msgspec.structs import replace

    from domain.case import Case
    from domain.states import CaseState, Channel
    from simulator.making.maker import make_town

    town = make_town(SEED)
    net = read_roads(Geometry("bench", (), (), tuple(town.base)))
    lines = [(shapely.get_coordinates(shapely.from_wkb(b.wkb)), b.rank) for b in town.base if b.kind is BaseKind.ROAD]
    roads = nx.Graph()
    for line, rank in lines:
        for a, b in zip(map(tuple, line[:-1]), map(tuple, line[1:]), strict=True):
            length = hypot((a[0] - b[0]) * 96_500, (a[1] - b[1]) * 111_000)
            roads.add_edge(a, b, seconds=length * 3.6 / (20.0, 20.0, 18.0, 12.0)[min(rank, 3)])
    rng = np.random.default_rng(SEED)
    points = np.vstack([line for line, _ in lines])
    (west, south), (east, north) = (corner.tolist() for corner in (points.min(axis=0), points.max(axis=0)))
    lons, lats = rng.uniform(west, east, STAFF), rng.uniform(south, north, STAFF)
    units = {unit.unit_id: replace(unit, kinds=("01",)) for unit in town.units}
    ids = list(units)
    members = {
        f"s{i}": replace(town.staff[i % len(town.staff)], staff_id=f"s{i}", unit_id=ids[i % len(ids)])
        for i in range(STAFF)
    }
    positions = {
        ThingId(f"s{i}"): Position(ThingId(f"s{i}"), float(lons[i]), float(lats[i]), NOW) for i in range(STAFF)
    }
    picture = type("Held", (), {"units": units, "members": members, "vehicles": {}, "positions": positions})
    cases = [
        Case(
            case_no=CaseNo(f"c{i}"), version=1, state=CaseState.PENDING_DISPATCH, stage_since=NOW, opened_at=NOW,
            channel=Channel.HOTLINE, kind="01-02", title="", lon=float(rng.uniform(west, east)),
            lat=float(rng.uniform(south, north)),
        )
        for i in range(200)
    ]  # fmt: skip
    return Scene(net, picture, cases, roads)


def _by_peer(roads: Any, case: Any, movers: list[Mover]) -> dict[UnitId, float]:
    """Return the seconds of the same movers by networkx, found from the case outward."""
    import networkx as nx

    nodes = np.array(roads.nodes)

    def nearest(lon: float, lat: float) -> tuple[float, float]:
        i = int(np.argmin((nodes[:, 0] - lon) ** 2 + (nodes[:, 1] - lat) ** 2))
        return float(nodes[i, 0]), float(nodes[i, 1])

    times = nx.single_source_dijkstra_path_length(roads, nearest(case.lon, case.lat), weight="seconds")
    found: dict[UnitId, float] = {}
    for mover in movers:
        spent = times.get(nearest(mover.position.lon, mover.position.lat), float("inf"))
        found[mover.unit_id] = min(spent, found.get(mover.unit_id, spent))
    return found


if __name__ == "__main__":
    raise SystemExit(main("recommend", measure))
