"""Cases somebody has in hand and does not come back to: free again after a while, and when that person leaves."""

from datetime import datetime, timedelta

from domain.case import Case, Rules
from domain.command import Command
from domain.ids import AccountId, CaseNo
from domain.people import Actor
from domain.step import ROOM
from service.store import reads
from service.write.acting import carry_out
from service.write.work import SYSTEM, Work

SIGNED_OUT, TIMED_OUT = "signed_out", "timed_out"


def let_go_of_all(work: Work, account: AccountId) -> None:
    """Somebody left: free every case they had in hand."""
    for case in reads.claimed(work.connection, account):
        _let_go(work, case.case_no, account, SIGNED_OUT)


def let_go_of_old(work: Work, case_no: CaseNo) -> bool:
    """Free a case that was in hand for longer than the town allows; return whether that was so still."""
    case = work.case(case_no)
    if case is None or case.claim is None or not is_old(case, work.world.info.rules, work.now):
        return False
    return _let_go(work, case_no, case.claim.by, TIMED_OUT)


def is_old(case: Case, rules: Rules, now: datetime) -> bool:
    """Return whether a case was in hand for longer than the town allows."""
    return case.claim is not None and now - case.claim.since > timedelta(minutes=rules.at(now).claim_minutes)


def _let_go(work: Work, case_no: CaseNo, holder: AccountId, why: str) -> bool:
    """Release in the name of whoever has it in hand, as the service's own doing."""
    case = work.case(case_no)
    if case is None or case.claim is None or case.claim.by != holder:
        return False
    carry_out(work, case_no, Command("release", case.version), Actor(holder, ROOM), SYSTEM, why=why)
    return True
