"""``onemap-sim run``: everything put together, started, and stopped cleanly."""

import asyncio
import logging
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import numpy as np

from client.api import ServiceClient
from client.picture import Delta
from client.room import Room
from domain.faults import Fault, FaultKind, invalid
from domain.people import Actor, Role
from domain.register import EntryKind
from domain.town import Town
from domain.wire import PositionBatch
from resources.town import read_town
from simulator.acting.colleagues import Colleagues
from simulator.acting.errands import Errands, log
from simulator.acting.pace import Pace
from simulator.acting.radios import Radios
from simulator.acting.scene import Scene, Watch
from simulator.acting.sensors import Sensors, put_stock
from simulator.acting.sources import Sources
from simulator.acting.units import Units
from simulator.acting.whistles import Whistles
from simulator.acting.workers import Workers
from simulator.making.stock import Stock, make_stock
from simulator.moving.force import Force
from simulator.moving.graph import RoadGraph
from simulator.telling.stories import StoryBook

STEP_S = 1.0
"""Real seconds between two batches of positions."""
MOST_STEP_S = 5.0
"""A longer pause (a machine that slept) does not let everybody jump."""
MAX_TOKEN_BYTES = 4096


def run(args: Namespace) -> int:
    """Play the field until asked to stop; returns 0. Raises ``Fault`` where it cannot be started or is turned away."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    town = read_town(args.town)
    tokens = [read_token(args.token_file)]
    if args.room_token_file is not None:
        tokens.append(read_token(args.room_token_file))
    return asyncio.run(_until_stopped(args.server, town, tokens, args.seed, args.speed))


def read_token(path: Path) -> str:
    """Return the token in a file. Raises ``Fault('token_file_unreadable')`` and ``Fault('token_file_empty')``."""
    try:
        with path.open("rb") as file:
            token = file.read(MAX_TOKEN_BYTES).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise invalid("token_file_unreadable", file=path.name) from error
    if not token:
        raise invalid("token_file_empty", file=path.name)
    return token


async def _until_stopped(server: str, town: Town, tokens: list[str], seed: int, speed: float | None) -> int:
    stopped = asyncio.Event()
    _on_signals(stopped.set)
    playing = asyncio.create_task(play(server, town, tokens, seed, speed), name="play")
    stop = asyncio.create_task(stopped.wait(), name="stop")
    await asyncio.wait({playing, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not playing.done():
        playing.cancel()
    try:
        await playing
    except asyncio.CancelledError:
        log.info("stopped")
    return 0


def _on_signals(stop: Callable[[], None]) -> None:
    """Ask for a clean end on SIGINT, SIGTERM and, on Windows, CTRL_BREAK."""
    loop = asyncio.get_running_loop()

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)


async def play(server: str, town: Town, tokens: list[str], seed: int, speed: float | None) -> None:
    """Play the field until cancelled. ``tokens``: the gateway's and, if there is one, the colleagues'.

    ``speed`` is town seconds a real second, None for the pace of the service's clock. Raises ``Fault``.
    """
    async with ServiceClient(server, tokens[0]) as client:
        room = Room(client)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(room.run(), name="room")
                await _first_picture(room)
                scene = _scene(room, town, seed, speed)
                watch = Watch(room)
                log.info("field of %s: %d people on the roads", town.info.name_zh, len(scene.force.bodies))
                stock = make_stock(town, seed)
                tasks.create_task(_move(scene), name="move")
                tasks.create_task(_sense(scene, stock), name="sense")
                tasks.create_task(Sources(town, scene, watch, tasks).run(), name="sources")
                tasks.create_task(Units(town, scene, watch, tasks).run(), name="units")
                Radios(scene, tasks)
                Whistles(scene, tasks)
                tasks.create_task(Workers(scene, watch, tasks).run(), name="workers")
                if len(tokens) > 1:
                    tasks.create_task(_colleagues(server, tokens[1], town, scene, watch), name="colleagues")
                    tasks.create_task(_put_stock(server, tokens[1], stock, scene), name="stock")
        except* Fault as group:
            raise _first(group) from None


def _first(group: BaseExceptionGroup[Fault]) -> Fault:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, Fault):
        raise TypeError("a group of faults holds nothing else")
    return error


async def _first_picture(room: Room) -> None:
    arrived = asyncio.Event()

    def on_delta(delta: Delta) -> None:
        arrived.set()

    room.on_delta(on_delta)
    await arrived.wait()
    if room.picture is None or Role.GATEWAY not in room.picture.me.roles:
        raise Fault(FaultKind.FORBIDDEN, "not_a_gateway")


def _scene(room: Room, town: Town, seed: int, speed: float | None) -> Scene:
    head, clock_speed = (0, 1.0) if room.picture is None else (room.picture.head, room.picture.clock.speed)
    rng = np.random.default_rng([seed, head])
    graph = RoadGraph(town.base)
    force = Force(town, graph, rng)
    return Scene(
        room=room,
        gateway=Errands(room.client),
        force=force,
        graph=graph,
        book=StoryBook(graph, force.places, rng),
        pace=Pace(clock_speed if speed is None else speed),
        rng=rng,
    )


async def _move(scene: Scene) -> None:
    """Move everybody and send where they are, about once a second."""
    before = time.monotonic()
    while True:
        now = time.monotonic()
        scene.force.step(min(now - before, MOST_STEP_S) * scene.pace.speed, scene.now())
        before = now
        await _send_positions(scene)
        await asyncio.sleep(max(0.05, STEP_S - (time.monotonic() - now)))


async def _send_positions(scene: Scene) -> None:
    positions = tuple(scene.force.positions(scene.now()))
    if not positions:
        return
    try:
        await scene.room.client.positions(PositionBatch(positions))
    except Fault as fault:
        if fault.kind is FaultKind.UNAUTHENTICATED:
            raise
        log.info("positions not taken: %s", fault.key)


async def _put_stock(server: str, token: str, stock: Stock, scene: Scene) -> None:
    """Have a colleague enter what the town has, where nobody has done so yet."""
    async with ServiceClient(server, token) as client:
        try:
            await put_stock(client, stock, scene)
        except Fault as fault:
            if fault.kind is FaultKind.UNAUTHENTICATED:
                raise
            log.info("the register is left as it is: %s", fault.key)


async def _sense(scene: Scene, stock: Stock) -> None:
    """Let sensors speak once they are in the register."""
    while scene.room.picture is not None and not scene.room.picture.entries_of(EntryKind.COMPONENT):  # noqa: ASYNC110
        await asyncio.sleep(STEP_S)
    await Sensors(scene, stock).run()


async def _colleagues(server: str, token: str, town: Town, scene: Scene, watch: Watch) -> None:
    async with ServiceClient(server, token) as client:
        me = await client.me()
        actor = Actor(account=me.account, roles=me.roles, unit=me.unit, staff=me.staff)
        await Colleagues(town, scene, watch, Errands(client), actor).run()
