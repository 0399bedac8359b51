"""What units out there do with a message from the room: it reaches them, somebody reads it, somebody answers."""

import asyncio

import msgspec
from msgspec.structs import replace

from client.api import new_key
from client.picture import Delta
from domain.faults import Fault, FaultKind
from domain.ids import EntryId
from domain.register import Entry, EntryKind, EntryPut, read_body
from domain.register_message import Delivery, Message
from simulator.acting.errands import log
from simulator.acting.scene import Scene

ANSWERS = ("收到", "收到，马上到", "明白")
STEPS = (Delivery.DELIVERED, Delivery.READ, Delivery.ANSWERED)


class Radios:
    """Answers messages, each once, as time passes in the town."""

    def __init__(self, scene: Scene, tasks: asyncio.TaskGroup) -> None:
        self._scene, self._tasks = scene, tasks
        self._taken: set[EntryId] = set()
        scene.room.on_delta(self._on_delta)
        self._look()

    def _on_delta(self, delta: Delta) -> None:
        if delta.whole or any(kind is EntryKind.MESSAGE for kind, _ in delta.entries):
            self._look()

    def _look(self) -> None:
        picture = self._scene.room.picture
        for entry in () if picture is None else tuple(picture.entries.values()):
            if entry.kind is EntryKind.MESSAGE and not entry.removed and entry.entry_id not in self._taken:
                body = read_body(entry, Message)
                if body is not None and body.state is not Delivery.ANSWERED:
                    self._taken.add(entry.entry_id)
                    self._tasks.create_task(self._carry(entry, body), name=f"message {entry.entry_id}")

    async def _carry(self, entry: Entry, body: Message) -> None:
        """Bring a message on, step by step; where somebody else did meanwhile, it is theirs."""
        version = entry.version
        for state in STEPS[STEPS.index(body.state) + 1 if body.state in STEPS else 0 :]:
            await self._scene.pace.sleep(self._scene.between(5, 40))
            answer = ANSWERS[int(self._scene.rng.integers(len(ANSWERS)))] if state is Delivery.ANSWERED else ""
            body = replace(body, state=state, state_at=self._scene.now(), answer=answer)
            asked = EntryPut(_plain(body), version, entry.expires_at)
            try:
                put = await self._scene.room.client.register.put(
                    EntryKind.MESSAGE, entry.entry_id, asked, key=new_key()
                )
            except Fault as fault:
                if fault.kind is FaultKind.UNAUTHENTICATED:
                    raise
                log.info("message not carried on: %s", fault.key)
                return
            version = put.version


def _plain(body: Message) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(body)
    return plain
