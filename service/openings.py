"""What consoles and other services say is open: it is passed on once it is known who may see it. Event loop only."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from domain.ids import CaseNo
from domain.wire_feed import Open
from service.feed.presence import SINCE, Seen
from service.feed.reader import Reader
from service.hub import Hub
from service.store import reads
from service.store.rows import watchers

TRIES = 5
"""A case is read again where something was published meanwhile, so many times at most."""

_Marks = dict[CaseNo, frozenset[str]]
Read = Callable[[Callable[[Connection], Any]], Awaitable[Any]]


class Openings:
    """Passes on to the hub what is open once it is known who may see it."""

    def __init__(self, read: Read, hub: Hub) -> None:
        self._read, self._hub = read, hub
        self._heard: dict[str, tuple[Seen, ...]] = {}
        self._task: asyncio.Task[None] | None = None

    async def hear(self, reader: Reader, said: Open) -> None:
        """Take what a reader says it has open; a case it may not see, or that is none, counts as none open."""
        presence, case_no = self._hub.presence, said.case_no
        if not reader.in_room or reader.tongue.wire < SINCE:
            return
        if reader in presence and case_no == presence.has_open(reader):
            return
        try:
            marks = None if case_no is None else (await self._marks((case_no,))).get(case_no)
        except SQLAlchemyError:  # a sign that is missing harms less than a feed that ends
            marks = None
        if case_no is None or marks is None or not reader.sight.sees_case(marks):
            self._hub.open(reader, None)
        else:
            self._hub.open(reader, case_no, marks)

    def hear_elsewhere(self, origin: str, seen: tuple[Seen, ...]) -> None:
        """Take what another service says is open there; the latest counts."""
        self._heard[origin] = seen
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._take_elsewhere(), name="openings-elsewhere")

    async def stop(self) -> None:
        """Look nothing up any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _take_elsewhere(self) -> None:
        presence = self._hub.presence
        while self._heard:
            origin, seen = self._heard.popitem()
            marks: _Marks = {}
            try:
                while missing := presence.unknown(seen) - marks.keys():
                    found = await self._marks(missing)
                    marks |= found
                    seen = tuple(one for one in seen if one[1] in found or one[1] not in missing)
            except SQLAlchemyError:
                continue  # said again within seconds
            presence.hear(origin, seen, marks, asyncio.get_running_loop().time())

    async def _marks(self, numbers: Collection[CaseNo]) -> _Marks:
        """Return who watches these cases, as of what the hub has published."""
        for _ in range(TRIES):
            head = self._hub.head
            found: _Marks = await self._read(partial(_watched, numbers=numbers))
            if self._hub.head == head:
                return found
        return {}


def _watched(connection: Connection, *, numbers: Iterable[CaseNo]) -> _Marks:
    return {case.case_no: watchers(case) for case in reads.cases_in(connection, numbers)}
