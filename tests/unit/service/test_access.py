"""Who may do what: the table is whole, denies by default, and sight is as wide as it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.handlers import HTTPRouteHandler
from stores import make_asker
from towns import make_town

from domain.change import Change, Subject
from domain.faults import Fault
from domain.ids import AccountId, GridCode, StaffId, UnitId
from domain.people import ROOM_ROLES, Actor, Role
from domain.register import REGISTERS
from domain.states import Channel
from service.access import GUARDED, TABLE, Door, act_for, admit, check_channel, rights_of, sight_of
from service.http import attachments, cases, exchange, positions, session, town

HANDLERS = [
    handler
    for module in (session, town, cases, positions, attachments, exchange)
    for handler in module.HANDLERS
    if isinstance(handler, HTTPRouteHandler)
]
ROLES = st.frozensets(st.sampled_from([r for r in Role if r is not Role.SYSTEM]), max_size=4)


def test_every_handler_has_a_door_or_is_one_of_the_two_public_ones() -> None:
    public = {h.fn.__name__ for h in HANDLERS if h.opt.get("public")}
    assert public == {"open_session", "get_health"}
    for handler in HANDLERS:
        if not handler.opt.get("public"):
            assert isinstance(handler.opt["door"], Door), handler.fn.__name__


def test_every_role_is_in_the_table_but_the_services_own() -> None:
    assert set(TABLE) == set(Role) - {Role.SYSTEM}


@given(roles=ROLES, door=st.sampled_from(Door))
def test_a_door_opens_only_to_its_roles(roles: frozenset[Role], door: Door) -> None:
    asker = make_asker("x", *roles)
    if door in (Door.SESSION, Door.OWN) or door in rights_of(roles).doors:
        admit(asker, door)
    else:
        with pytest.raises(Fault, match="role_may_not"):
            admit(asker, door)


@given(roles=ROLES, channel=st.sampled_from(Channel))
def test_channels_are_as_the_table_says(roles: frozenset[Role], channel: Channel) -> None:
    actor = Actor(AccountId("x"), roles)
    may = channel is not Channel.IMPORT and (
        Role.GATEWAY in roles
        or (Role.GRID_WORKER in roles and channel is Channel.GRID_WORKER)
        or (Role.COUNTY in roles and channel is Channel.UPPER)
        or (Role.ACCEPTOR in roles and channel is not Channel.GRID_WORKER)
    )
    if may:
        check_channel(actor, channel)
    else:
        with pytest.raises(Fault):
            check_channel(actor, channel)


@given(roles=ROLES)
def test_only_a_gateway_speaks_for_others(roles: frozenset[Role]) -> None:
    member = make_town().staff[0]
    own = Actor(AccountId("x"), roles)
    if Role.GATEWAY in roles:
        actor = act_for(own, member)
        assert (actor.roles, actor.staff, actor.unit) == (member.roles, member.staff_id, member.unit_id)
    else:
        with pytest.raises(Fault, match="not_a_gateway"):
            act_for(own, member)


@given(roles=ROLES)
def test_sight(roles: frozenset[Role]) -> None:
    sight = sight_of(Actor(AccountId("x"), roles, UnitId("u"), StaffId("s")), [GridCode("g")])
    whole = bool(roles & (ROOM_ROLES | {Role.READER, Role.GATEWAY, Role.COUNTY}))
    assert sight.sees_case(()) == whole
    assert sight.sees_case({"u:u"}) or Role.HANDLER not in roles
    assert sight.sees_case({"s:s"}) == (whole or bool(roles & {Role.HANDLER, Role.GRID_WORKER}))
    for subject in Subject:
        change = Change(1, subject, "x", "y", AccountId("z"), make_town().staff[0].shift.starts_at)  # type: ignore[union-attr]
        if subject in GUARDED:
            seen = Role.AUDIT_ADMIN in roles or (
                subject is Subject.ACCOUNT and bool(roles & {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
            )
            assert sight.sees_change(change, ()) == seen
        elif subject is Subject.ENTRY:
            assert not sight.sees_change(change, ()), "one that cannot be read"
            assert sight.kinds == frozenset(k for k, rule in REGISTERS.items() if roles & rule.read)
        elif subject is not Subject.CASE:
            assert sight.sees_change(change, ())


def test_a_grid_worker_of_a_unit_does_not_see_the_units_cases() -> None:
    sight = sight_of(Actor(AccountId("x"), frozenset({Role.GRID_WORKER}), UnitId("u"), StaffId("s")))
    assert not sight.sees_case({"u:u"})
