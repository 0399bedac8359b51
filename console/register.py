"""The register at the desk: entries by what they are, told of when they alter; putting, removing and undoing them.

Panels and feeds ask for the bodies of a type (``all(Camera)``) and hear ``changed`` with the registers that altered.
What is put or removed from here can be undone, the last first.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from itertools import count
from typing import Any, Generic, TypeVar, cast
from uuid import uuid4

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from client.api import new_key
from client.picture import Delta, EntryKey
from client.room import Room
from console.actsdone import Act, ActsDone, state_before
from console.notices import NoticeHub
from console.tasks import Tasks
from domain.faults import Fault, FaultKind, conflict
from domain.ids import EntryId
from domain.reading import Reading
from domain.register import REGISTERS, Entry, EntryKind, EntryPut, fold_entry, kind_of, read_body
from domain.register_shapes import Body

OWNER = "register"

B = TypeVar("B", bound=Body)
Write = Callable[[int], Coroutine[Any, Any, Entry]]
"""Writes an entry on a version, and returns it as it is then."""


class Held(msgspec.Struct, Generic[B], frozen=True):
    """An entry with its body in its own type."""

    entry: Entry
    body: B

    @property
    def entry_id(self) -> EntryId:
        """Its id."""
        return self.entry.entry_id


class Register(QObject):
    """The entries and readings of the room that is followed."""

    changed = Signal(object)
    """Entries altered: a frozenset of ``EntryKind``."""
    readings_changed = Signal(object)
    """Things said something: a frozenset of ``EntryKey``; empty where everything may have altered."""
    done = Signal(object)
    """Something was put or removed from here: the ``Entry`` as it is now."""
    refused = Signal(object, object)
    """It was not: its ``EntryKey`` and the ``Fault``."""

    def __init__(self, tasks: Tasks, notices: NoticeHub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notices = notices
        self._room: Room | None = None
        self._made: dict[EntryKind, dict[EntryId, Held[Any]]] = {}
        self._ends: dict[EntryKey, datetime] = {}
        self._acts = ActsDone()
        self._numbers = count()
        self._latest = -1
        self._under_way: EntryKind | None = None
        self._undo_then: tuple[EntryKind, ...] = ()
        self._turns: dict[EntryKey, asyncio.Lock] = {}
        self._made_of: dict[tuple[EntryKey, int], int] = {}

    def use(self, room: Room | None) -> None:
        """Follow this room from here on."""
        self._tasks.cancel(OWNER)
        self._room = room
        self._under_way = None
        self._undo_then = ()
        self._acts.clear()
        self._turns.clear()
        self._made_of.clear()
        self._forget(frozenset(REGISTERS))

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        if delta.whole:
            self._forget(frozenset(REGISTERS))
            self.readings_changed.emit(frozenset())
            return
        if delta.entries:
            self._forget(frozenset(kind for kind, _ in delta.entries))
        if delta.readings:
            self.readings_changed.emit(delta.readings)

    def on_second(self, now: datetime) -> None:
        """Let time pass: what has come to its end no longer counts."""
        ended = [key for key, end in self._ends.items() if end <= now]
        if ended:
            self._forget(frozenset(kind for kind, _ in ended))

    # -- reading ---------------------------------------------------------------------------------------------------

    def all(self, body: type[B]) -> list[Held[B]]:
        """Return every entry whose body is of this type, by id."""
        return list(self._of(body).values())

    def get(self, body: type[B], entry_id: EntryId) -> Held[B] | None:
        """Return one entry, None where it is not there."""
        return self._of(body).get(entry_id)

    def reading(self, body: type[Body], entry_id: EntryId) -> Reading | None:
        """Return what a thing said last."""
        picture = None if self._room is None else self._room.picture
        return None if picture is None else picture.readings.get((kind_of(body), entry_id))

    def newest_reading(self, body: type[Body]) -> datetime | None:
        """Return when a thing of a register said something last, None where none did."""
        picture = None if self._room is None else self._room.picture
        kind = kind_of(body)
        heard = () if picture is None else (r.at for r in picture.readings.values() if r.kind is kind)
        return max(heard, default=None)

    def may_write(self, body: type[Body]) -> bool:
        """Return whether whoever is signed in may put entries of this type."""
        picture = None if self._room is None else self._room.picture
        return picture is not None and bool(REGISTERS[kind_of(body)].write & picture.me.roles)

    def may_alter(self, held: Held[Any]) -> bool:
        """Return whether whoever is signed in may alter or remove this entry."""
        picture = None if self._room is None else self._room.picture
        rule = REGISTERS[held.entry.kind]
        if picture is None or not rule.write & picture.me.roles:
            return False
        return held.entry.author == picture.me.account or bool(rule.others & picture.me.roles)

    # -- writing ---------------------------------------------------------------------------------------------------

    def put(
        self, body: Body, entry_id: EntryId | None = None, *, expires_at: datetime | None = None, area: str = ""
    ) -> EntryId:
        """Put an entry, a new one where no id is given; return its id. ``done`` or ``refused`` follows."""
        kind = kind_of(type(body))
        name = EntryId(uuid4().hex) if entry_id is None else entry_id
        held = self._of(type(body)).get(name)
        version = 0 if held is None else held.entry.version
        plain: dict[str, Any] = msgspec.to_builtins(body)
        asked = EntryPut(plain, version, expires_at, area)
        self._begin((kind, name), version, lambda seen: self.put_entry(kind, name, replace(asked, version=seen)))
        return name

    def remove(self, held: Held[Any]) -> None:
        """Take an entry out; it can be undone."""
        entry = held.entry
        key = (entry.kind, entry.entry_id)
        self._begin(key, entry.version, lambda seen: self.remove_entry(replace(entry, version=seen)))

    def undo(self, *kinds: EntryKind) -> None:
        """Take back what was put or removed from here last, where that was in one of these registers."""
        act = self._acts.last
        if self._under_way is not None:
            self._undo_then = kinds if self._under_way in kinds else self._undo_then  # as soon as it is answered
        elif act is not None and act.kind in kinds:
            self._begin(act.key, act.stands, lambda _: self.put_back(act), undoes=act)

    def can_undo(self, kind: EntryKind) -> bool:
        """Return whether what was done from here last was in this register, and can be undone."""
        act = self._acts.last
        return self._under_way is None and act is not None and act.kind is kind

    async def put_entry(self, kind: EntryKind, entry_id: EntryId, asked: EntryPut) -> Entry:
        """Put an entry and wait for the answer. Raises the ``Fault`` that refuses it."""
        room = self._held_room()
        return self._taken(room, await room.client.register.put(kind, entry_id, asked, key=new_key()))

    async def put_back(self, act: Act) -> Entry:
        """Take back an act: what was there before it is put again, or what it made is removed."""
        room = self._held_room()
        history = await room.client.register.history(*act.key)
        before, now = state_before(history, act), fold_entry(history[-1])
        if now.version != act.stands:
            raise conflict("stale_entry", seen=act.stands, current=now.version)
        calls = room.client.register
        if before is None or before.removed:
            return self._taken(room, await calls.remove(now.kind, now.entry_id, now.version, key=new_key()))
        asked = EntryPut(before.body, now.version, before.expires_at, before.area)
        return self._taken(room, await calls.put(now.kind, now.entry_id, asked, key=new_key()))

    async def remove_entry(self, entry: Entry) -> Entry:
        """Take an entry out and wait for the answer. Raises the ``Fault`` that refuses it."""
        room = self._held_room()
        calls = room.client.register
        return self._taken(room, await calls.remove(entry.kind, entry.entry_id, entry.version, key=new_key()))

    def _begin(self, key: EntryKey, seen: int, write: Write, undoes: Act | None = None) -> None:
        """Begin a write on the version that was seen; it waits for those on the same entry that are on their way.

        Nothing is undone until it is answered: what is on its way is the last.
        """
        self._latest = number = next(self._numbers)
        self._under_way, self._undo_then = key[0], ()
        name = f"{key[0].value}/{key[1]}/{number}"
        self._tasks.start(OWNER, name, self._settle(key, seen, write, number, undoes))

    async def _settle(self, key: EntryKey, seen: int, write: Write, number: int, undoes: Act | None) -> None:
        async with self._turns.setdefault(key, asyncio.Lock()):
            # What we ourselves made of the version that was seen counts as seen
            version = self._made_of.get((key, seen), seen)
            try:
                entry = await write(version)
            except Fault as fault:
                if number == self._latest:
                    self._under_way, self._undo_then = None, ()
                if undoes is not None and fault.kind is not FaultKind.UNAVAILABLE:
                    self._acts.forget(key)
                self._notices.refused(fault, replace=f"register-{key[1]}")
                self.refused.emit(key, fault)
                return
            self._made_of[key, version] = self._made_of[key, seen] = entry.version
            if undoes is None:
                self._acts.note(entry)
            else:
                self._acts.took_back(undoes, entry)
        undo_then: tuple[EntryKind, ...] = ()
        if number == self._latest:
            self._under_way = None
            undo_then, self._undo_then = self._undo_then, ()
        self.done.emit(entry)
        if undo_then:
            self.undo(*undo_then)

    def _taken(self, room: Room, entry: Entry) -> Entry:
        """Show the answer at once; the feed brings the same change again and it is passed over."""
        room.take_entry(entry)
        return entry

    def _held_room(self) -> Room:
        if self._room is None:
            raise conflict("no_picture")
        return self._room

    # -- kept from the picture -------------------------------------------------------------------------------------

    def _of(self, body: type[B]) -> dict[EntryId, Held[B]]:
        kind = kind_of(body)
        made = self._made.get(kind)
        if made is None:
            made = self._made[kind] = self._read(kind, body)
        return cast("dict[EntryId, Held[B]]", made)

    def _read(self, kind: EntryKind, body: type[B]) -> dict[EntryId, Held[Any]]:
        room = self._room
        if room is None or room.picture is None:
            return {}
        now = room.service_now()
        found: dict[EntryId, Held[Any]] = {}
        for entry in sorted(room.picture.entries_of(kind), key=lambda e: e.entry_id):
            typed = read_body(entry, body) if entry.counts(now) else None
            if typed is not None:
                found[entry.entry_id] = Held(entry, typed)
                if entry.expires_at is not None:
                    self._ends[kind, entry.entry_id] = entry.expires_at
        return found

    def _forget(self, kinds: frozenset[EntryKind]) -> None:
        for kind in kinds:
            self._made.pop(kind, None)
        self._ends = {key: end for key, end in self._ends.items() if key[0] not in kinds}
        self.changed.emit(kinds)
