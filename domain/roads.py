"""Travel times over the roads of a town: a graph of its road lines, and the quickest ways from one place to many.

Pure: whoever builds it opens the geometry and hands the lines in. Roads go both ways; what turning or a light costs is
not known. Long straight pieces get nodes in between, so that a place in the middle of one is found there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from heapq import heappop, heappush
from math import ceil, cos, floor, hypot, inf, radians

from domain.places import EARTH_RADIUS_M

Line = Sequence[tuple[float, float]]
"""Points (lon, lat), degrees."""

MOST_PIECE_M = 80.0
CELL_M = 250.0
SEARCH_CELLS = 40
"""How far around a place a road is looked for, in cells: ten kilometres."""
MOST_TRAVEL_S = 2 * 3600.0


class Gait(StrEnum):
    """How somebody gets there. Names under ``gait.<value>``."""

    WHEELS = "wheels"  # a vehicle with its crew
    BIKE = "bike"  # one of our people on the usual electric bicycle


SPEED_KMH: Mapping[Gait, tuple[float, ...]] = {
    Gait.WHEELS: (45.0, 35.0, 25.0, 15.0),
    Gait.BIKE: (20.0, 20.0, 18.0, 12.0),
}
"""Usual speed by rank of road (0 main road .. 3 lane) in a town, crossings included; our own choice, no standard."""
OFF_ROAD_KMH = 4.0
"""On foot, from the road to the place itself."""


class RoadNet:
    """The roads of one town. Build it once; it never changes."""

    def __init__(self, lines: Iterable[tuple[Line, int]]) -> None:
        """``lines`` are the road lines with the rank of each; lines that share a point are joined there."""
        listed = [(line, rank) for line, rank in lines if len(line) > 1]
        lats = [lat for line, _ in listed for _, lat in line]
        self._lat0 = sum(lats) / len(lats) if lats else 0.0
        self._lon0 = listed[0][0][0][0] if listed else 0.0
        self._per_lon = radians(1.0) * EARTH_RADIUS_M * cos(radians(self._lat0))
        self._per_lat = radians(1.0) * EARTH_RADIUS_M
        self._places: list[tuple[float, float]] = []
        self._edges: list[list[tuple[int, float, int]]] = []
        ids: dict[tuple[float, float], int] = {}
        for line, rank in listed:
            self._add(line, rank, ids)
        self._cells: dict[tuple[int, int], list[int]] = {}
        for node, (x, y) in enumerate(self._places):
            self._cells.setdefault((floor(x / CELL_M), floor(y / CELL_M)), []).append(node)

    def __len__(self) -> int:
        return len(self._places)

    def nearest(self, lon: float, lat: float) -> tuple[int, float] | None:
        """Return the node nearest to a place and how far it is, metres; None where there is no road for miles."""
        x, y = self._metres(lon, lat)
        cx, cy = floor(x / CELL_M), floor(y / CELL_M)
        best, found = inf, -1
        for ring in range(SEARCH_CELLS):
            if best <= (ring - 1) * CELL_M:
                break
            for node in self._ring(cx, cy, ring):
                px, py = self._places[node]
                far = hypot(px - x, py - y)
                if far < best:
                    best, found = far, node
        return None if found < 0 else (found, best)

    def times(self, start: int, gait: Gait, goals: Collection[int]) -> dict[int, float]:
        """Return the seconds from a node to each of ``goals`` that can be reached within ``MOST_TRAVEL_S``."""
        slowness = [3.6 / kmh for kmh in SPEED_KMH[gait]]
        last = len(slowness) - 1
        pending, best, found = set(goals), {start: 0.0}, {}
        queue = [(0.0, start)]
        while queue and pending:
            spent, node = heappop(queue)
            if spent > best[node]:
                continue
            if spent > MOST_TRAVEL_S:
                break
            if node in pending:
                pending.discard(node)
                found[node] = spent
            for to, length, rank in self._edges[node]:
                cost = spent + length * slowness[min(rank, last)]
                if cost < best.get(to, inf):
                    best[to] = cost
                    heappush(queue, (cost, to))
        return found

    def travel(
        self, goal: tuple[float, float], movers: Mapping[str, tuple[float, float, Gait]]
    ) -> dict[str, tuple[float, float]]:
        """Return for each mover that can get to ``goal`` the seconds it takes and the metres off the road in it.

        ``goal`` is lon, lat; ``movers`` hold lon, lat and how each goes. Roads go both ways, so all are found from the
        goal in one search for each gait.
        """
        end = self.nearest(*goal)
        if end is None:
            return {}
        found: dict[str, tuple[float, float]] = {}
        per_m = 3.6 / OFF_ROAD_KMH
        for gait in Gait:
            begun = {
                who: near
                for who, (lon, lat, how) in movers.items()
                if how is gait and (near := self.nearest(lon, lat)) is not None
            }
            times = self.times(end[0], gait, {node for node, _ in begun.values()})
            for who, (node, off) in begun.items():
                if node in times:
                    found[who] = (times[node] + (off + end[1]) * per_m, off + end[1])
        return found

    # -- inside ----------------------------------------------------------------------------------------------------

    def _metres(self, lon: float, lat: float) -> tuple[float, float]:
        return (lon - self._lon0) * self._per_lon, (lat - self._lat0) * self._per_lat

    def _add(self, line: Line, rank: int, ids: dict[tuple[float, float], int]) -> None:
        before: int | None = None
        for lon, lat in line:
            node = ids.get((lon, lat))
            if node is None:
                node = ids[lon, lat] = self._node(*self._metres(lon, lat))
            if before is not None and before != node:
                self._join(before, node, max(0, rank))
            before = node

    def _join(self, a: int, b: int, rank: int) -> None:
        (ax, ay), (bx, by) = self._places[a], self._places[b]
        length = hypot(bx - ax, by - ay)
        pieces = max(1, ceil(length / MOST_PIECE_M))
        before = a
        for i in range(1, pieces + 1):
            share = i / pieces
            node = b if i == pieces else self._node(ax + (bx - ax) * share, ay + (by - ay) * share)
            self._edges[before].append((node, length / pieces, rank))
            self._edges[node].append((before, length / pieces, rank))
            before = node

    def _node(self, x: float, y: float) -> int:
        self._places.append((x, y))
        self._edges.append([])
        return len(self._places) - 1

    def _ring(self, cx: int, cy: int, ring: int) -> Iterable[int]:
        cells = self._cells
        if ring == 0:
            yield from cells.get((cx, cy), ())
            return
        for dx in range(-ring, ring + 1):
            yield from cells.get((cx + dx, cy - ring), ())
            yield from cells.get((cx + dx, cy + ring), ())
        for dy in range(-ring + 1, ring):
            yield from cells.get((cx - ring, cy + dy), ())
            yield from cells.get((cx + ring, cy + dy), ())
