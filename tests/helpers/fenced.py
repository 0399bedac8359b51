"""A square fence, and a runtime whose timers are called by the test, so that it looks when the test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from math import cos, radians
from pathlib import Path

import msgspec
from homes import database_of
from towns import LI, GivenTown, make_town

from domain.ids import EntryId, ThingId
from domain.places import Position
from domain.register import EntryKind, EntryPut
from domain.register_fence import FenceAlert, Geofence
from service.fencing.ground import METRES_A_DEGREE
from service.runtime import Runtime
from service.starting import make_runtime, opened
from service.store import fences
from service.timers import Timers
from service.world import World, make_world
from service.write.registering import found_entry
from service.write.transaction import Job

LAT = 29.55
SIDE_M = 400.0
SQUARE = tuple(
    (120.80 + x * SIDE_M / (METRES_A_DEGREE * cos(radians(LAT))), LAT + y * SIDE_M / METRES_A_DEGREE)
    for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))
)
FENCE = Geofence("河堤", SQUARE, settle_s=0, hysteresis_m=30.0)
THING = ThingId(LI)


def world() -> World:
    """Return the town the fences are in."""
    town = make_town()
    return make_world(town.info, town.units, town.staff, town.vehicles, town.grids, town.divisions, town.base)


def at_m(east: float, north: float) -> tuple[float, float]:
    """Return the place so many metres from the south-west corner of the square."""
    return 120.80 + east / (METRES_A_DEGREE * cos(radians(LAT))), LAT + north / METRES_A_DEGREE


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[Runtime]:
    """Run a service without its timers."""
    with opened(database_of(home), exclusive=False, serving=True) as opened_store:
        runtime = make_runtime(opened_store, GivenTown(), 1.0, factor_key=home / "factor.key")
        runtime.start()
        try:
            yield runtime
        finally:
            await Timers(runtime).save()
            await runtime.stop()


async def moved(runtime: Runtime, east: float, north: float = 200.0) -> None:
    """Have one of ours move, and the fences look."""
    step(runtime, east, north)
    await Timers(runtime).watch_fences()


def step(runtime: Runtime, east: float, north: float = 200.0) -> None:
    """Have one of ours move; nobody has looked yet."""
    now = runtime.timekeeper.now()
    runtime.tracker.take([Position(THING, *at_m(east, north), now)], runtime.world, now)


async def put(runtime: Runtime, fence: Geofence) -> None:
    """Put a fence into the register, and have the fences look."""
    asked = EntryPut(msgspec.to_builtins(fence))
    await runtime.do(Job(partial(found_entry, kind=EntryKind.GEOFENCE, entry_id=EntryId("f1"), asked=asked)))
    await Timers(runtime).watch_fences()


async def heard(runtime: Runtime) -> None:
    """Wait until a service knows a fence that was put into the register at another."""
    for _ in range(1000):
        if runtime.fences.watching:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it has not heard of the fence")


async def alerts(runtime: Runtime) -> list[FenceAlert]:
    """Return what was told, in order of time."""
    return sorted(await runtime.read(fences.alerts), key=lambda body: body.at)
