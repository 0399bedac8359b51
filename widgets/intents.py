"""What a person asks for, as frozen values carried by the panels' signals. The console turns them into commands."""

from typing import Any

import msgspec

from domain.case import NewReport
from domain.ids import AttachmentId, CaseNo

CASE_MIME = "application/x-onemap-case"
"""What a case is dragged as: its number."""


class ActionIntent(msgspec.Struct, frozen=True):
    """Act on a case. ``version`` is the one the person saw.

    ``args`` holds plain JSON values by argument name. ``files`` holds, by argument name, paths of photos on this
    machine: they are uploaded first, and their ids go into ``args`` under the same name. ``title`` says what it is
    about where that is no case.
    """

    case_no: CaseNo
    action: str
    version: int
    args: dict[str, Any] = msgspec.field(default_factory=dict)
    files: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    title: str = ""


class BulkIntent(msgspec.Struct, frozen=True):
    """Do one action to many cases, each by itself, with the same arguments."""

    action: str
    cases: tuple[CaseNo, ...]
    args: dict[str, Any] = {}


class RevealIntent(msgspec.Struct, frozen=True):
    """See the contacts of a case's reporters, for a reason that is logged."""

    case_no: CaseNo
    reason: str


class PhotoWanted(msgspec.Struct, frozen=True):
    """A photo is to be shown: as a thumbnail, or ``full`` when it was enlarged."""

    attachment_id: AttachmentId
    full: bool = False


class ReportIntent(msgspec.Struct, frozen=True):
    """A report taken down in the room; ``files`` are paths of photos to be uploaded first.

    ``into`` is the open case it is merged into as soon as it was taken: the same was told before.
    """

    report: NewReport
    files: tuple[str, ...] = ()
    into: CaseNo | None = None


class SignInIntent(msgspec.Struct, frozen=True):
    """Sign in at a server. It has no repr, so that a password never reaches a log."""

    server: str
    user: str
    password: str
    code: str = ""

    def __repr__(self) -> str:
        return f"SignInIntent({self.server!r}, {self.user!r}, ...)"
