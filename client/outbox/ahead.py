"""What a case will be once our own orders on it are done: judged by the same rules, shown to nobody as done.

It answers one question: what may still be asked for behind what waits.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from client.outbox.order import Entry
from domain.case import Case
from domain.change import Change, Subject
from domain.command import Command, Context
from domain.decide import decide
from domain.faults import Fault
from domain.fold import fold
from domain.people import Actor


def case_ahead(case: Case, entries: Iterable[Entry], actor: Actor, context: Context) -> Case | None:
    """Return the case after the orders that wait on it, in order; None where that cannot be told here."""
    for entry in entries:
        order = entry.order
        if order.case_no != case.case_no:
            continue
        try:
            case = _after(case, order.action, order.args, actor, context)
        except (Fault, ValueError, KeyError, TypeError):
            return None
    return case


def _after(case: Case, action: str, args: dict[str, object], actor: Actor, context: Context) -> Case:
    decision = decide(case, Command(action, case.version, args), actor, context)
    now: datetime = context.now
    change = Change(
        seq=0,
        subject=Subject.CASE,
        subject_id=case.case_no,
        action=decision.action,
        actor=actor.account,
        recorded_at=now,
        version=case.version + 1,
        state=decision.state,
        data=msgspec.to_builtins(decision.data),
    )
    return fold(case, change)
