"""What waits to be sent: an order, what became of it so far, and how it is told to people."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

from client.register import entry_path
from domain.case import Case, NewReport
from domain.command import Command
from domain.faults import Fault, FaultKind
from domain.ids import AccountId, AttachmentId, CaseNo, EntryId
from domain.not_after import PRINTED, READING, REPORT, not_after
from domain.register import EntryKind, EntryPut
from domain.wire import RevealRequest
from domain.wire_log import Printed

REPORTS_LANE = "reports"


class Owner(msgspec.Struct, frozen=True):
    """Whose a queue is: nobody else's sign-in sends it, and nobody else reads it."""

    server: str
    account: AccountId
    name: str = ""


class Order(msgspec.Struct, frozen=True):
    """Something a person asked for. It is done once, under ``key``, however often it is sent.

    ``version`` is the one that was seen, ``seen`` what the case said then (``domain.differences``). ``photos`` counts
    the pictures kept beside it, by argument. ``post`` is a path of the service for what is neither command nor report;
    ``body`` what is sent there. ``behind`` names what it must not overtake, where that is more than its path.
    """

    key: str
    action: str
    given_at: datetime
    not_after: datetime
    case_no: CaseNo | None = None
    title: str = ""
    version: int = 0
    args: dict[str, Any] = {}
    seen: dict[str, Any] = {}
    photos: dict[str, int] = {}
    report: NewReport | None = None
    post: str = ""
    body: bytes = b""
    method: Literal["POST", "PUT", "DELETE"] = "POST"
    behind: str = ""

    def __repr__(self) -> str:
        """Name it without its content, which must reach no log."""
        return f"Order({self.key!r}, {self.action!r}, {self.case_no!r})"

    @property
    def lane(self) -> str:
        """What is sent in the order it was given: all of one case, all reports, all of one path or of what it names."""
        return self.case_no or self.behind or self.post or REPORTS_LANE

    @property
    def path(self) -> str:
        """Where it is sent."""
        if self.case_no is not None:
            return f"/v1/cases/{self.case_no}/commands"
        return self.post or "/v1/reports"


class Stage(StrEnum):
    """How far an order has come. Names under ``outbox.stage.<value>``."""

    WAITING = "waiting"  # not sent yet
    UNCLEAR = "unclear"  # sent, and no answer came: it is sent again under its key
    HELD = "held"  # a person has to decide


class Entry(msgspec.Struct, frozen=True):
    """An order as it stands. ``version`` is the one it is sent with: its own, or what our orders before it came to.

    ``body`` is what was sent first, and is sent again byte for byte. ``why`` is the fault that holds it.
    """

    order: Order
    number: int
    version: int
    stage: Stage = Stage.WAITING
    tried_at: datetime | None = None
    body: bytes = b""
    why: str = ""
    why_kind: FaultKind = FaultKind.CONFLICT
    params: dict[str, Any] = {}

    @property
    def fault(self) -> Fault:
        """Why it is held."""
        return Fault(self.why_kind, self.why, **self.params)


def command_order(
    key: str, case: Case, action: str, args: dict[str, Any], seen: dict[str, Any], given_at: datetime, version: int
) -> Order:
    """Return the order for a command on a case."""
    until = not_after(action, given_at)
    return Order(key, action, given_at, until, case.case_no, case.title, version, args, seen)


def report_order(key: str, report: NewReport, given_at: datetime) -> Order:
    """Return the order for a report."""
    return Order(key, REPORT, given_at, not_after(REPORT, given_at), title=report.title or report.text, report=report)


def reading_order(key: str, case_no: CaseNo, reason: str, given_at: datetime) -> Order:
    """Return the order that logs that contacts, shown before, were looked at again without a line."""
    body = msgspec.msgpack.encode(RevealRequest(reason))
    path = f"/v1/cases/{case_no}/contact"
    return Order(key, READING, given_at, not_after(READING, given_at), title=case_no, post=path, body=body)


def entry_order(
    key: str,
    kind: EntryKind,
    entry_id: EntryId,
    asked: EntryPut,
    title: str,
    given_at: datetime,
    behind: str = "",
) -> Order:
    """Return the order that puts an entry of the register; it overtakes no other order ``behind`` the same."""
    action = f"put_{kind.value}"
    return Order(
        key,
        action,
        given_at,
        not_after(action, given_at),
        title=title,
        post=entry_path(kind, entry_id),
        body=msgspec.msgpack.encode(asked),
        method="PUT",
        behind=behind,
    )


def entry_removal(key: str, kind: EntryKind, entry_id: EntryId, version: int, title: str, given_at: datetime) -> Order:
    """Return the order that takes an entry out of the register, at the version that was seen."""
    action = f"remove_{kind.value}"
    path = f"{entry_path(kind, entry_id)}?version={version}"
    return Order(key, action, given_at, not_after(action, given_at), title=title, post=path, method="DELETE")


def print_order(key: str, printed: Printed, title: str, given_at: datetime) -> Order:
    """Return the order that logs that something was put on paper."""
    body = msgspec.msgpack.encode(printed)
    return Order(key, PRINTED, given_at, not_after(PRINTED, given_at), title=title, post="/v1/prints", body=body)


def body_of(entry: Entry, photos: dict[str, list[AttachmentId]]) -> bytes:
    """Return what is sent first; ``photos`` are the ids the service gave to those kept beside the order."""
    order = entry.order
    if order.post:
        return order.body
    if order.report is not None:
        named = {name: (*getattr(order.report, name), *ids) for name, ids in photos.items()}
        return msgspec.msgpack.encode(msgspec.structs.replace(order.report, **named))
    args = dict(order.args)
    for name, ids in photos.items():
        args[name] = [*args.get(name, ()), *ids]
    return msgspec.msgpack.encode(Command(order.action, entry.version, args))


def version_in(body: bytes) -> int:
    """Return the version a command's kept body names."""
    return msgspec.msgpack.decode(body, type=Command).version
