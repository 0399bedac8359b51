"""Whoever writes into the tables beside the service, to be let in or to be let do more, is found by ``verify``."""

from collections.abc import Callable
from typing import Any

import pytest
from offices import OWN, Office
from served import Served
from sqlalchemy import delete, insert, select, update

from domain.people import Role
from service.audit.verdict import Damage, Verdict
from service.audit.verify import check
from service.starting import write_once
from service.store import tables as t
from service.write.accounts import NewAccount, keep_account


@pytest.fixture(scope="module")
def office(service: Served) -> Office:
    """Accounts that have been through everything there is."""
    office = Office(service)
    client = office.working("zhou", Role.ACCEPTOR, Role.DISPATCHER, area="330699103001", unit="u-repair", staff="s-li")
    client.put("/v1/me/password", json={"old": OWN, "new": OWN + " again"})
    office.made("wu", Role.DUTY_CHIEF)
    for who, step in (("sec", "lock"), ("sec", "unlock"), ("sec", "sign-out"), ("sys", "disable")):
        body = {"version": office.account("wu")["version"], "reason": "试试"}
        assert office.ask(who, "POST", f"accounts/wu/{step}", body).status_code == 200
    for roles in ((Role.READER,), (Role.IMPORTER,), (Role.READER,)):
        service.token("script", *roles)
    wanted = NewAccount("wu2", "吴二", frozenset({Role.ACCEPTOR}), "no hash at all")
    for name in ("吴二", "吴三"):
        write_once(
            service.store_beside(),
            lambda work, name=name: keep_account(work, NewAccount("wu2", name, wanted.roles, "-")),
        )
    return office


def _verdict(office: Office, tamper: Callable[[Any], object] | None = None) -> Verdict:
    with office.served.store.writing.connect() as connection, connection.begin() as transaction:
        if tamper is not None:
            tamper(connection)
        found = check(connection)
        transaction.rollback()
    return found


def test_accounts_are_what_their_changes_say(office: Office) -> None:
    verdict = _verdict(office)
    assert verdict.broken == 0, verdict.breaks
    assert verdict.accounts == 7


@pytest.mark.parametrize("account", ["zhou", "wu", "script", "aud", "wu2"])
@pytest.mark.parametrize(
    "values",
    [
        {"roles": '["duty_chief", "security_admin"]'},
        {"roles": "[]"},
        {"area": "33"},
        {"unit": "u-sanitation"},
        {"staff": "s-zhao"},
        {"name": "别人"},
        {"disabled_at": "turned"},
        {"locked_at": "turned"},
        {"first_password": "turned"},
    ],
    ids=lambda v: next(iter(v)) + str(next(iter(v.values()))),
)
def test_an_account_altered_beside_the_service_is_found(office: Office, account: str, values: dict[str, Any]) -> None:
    (name, value), which = next(iter(values.items())), t.account.c.account == account
    if account in ("script", "aud") and name == "name":
        account, which = "zhou", t.account.c.account == "zhou"  # the log gives a script no name

    def tamper(connection: Any) -> None:
        was = connection.execute(select(t.account.c[name]).where(which)).scalar_one()
        wanted = (int(not was) or (0 if name == "first_password" else None)) if value == "turned" else value
        assert wanted != was
        connection.execute(update(t.account).where(which).values({name: wanted}))

    verdict = _verdict(office, tamper)
    assert [(b.what, b.about) for b in verdict.breaks] == [(Damage.ACCOUNT_DIFFERS, account)]


def test_an_account_put_in_or_taken_out_beside_the_service_is_found(office: Office) -> None:
    def put_in(connection: Any) -> None:
        row = connection.execute(select(t.account).where(t.account.c.account == "zhou")).mappings().one()
        connection.execute(insert(t.account).values({**row, "account": "ghost"}))

    def take_out(connection: Any) -> None:
        connection.execute(delete(t.account).where(t.account.c.account == "wu"))

    assert [(b.what, b.about) for b in _verdict(office, put_in).breaks] == [(Damage.ACCOUNT_UNSAID, "ghost")]
    assert [(b.what, b.about) for b in _verdict(office, take_out).breaks] == [(Damage.ACCOUNT_MISSING, "wu")]
