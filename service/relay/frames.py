"""What services tell each other beside the log: latest fixes, what is open, the wish for all of it. Bounded."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

from domain.ids import MAX_ID, AccountId, CaseNo, ThingId
from domain.places import Position
from service.store.rows import from_us, to_us

MOST_BYTES = 7_900
"""Of one frame. PostgreSQL passes on texts of less than 8,000."""
CHANGES = "onemap_change"
"""Channel of the trigger on the head of the log (migration 0004): the number of its last change."""
FIXES = "onemap_fix"
"""Channel of frames."""
MOST_FIXES = 400
"""Of one frame; more than fit in."""

_Meta = msgspec.Meta
MOST_SEEN = 300
"""Cases that are open, of one frame; about as many as fit in."""

_Account = Annotated[AccountId, _Meta(min_length=1, max_length=MAX_ID)]
_Number = Annotated[CaseNo, _Meta(min_length=1, max_length=MAX_ID)]


class Fix(msgspec.Struct, frozen=True, array_like=True):
    """A position by place instead of name: half the bytes. ``at`` is microseconds since 1970."""

    thing: Annotated[str, _Meta(min_length=1, max_length=128)]
    lon: Annotated[float, _Meta(ge=-180, le=180)]
    lat: Annotated[float, _Meta(ge=-90, le=90)]
    at: Annotated[int, _Meta(ge=0, le=2**53)]
    speed_mps: Annotated[float, _Meta(ge=0, le=150)] | None = None
    heading_deg: Annotated[float, _Meta(ge=0, lt=360)] | None = None
    accuracy_m: Annotated[float, _Meta(ge=0, le=100_000)] | None = None


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """One message. ``origin`` is the service that sent it; ``asks`` wants everybody's latest fixes.

    ``seen`` is, where it is there, everything that is open at the sender: account and case.
    ``deaf`` says that the sender hears nothing over NATS now, so that it must be told over PostgreSQL.
    """

    origin: Annotated[str, _Meta(min_length=1, max_length=32)]
    asks: bool = False
    fixes: Annotated[tuple[Fix, ...], _Meta(max_length=MOST_FIXES)] = ()
    deaf: bool = False
    seen: Annotated[tuple[tuple[_Account, _Number], ...], _Meta(max_length=MOST_SEEN)] | None = None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Frame)


def written(origin: str, positions: Iterable[Position]) -> Iterator[str]:
    """Yield the frames that carry these positions, each as full as may be."""
    parts: list[bytes] = []
    size = room = MOST_BYTES - len(_encoder.encode(Frame(origin)))
    for position in positions:
        part = _encoder.encode(_fix(position))
        size -= len(part) + 1
        if parts and (size < 0 or len(parts) == MOST_FIXES):
            yield _joined(origin, parts)
            parts, size = [], room - len(part) - 1
        parts.append(part)
    if parts:
        yield _joined(origin, parts)


def _joined(origin: str, parts: list[bytes]) -> str:
    fixes = msgspec.Raw(b"[" + b",".join(parts) + b"]")
    return _encoder.encode((origin, False, fixes)).decode()


def asking(origin: str, *, asks: bool = True, deaf: bool = False) -> str:
    """Return a frame without fixes: it asks for all of them, or says that the sender hears nothing over NATS."""
    return _encoder.encode(Frame(origin, asks, deaf=deaf)).decode()


def opened(origin: str, seen: Iterable[tuple[AccountId, CaseNo]]) -> str:
    """Return the frame that says all that is open here; what does not fit in one is left out."""
    told = list(seen)[:MOST_SEEN]
    while len(frame := _encoder.encode(Frame(origin, seen=tuple(told)))) > MOST_BYTES:
        told = told[: len(told) * 3 // 4]
    return frame.decode()


def read(text: str | bytes) -> Frame | None:
    """Return a frame, None for what is none of ours."""
    if len(text) > MOST_BYTES:
        return None
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def positions_of(fixes: Iterable[Fix]) -> list[Position]:
    """Return the positions of a frame."""
    return [
        Position(ThingId(f.thing), f.lon, f.lat, from_us(f.at), f.speed_mps, f.heading_deg, f.accuracy_m) for f in fixes
    ]


def _fix(p: Position) -> Fix:
    return Fix(p.thing, p.lon, p.lat, to_us(p.fixed_at), p.speed_mps, p.heading_deg, p.accuracy_m)
