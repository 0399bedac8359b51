"""What a row of the table of steps is, and the few lines that make one."""

import msgspec

from domain import guards as g
from domain.command import Arg, ArgKind
from domain.people import Role
from domain.reasons import ReasonList
from domain.states import CaseState


class Step(msgspec.Struct, frozen=True):
    """One permitted move: from which states, to which, by whom, with what, under which conditions."""

    no: str
    action: str
    sources: frozenset[CaseState]
    target: CaseState | None
    roles: frozenset[Role]
    args: tuple[Arg, ...] = ()
    guards: tuple[g.Guard, ...] = ()
    checks: tuple[g.Check, ...] = ()


TEXT = Arg("text", ArgKind.TEXT)
NOTE = Arg("text", ArgKind.TEXT, required=False)
ROOM = frozenset({Role.ACCEPTOR, Role.DISPATCHER, Role.DUTY_CHIEF, Role.DUTY_LEADER})
"""Those at the consoles who move a case along."""


def reason(name: ReasonList) -> Arg:
    """Return the argument that is chosen from a list of reasons."""
    return Arg("reason", ArgKind.REASON, reasons=name)


def make(
    no: str,
    action: str,
    sources: CaseState | frozenset[CaseState] | set[CaseState],
    target: CaseState | None,
    roles: Role | frozenset[Role] | set[Role],
    args: tuple[Arg, ...] = (),
    guards: tuple[g.Guard, ...] = (),
    checks: tuple[g.Check, ...] = (),
) -> Step:
    """Return a row of the table; one state or role may stand for a set of one."""
    return Step(
        no=no,
        action=action,
        sources=frozenset({sources}) if isinstance(sources, CaseState) else frozenset(sources),
        target=target,
        roles=frozenset({roles}) if isinstance(roles, Role) else frozenset(roles),
        args=args,
        guards=guards,
        checks=checks,
    )
