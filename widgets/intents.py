"""What a person asks for, as frozen values carried by the panels' signals. The console turns them into commands."""

from dataclasses import dataclass, field
from typing import Any

from domain.case import NewReport
from domain.ids import AttachmentId, CaseNo


@dataclass(frozen=True)
class ActionIntent:
    """Act on a case. ``version`` is the one the person saw.

    ``args`` holds plain JSON values by argument name. ``files`` holds, by argument name, paths of photos on this
    machine: they are uploaded first, and their ids go into ``args`` under the same name.
    """

    case_no: CaseNo
    action: str
    version: int
    args: dict[str, Any] = field(default_factory=dict)
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class RevealIntent:
    """See the contacts of a case's reporters, for a reason that is logged."""

    case_no: CaseNo
    reason: str


@dataclass(frozen=True)
class PhotoWanted:
    """A photo is to be shown: as a thumbnail, or ``full`` when it was enlarged."""

    attachment_id: AttachmentId
    full: bool = False


@dataclass(frozen=True)
class ReportIntent:
    """A report taken down in the room; ``files`` are paths of photos to be uploaded first."""

    report: NewReport
    files: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class SignInIntent:
    """Sign in at a server. It has no repr, so that a password never reaches a log."""

    server: str
    user: str
    password: str
    code: str = ""

    def __repr__(self) -> str:
        return f"SignInIntent({self.server!r}, {self.user!r}, ...)"
