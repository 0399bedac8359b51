"""Random walks of the machine, driven through the real card: what its forms send is judged by the real rules."""

import random
from collections.abc import Iterator

from domain_factories import ALL_ROLES, Ledger

from domain.case import Case
from domain.decide import allowed_steps
from domain.ids import AccountId, StaffId
from domain.machine import Step
from domain.people import Actor
from domain.states import Channel


def holder_of(case: Case) -> Actor:
    """Return a person with every role who holds whatever the case asks for, as in a room of one."""
    staff = case.checker or case.verifier or StaffId("s1")
    return Actor(AccountId("p"), ALL_ROLES, case.lead_unit, staff)


def offered(ledger: Ledger, case: Case) -> list[Step]:
    """Return the steps on offer to that person now."""
    return allowed_steps(case, holder_of(case), ledger.context)


def walk(seed: int, steps: int) -> Iterator[tuple[Ledger, Case, list[Step], Step, random.Random]]:
    """Go through cases at random; whoever takes a step does the action before asking for the next one."""
    chance = random.Random(seed)
    ledger = Ledger()
    other = ledger.report()
    case = ledger.report(Channel.HOTLINE)
    for _ in range(steps):
        choices = offered(ledger, case)
        if not choices or case.case_no == other.case_no or chance.random() < 0.03:
            case = ledger.report(chance.choice([Channel.PUBLIC, Channel.GRID_WORKER]))
            choices = offered(ledger, case)
        forward = [step for step in choices if step.target is not None]
        step = chance.choice(forward if forward and chance.random() < 0.5 else choices)
        yield ledger, case, choices, step, chance
        case = ledger.cases[case.case_no]
        ledger.pass_time(minutes=chance.randint(1, 40))
