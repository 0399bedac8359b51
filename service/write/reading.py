"""Readings of what is guarded, each a change: who looked, at what, why. Written before anything is shown.

Contacts are shown by ``service.write.acting.reveal``, tracks by ``service.write.positions``; both log it this way. A
reading about one member of staff or one vehicle carries its id as the subject, so that the person can be told.
"""

from enum import StrEnum
from typing import Any

from domain.change import Change, Subject
from service.access import Asker
from service.write.reporting import author_of
from service.write.work import Work

MAX_REASON = 200


class Looked(StrEnum):
    """What was looked at; the action of the change."""

    CAMERA = "camera_opened"
    AUDIT = "audit_read"


def log_reading(work: Work, what: Looked, subject_id: str, asker: Asker, reason: str = "", **more: Any) -> Change:
    """Log that something guarded is looked at. ``more`` are plain JSON values, and never what was seen."""
    data = {"what": what.value.split("_", 1)[0], "reason": reason.strip()[:MAX_REASON], **more}
    return work.record(Subject.READING, subject_id, what.value, author_of(asker), data)


def log_audit(work: Work, asker: Asker, filters: dict[str, str]) -> Change:
    """Log that the audit trail itself is read, once a query."""
    return log_reading(work, Looked.AUDIT, "changes", asker, filters=filters)
