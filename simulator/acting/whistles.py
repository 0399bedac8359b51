"""What units do when the room whistles: somebody on shift signs in, mostly in time; some have to be reminded."""

import asyncio
import random
from datetime import timedelta

import msgspec

from client.api import new_key
from client.picture import Delta
from domain.faults import Fault, FaultKind
from domain.ids import EntryId, UnitId
from domain.register import EntryKind, EntryPut, read_body
from domain.register_message import Delivery, Message
from domain.register_whistle import SignIn, Whistle, sign_in_id
from simulator.acting.errands import log
from simulator.acting.scene import Scene

SLOW = 0.25
"""So many of the units wait until they are reminded."""
SIGN_S = (20.0, 240.0)
KEPT_FOR = timedelta(days=30)


class Whistles:
    """Answers whistles, each unit once."""

    def __init__(self, scene: Scene, tasks: asyncio.TaskGroup) -> None:
        self._scene, self._tasks = scene, tasks
        self._taken: set[EntryId] = set()
        scene.room.on_delta(self._on_delta)
        self._look()

    def _on_delta(self, delta: Delta) -> None:
        if delta.whole or any(kind in (EntryKind.WHISTLE, EntryKind.MESSAGE) for kind, _ in delta.entries):
            self._look()

    def _look(self) -> None:
        picture = self._scene.room.picture
        if picture is None:
            return
        reminded = {
            (body.about, body.unit)
            for entry in picture.entries_of(EntryKind.MESSAGE)
            if (body := read_body(entry, Message)) is not None and body.state is Delivery.ANSWERED
        }
        for entry in picture.entries_of(EntryKind.WHISTLE):
            whistle = read_body(entry, Whistle)
            if whistle is None or whistle.ended:
                continue
            for called in whistle.called:
                which = sign_in_id(entry.entry_id, called.unit)
                slow = random.Random(which).random() < SLOW
                told = (entry.entry_id, called.unit) in reminded
                if which not in self._taken and (told or not slow):
                    self._taken.add(which)
                    self._tasks.create_task(self._sign(entry.entry_id, called.unit), name=f"sign in {which}")

    async def _sign(self, whistle: EntryId, unit: UnitId) -> None:
        scene = self._scene
        await scene.pace.sleep(scene.between(*SIGN_S))
        picture, which = scene.room.picture, sign_in_id(whistle, unit)
        if picture is None or any(entry.entry_id == which for entry in picture.entries_of(EntryKind.SIGN_IN)):
            return
        body = SignIn(whistle, unit, scene.now())
        try:
            asked = EntryPut(msgspec.to_builtins(body), 0, scene.now() + KEPT_FOR)
            await scene.room.client.register.put(EntryKind.SIGN_IN, which, asked, key=new_key())
        except Fault as fault:
            if fault.kind is FaultKind.UNAUTHENTICATED:
                raise
            log.info("not signed in: %s", fault.key)
