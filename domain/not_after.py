"""Until when something a person asked for may still be done, if it could not be sent at once.

Who sends somebody out means now: ten minutes later another may be nearer, and a person has to look again. What only
describes stays true for days. Six days are the most: the service knows a request again for seven (domain.wire).
"""

from datetime import datetime, timedelta

SENDS_PEOPLE = timedelta(minutes=10)
ANSWERS = timedelta(minutes=30)
"""Answers somebody waits for: another may have given one meanwhile."""
WORKS = timedelta(hours=8)
"""Steps at the desk: as long as a shift."""
DESCRIBES = timedelta(days=6)
"""What was seen, said or reported: it only adds."""

KEY_KEPT = timedelta(days=7)
"""For so long at least the service knows a request again by its key (``service.audit.retention``)."""
KEY_MARGIN = timedelta(hours=12)
"""So much before that end nothing is sent again: clocks differ, and a request takes its time."""

REPORT, READING, PRINTED = "report", "contact_revealed", "printed"
"""What waits beside commands: a report, that contacts were looked at again, that something was put on paper."""

_SENDS_PEOPLE = frozenset(
    {"dispatch", "add_helpers", "put_whistle", "rework", "return_rework", "send_verify", "send_check", "skip_send_up"}
)
_DESCRIBES = frozenset(
    {
        REPORT,
        READING,
        PRINTED,
        "put_log_note",
        "put_checklist",
        "put_tick",
        "note",
        "reply_supervise",
        "feedback",
        "help_report",
        "verify_result",
        "check_pass",
        "check_fail",
    }
)
_ANSWERS = ("approve_", "refuse_", "endorse_")

DESCRIPTIVE_FIELDS = ("title", "words", "kind", "address", "place", "text", "urgent")
"""What a command may say about a case in words: here a person may keep the own or take the other's."""


def patience(action: str) -> timedelta:
    """Return how long an action may wait before it goes back to whoever asked for it."""
    if action in _SENDS_PEOPLE:
        return SENDS_PEOPLE
    if action in _DESCRIBES:
        return DESCRIBES
    return ANSWERS if action.startswith(_ANSWERS) else WORKS


def not_after(action: str, given_at: datetime) -> datetime:
    """Return the last moment at which an action given at ``given_at`` may be sent for the first time."""
    return given_at + patience(action)


def is_descriptive(action: str) -> bool:
    """Return whether an action only adds what was seen or said: it may follow whatever others did meanwhile."""
    return action in _DESCRIBES


def too_old_to_repeat(tried_at: datetime, now: datetime) -> bool:
    """Return whether a request first sent at ``tried_at`` can no longer be told from a new one by the service."""
    return now - tried_at > KEY_KEPT - KEY_MARGIN
