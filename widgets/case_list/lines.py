"""Second lines of the lists that go across the states: what is asked and why, and who waits for a call."""

from datetime import datetime

from domain.case import Case, OpenRequest
from widgets.asking import asked_by, reason_text
from widgets.calling import callback_text, source_of
from widgets.names import Names


def request_line(case: Case, request: OpenRequest, names: Names) -> str:
    """Return what is asked, by whom and why."""
    parts = (names.words(f"request.{request.kind}"), asked_by(case, request, names), reason_text(request, names))
    return " · ".join(part for part in parts if part)


def callback_line(case: Case, names: Names, now: datetime) -> str:
    """Return who waits for a call and by when, or since when a closed case waits to be asked about."""
    words = names.words
    for report in case.callbacks[:1]:
        more = words("similar.reports", n=len(case.callbacks)) if len(case.callbacks) > 1 else ""
        parts = (callback_text(report, names, now), source_of(report, words), more)
        return " · ".join(part for part in parts if part)
    closed = "" if case.closed_at is None else names.local(case.closed_at).strftime("%m-%d %H:%M")
    return " · ".join((words("desk.callback.revisit", at=closed), words(f"channel.{case.channel}")))
