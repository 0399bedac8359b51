"""A request in words: who asks, and why."""

from domain.case import Case, OpenRequest
from domain.reasons import REASONS, ReasonList
from widgets.names import Names


def reason_text(request: OpenRequest, names: Names) -> str:
    """Return why it is asked: the reason of its list, and what was written."""
    lists = {kind.value: kind for kind in ReasonList}
    listed = lists.get(request.kind.value)
    reason = request.reason
    if listed is not None and reason in REASONS[listed]:
        reason = names.words(f"reason.{listed}.{request.reason}")
    return names.words("list.comma").join(part for part in (reason, request.text) if part)


def asked_by(case: Case, request: OpenRequest, names: Names) -> str:
    """Return who asks: the person where known, with the unit that holds the case."""
    who = names.person(request.asked_staff) if request.asked_staff is not None else names.account(request.asked_by)
    unit = names.unit(case.lead_unit)
    return f"{unit} {who}".strip() if unit else who
