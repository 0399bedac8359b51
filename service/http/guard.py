"""At every door: who asks, may they come in, and do they speak our wire. A handler without a door lets nobody in."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.openapi.datastructures import ResponseSpec

from domain.faults import forbidden, invalid
from domain.ids import StaffId
from domain.wire import BEHALF_HEADER, WIRE, WIRE_HEADER, WIRES, FaultBody
from service.access import Asker, Door, act_for, admit
from service.http.codec import Scoped, header, runtime_of
from service.runtime import Runtime
from service.tokens import Holder

_WIRE = WIRE_HEADER.lower().encode()
_BEHALF = BEHALF_HEADER.lower().encode()
_KNOWN = frozenset(str(wire) for wire in WIRES)

REFUSALS = {
    400: ResponseSpec(FaultBody, description="Malformed or out of bounds", generate_examples=False),
    401: ResponseSpec(FaultBody, description="Not signed in", generate_examples=False),
    403: ResponseSpec(FaultBody, description="Not for this person", generate_examples=False),
    404: ResponseSpec(FaultBody, description="No such thing, or not for this reader", generate_examples=False),
    409: ResponseSpec(FaultBody, description="Not in this state, or somebody was faster", generate_examples=False),
    413: ResponseSpec(FaultBody, description="Too large", generate_examples=False),
    422: ResponseSpec(FaultBody, description="Same idempotency key, another request", generate_examples=False),
    429: ResponseSpec(FaultBody, description="Too many attempts", generate_examples=False),
    503: ResponseSpec(FaultBody, description="Cannot be kept safely now", generate_examples=False),
}


def through(door: Door, body: Any = None, express: Any = None) -> dict[str, Any]:
    """Return the options of a handler: its door, the wire type of its body, and what ``Express`` does in its place."""
    return {"door": door, "body": body, "express": express}


def public(body: Any = None) -> dict[str, Any]:
    """Return the options of a handler that asks for no token."""
    return {"public": True, "body": body}


async def guard(request: Request[Any, Any, Any]) -> None:
    """Let a request in or raise the ``Fault`` that keeps it out. (Litestar's own guards copy the handler each time.)"""
    asker = await enter(request, request.route_handler.opt, runtime_of(request))
    if asker is not None:
        request.scope["state"]["asker"] = asker


async def enter(request: Scoped, opt: dict[str, Any], runtime: Runtime) -> Asker | None:
    """Return who comes in through a handler's door, None where nobody is asked. Raises the ``Fault`` of a refusal."""
    door = _door_of(request, opt)
    if door is None:
        return None
    asker = await identify_in(request, runtime)
    admit(asker, door)
    return asker


def enter_known(request: Scoped, opt: dict[str, Any], runtime: Runtime) -> Asker | None:
    """Do as ``enter`` without waiting: also None where the store would have to be asked whose token it is."""
    door = _door_of(request, opt)
    holder = None if door is None else runtime.known_holder(header(request, b"authorization"))
    if door is None or holder is None:
        return None
    asker = _asker(request, holder, runtime)
    admit(asker, door)
    return asker


def _door_of(request: Scoped, opt: dict[str, Any]) -> Door | None:
    """Return the door a request comes to, None where nobody is asked."""
    check_wire(header(request, _WIRE))
    if "\x00" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise invalid("text_with_nul")
    if opt.get("public"):
        return None
    door: Door | None = opt.get("door")
    if door is None:
        raise forbidden("role_may_not", action="-")
    return door


async def identify(connection: ASGIConnection[Any, Any, Any, Any]) -> Asker:
    """Return who asks; a gateway may name the member of staff it speaks for."""
    return await identify_in(connection, runtime_of(connection))


async def identify_in(connection: Scoped, runtime: Runtime) -> Asker:
    """Return who asks of a running service."""
    return _asker(connection, await runtime.holder(header(connection, b"authorization")), runtime)


def _asker(connection: Scoped, holder: Holder, runtime: Runtime) -> Asker:
    behalf = header(connection, _BEHALF)
    if behalf is None:
        return Asker(holder.actor, holder.name, holder.token, holder.actor, first_password=holder.first_password)
    member = runtime.world.staff.get(StaffId(behalf))
    if member is None:
        raise invalid("unknown_staff", staff=behalf[:64])
    return Asker(holder.actor, holder.name, holder.token, act_for(holder.actor, member), member.staff_id)


def wire_of(connection: Scoped) -> int:
    """Return the wire a request that came in speaks, the newest where it names none."""
    named = header(connection, _WIRE)
    return WIRE if named is None else int(named)


def check_wire(named: str | None) -> None:
    """Raise a ``Fault`` that says which side is to be updated for a wire version this service does not speak."""
    if named is None or named in _KNOWN:
        return
    if not (named.isascii() and named.isdecimal() and len(named) < 6):
        raise invalid("wire_unknown", wire=named[:20], known=WIRES[-1])
    key = "wire_too_old" if int(named) < WIRES[0] else "wire_too_new"
    raise invalid(key, wire=int(named), oldest=WIRES[0], newest=WIRES[-1])
