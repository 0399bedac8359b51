"""What the fictional town has in its register: cameras, components with sensors, zones, fences, drawings. All made up.

Everything stands where the base map lets it stand: along roads, at crossings, by the river. The same town and seed give
the same stock.
"""

from collections import Counter
from dataclasses import dataclass, field
from math import atan2, degrees
from typing import Any

import numpy as np
import shapely

from domain.ids import EntryId
from domain.places import BaseKind
from domain.register_fence import FenceHours, Geofence
from domain.register_map import (
    Camera,
    Component,
    ComponentKind,
    Condition,
    Drawing,
    Form,
    Hazard,
    HazardKind,
    HazardLevel,
    Ink,
)
from domain.register_shapes import Body, Spot
from domain.town import Town
from simulator.making.playbook import make_playbook

SILENT_AFTER_S = 1_800
K = ComponentKind


@dataclass(frozen=True)
class _Sort:
    """One sort of component: how many, how it is called and who owns it, and how many of them are sensed."""

    what: ComponentKind
    count: int
    name: str
    owner: str
    sensed: int


SORTS = (
    _Sort(K.MANHOLE, 64, "井盖", "清溪镇城建办", 20),
    _Sort(K.LAMP, 36, "路灯", "清溪镇城建办", 0),
    _Sort(K.HYDRANT, 14, "消火栓", "清溪消防站", 6),
    _Sort(K.CHARGER, 14, "充电桩", "清溪充电", 14),
    _Sort(K.CYLINDER, 10, "液化气瓶组", "清溪燃气", 10),
    _Sort(K.GAS, 10, "燃气探测器", "清溪燃气", 10),
    _Sort(K.SMOKE, 10, "烟感", "清溪消防站", 10),
)
CAMERAS = 26
CAMERAS_APART = 0.0016
"""Degrees between two cameras at least."""
PIPES = 7


@dataclass
class Stock:
    """Entries by id, and which of the components are sensed."""

    entries: dict[EntryId, Body] = field(default_factory=dict)

    def add(self, entry_id: str, body: Body) -> None:
        """Put one more entry in."""
        self.entries[EntryId(entry_id)] = body

    def of(self, kind: type[Body]) -> dict[EntryId, Body]:
        """Return the entries of one type."""
        return {entry_id: body for entry_id, body in self.entries.items() if isinstance(body, kind)}


def make_stock(town: Town, seed: int) -> Stock:
    """Return what stands in the town, nothing where it has no roads, and what it has laid down for the day."""
    rng = np.random.default_rng([seed, 0x57])
    stock = Stock(make_playbook(town))
    roads: Roads = [(f.name, f.rank, shapely.from_wkb(f.wkb)) for f in town.base if f.kind is BaseKind.ROAD]
    roads = [(name, rank, line) for name, rank, line in roads if line.geom_type == "LineString" and line.length > 0]
    area: Any = shapely.union_all([shapely.from_wkb(grid.wkb) for grid in town.grids])
    roads = [(name, rank, line) for name, rank, line in roads if line.intersects(area)]
    if not roads:
        return stock
    middle = area.centroid
    _add_components(stock, roads, area, middle, rng)
    _add_pipes(stock, roads, middle)
    _add_gauges(stock, town, area)
    _add_cameras(stock, roads, area, middle, rng)
    _add_zones(stock, town, middle)
    _add_fences(stock, town, middle)
    return stock


Roads = list[tuple[str, int, Any]]
"""Name, rank and line of each road."""


def _add_components(stock: Stock, roads: Roads, area: Any, middle: Any, rng: np.random.Generator) -> None:
    """Strew components along the roads, more of them near the middle of the town."""
    near = np.array([1.0 / (0.004 + line.distance(middle)) * line.length for _, _, line in roads])
    shares = near / near.sum()
    for sort in SORTS:
        placed = 0
        while placed < sort.count:
            name, _, line = roads[int(rng.choice(len(roads), p=shares))]
            spot = line.interpolate(float(rng.uniform(0.02, 0.98)), normalized=True)
            lon, lat = spot.x + float(rng.normal(0, 6e-5)), spot.y + float(rng.normal(0, 5e-5))
            if not area.contains(shapely.Point(lon, lat)):
                continue
            placed += 1
            road = name or "村道"
            broken = not placed % 17
            stock.add(
                f"{sort.what.value}-{placed:03d}",
                Component(
                    name=f"{road}{sort.name} {placed:02d}",
                    what=sort.what,
                    lon=round(lon, 6),
                    lat=round(lat, 6),
                    code=f"{sort.what.value[:2].upper()}{placed:05d}",
                    condition=Condition.DAMAGED if broken and placed > sort.sensed else Condition.INTACT,
                    owner=sort.owner,
                    sensed=placed <= sort.sensed,
                    silent_after_s=SILENT_AFTER_S,
                    synthetic=True,
                ),
            )


def _add_pipes(stock: Stock, roads: Roads, middle: Any) -> None:
    """Lay gas pipes beside the roads nearest to the middle."""
    ranked = sorted((r for r in roads if r[0] and r[1] <= 1), key=lambda road: road[2].distance(middle))
    for i, (name, _, line) in enumerate(ranked[:PIPES], 1):
        beside = shapely.offset_curve(line, 1.2e-4)
        coords = shapely.get_coordinates(shapely.simplify(beside, 2e-5))
        coords = coords[np.hypot(coords[:, 0] - middle.x, coords[:, 1] - middle.y) < 0.016]
        if len(coords) < 2:
            continue
        path: tuple[Spot, ...] = tuple((round(float(x), 6), round(float(y), 6)) for x, y in coords)
        lon, lat = path[len(path) // 2]
        stock.add(
            f"pipe-{i:03d}",
            Component(
                name=f"{name}燃气管段",
                what=K.PIPE,
                lon=lon,
                lat=lat,
                path=path,
                code=f"GP{i:05d}",
                owner="清溪燃气",
                sensed=True,
                silent_after_s=SILENT_AFTER_S,
                synthetic=True,
            ),
        )


def _add_gauges(stock: Stock, town: Town, area: Any) -> None:
    """Stand water level gauges along the longest river."""
    waters: list[Any] = [shapely.from_wkb(f.wkb) for f in town.base if f.kind is BaseKind.WATER]
    if not waters:
        return
    river = max(waters, key=lambda water: float(water.length))
    west, _, east, _ = shapely.intersection(river, area).bounds or river.bounds
    for i, share in enumerate((0.2, 0.5, 0.8), 1):
        lon = west + (east - west) * share
        cut = shapely.intersection(river, shapely.box(lon - 1e-4, -90, lon + 1e-4, 90))
        if cut.is_empty:
            continue
        spot = cut.representative_point()
        stock.add(
            f"level-{i:03d}",
            Component(
                name=f"清溪水位计 {i}",
                what=K.WATER_LEVEL,
                lon=round(spot.x, 6),
                lat=round(spot.y, 6),
                code=f"WL{i:05d}",
                owner="清溪镇水利站",
                sensed=True,
                silent_after_s=SILENT_AFTER_S,
                synthetic=True,
            ),
        )


Crossing = tuple[float, str, Spot, float]
"""How far from the middle, of which roads, where, and along which heading one looks from there."""


def _apart(crossings: list[Crossing]) -> list[Crossing]:
    """Leave out crossings that lie close to one before."""
    kept: list[Crossing] = []
    for crossing in crossings:
        lon, lat = crossing[2]
        if all(abs(lon - k[2][0]) + abs(lat - k[2][1]) > CAMERAS_APART for k in kept):
            kept.append(crossing)
    return kept


def _add_cameras(stock: Stock, roads: Roads, area: Any, middle: Any, rng: np.random.Generator) -> None:
    """Put cameras at crossings, looking along a road; one in six turns."""
    crossings: list[Crossing] = []
    lines = [line for _, _, line in roads]
    for i, j in sorted(zip(*shapely.STRtree(lines).query(lines, predicate="intersects").tolist(), strict=True)):
        if i >= j:
            continue
        (name, _, line), (other_name, _, other) = roads[i], roads[j]
        met = line.intersection(other)
        if met.geom_type != "Point" or not area.contains(met) or not (name or other_name):
            continue
        along = line.project(met)
        ahead = line.interpolate(min(line.length, along + 3e-4))
        heading = degrees(atan2(ahead.x - met.x, ahead.y - met.y)) % 360
        label = " / ".join(dict.fromkeys(n for n in (name, other_name) if n))
        crossings.append((met.distance(middle), label, (met.x, met.y), heading))
    crossings.sort()
    chosen = _apart(crossings)[:CAMERAS]
    shared, seen = Counter(label for _, label, _, _ in chosen), Counter[str]()
    for i, (_, label, (lon, lat), heading) in enumerate(chosen, 1):
        turns = i % 6 == 0
        seen[label] += 1
        number = f" {seen[label]} 号" if shared[label] > 1 else ""  # a long street has many side lanes without a name
        stock.add(
            f"camera-{i:03d}",
            Camera(
                name=f"{label}路口{number}",
                lon=round(lon + 1e-4, 6),
                lat=round(lat + 8e-5, 6),
                heading_deg=None if turns else round(heading, 1) % 360,
                angle_deg=360.0 if turns else float(rng.choice([48.0, 62.0, 78.0])),
                range_m=float(rng.choice([60.0, 80.0, 110.0])),
                device_no=f"33069910301311{i:06d}",
                synthetic=True,
            ),
        )


def _add_zones(stock: Stock, town: Town, middle: Any) -> None:
    """Mark three areas of danger, and draw what a command room draws around them."""
    x, y = middle.x, middle.y
    stock.add(
        "zone-flood",
        Hazard(
            "老街低洼积水",
            HazardLevel.ORANGE,
            _ring(x + 0.002, y - 0.002, 0.0034, 0.0016, 9),
            HazardKind.FLOOD,
            synthetic=True,
        ),
    )
    stock.add(
        "zone-slide",
        Hazard(
            "北坞后山滑坡隐患",
            HazardLevel.RED,
            _ring(x - 0.011, y + 0.0135, 0.0026, 0.0019, 7),
            HazardKind.LANDSLIDE,
            synthetic=True,
        ),
    )
    stock.add(
        "zone-works",
        Hazard(
            "环镇东路施工",
            HazardLevel.YELLOW,
            _ring(x + 0.0225, y + 0.0035, 0.0012, 0.0042, 6),
            HazardKind.WORKS,
            synthetic=True,
        ),
    )
    way = ((x - 0.004, y + 0.003), (x - 0.0005, y + 0.0025), (x + 0.0045, y + 0.0032), (x + 0.0075, y + 0.0045))
    stock.add("draw-detour", Drawing(Form.LINE, way, "绕行路线", Ink.GREEN, 4.0, arrow=True, synthetic=True))
    stock.add(
        "draw-closed",
        Drawing(
            Form.LINE,
            ((x - 0.0005, y - 0.0015), (x + 0.0045, y - 0.0012)),
            "封闭路段",
            Ink.RED,
            4.0,
            dashed=True,
            synthetic=True,
        ),
    )
    stock.add("draw-meet", Drawing(Form.POINT, ((x + 0.0012, y + 0.0048),), "物资集合点", Ink.BLUE, synthetic=True))
    stock.add(
        "draw-area",
        Drawing(Form.AREA, _ring(x - 0.0052, y + 0.0056, 0.0018, 0.0012, 5), "临时安置区", Ink.BLUE, synthetic=True),
    )
    stock.add(
        "draw-text", Drawing(Form.TEXT, ((x - 0.0025, y - 0.0042),), "南岸路单向通行", Ink.YELLOW, synthetic=True)
    )


def _add_fences(stock: Stock, town: Town, middle: Any) -> None:
    """Watch our own people at the edge of a danger, and how long they stand at the market."""
    x, y = middle.x, middle.y
    stock.add(
        "fence-slide",
        Geofence(
            "北坞后山警戒线",
            _ring(x - 0.011, y + 0.0135, 0.0034, 0.0026, 9),
            enter=False,
            leave=False,
            dwell_s=1_200,
            note="滑坡隐患期间自己人久留时提醒",
            synthetic=True,
        ),
    )
    stock.add(
        "fence-market",
        Geofence(
            "老街市集值守区",
            _ring(x - 0.001, y + 0.0015, 0.0024, 0.0016, 12),
            enter=False,
            leave=False,
            dwell_s=4 * 3600,
            hours=FenceHours(8 * 60, 18 * 60),
            synthetic=True,
        ),
    )


def _ring(lon: float, lat: float, half_width: float, half_height: float, corners: int) -> tuple[Spot, ...]:
    """Return a rough rounded patch around a place."""
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False) + 0.35
    swell = 1 + 0.13 * np.sin(3 * turns)
    xs, ys = lon + half_width * swell * np.cos(turns), lat + half_height * swell * np.sin(turns)
    return tuple((round(float(a), 6), round(float(b), 6)) for a, b in zip(xs, ys, strict=True))
