"""The town as the service holds it in memory: what the rules look up, and what the map is drawn from."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

import msgspec
from sqlalchemy import Connection

from domain.case import CaseKind, Condition
from domain.clock import ServiceClock
from domain.ids import DivisionCode, GridCode, StaffId, ThingId, UnitId
from domain.people import Shift, Staff, Unit, Vehicle
from domain.places import BaseFeature, Division, Grid
from domain.wire import Geometry, TownInfo
from domain.wire_admin import Planned
from service.placing import GridIndex
from service.store import reads
from service.store import tables as t

META_TOWN = "town"
META_CLOCK = "clock"
META_EPOCH = "epoch"
META_RELAY = "relay_key"
"""The key under which services of one database seal what they tell each other outside of it."""
META_PLANNED = "planned"
META_FALLING = "falling"
"""How far the open cases have fallen into a mesh that was published, while they do."""
DEFAULT_KIND = "99"
"""Kind given to a report that names none, where the town's table has it."""


class Standing(msgspec.Struct, frozen=True):
    """Where a synthetic clock stood when it was last saved, and the clock that was in force."""

    at: datetime
    clock: ServiceClock | None = None


@dataclass(frozen=True, slots=True)
class World:
    """One state of the town. Never altered: a change makes another one, sharing what stays.

    ``planned`` are the rows of the code tables that are to take effect, by time; those before ``next_at`` have been
    taken into ``info``.
    """

    info: TownInfo
    units: dict[UnitId, Unit]
    staff: dict[StaffId, Staff]
    vehicles: dict[ThingId, Vehicle]
    grids: dict[GridCode, Grid]
    divisions: dict[DivisionCode, Division]
    base: tuple[BaseFeature, ...]
    index: GridIndex
    tag: str
    base_digest: bytes
    conditions: dict[str, Condition] = field(default_factory=dict)
    kinds: dict[str, CaseKind] = field(default_factory=dict)
    planned: tuple[Planned, ...] = ()
    next_at: datetime | None = None

    def geometry(self) -> Geometry:
        """Return what ``GET /v1/geometry`` serves."""
        return Geometry(self.tag, tuple(self.divisions.values()), tuple(self.grids.values()), self.base)

    def shift_of(self, thing: str) -> Shift | None:
        """Return the shift of a staff member or vehicle, None where it has none. Raises KeyError for unknown things."""
        member = self.staff.get(StaffId(thing))
        if member is not None:
            return member.shift
        return self.vehicles[ThingId(thing)].shift

    def knows_thing(self, thing: str) -> bool:
        """Return whether there is a staff member or vehicle of that id."""
        return StaffId(thing) in self.staff or ThingId(thing) in self.vehicles

    def area_of_grid(self, code: GridCode | None) -> str:
        """Return the division a grid lies in: its own, or by its code, or the town's; the town's for no grid at all."""
        town = self.info.division
        grid = None if code is None else self.grids.get(code)
        if grid is None:
            return town
        for division in (grid.division or "", grid.code[:12]):
            if len(division) in (9, 12) and division.isdecimal() and division.startswith(town):
                return division
        return town

    def is_sensitive(self, kind: str) -> bool:
        """Return whether what is told under a kind is for those alone who need it."""
        known = self.kinds.get(kind)
        return known is not None and known.sensitive

    def sensitive_kinds(self) -> frozenset[str]:
        """Return the kinds of which ``is_sensitive`` says so."""
        return frozenset(code for code in self.kinds if self.is_sensitive(code))

    def things_in(self, area: str) -> frozenset[str]:
        """Return the staff and vehicles of an area: staff by their grid, all others by the town."""
        whole = self.info.division.startswith(area)
        things = {str(s.staff_id) for s in self.staff.values() if self.area_of_grid(s.grid_code).startswith(area)}
        return frozenset(things | {str(v) for v in self.vehicles}) if whole else frozenset(things)

    def default_kind(self) -> str:
        """Return the kind of a report that names none: 其他."""
        others = [k.code for k in self.info.kinds if k.enabled and k.code.endswith(DEFAULT_KIND)]
        enabled = [k.code for k in self.info.kinds if k.enabled]
        return min(others, key=len) if others else (enabled[-1] if enabled else DEFAULT_KIND)

    def at(self, now: datetime) -> "World":
        """Return the world with every planned row taken in whose moment has come. Mostly that is the same one."""
        if self.next_at is None or now < self.next_at:
            return self
        due = [p for p in self.planned if self.next_at <= p.since <= now]
        later = [p.since for p in self.planned if p.since > now]
        info = self.info
        for row in due:
            info = with_row(info, row)
        return replace(self.with_info(info), next_at=min(later, default=None))

    def with_info(self, info: TownInfo) -> "World":
        """Return the world with other settings."""
        return replace(
            self, info=info, conditions={c.code: c for c in info.conditions}, kinds={k.code: k for k in info.kinds}
        )

    def with_planned(self, planned: Iterable[Planned]) -> "World":
        """Return the world with these rows planned, none of which is in force yet."""
        rows = tuple(sorted(planned, key=_since))
        return replace(self, planned=rows, next_at=rows[0].since if rows else None)

    def with_people(self, units: Iterable[Unit], vehicles: Iterable[Vehicle]) -> "World":
        """Return the world with these units and vehicles added or replaced."""
        return replace(
            self,
            units={**self.units, **{u.unit_id: u for u in units}},
            vehicles={**self.vehicles, **{v.vehicle_id: v for v in vehicles}},
        )

    def with_mesh(self, grids: dict[GridCode, Grid]) -> "World":
        """Return the world with these grids and no others."""
        tag = geometry_tag(grids, self.divisions, self.base_digest)
        return replace(self, grids=grids, index=GridIndex(grids.values()), tag=tag)

    def with_areas(self, grids: Iterable[Grid], divisions: Iterable[Division]) -> "World":
        """Return the world with these grids and divisions added or replaced, under a new geometry tag."""
        new_grids = list(grids)
        all_grids = {**self.grids, **{g.code: g for g in new_grids}}
        all_divisions = {**self.divisions, **{d.code: d for d in divisions}}
        return replace(
            self,
            grids=all_grids,
            divisions=all_divisions,
            index=GridIndex(all_grids.values()) if new_grids else self.index,
            tag=geometry_tag(all_grids, all_divisions, self.base_digest),
        )


def make_world(
    info: TownInfo,
    units: Iterable[Unit],
    staff: Iterable[Staff],
    vehicles: Iterable[Vehicle],
    grids: Iterable[Grid],
    divisions: Iterable[Division],
    base: Iterable[BaseFeature],
) -> World:
    """Return a world of these parts."""
    by_code = {g.code: g for g in grids}
    by_division = {d.code: d for d in divisions}
    features = tuple(base)
    digest = sha256(msgspec.msgpack.encode(features)).digest()
    return World(
        info=info,
        units={u.unit_id: u for u in units},
        staff={s.staff_id: s for s in staff},
        vehicles={v.vehicle_id: v for v in vehicles},
        grids=by_code,
        divisions=by_division,
        base=features,
        index=GridIndex(by_code.values()),
        tag=geometry_tag(by_code, by_division, digest),
        base_digest=digest,
        conditions={c.code: c for c in info.conditions},
        kinds={k.code: k for k in info.kinds},
    )


def load_world(connection: Connection) -> World:
    """Return the town kept in a store. Raises ValueError where none was ever put in."""
    town = reads.meta(connection, META_TOWN)
    if town is None:
        raise ValueError("the store holds no town")
    planned = reads.meta(connection, META_PLANNED)
    world = make_world(
        msgspec.json.decode(town, type=TownInfo),
        reads.bodies(connection, t.unit, Unit),
        reads.bodies(connection, t.staff, Staff),
        reads.bodies(connection, t.vehicle, Vehicle),
        reads.bodies(connection, t.grid, Grid),
        reads.bodies(connection, t.division, Division),
        reads.bodies(connection, t.base_feature, BaseFeature),
    )
    return world if planned is None else world.with_planned(msgspec.json.decode(planned, type=tuple[Planned, ...]))


def with_row(info: TownInfo, row: Planned) -> TownInfo:
    """Return the settings with one row of a code table added or replaced."""
    if row.kind is not None:
        kept = {k.code: k for k in info.kinds} | {row.kind.code: row.kind}
        info = msgspec.structs.replace(info, kinds=tuple(kept.values()))
    if row.condition is not None:
        conditions = {c.code: c for c in info.conditions} | {row.condition.code: row.condition}
        info = msgspec.structs.replace(info, conditions=tuple(conditions.values()))
    return info


def _since(row: Planned) -> datetime:
    return row.since


def geometry_tag(grids: dict[GridCode, Grid], divisions: dict[DivisionCode, Division], base_digest: bytes) -> str:
    """Return the tag under which this geometry is served: a digest of all of it."""
    digest = sha256(base_digest)
    for code in sorted(grids):
        digest.update(msgspec.msgpack.encode(grids[code]))
    for division in sorted(divisions):
        digest.update(msgspec.msgpack.encode(divisions[division]))
    return digest.hexdigest()[:32]
