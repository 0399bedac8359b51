"""How a message of the feed is written down: for consoles of each wire, and as Server-Sent Events."""

from collections.abc import Sequence
from enum import Enum

import msgspec

from domain.change import Change, Seq, Subject
from domain.ids import ThingId
from domain.places import Position
from domain.wire import WIRE
from domain.wire_feed import Changes, FeedMessage, KeepAlive, Positions, Skip, fix_of
from service.access import Sight
from service.store.rows import watchers
from service.write.work import Recorded

_SINCE_WIRE_3 = frozenset({Subject.ENTRY, Subject.ADDRESS})
"""What changes may be about that older wires have no word for."""
MOST_CHANGES = 500
"""Changes in one message."""
MOST_FIXES = 2_000
"""Fixes in one message."""

_msgpack = msgspec.msgpack.Encoder()
_json = msgspec.json.Encoder()


class _Packed(msgspec.Struct, frozen=True, tag="fixes"):
    """``Fixes`` whose fixes are written down already."""

    fixes: Sequence[msgspec.Raw]
    gone: Sequence[ThingId] = ()
    whole: bool = False


class _Packed1(msgspec.Struct, frozen=True, tag="positions"):
    """``Positions`` of wire 1, likewise."""

    positions: Sequence[msgspec.Raw]
    gone: Sequence[ThingId] = ()


class Tongue(Enum):
    """What a reader understands."""

    WIRE_1 = 1
    WIRE_2 = 2
    WIRE_3 = 3
    EVENTS = 4  # of the newest wire
    EVENTS_2 = 5

    @classmethod
    def of(cls, wire: str | None) -> "Tongue":
        """Return that of a console which names its wire; of the newest where it names none."""
        return {"1": cls.WIRE_1, "2": cls.WIRE_2}.get(wire or "", cls.WIRE_3)

    @classmethod
    def of_events(cls, wire: str | None) -> "Tongue":
        """Return that of a reader of events."""
        return cls.EVENTS_2 if wire in ("1", "2") else cls.EVENTS

    @property
    def wire(self) -> int:
        """The wire it belongs to."""
        return {Tongue.WIRE_1: 1, Tongue.WIRE_2: 2, Tongue.EVENTS_2: 2}.get(self, WIRE)

    @property
    def is_events(self) -> bool:
        """Whether messages go as events, in JSON."""
        return self in (Tongue.EVENTS, Tongue.EVENTS_2)

    def say(self, message: FeedMessage | Positions, epoch: str = "") -> bytes:
        """Return a message as it is sent. ``epoch`` is part of an event's id."""
        if not self.is_events:
            return _msgpack.encode(message)
        return _event(str(type(message).__struct_config__.tag), _json.encode(message), _mark(message, epoch))

    def pack(self, position: Position) -> msgspec.Raw:
        """Return one position, for ``say_fixes``."""
        if self is Tongue.WIRE_1:
            return msgspec.Raw(_msgpack.encode(position))
        encoder = _json if self.is_events else _msgpack
        return msgspec.Raw(encoder.encode(fix_of(position)))

    def say_fixes(self, packed: Sequence[msgspec.Raw], gone: Sequence[ThingId], *, whole: bool = False) -> list[bytes]:
        """Return messages with these fixes and departures; none where there is nothing to say."""
        parts = [packed[i : i + MOST_FIXES] for i in range(0, len(packed), MOST_FIXES)]
        if not parts and (gone or whole):
            parts = [[]]
        return [self._say_part(part, gone if i == 0 else (), whole=whole and i == 0) for i, part in enumerate(parts)]

    def _say_part(self, packed: Sequence[msgspec.Raw], gone: Sequence[ThingId], *, whole: bool) -> bytes:
        if self is Tongue.WIRE_1:
            return _msgpack.encode(_Packed1(packed, gone))
        message = _Packed(packed, gone, whole)
        return _event("fixes", _json.encode(message), "") if self.is_events else _msgpack.encode(message)


def _event(kind: str, data: bytes, mark: str) -> bytes:
    head = f"event: {kind}\n" + (f"id: {mark}\n" if mark else "")
    return head.encode() + b"data: " + data + b"\n\n"


def _mark(message: FeedMessage | Positions, epoch: str) -> str:
    """Return where a reader that has heard this message resumes, "" where it says nothing about that."""
    match message:
        case Changes(changes=changes):
            return f"{epoch}:{changes[-1].seq}"
        case Skip(last=last):
            return f"{epoch}:{last}"
        case KeepAlive(head=head):
            return f"{epoch}:{head}"
    return ""


def frames(
    recorded: Sequence[Recorded], sight: Sight, tongue: Tongue = Tongue.WIRE_3, epoch: str = "", account: str = ""
) -> list[bytes]:
    """Return what a reader with this sight is sent for these consecutive changes.

    ``account`` is whose private entries are told. A wire without the register skips its changes.
    """
    without_register = tongue.wire < 3
    out: list[bytes] = []
    seen: list[Change] = []
    hidden: tuple[Seq, Seq] | None = None
    for entry in recorded:
        change = entry.change
        heard = not (without_register and change.subject in _SINCE_WIRE_3)
        if heard and sight.sees_change(change, () if sight.whole else _watched_by(entry), account):
            if hidden is not None:
                out.append(tongue.say(Skip(*hidden), epoch))
                hidden = None
            seen.append(sight.show_change(change, sensitive=entry.case is None or sight.is_sensitive(entry.case)))
            continue
        if seen:
            out += _in_parts(seen, tongue, epoch)
            seen = []
        hidden = (hidden[0] if hidden is not None else change.seq, change.seq)
    out += _in_parts(seen, tongue, epoch)
    if hidden is not None:
        out.append(tongue.say(Skip(*hidden), epoch))
    return out


def _watched_by(entry: Recorded) -> frozenset[str]:
    """Who watched the case before still hears of the change that takes it from them."""
    marks = frozenset[str]() if entry.case is None else watchers(entry.case)
    return marks if entry.before is None else marks | watchers(entry.before)


def _in_parts(changes: list[Change], tongue: Tongue, epoch: str) -> list[bytes]:
    cut = (tuple(changes[i : i + MOST_CHANGES]) for i in range(0, len(changes), MOST_CHANGES))
    return [tongue.say(Changes(part), epoch) for part in cut]
