"""A console without a window that gives notes and reports through the desk's own outbox, to be killed at any moment.

``python -m benchmarks.probes.outbox_console URL TOKEN SEED give|drain``. It says ``given <case or -> <text>`` once an
order is on disk, and, draining, ``left <n> held <n>`` once nothing more can be sent.
"""

import asyncio
import random
import sys
from itertools import count

from PySide6.QtWidgets import QApplication

from benchmarks.probes.listener import say
from client.api import new_key
from client.outbox.order import Order, Stage, command_order, report_order
from client.room import Room
from console.folders import find_folders
from console.ground import GroundStore
from console.loop import make_loop
from console.notices import NoticeHub
from console.outbox import Outbox
from console.session import Session
from console.tasks import Tasks
from domain.case import Case, NewReport
from domain.states import Channel

PAUSE_S = 0.004
PATIENCE_S = 120.0


class Giver:
    """A session, its outbox, and a hand that does not stop."""

    def __init__(self, rng: random.Random, life: str) -> None:
        self._rng, self._life = rng, life
        self.tasks = Tasks(lambda error, where: say("failed", where, repr(error)))
        self.session = Session(self.tasks, None, GroundStore(None))
        self.outbox = Outbox(self.tasks, NoticeHub(), find_folders().config)

    async def begin(self, url: str, token: str) -> Room:
        """Sign in and open the outbox."""
        self.session.use_token(url, token)
        async with asyncio.timeout(PATIENCE_S):
            while self.session.room is None or self.session.room.picture is None:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            room = self.session.room
            self.outbox.use(room)
            self.outbox.begin()
            while not self.outbox.key:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        room.on_line(self.outbox.on_line)
        return room

    async def give(self, room: Room) -> None:
        """Give orders until somebody ends the process."""
        cases = sorted(() if room.picture is None else room.picture.cases)
        for n in count():
            text = f"{self._life}-{n}"
            if n % 8 == 7:
                order, case_no = report_order(new_key(), NewReport(Channel.HOTLINE, text), room.client.time.now()), "-"
            else:
                case_no = self._rng.choice(cases[:6])
                case = None if room.picture is None else room.picture.case(case_no)
                if case is None:
                    continue
                order = _note(room, case, text)
            await self.outbox.give(order, {})
            say("given", case_no, text)
            await asyncio.sleep(PAUSE_S * self._rng.random())

    async def drain(self) -> None:
        """Wait until everything is sent, or waits for a person; for ever, as long as it goes on."""
        waiting = self._to_send()
        while waiting:
            async with asyncio.timeout(PATIENCE_S):
                while self._to_send() >= waiting:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            waiting = self._to_send()
        left = self.outbox.entries()
        say("left", len(left), "held", sum(entry.stage is Stage.HELD for entry in left))
        await self.outbox.stop()
        await self.session.stop()
        await self.tasks.stop()

    def _to_send(self) -> int:
        return sum(entry.stage is not Stage.HELD for entry in self.outbox.entries())


def _note(room: Room, case: Case, text: str) -> Order:
    return command_order(new_key(), case, "note", {"text": text}, {}, room.client.time.now(), case.version)


async def main(url: str, token: str, seed: str, do: str) -> None:
    """Give until killed, or drain."""
    giver = Giver(random.Random(seed), seed)
    room = await giver.begin(url, token)
    await (giver.give(room) if do == "give" else giver.drain())


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: make_loop(app)) as runner:
        runner.run(main(*sys.argv[1:5]))
