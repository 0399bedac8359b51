"""Who asks, and the guards at the doors."""

import msgspec

from domain.faults import forbidden, invalid
from domain.ids import StaffId
from domain.people import Actor, Staff
from domain.states import Channel
from service.access.table import Door, rights_of

_WITH_A_FIRST_PASSWORD = frozenset({Door.SESSION, Door.OWN})


class Asker(msgspec.Struct, frozen=True):
    """Who asks: the account with its own roles, and as whom the rules judge it (a gateway speaks for a phone).

    ``first_password`` says that the password was given by an administrator and has to be changed before anything else.
    """

    own: Actor
    name: str
    token: bytes
    actor: Actor
    on_behalf_of: StaffId | None = None
    first_password: bool = False


def admit(asker: Asker, door: Door) -> None:
    """Raise ``Fault('role_may_not')`` unless one of the account's own roles opens the door.

    Everybody who is signed in may look after their own account, also without any role.
    """
    if asker.first_password and door not in _WITH_A_FIRST_PASSWORD:
        raise forbidden("password_must_change")
    if door not in _WITH_A_FIRST_PASSWORD and door not in rights_of(asker.own.roles).doors:
        raise forbidden("role_may_not", action=door.value)


def act_for(own: Actor, member: Staff) -> Actor:
    """Return the actor a gateway becomes when it speaks for a member of staff. Raises where it is no gateway."""
    if not rights_of(own.roles).speaks_for_others:
        raise forbidden("not_a_gateway")
    return Actor(account=own.account, roles=member.roles, unit=member.unit_id, staff=member.staff_id, area=own.area)


def check_channel(actor: Actor, channel: Channel) -> None:
    """Raise a fault unless the actor may bring reports of this channel."""
    if channel is Channel.IMPORT:
        raise invalid("channel_not_for_reports")
    if channel not in rights_of(actor.roles).channels:
        raise forbidden("channel_not_yours", channel=channel.value)


def check_thing(asker: Asker, thing: str) -> None:
    """Raise a fault unless the asker may send this thing's position: a gateway all, others only their own."""
    if not rights_of(asker.own.roles).speaks_for_others and thing != asker.own.staff:
        raise forbidden("not_your_position", thing=thing)


def check_place(actor: Actor, area: str) -> None:
    """Raise a fault unless a place in the division ``area`` lies in the actor's own area."""
    if not area.startswith(actor.area):
        raise forbidden("place_outside_area", area=area, yours=actor.area)
