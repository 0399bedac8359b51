"""A console whose line is cut, stalled and robbed of changes at random ends as one whose line always held.

Each seed is one console behind a proxy of its own on a real socket. Seeds share a service and run side by side.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from served import ALL_ROOM, Served, command, send_report, serve_town
from towns import LI, VAN, WANG, ZHAO

from benchmarks.proxy import Faults, Proxy, running_proxy
from client.api import ServiceClient
from client.line import LineState
from client.picture import Picture
from client.room import Room
from domain.people import Role
from domain.wire_feed import fix_of

AT_ONCE = 25
STEPS = 14


@contextmanager
def proxies(served: Served, seeds: list[int]) -> Iterator[list[Proxy]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running_proxy(served.url, seed)) for seed in seeds]


@asynccontextmanager
async def open_room(url: str, token: str) -> AsyncIterator[Room]:
    async with ServiceClient(url, token) as client:
        room = Room(client)
        task = asyncio.create_task(room.run(), name="room")
        try:
            yield room
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class Field:
    """What goes on in the town: reports, steps, positions."""

    def __init__(self, served: Served) -> None:
        self.room = served.client(served.token("room", *ALL_ROOM))
        self.gate = served.client(served.token("gate", Role.GATEWAY))
        self.second = 0

    def step(self, dice: random.Random) -> None:
        """Let one thing happen."""
        if dice.random() < 0.5:
            self.second += 1
            at = f"2026-03-03T00:{30 + self.second // 60 % 30:02d}:{self.second % 60:02d}Z"
            things = dice.sample((LI, WANG, ZHAO, VAN), dice.randint(1, 4))
            fixes = [{"thing": t, "lon": 120.8 + dice.random() / 100, "lat": 29.55, "fixed_at": at} for t in things]
            assert self.gate.post("/v1/positions", json={"positions": fixes}).status_code in (204, 400)
            return
        case = send_report(self.room).case
        if dice.random() < 0.6:
            case = command(self.room, case, "accept").case
            if dice.random() < 0.5:
                command(self.room, case, "file", condition="c1")


def harm(proxy: Proxy, dice: random.Random) -> None:
    """Do something to a line."""
    match dice.randrange(6):
        case 0 | 1:
            proxy.cut()
        case 2:
            proxy.drop_message(dice.randint(1, 3), containing=b"changes")
        case 3:
            proxy.faults = Faults(stall_down=dice.random() < 0.5, hole_down=dice.random() < 0.2)
        case 4:
            proxy.faults = Faults(cut_after=dice.randint(1, 4_000), delay_s=0.005, jitter_s=0.02)
        case 5:
            proxy.faults = Faults(refuse=True)


def heal(proxy: Proxy) -> None:
    """Make a line good again; one that swallowed what was sent does not come back to life, it is reset."""
    swallowed = proxy.faults.hole_down
    proxy.faults = Faults()
    if swallowed:
        proxy.cut()


def state(picture: Picture) -> dict[str, Any]:
    """Return all that a console shows."""
    return {
        "epoch": picture.epoch,
        "head": picture.head,
        "cases": picture.cases,
        "positions": {thing: fix_of(position) for thing, position in picture.positions.items()},
        "units": picture.units,
        "members": picture.members,
        "vehicles": picture.vehicles,
        "wanted": picture.wanted,
    }


def state_of(room: Room) -> dict[str, Any]:
    """Return what a console shows but its cases, for a message."""
    return {} if room.picture is None else {**state(room.picture), "cases": len(room.picture.cases)}


async def settled(rooms: list[Room], served: Served) -> None:
    """Wait until every room is live and has everything."""
    head = await asyncio.to_thread(served.head)
    latest = {thing: fix_of(position) for thing, position in served.runtime.tracker.latest.items()}

    def there(room: Room) -> bool:
        held = room.picture
        return (
            held is not None
            and room.line().state is LineState.LIVE
            and held.head >= head
            and {thing: fix_of(position) for thing, position in held.positions.items()} == latest
        )

    deadline = time.monotonic() + 60
    while late := [n for n, room in enumerate(rooms) if not there(room)]:
        assert time.monotonic() < deadline, [(n, rooms[n].line(), state_of(rooms[n]), head, latest) for n in late]
        await asyncio.sleep(0.02)


async def live_through(served: Served, seeds: list[int], field: Field, token: str) -> None:
    dice = random.Random(seeds[0])
    with proxies(served, seeds) as lines:
        async with AsyncExitStack() as stack:
            held = await stack.enter_async_context(open_room(served.url, token))
            rooms = [await stack.enter_async_context(open_room(line.url, token)) for line in lines]
            each = [random.Random(seed) for seed in seeds]
            for _ in range(STEPS):
                await asyncio.to_thread(field.step, dice)
                for line, own in zip(lines, each, strict=True):
                    if own.random() < 0.25:
                        await asyncio.to_thread(harm, line, own)
                    elif own.random() < 0.4:
                        await asyncio.to_thread(heal, line)
                await asyncio.sleep(dice.uniform(0, 0.06))
            for line in lines:
                await asyncio.to_thread(heal, line)
            await settled([held, *rooms], served)
            assert held.picture is not None
            expected = state(held.picture)
            for seed, room in zip(seeds, rooms, strict=True):
                assert room.picture is not None
                assert state(room.picture) == expected, f"seed {seed}"


async def many(folder: Path, seeds: list[int]) -> None:
    with serve_town(folder) as served:
        field = Field(served)
        token = served.token("console", *ALL_ROOM)
        for first in range(0, len(seeds), AT_ONCE):
            await live_through(served, seeds[first : first + AT_ONCE], field, token)


@pytest.fixture
def quick_return(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let consoles come back at once, and give a silent line up sooner than a person would."""
    monkeypatch.setattr("client.room.BACKOFF_FIRST_S", 0.02)
    monkeypatch.setattr("client.room.BACKOFF_MOST_S", 0.2)
    monkeypatch.setattr("client.room.DEAD_AFTER_S", 5.0)


@pytest.mark.usefixtures("quick_return")
@pytest.mark.timeout(170)
async def test_a_hundred_consoles_cut_at_random_end_as_one_that_was_not(tmp_path: Path) -> None:
    await many(tmp_path, list(range(100)))


@pytest.mark.slow
@pytest.mark.usefixtures("quick_return")
@pytest.mark.timeout(1500)
async def test_a_thousand_consoles_cut_at_random_end_as_one_that_was_not(tmp_path: Path) -> None:
    await many(tmp_path, list(range(1_000, 2_000)))
