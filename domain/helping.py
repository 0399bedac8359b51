"""The steps of units that help: sent beside the one that leads, or after it; they travel, arrive and say what they did.

The lead answers for the case: it alone signs, asks and feeds back. A unit that gets a copy only reads.
"""

from domain import guards as g
from domain.command import Arg, ArgKind
from domain.people import Role
from domain.states import CaseState
from domain.step import NOTE, TEXT, Step, make

CARD_ARGS = (
    Arg("run_card", ArgKind.TEXT, required=False, most=100),
    Arg("unmet", ArgKind.TICKS, required=False, most=120),
)
"""By which run card a dispatch was made, by its name then, and what it names that nobody was sent for."""

_GOING = {CaseState.PENDING_HANDLE, CaseState.HANDLING}

HELPING: tuple[Step, ...] = (
    make(
        "-",
        "add_helpers",
        _GOING,
        None,
        Role.DISPATCHER,
        (Arg("helpers", ArgKind.UNITS), Arg("copies", ArgKind.UNITS, required=False), NOTE),
        (g.a_unit_leads,),
        (g.helpers_are_new,),
    ),
    make("-", "help_arrive", _GOING, None, Role.HANDLER, (), (g.helps, g.help_not_arrived)),
    make(
        "-",
        "help_report",
        _GOING,
        None,
        Role.HANDLER,
        (TEXT, Arg("photos", ArgKind.PHOTOS, required=False)),
        (g.helps, g.help_not_reported),
    ),
)
