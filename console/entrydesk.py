"""What the parts of the desk have in common that stand around a register and have a sheet of their own."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from urllib.parse import unquote

import msgspec

from client.api import new_key
from client.picture import Delta
from console.crew import Member
from console.putting import Putter
from domain.case import Rules
from domain.faults import Fault
from domain.ids import EntryId
from domain.register import Entry, EntryPut, checked_body, kind_of, read_body
from domain.register_shapes import Body
from resources.theme import Theme
from resources.words import Value

if TYPE_CHECKING:
    from console.desk import Desk

B = TypeVar("B", bound=Body)


class DeskSheet(Protocol):
    """What the sheet of a register is to the desk."""

    def open_sheet(self) -> None:
        """Open over the window."""

    def close_sheet(self) -> None:
        """Close."""

    def come_up(self) -> None:
        """Lie on top again."""

    def isVisible(self) -> bool:
        """Whether it is open."""

    def retranslate(self) -> None:
        """Look the words up again."""

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""


S = TypeVar("S", bound=DeskSheet)


class EntryDesk(Member, Generic[S]):
    """Keeps a sheet, made when it is first opened, and what is told of it as the picture is.

    A subclass says what its sheet is (``make_sheet``), how it is filled (``fill``) and what a second brings.
    """

    def __init__(self, desk: "Desk", owner: str, kept_for: timedelta, *bodies: type[Body]) -> None:
        """``owner`` names its tasks and notices; entries stand ``kept_for`` in the register, in the log for good."""
        super().__init__(desk)
        self.desk, self.owner = desk, owner
        self._putter, self._kept_for = Putter(desk, owner), kept_for
        self._kinds = frozenset(kind_of(body) for body in bodies)
        self.sheet: S | None = None
        self.told: set[EntryId] = set()
        desk.appearance.language_changed.connect(self._on_language)

    def rules(self) -> Rules:
        """Return the town's own figures, all their versions."""
        room = self.desk.session.room
        return Rules({}) if room is None or room.picture is None else room.picture.town.rules

    def make_sheet(self) -> S:
        """Make the sheet and connect it."""
        raise NotImplementedError

    def fill(self) -> None:
        """Show the entries as they are."""
        raise NotImplementedError

    def open(self) -> None:
        """Open the sheet."""
        sheet = self.sheet
        if sheet is None:
            self.sheet = sheet = self.make_sheet()
            self.desk.appearance.dress([sheet])
        if not sheet.isVisible():
            self.fill()
            sheet.open_sheet()
        else:
            sheet.come_up()

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        self.told.clear()
        if self.sheet is not None and self.sheet.isVisible():
            self.sheet.close_sheet()

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        if delta.whole or any(kind in self._kinds for kind, _ in delta.entries):
            self.fill()

    def held(self, body: type[B], order: Callable[[Entry, B], object]) -> list[tuple[Entry, B]]:
        """Return the entries of this type that count now, in an order."""
        room, kind = self.desk.session.room, kind_of(body)
        if room is None or room.picture is None:
            return []
        found: list[tuple[Entry, B]] = []
        now = self.desk.service_now()
        for entry in room.picture.entries_of(kind):
            typed = read_body(entry, body) if entry.counts(now) else None
            if typed is not None:
                found.append((entry, typed))
        return sorted(found, key=lambda row: order(*row))  # type: ignore[arg-type,return-value]  # orders compare

    def waiting(self, body: type[B]) -> list[tuple[EntryId, B]]:
        """Return what waits in the outbox for a register, in order: id of the entry and its body."""
        return [(entry_id, typed) for entry_id, typed, _ in self._asked(body)]

    def version(self, body: type[Body], entry_id: EntryId) -> int:
        """Return the version an entry will be at when what waits on it is done.

        What the feed has brought already may still wait for its answer: it counts once.
        """
        room = self.desk.session.room
        held = None if room is None or room.picture is None else room.picture.entries.get((kind_of(body), entry_id))
        asked = [seen + 1 for which, _, seen in self._asked(body) if which == entry_id]
        return max([0 if held is None else held.version, *asked])

    def _asked(self, body: type[B]) -> list[tuple[EntryId, B, int]]:
        """Return the puts that wait: id of the entry, its body, and the version it was put at."""
        found: list[tuple[EntryId, B, int]] = []
        kind = kind_of(body)
        for entry in self.desk.outbox.entries():
            if entry.order.action == f"put_{kind.value}":
                asked = msgspec.msgpack.decode(entry.order.body, type=EntryPut)
                try:
                    typed = msgspec.convert(checked_body(kind, asked.body), body)
                except (Fault, msgspec.ValidationError):
                    continue
                found.append((EntryId(unquote(entry.order.post.rsplit("/", 1)[-1])), typed, asked.version))
        return found

    def _on_language(self, language: str) -> None:
        self.fill()

    def put(
        self,
        entry_id: EntryId,
        body: Body,
        version: int,
        title: str,
        done: str = "",
        *,
        behind: str = "",
        fact: bool = False,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Put a body at the version that was seen; see ``Putter.put``."""
        work = self.give(entry_id, body, version, title, done, behind=behind, fact=fact, values=values)
        self.desk.tasks.start(self.owner, new_key(), work)

    async def give(
        self,
        entry_id: EntryId,
        body: Body,
        version: int,
        title: str,
        done: str = "",
        *,
        behind: str = "",
        fact: bool = False,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Do so, and wait until it is answered or kept."""
        until = self.desk.service_now() + self._kept_for
        await self._putter.give(entry_id, body, version, until, title, done, behind=behind, fact=fact, values=values)
