"""A console with a scripted operator before it: signs in at the page, does the ten jobs by keys, says what they took.

``python -m benchmarks.probes.operator URL window|screen PASSES``; ``OPERATORS`` holds two names and passwords as
``name:password name:password``, ``ONEMAP_TOKEN`` and ``FIELD_TOKEN`` the tokens of a colleague and of the field. Prints
one JSON line a job: ``name``, ``design``, ``keys``, ``typed``, ``seconds``. Ends with code 1 where one did not happen.
"""

import asyncio
import os
import sys
from typing import Any

import msgspec

from benchmarks.operators.hands import Hands, ScreenHands, WindowHands
from benchmarks.operators.jobs import JOBS
from benchmarks.operators.script import Operator, do
from benchmarks.operators.stage import NotDone, Stage
from client.api import ServiceClient
from console.desk import Desk
from console.program import OpenOptions, open_console

SIZE_PX = 1600, 900


async def operate(desk: Desk) -> int:
    """Sign in and do all jobs, so many times."""
    url, hands, passes = sys.argv[1], _hands(sys.argv[2]), int(sys.argv[3])
    operators = [pair.partition(":")[::2] for pair in os.environ["OPERATORS"].split()]
    desk.window.resize(*SIZE_PX)
    await asyncio.sleep(0.2)
    await hands.sit_down(desk.window)
    room = ServiceClient(url, token=os.environ["ONEMAP_TOKEN"])
    field = ServiceClient(url, token=os.environ["FIELD_TOKEN"])
    async with room, field:
        stage = Stage(room, field, await room.snapshot(), operators[1])
        await stage.look_around()
        operator = Operator(desk, hands)
        try:
            await _sign_in(operator, *operators[0])
            for turn in range(passes):
                stage.relief = operators[1 - turn % 2]
                for job in JOBS:
                    done = await do(job, stage, operator)
                    said: dict[str, Any] = {"name": job.name, "design": done.design, "keys": done.keys}
                    said |= {"typed": done.typed, "seconds": done.seconds}
                    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
                    sys.stdout.flush()
        except NotDone as fault:
            sys.stderr.write(f"not done: {fault}\n")
            return 1
    return 0


def _hands(name: str) -> Hands:
    return ScreenHands() if name == "screen" else WindowHands()


async def _sign_in(operator: Operator, user: str, password: str) -> None:
    desk = operator.desk
    await operator.sees("the page to sign in", lambda: desk.window.isActiveWindow() and desk.sign_in.user.hasFocus())
    await operator.type(user)
    await operator.press("Tab")
    await operator.type(password)
    await operator.press("↵")
    await operator.sees("the desk", lambda: desk.window.on_desk and operator.has_picture())
    await operator.sees("the map", lambda: desk.map_feed.models.grids.shapes.grids)
    await asyncio.sleep(1.0)  # the first second of a desk is not what a shift is like


if __name__ == "__main__":
    raise SystemExit(open_console(OpenOptions(server=sys.argv[1], keep=False), operate))
