"""``proxy``: a console's live picture over a line that delays, cuts, truncates, stalls and repeats, for ten minutes.

A crowd reports over a good line meanwhile. In the end the picture must be that of a console which was never cut off,
and the memory of whoever followed must not have grown while the room it holds did not.
"""

import asyncio
import gc
import random
import tempfile
import tracemalloc
from pathlib import Path

from benchmarks.faults.crowd import Crowd
from benchmarks.faults.victim import Loss, Victim
from benchmarks.harness import Rows, Sense, single
from benchmarks.programs import get_json, make_town, reportable_kind, token
from benchmarks.proxy import Faults, Proxy, running_proxy
from client.api import ServiceClient
from client.picture import Picture
from client.room import Room
from domain.faults import Fault

SECONDS = 600
WARM_UP = 0.2
"""Share of the time after which memory is first read: caches are full and the code is loaded by then."""
REPORTERS = 2
PAUSE_S = 0.1
CATCH_UP_WITHIN_S = 60.0
GROWTH_MB = 4.0


def measure(times: int | None) -> tuple[Rows, bool]:
    """Follow for ``times`` seconds (600); returns the rows, and whether all is as it has to be."""
    seconds = SECONDS if times is None else times
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        database = str(folder / "town.db")
        with Victim(database, make_town(folder / "town")) as victim:
            bearer = token(database, "crowd", "gateway")
            reader = token(database, "console", "acceptor", "dispatcher", "duty_chief")
            kind = reportable_kind(get_json(victim.url, "/v1/snapshot", bearer))
            crowd = Crowd(lambda: victim.url, bearer, kind, REPORTERS, PAUSE_S)
            with running_proxy(victim.url, seed=1) as proxy:
                followed = asyncio.run(_follow(victim.url, proxy, reader, crowd, seconds))
        loss = Loss(database, crowd)
    rows: Rows = [
        single(
            "cases missing or other than those of a console never cut off",
            "cases",
            followed.differing,
            followed.cases,
            "cases in all",
            Sense.FIGURE,
            1,
        ),
        single(
            "connections the console made through the bad line",
            "connections",
            followed.connections,
            None,
            f"in {seconds:.0f} s",
            Sense.FIGURE,
            1,
        ),
        single(
            "memory of the follower beside its picture: growth",
            "MB",
            followed.grown_mb,
            GROWTH_MB,
            "allowed",
            Sense.FIGURE,
            1,
        ),
        single(
            "acknowledged reports lost or doubled",
            "reports",
            loss.lost + loss.doubled + loss.broken,
            len(crowd.answered),
            "acknowledged",
            Sense.FIGURE,
            1,
        ),
    ]
    return rows, followed.differing == 0 and followed.grown_mb <= GROWTH_MB and loss.good and followed.connections > 2


class _Followed:
    """What came of following."""

    def __init__(self) -> None:
        self.differing = 0
        self.cases = 0
        self.connections = 0
        self.grown_mb = 0.0


async def _follow(url: str, proxy: Proxy, bearer: str, crowd: Crowd, seconds: float) -> _Followed:
    found = _Followed()
    client = ServiceClient(proxy.url, token=bearer)
    room = Room(client)
    task = asyncio.create_task(room.run())
    loop = asyncio.get_running_loop()
    dice = random.Random(2)
    tracemalloc.start()
    try:
        crowd.start()
        began = loop.time()
        first: float | None = None
        while loop.time() - began < seconds:
            proxy.faults = _weather(dice)
            await asyncio.sleep(dice.uniform(0.2, 2.0))
            if dice.random() < 0.5:
                await asyncio.to_thread(proxy.cut)
            if first is None and loop.time() - began > seconds * WARM_UP and room.picture is not None:
                first = await _beside_picture_mb(url, bearer)
        await asyncio.to_thread(crowd.stop)
        proxy.faults = Faults()
        found.connections = proxy.accepted
        await _compare(room, url, bearer, found)
        if first is None:
            raise RuntimeError("the line was never good enough for a first picture")
        found.grown_mb = await _beside_picture_mb(url, bearer) - first
    finally:
        tracemalloc.stop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await client.aclose()
    return found


def _weather(dice: random.Random) -> Faults:
    """Return what is wrong with the line for a while."""
    return Faults(
        delay_s=dice.choice((0.0, 0.0, 0.02, 0.2)),
        jitter_s=dice.choice((0.0, 0.05)),
        cut_after=dice.choice((0, 0, 2_000, 20_000, 200_000)),
        repeat=dice.choice((0.0, 0.2, 1.0)),
        stall_down=dice.random() < 0.1,
        hole_up=dice.random() < 0.1,
        hole_down=dice.random() < 0.1,
        refuse=dice.random() < 0.1,
    )


async def _compare(room: Room, url: str, bearer: str, found: _Followed) -> None:
    """Wait until the picture is that of a fresh snapshot over the good line, and count what is not."""
    client = ServiceClient(url, token=bearer)
    try:
        deadline = asyncio.get_running_loop().time() + CATCH_UP_WITHIN_S
        while True:
            snapshot = await client.snapshot()
            truth = {case.case_no: case for case in snapshot.cases}
            held = {} if room.picture is None else room.picture.cases
            found.cases = len(truth)
            found.differing = sum(held.get(case_no) != case for case_no, case in truth.items())
            if not found.differing or asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(0.5)
    except Fault as fault:
        raise RuntimeError(f"no snapshot over the good line: {fault.key}") from fault
    finally:
        await client.aclose()


async def _beside_picture_mb(url: str, bearer: str) -> float:
    """Return the memory in use beside one picture of the room as it is now, which rightly grows with the room."""
    held = _held_mb()
    client = ServiceClient(url, token=bearer)
    try:
        picture = Picture(await client.snapshot())
        return held - (_held_mb() - held) * bool(picture.cases)
    finally:
        await client.aclose()


def _held_mb() -> float:
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1e6
