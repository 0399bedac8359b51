"""Every guard refuses what it is there for, and with the guard taken out the same thing goes through: none is idle."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from domain_factories import refusal
from stores import make_asker, settled_store
from towns import INSIDE, LI, MORNING, VILLAGE

from domain.case import NewReport
from domain.change import Change, Subject
from domain.command import Command
from domain.faults import Fault
from domain.ids import AccountId, CaseNo
from domain.people import Actor, Role
from domain.places import Position
from domain.states import Channel
from domain.wire import PositionBatch
from domain.wire_admin import AccountAsked, AccountEdit, AccountStep, PasswordReset, RightsAsked
from service.access import Asker, Door, Sight, sight_of
from service.access import asker as asker_module
from service.access import sight as sight_module
from service.clock import real_now
from service.http import positions
from service.http.express import Call
from service.passwords import check_new
from service.tokens import Account
from service.write import accounts, acting, admin_accounts, own_account, reporting
from service.write.transaction import Job, transact
from service.write.work import Work

ROOM = (Role.ACCEPTOR, Role.DISPATCHER, Role.DUTY_CHIEF)
SYS, SEC = make_asker("sys", Role.SYSTEM_ADMIN), make_asker("sec", Role.SECURITY_ADMIN)
ELSEWHERE = "330699103002"


class Scene:
    """A store with a few accounts, and a case in the first village."""

    def __init__(self, do: Callable[[Callable[[Work], Any]], Any]) -> None:
        self.do = do
        for user, roles, staff in (
            ("sys", (Role.SYSTEM_ADMIN,), None),
            ("sec", (Role.SECURITY_ADMIN,), None),
            ("aud", (Role.AUDIT_ADMIN,), LI),
            ("zhou", (Role.ACCEPTOR,), LI),
        ):
            actor = Actor(AccountId(user), frozenset(roles), None, staff)
            account = Account(actor, user, "hash", real_now(), locked=user == "locked")
            do(partial(accounts.put_account, account=account))
        script = Account(Actor(AccountId("script"), frozenset({Role.READER})), "script", None, real_now())
        do(partial(accounts.put_account, account=script))
        self.case_no: CaseNo = do(partial(reporting.take_report, report=report(), asker=room())).case.case_no


def report(**more: Any) -> NewReport:
    lon, lat = INSIDE
    return NewReport(Channel.HOTLINE, "路口", kind="01-02", lon=lon, lat=lat, **more)


def room(area: str = "") -> Asker:
    own = Actor(AccountId("room"), frozenset(ROOM), area=area)
    return Asker(own, "room", b"", own)


def _call(asker: Asker, data: PositionBatch) -> None:
    class Town:
        """Takes whatever it is given; only the guard before it is looked at."""

        tracker = property(lambda self: self)
        world = timekeeper = None

        def take(self, *_: Any) -> None:
            return None

    town: Any = Town()
    town.__class__.timekeeper = property(lambda self: self)
    town.__class__.now = lambda self: MORNING
    positions.take_positions(Call(town, {}, asker, b""), data)


def _named(scene: Scene) -> None:
    """Merge into a case that lies in another area."""
    other = scene.do(partial(reporting.take_report, report=NewReport(Channel.HOTLINE, "别处"), asker=room())).case
    sight = sight_of(room(VILLAGE).own)
    command = Command("merge", 1, {"into": other.case_no})
    acting_check: Any = acting._check_named_cases
    scene.do(lambda work: acting_check(work, command, sight))


def _offer(scene: Scene) -> None:
    scene.do(partial(own_account.change_password, user=AccountId("script"), kept="x", token=b""))


def _grant(user: str, *roles: Role, area: str = "", asker: Asker = SEC) -> Callable[[Work], Any]:
    asked = RightsAsked(version=1, roles=frozenset(roles), area=area, reason="测试")
    return lambda work: admin_accounts.grant(work, user, asked, asker)


def _step(run: Callable[..., Any], user: str, asker: Asker, version: int = 1) -> Callable[[Work], Any]:
    return lambda work: run(work, user, AccountStep(version=version, reason="测试"), asker)


Probe = Callable[[Scene], object]
GUARDS: list[tuple[str, Any, str, Probe]] = [
    ("role_may_not", asker_module, "admit", lambda s: asker_module.admit(make_asker("x", Role.READER), Door.REPORT)),
    (
        "password_must_change",
        asker_module,
        "admit",
        lambda s: asker_module.admit(Asker(room().own, "x", b"", room().own, first_password=True), Door.CASES),
    ),
    (
        "channel_not_yours",
        reporting,
        "check_channel",
        lambda s: s.do(partial(reporting.take_report, report=NewReport(Channel.GRID_WORKER, "x"), asker=room())),
    ),
    (
        "place_outside_area",
        reporting,
        "check_place",
        lambda s: s.do(partial(reporting.take_report, report=report(), asker=room(ELSEWHERE))),
    ),
    (
        "not_your_position",
        positions,
        "check_thing",
        lambda s: _call(
            make_asker("x", Role.HANDLER),
            PositionBatch((Position("s-li", 120.8, 29.5, MORNING),)),  # type: ignore[arg-type]
        ),
    ),
    ("merge_target_unknown", Sight, "sees_case", _named),
    (
        "unknown_case",
        Sight,
        "sees_case",
        lambda s: s.do(
            lambda w: acting.act(w, s.case_no, Command("accept", 1), room(ELSEWHERE), sight_of(room(ELSEWHERE).own))
        ),
    ),
    ("stale_version", admin_accounts, "seen_as_it_is", lambda s: s.do(_step(admin_accounts.lock, "zhou", SEC, 9))),
    ("not_oneself", admin_accounts, "not_oneself", lambda s: s.do(_grant("sec", Role.READER))),
    ("not_oneself", admin_accounts, "not_oneself", lambda s: s.do(_step(admin_accounts.lock, "sec", SEC))),
    (
        "account_of_an_administrator",
        admin_accounts,
        "no_administrator",
        lambda s: s.do(_step(admin_accounts.disable, "sec", SYS)),
    ),
    (
        "account_of_an_administrator",
        admin_accounts,
        "no_administrator",
        lambda s: s.do(
            lambda w: admin_accounts.reset_password(
                w, "aud", PasswordReset(version=1, password="x", reason="测试"), "hash", SYS
            )
        ),
    ),
    (
        "account_of_an_administrator",
        admin_accounts,
        "no_administrator",
        lambda s: s.do(lambda w: admin_accounts.edit(w, "sec", AccountEdit(version=1, name="x"), SYS)),
    ),
    (
        "script_account",
        admin_accounts,
        "has_password",
        lambda s: s.do(
            lambda w: admin_accounts.reset_password(
                w, "script", PasswordReset(version=1, password="x", reason="测试"), "hash", SYS
            )
        ),
    ),
    (
        "office_held_already",
        admin_accounts,
        "one_office_a_person",
        lambda s: s.do(_grant("zhou", Role.SECURITY_ADMIN)),
    ),
    (
        "roles_exclude_each_other",
        admin_accounts,
        "check_roles",
        lambda s: s.do(_grant("script", Role.READER, Role.SYSTEM_ADMIN)),
    ),
    (
        "roles_exclude_each_other",
        accounts,
        "check_roles",
        lambda s: s.do(
            lambda w: accounts.keep_account(
                w, accounts.NewAccount("n", "n", frozenset({Role.READER, Role.AUDIT_ADMIN}), "hash")
            )
        ),
    ),
    (
        "roles_exclude_each_other",
        accounts,
        "check_roles",
        lambda s: s.do(lambda w: accounts.give_script_token(w, "script", frozenset({Role.AUDIT_ADMIN}), 1)),
    ),
    ("area_unknown", admin_accounts, "check_area", lambda s: s.do(_grant("zhou", Role.READER, area="440000"))),
    (
        "unknown_unit",
        admin_accounts,
        "check_belonging",
        lambda s: s.do(
            lambda w: admin_accounts.make(w, AccountAsked(account="n", name="n", password="x", unit="u-none"), "h", SYS)  # type: ignore[arg-type]
        ),
    ),
    (
        "user_name_bad",
        admin_accounts,
        "check_user",
        lambda s: s.do(lambda w: admin_accounts.make(w, AccountAsked(account=" n", name="n", password="x"), "h", SYS)),
    ),
    ("script_account", own_account, "_own", _offer),
]


def _check_open_probe(scene: Scene) -> None:
    scene.do(_step(admin_accounts.lock, "zhou", SEC))
    scene.do(lambda work: accounts.sign_in(work, AccountId("zhou"), b"\x01" * 32, 60))


GUARDS.append(("account_locked", accounts, "check_open", _check_open_probe))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with settled_store(tmp_path) as (store, ledger), store.writing.connect() as connection:

        def do(run: Callable[[Work], Any]) -> Any:
            answer = transact(connection, ledger, [Job(run, alone=True)], lambda: MORNING).answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        yield Scene(do)


def _without(module: Any, name: str) -> Any:
    """Return what stands in a guard's place once it is taken out: it says yes to everything."""
    if name == "sees_case":
        return lambda self, watched_by: True
    if name == "_own":
        from service.tokens import find_account

        return lambda work, user: find_account(work.connection, user)
    return lambda *_, **__: None


@pytest.mark.parametrize(
    ("key", "module", "name", "probe"), GUARDS, ids=[f"{n}-{g[2]}-{g[0]}" for n, g in enumerate(GUARDS)]
)
def test_a_guard_refuses_and_nothing_else_would(
    scene: Scene, key: str, module: Any, name: str, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Fault) as refused:
        probe(scene)
    assert refused.value.key == key
    monkeypatch.setattr(module, name, _without(module, name))
    left = refusal(lambda: probe(scene))
    assert left is None or left.key != key, "something else refuses this too: the guard is not what is tested"


def test_every_guard_of_the_doors_and_of_accounts_is_taken_out_somewhere() -> None:
    tried = {name for _, _, name, _ in GUARDS}
    doors = {n for n in vars(asker_module) if n.startswith(("admit", "check_"))}
    offices = {"seen_as_it_is", "not_oneself", "no_administrator", "has_password", "one_office_a_person"}
    checks = {n for n in vars(accounts) if n.startswith("check_")}
    assert doors | offices | checks <= tried


def test_the_gateway_alone_acts_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from towns import make_town

    member = make_town().staff[0]
    with pytest.raises(Fault, match="not_a_gateway"):
        asker_module.act_for(room().own, member)
    assert asker_module.act_for(make_asker("g", Role.GATEWAY).own, member).staff == member.staff_id


def test_a_reveal_asks_for_sight(scene: Scene) -> None:
    with pytest.raises(Fault, match="unknown_case"):
        scene.do(lambda w: acting.reveal(w, scene.case_no, "回访", room(ELSEWHERE), sight_of(room(ELSEWHERE).own)))
    with pytest.raises(Fault, match="no_contact"):
        scene.do(lambda w: acting.reveal(w, scene.case_no, "回访", room(VILLAGE), sight_of(room(VILLAGE).own)))


def test_a_change_of_an_account_is_hidden_by_sight_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    change = Change(1, Subject.ACCOUNT, "x", "locked", AccountId("sec"), MORNING)
    assert not sight_of(room().own).sees_change(change, ())
    monkeypatch.setattr(sight_module, "GUARDED", frozenset())
    assert sight_of(room().own).sees_change(change, ())


def test_a_new_password_is_looked_at() -> None:
    for bad, key in (("short", "password_length"), ("password123", "password_word"), ("zhou-2468013", "password_name")):
        with pytest.raises(Fault, match=key):
            check_new(bad, "zhou")
