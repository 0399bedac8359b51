"""The steps by which people in the room share the work: who has a case in hand, and who was called back.

They never move a case to another state. While somebody has a case in hand, whoever else wants to move it takes it over
first; that is a change like any other, so it is seen by both (``in_one_hand``).
"""

from domain import guards as g
from domain.command import Arg, ArgKind
from domain.people import Role
from domain.states import OPEN, CaseState
from domain.step import NOTE, ROOM, Step, make

CALLED_BACK = OPEN | {
    CaseState.CLOSED,
    CaseState.EVALUATED,
    CaseState.REJECTED,
    CaseState.VOIDED,
    CaseState.RECORDED,
}
"""Where a reporter can be called back: everywhere but where the reports have left the case."""

SHARING: tuple[Step, ...] = (
    make("-", "claim", OPEN, None, ROOM, (), (g.in_nobodys_hand,)),
    make("-", "take_over", OPEN, None, ROOM, (NOTE,), (g.in_anothers_hand,)),
    make("-", "release", OPEN, None, ROOM, (), (g.in_own_hand,)),
    make(
        "-",
        "hand_over",
        OPEN,
        None,
        ROOM,
        (Arg("to", ArgKind.COLLEAGUE), NOTE),
        (g.in_own_hand,),
        (g.colleague_is_another,),
    ),
    make(
        "-",
        "call_back",
        CALLED_BACK,
        None,
        {Role.ACCEPTOR, Role.DUTY_CHIEF},
        (
            Arg("which", ArgKind.REPORT),
            Arg("outcome", ArgKind.CHOICE, choices=("reached", "unreached", "given_up")),
            NOTE,
        ),
        (g.callback_owed,),
        (g.report_owes_callback,),
    ),
)

_FREE = frozenset({"note", "supervise", "cancel_supervise", "instruct", "mark_urgent", "mark_historic"})
"""Words and marks, which get in nobody's way."""


def in_one_hand(step: Step) -> Step:
    """Return a step of the room with the guard that nobody else has the case in hand.

    Steps of the field are not held up by it, nor is what the service's own timer may do.
    """
    held_up = step.roles & ROOM and Role.SYSTEM not in step.roles and step.sources & OPEN
    if not held_up or step.action in _FREE:
        return step
    return Step(
        no=step.no,
        action=step.action,
        sources=step.sources,
        target=step.target,
        roles=step.roles,
        args=step.args,
        guards=(*step.guards, g.not_in_anothers_hand),
        checks=step.checks,
    )
