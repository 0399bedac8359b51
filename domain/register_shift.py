"""Registers of the room's own shift: posts, who is on them, handovers signed by both, notes of the duty log.

An entry's author and who put it last are set by the service, so a signature is a put under one's own sign-in.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.faults import conflict, forbidden, invalid
from domain.ids import CaseNo
from domain.register_shapes import Body, Name, Note, Short, differ

MOST_ITEMS = 500
MOST_TOLD = 20


class Post(Body, frozen=True):
    """A post of the room (岗位), such as the acceptor's seat. ``order`` says where it stands in a list."""

    name: Name
    note: Note = ""
    order: Annotated[int, Meta(ge=0, le=1000)] = 0


class Duty(Body, frozen=True):
    """That its author is on a post (在岗) since a moment."""

    post: Name
    since: datetime

    def check(self) -> None:
        """See ``Body``."""
        _aware(self.since)


class ItemKind(StrEnum):
    """What a handover names (domain.md 6.2). Names are ``handover.kind.<value>``."""

    OVERDUE = "overdue"  # 超时未结
    SUPERVISED = "supervised"  # 督办
    SUSPENDED = "suspended"  # 挂账将到期
    CALLBACK = "callback"  # 待回访
    REQUEST = "request"  # 待审批
    EQUIPMENT = "equipment"  # 设备故障
    INSTRUCTED = "instructed"  # 领导批示
    OUTBOX = "outbox"  # 待发送


class HandoverItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is open: a case, or what ``text`` says."""

    kind: ItemKind
    text: Annotated[str, Meta(max_length=300)]
    case_no: Annotated[CaseNo, Meta(max_length=64)] | None = None


class Handover(Body, frozen=True):
    """A handover sheet (交接班). Its author has signed it; whoever put it with ``received`` has signed for it.

    ``read`` are the numbers of the items the incoming person has read: all of them, before it can be received.
    """

    post: Name
    made_at: datetime
    items: Annotated[tuple[HandoverItem, ...], Meta(max_length=MOST_ITEMS)] = ()
    remarks: Note = ""
    contacts: Note = ""
    received: bool = False
    read: Annotated[tuple[int, ...], Meta(max_length=MOST_ITEMS)] = ()
    answer: Note = ""

    def check(self) -> None:
        """See ``Body``."""
        _aware(self.made_at)
        if self.received and set(self.read) != set(range(len(self.items))):
            raise invalid("handover_unread", left=len(set(range(len(self.items))) - set(self.read)))


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who was told, when, and how (domain.md 6.2: the duty leader by telephone in 10 minutes, in writing in 30)."""

    who: Name
    at: datetime
    how: Short = ""


class LogNote(Body, frozen=True):
    """A typed line of the duty log (值班日志): information that came in, and who was told of it when.

    ``came_at`` is when it came. A ``warning`` is to be told by telephone within 10 minutes and in writing within 30.
    """

    text: Annotated[str, Meta(min_length=1, max_length=2_000)]
    came_at: datetime
    source: Short = ""
    extent: Short = ""
    expected: Short = ""
    warning: bool = False
    told: Annotated[tuple[Told, ...], Meta(max_length=MOST_TOLD)] = ()

    def check(self) -> None:
        """See ``Body``."""
        _aware(self.came_at)
        for told in self.told:
            _aware(told.at)


def handover_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge what becomes of a handover; ``own``: whoever does it made it. Raises ``Fault``.

    It is made unsigned for, altered or taken back by its author until it is signed for, and signed for by another
    person, who alters nothing else. Signed by both, it stays as it is.
    """
    if held is None:
        if body is not None and body["received"]:
            raise forbidden("handover_by_one")
        return
    if held["received"]:
        raise conflict("handover_signed")
    if own:
        if body is not None and body["received"]:
            raise forbidden("handover_by_one")
        return
    if body is None or not body["received"]:
        raise forbidden("handover_of_another")
    same = ("post", "made_at", "items", "remarks", "contacts")
    if differ(held, body, same):
        raise conflict("handover_altered")


def duty_step(held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
    """Judge a sign-on: nobody is put on a post by another; a chief may only sign somebody off. Raises ``Fault``."""
    if held is not None and body is not None and not own:
        raise forbidden("duty_of_another")


def _aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise invalid("moment_without_offset", argument="at")


class Phone(Body, frozen=True):
    """A duty telephone of the room's own people and units; never one of a member of the public (domain.md 7)."""

    name: Name
    number: Annotated[str, Meta(min_length=3, max_length=32, pattern=r"^[0-9+()\- ]+$")]
    note: Short = ""
    order: Annotated[int, Meta(ge=0, le=1000)] = 0
