"""Readings of what is guarded, each a change: who looked, at what, why. Written before anything is shown.

A reading about one member of staff or one vehicle carries its id as the subject, so that the person can be told.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.change import Change, Subject
from domain.faults import Fault, FaultKind
from domain.ids import ThingId
from service.access import Asker
from service.write.reporting import author_of
from service.write.work import Work

MOST_THINGS = 200
"""Things whose tracks are read in one go."""
MAX_REASON = 200


class Looked(StrEnum):
    """What was looked at; the action of the change."""

    CONTACT = "contact_revealed"
    CAMERA = "camera_opened"
    TRACK = "track_read"
    OWN_TRACK = "own_track_read"
    AUDIT = "audit_read"
    POSITIONS = "positions_read"


def log_reading(work: Work, what: Looked, subject_id: str, asker: Asker, reason: str = "", **more: Any) -> Change:
    """Log that something guarded is looked at. ``more`` are plain JSON values, and never what was seen."""
    data = {"what": what.value.split("_", 1)[0], "reason": reason.strip()[:MAX_REASON], **more}
    return work.record(Subject.READING, subject_id, what.value, author_of(asker), data)


def log_camera(work: Work, camera: str, asker: Asker, reason: str, case_no: str | None = None) -> Change:
    """Log that a camera is opened, from a case where there is one."""
    return log_reading(work, Looked.CAMERA, camera, asker, reason, case=case_no)


def log_track(
    work: Work, things: Collection[ThingId], since: datetime, until: datetime, asker: Asker, reason: str
) -> list[Change]:
    """Log that past positions are read: a change for each person or vehicle, so that each can be told.

    One's own track is logged as that. Raises ``Fault('too_many')`` beyond ``MOST_THINGS``.
    """
    if len(things) > MOST_THINGS:
        raise Fault(FaultKind.TOO_LARGE, "too_many", argument="things", limit=MOST_THINGS)
    span = {"since": since.isoformat(), "until": until.isoformat()}
    own = None if asker.own.staff is None else ThingId(asker.own.staff)
    return [
        log_reading(work, Looked.OWN_TRACK if thing == own else Looked.TRACK, thing, asker, reason, **span)
        for thing in sorted(things)
    ]


def log_audit(work: Work, asker: Asker, filters: dict[str, str]) -> Change:
    """Log that the audit trail itself is read, once a query."""
    return log_reading(work, Looked.AUDIT, "changes", asker, filters=filters)
