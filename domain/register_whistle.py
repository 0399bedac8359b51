"""The registers of the whistle (吹哨): several units are called at once, each has to sign in (报到) by its own time.

The whistle is one entry, put whole by whoever may call; what was called for stays, and it is ended with a result. Each
sign-in is an entry of its own (``sign_in_id``), so that units that sign in at the same moment, or without a line, do
not get in each other's way. How long anybody may be given is the town's (``Rules.whistle_minutes``), by its date.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2s
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.case import Rules
from domain.faults import conflict, forbidden, invalid
from domain.ids import CaseNo, EntryId, UnitId
from domain.people import ROOM_ROLES, Role
from domain.register_judging import Setting
from domain.register_shapes import Body, Note, Short, check_moment, differ

MOST_CALLED = 30
BLOWN_LATELY = timedelta(minutes=15)
"""A whistle is blown now; so much an order may have waited, or a clock be off."""
CLOCKS_DIFFER = timedelta(minutes=2)

WhistleId = Annotated[EntryId, Meta(min_length=1, max_length=64)]
CalledUnit = Annotated[UnitId, Meta(min_length=1, max_length=64)]


class Called(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that is called, and the moment by which it has to sign in."""

    unit: CalledUnit
    due_at: datetime


class Whistle(Body, frozen=True):
    """A call. ``matter`` says what for, ``where`` to sign in; ``result`` what came of it, with which it ends."""

    matter: Annotated[str, Meta(min_length=1, max_length=500)]
    blown_at: datetime
    called: Annotated[tuple[Called, ...], Meta(min_length=1, max_length=MOST_CALLED)]
    where: Short = ""
    case_no: Annotated[CaseNo, Meta(max_length=64)] | None = None
    ended: bool = False
    result: Note = ""

    def check(self) -> None:
        """See ``Body``."""
        check_moment(self.blown_at, "blown_at")
        if not self.matter.strip():
            raise invalid("argument_missing", argument="text")
        for called in self.called:
            check_moment(called.due_at, "due_at")
            if called.due_at <= self.blown_at:
                raise invalid("whistle_due_before")
        units = [called.unit for called in self.called]
        if len(set(units)) != len(units):
            raise invalid("unit_named_twice")
        if self.ended != bool(self.result.strip()):
            raise invalid("whistle_result_and_end")

    def called_unit(self, unit: UnitId) -> Called | None:
        """Return by when a unit is called, None for one that is not."""
        return next((called for called in self.called if called.unit == unit), None)


class SignIn(Body, frozen=True):
    """That a unit has signed in. ``present`` is False where that was taken back; ``by_radio``: the room noted it."""

    whistle: WhistleId
    unit: CalledUnit
    at: datetime
    present: bool = True
    by_radio: bool = False
    note: Short = ""

    def check(self) -> None:
        """See ``Body``."""
        check_moment(self.at, "at")


class Standing(StrEnum):
    """How a called unit stands. Names are ``whistle.standing.<value>``."""

    ESCALATED = "escalated"  # 超时升级
    OVERDUE = "overdue"  # 超时未到
    WAITING = "waiting"  # 待报到
    LATE = "late"  # 迟到
    SIGNED = "signed"  # 已报到
    ABSENT = "absent"  # 未到: ended without it


def standing(whistle: Whistle, called: Called, signed_at: datetime | None, now: datetime, rules: Rules) -> Standing:
    """Return how a unit stands at a moment; who is overdue for long enough is a matter for the duty leader."""
    if signed_at is not None:
        return Standing.SIGNED if signed_at <= called.due_at else Standing.LATE
    if whistle.ended:
        return Standing.ABSENT
    if now < called.due_at:
        return Standing.WAITING
    patience = timedelta(minutes=rules.at(whistle.blown_at).whistle_escalate_minutes)
    return Standing.OVERDUE if now < called.due_at + patience else Standing.ESCALATED


def sign_in_id(whistle: EntryId, unit: UnitId) -> EntryId:
    """Return under which id a unit's sign-in stands: the same for everybody who notes it."""
    return EntryId(f"{whistle[:40]}.{blake2s(unit.encode(), digest_size=8).hexdigest()}")


def whistle_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what becomes of a whistle: it is blown, then ended, and never taken away. Raises ``Fault``."""
    if body is None:
        raise conflict("whistle_stays")
    if held is None:
        if body["ended"]:
            raise conflict("whistle_not_blown")
        return
    if held["ended"]:
        raise conflict("whistle_over")
    if differ(held, body, ("matter", "blown_at", "called", "where", "case_no")):
        raise conflict("whistle_altered")


def sign_in_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what becomes of a sign-in: it is noted and taken back, but stays one of that unit. Raises ``Fault``."""
    if body is None:
        raise conflict("sign_in_stays")
    if held is not None and differ(held, body, ("whistle", "unit")):
        raise conflict("sign_in_altered")


def judge_whistle(entry_id: EntryId, held: Mapping[str, Any] | None, body: Whistle, setting: Setting) -> None:
    """Judge a whistle by the moment and the town's rules: it is for now, and nobody is given longer than may be."""
    if held is not None:
        return
    if len(entry_id) > 40:
        raise invalid("entry_id_bad", entry_id=entry_id[:64])
    if not setting.now - BLOWN_LATELY <= body.blown_at <= setting.now + CLOCKS_DIFFER:
        raise conflict("whistle_not_now")
    minutes = setting.rules.at(body.blown_at).whistle_minutes
    if any(called.due_at > body.blown_at + timedelta(minutes=minutes) for called in body.called):
        raise invalid("whistle_due_late", minutes=minutes)


def judge_sign_in(entry_id: EntryId, held: Mapping[str, Any] | None, body: SignIn, setting: Setting) -> None:
    """Judge a sign-in: of a unit that was called, before the end; the field signs in for itself, the room by radio."""
    whistle = setting.find(Whistle, body.whistle)
    if whistle is None or whistle.called_unit(body.unit) is None:
        raise conflict("whistle_not_called")
    if entry_id != sign_in_id(body.whistle, body.unit):
        raise invalid("entry_id_bad", entry_id=entry_id[:64])
    if whistle.ended:
        raise conflict("whistle_over")
    if not whistle.blown_at - CLOCKS_DIFFER <= body.at <= setting.now + CLOCKS_DIFFER:
        raise invalid("whistle_signed_when")
    roles = setting.actor.roles
    if roles & ROOM_ROLES:
        if not body.by_radio:
            raise forbidden("whistle_room_notes_by_radio")
    elif body.by_radio or (Role.GATEWAY not in roles and setting.actor.unit != body.unit):
        raise forbidden("whistle_not_your_unit")
