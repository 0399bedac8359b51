"""The three administrators at work: what each may, what none may alone, and what the log says of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from offices import FIRST, OWN, Office
from served import ALL_ROOM, Served, key, send_report

from domain.people import Role
from service.store import reads


@pytest.fixture
def office(own_service: Served) -> Iterator[Office]:
    return Office(own_service)


@pytest.fixture(scope="module")
def refusing(service: Served) -> Office:
    """An office whose tests disturb no other: they are refused, or alter the account ``wu`` alone."""
    office = Office(service)
    office.made("wu", Role.ACCEPTOR)
    return office


def test_it_takes_two_to_let_somebody_in(office: Office) -> None:
    asked = {"account": "zhou", "name": "周敏", "password": FIRST, "unit": "u-repair"}
    assert office.ask("sec", "POST", "accounts", asked).json()["key"] == "role_may_not"
    assert office.ask("sys", "POST", "accounts", asked).status_code == 201
    client = office.served.client(office.sign_in("zhou").json()["token"])
    assert client.get("/v1/me").json()["must_change_password"]
    assert client.get("/v1/snapshot").json()["key"] == "password_must_change"
    assert client.put("/v1/me/password", json={"old": FIRST, "new": OWN}).status_code == 204
    assert client.get("/v1/snapshot").json()["key"] == "role_may_not"
    rights = {"version": 2, "roles": ["duty_chief"], "reason": "到岗"}
    assert office.ask("sys", "PUT", "accounts/zhou/rights", rights).json()["key"] == "role_may_not"
    assert office.ask("sec", "PUT", "accounts/zhou/rights", rights).status_code == 200
    assert client.get("/v1/snapshot").status_code == 200
    assert client.get("/v1/me").json()["roles"] == ["duty_chief"]


def test_what_was_altered_is_in_the_log_field_by_field(office: Office) -> None:
    office.made("zhou", Role.ACCEPTOR)
    rights = {"version": 2, "roles": ["acceptor", "dispatcher"], "area": "330699103001", "reason": "兼任派遣"}
    office.ask("sec", "PUT", "accounts/zhou/rights", rights)
    change = office.last()
    assert (change.subject, change.subject_id, change.action, change.actor) == (
        "account",
        "zhou",
        "rights_granted",
        "sec",
    )
    assert change.data == {
        "before": {"area": "", "roles": ["acceptor"]},
        "after": {"area": "330699103001", "roles": ["acceptor", "dispatcher"]},
        "reason": "兼任派遣",
    }
    assert change.version == 3


@pytest.mark.parametrize(
    "roles",
    [
        ["system_admin", "security_admin"],
        ["system_admin", "audit_admin"],
        ["security_admin", "audit_admin"],
        *([admin, role.value] for admin in ("system_admin", "security_admin", "audit_admin") for role in ALL_ROOM),
        ["audit_admin", "gateway"],
    ],
)
def test_an_administrator_is_nothing_else(refusing: Office, roles: list[str]) -> None:
    head, seen = refusing.served.head(), refusing.account("wu")["version"]
    answer = refusing.ask("sec", "PUT", "accounts/wu/rights", {"version": seen, "roles": roles, "reason": "试试"})
    assert (answer.status_code, answer.json()["key"]) == (400, "roles_exclude_each_other")
    assert refusing.served.head() == head


def test_nobody_alters_their_own_rights(office: Office) -> None:
    seen = office.account("sec")["version"]
    for area, roles in (("", ["audit_admin"]), ("330699103001", ["security_admin"]), ("", [])):
        body = {"version": seen, "roles": roles, "area": area, "reason": "自己"}
        assert office.ask("sec", "PUT", "accounts/sec/rights", body).json()["key"] == "not_oneself"
    for step in ("lock", "unlock", "totp-reset"):
        body = {"version": seen, "reason": "自己"}
        assert office.ask("sec", "POST", f"accounts/sec/{step}", body).json()["key"] == "not_oneself"


def test_the_system_administrator_does_not_touch_other_administrators(office: Office) -> None:
    for user in ("sec", "aud"):
        seen = office.account(user)["version"]
        asked: list[tuple[str, str, dict[str, Any]]] = [
            ("PUT", "", {"version": seen, "name": "x"}),
            ("POST", "/disable", {"version": seen, "reason": "夺权"}),
            ("POST", "/password", {"version": seen, "password": FIRST, "reason": "夺权"}),
        ]
        for method, step, body in asked:
            answer = office.ask("sys", method, f"accounts/{user}{step}", body)
            assert answer.json()["key"] == "account_of_an_administrator"
    seen = office.account("sys")["version"]
    assert office.ask("sys", "PUT", "accounts/sys", {"version": seen, "name": "x"}).json()["key"] == "not_oneself"


def test_one_person_holds_one_office(office: Office) -> None:
    office.made("first", Role.SECURITY_ADMIN, staff="s-li")
    asked = {"account": "second", "name": "b", "password": FIRST, "staff": "s-li"}
    assert office.ask("sys", "POST", "accounts", asked).status_code == 201
    rights = {"version": 1, "roles": ["audit_admin"], "reason": "再来"}
    assert office.ask("sec", "PUT", "accounts/second/rights", rights).json()["key"] == "office_held_already"
    rights["roles"] = ["acceptor"]
    assert office.ask("sec", "PUT", "accounts/second/rights", rights).status_code == 200


def test_the_auditor_alters_nothing_and_administrators_see_no_case(office: Office) -> None:
    room = office.served.client(office.served.token("room", *ALL_ROOM))
    case = send_report(room).case
    for user, client in office.clients.items():
        assert client.get("/v1/snapshot").json()["cases"] == [], user
        assert client.get(f"/v1/cases/{case.case_no}").json()["key"] == "role_may_not"
        assert client.get("/v1/cases").json()["key"] == "role_may_not"
        assert client.get("/v1/export/cases").json()["key"] == "role_may_not"
        assert client.get("/v1/positions").json()["key"] == "role_may_not"
    head = office.served.head()
    body = {"version": 1, "reason": "试试"}
    for step in ("disable", "enable", "lock", "unlock", "totp-reset", "sign-out"):
        assert office.ask("aud", "POST", f"accounts/room/{step}", body).json()["key"] == "role_may_not"
    assert office.ask("aud", "GET", "sessions").json()["key"] == "role_may_not"
    assert office.served.head() == head


def test_a_reset_password_waits_for_the_security_administrator(office: Office) -> None:
    client = office.working("zhou", Role.ACCEPTOR)
    seen = office.account("zhou")["version"]
    reset = {"version": seen, "password": "Qx9-second-given", "reason": "忘记密码"}
    assert office.ask("sys", "POST", "accounts/zhou/password", reset).status_code == 200
    assert client.get("/v1/me").json()["key"] == "token_unknown"
    assert office.sign_in("zhou", "Qx9-second-given").json()["key"] == "account_locked"
    assert office.sign_in("zhou", OWN).json()["key"] == "bad_credentials"
    unlock = {"version": seen + 1, "reason": "本人在场"}
    assert office.ask("sys", "POST", "accounts/zhou/unlock", unlock).json()["key"] == "role_may_not"
    assert office.ask("sec", "POST", "accounts/zhou/unlock", unlock).status_code == 200
    assert office.sign_in("zhou", "Qx9-second-given").json()["me"]["must_change_password"]


def test_a_disabled_account_is_shut_at_once_and_opens_again(office: Office) -> None:
    client = office.working("zhou", Role.ACCEPTOR)
    seen = office.account("zhou")["version"]
    assert office.ask("sys", "POST", "accounts/zhou/disable", {"version": seen, "reason": "调离"}).status_code == 200
    assert client.get("/v1/me").json()["key"] == "token_unknown"
    assert office.sign_in("zhou", OWN).json()["key"] == "account_disabled"
    assert office.sign_in("zhou", "wrong password 1").json()["key"] == "bad_credentials"
    enable = {"version": seen + 1, "reason": "返岗"}
    assert office.ask("sys", "POST", "accounts/zhou/enable", enable).status_code == 200
    assert office.sign_in("zhou", OWN).status_code == 201


def test_a_stale_version_is_refused_and_a_key_answers_once(office: Office) -> None:
    office.made("zhou", Role.ACCEPTOR)
    body = {"version": 2, "reason": "怀疑被盗"}
    once = key()
    first = office.ask("sec", "POST", "accounts/zhou/lock", body, once)
    again = office.ask("sec", "POST", "accounts/zhou/lock", body, once)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert office.ask("sec", "POST", "accounts/zhou/lock", body).json()["key"] == "stale_version"
    other = {"version": 3, "reason": "怀疑被盗"}
    assert office.ask("sec", "POST", "accounts/zhou/lock", other, once).json()["key"] == "idempotency_key_reused"
    assert office.ask("sec", "POST", "accounts/zhou/lock", other).json()["key"] == "nothing_to_alter"


def test_sessions_are_listed_and_ended_one_by_one_and_together(office: Office) -> None:
    office.made("zhou", Role.ACCEPTOR)
    tokens = [office.sign_in("zhou").json()["token"] for _ in range(3)]
    page = office.ask("sec", "GET", "sessions?account=zhou&limit=2").json()
    rest = office.ask("sec", "GET", f"sessions?account=zhou&limit=2&after={page['after']}").json()
    listed = [s["session"] for s in page["sessions"] + rest["sessions"]]
    assert len(set(listed)) == 3
    assert not any(token in str(page) for token in tokens)
    assert office.ask("sec", "POST", f"sessions/{listed[0]}/revoke", {"reason": "丢失"}).status_code == 200
    assert (
        office.ask("sec", "POST", f"sessions/{listed[0]}/revoke", {"reason": "丢失"}).json()["key"] == "unknown_session"
    )
    left = [t for t in tokens if office.served.client(t).get("/v1/me").status_code == 200]
    assert len(left) == 2
    assert office.ask("sec", "POST", "accounts/zhou/sign-out", {"version": 2, "reason": "全部"}).status_code == 200
    assert [office.served.client(t).get("/v1/me").status_code for t in tokens] == [401] * 3


def test_signing_out_everywhere_and_changing_the_password(office: Office) -> None:
    one = office.working("zhou", Role.ACCEPTOR)
    two = office.served.client(office.sign_in("zhou", OWN).json()["token"])
    newer = "another sentence 8"
    assert one.put("/v1/me/password", json={"old": "wrong one 11", "new": newer}).json()["key"] == "bad_credentials"
    assert one.put("/v1/me/password", json={"old": OWN, "new": "zhou123456"}).json()["key"] == "password_name"
    assert one.put("/v1/me/password", json={"old": OWN, "new": "short"}).json()["key"] == "password_length"
    assert one.put("/v1/me/password", json={"old": OWN, "new": OWN}).json()["key"] == "password_same"
    assert one.put("/v1/me/password", json={"old": OWN, "new": newer}).status_code == 204
    assert (one.get("/v1/me").status_code, two.get("/v1/me").status_code) == (200, 401)
    three = office.served.client(office.sign_in("zhou", newer).json()["token"])
    assert three.delete("/v1/me/sessions").status_code == 204
    assert (one.get("/v1/me").status_code, three.get("/v1/me").status_code) == (401, 401)


def test_neither_password_nor_secret_is_in_log_or_answer(office: Office) -> None:
    client = office.working("zhou", Role.ACCEPTOR)
    shown = client.post("/v1/me/totp", json={"password": OWN}).json()
    with office.served.store.reading.begin() as connection:
        log = str(reads.changes_after(connection, 0, 1000))
    assert FIRST not in log
    assert OWN not in log
    assert shown["secret"] not in log
    assert "argon2" not in log + str(office.account("zhou")) + str(office.ask("aud", "GET", "accounts").json())


def test_accounts_come_in_pages(office: Office) -> None:
    for i in range(5):
        office.made(f"u{i}", Role.ACCEPTOR)
    found: list[str] = []
    after = ""
    while True:
        page = office.ask("aud", "GET", f"accounts?limit=3&after={after}").json()
        found += [a["account"] for a in page["accounts"]]
        after = page["after"]
        if after is None:
            break
    assert found == sorted(["aud", "sec", "sys", *(f"u{i}" for i in range(5))])
    assert office.ask("aud", "GET", "accounts?limit=201").json()["key"] == "validation"


@pytest.mark.parametrize(
    ("area", "wanted"),
    [("", 200), ("330699", 200), ("330699103", 200), ("330699103001", 200), ("33", 200), ("330699103999", 200)]
    + [
        (bad, 400)
        for bad in ("330699104", "3306991", "33069910300", "浙江", "330699%", "120000000000", "3306991030010")
    ],
)
def test_an_area_is_the_town_what_holds_it_or_a_part_of_it(refusing: Office, area: str, wanted: int) -> None:
    now = refusing.account("wu")
    other = "acceptor" if now["roles"] == ["dispatcher"] else "dispatcher"
    body = {"version": now["version"], "roles": [other], "area": area, "reason": "区域"}
    assert refusing.ask("sec", "PUT", "accounts/wu/rights", body).status_code == wanted


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"account": " zhou"}, "user_name_bad"),
        ({"account": "system"}, "user_name_bad"),
        ({"account": "sys"}, "account_exists"),
        ({"unit": "u-none"}, "unknown_unit"),
        ({"staff": "s-none"}, "unknown_staff"),
        ({"password": "short"}, "password_length"),
        ({"password": "12345678901"}, "password_in_a_row"),
        ({"password": "P@ssw0rd2024"}, "password_word"),
        ({"password": "zhou-1234567"}, "password_name"),
        ({"roles": ["acceptor"]}, "validation"),
        ({"name": "x" * 61}, "validation"),
    ],
)
def test_an_account_that_cannot_be_is_refused(refusing: Office, asked: dict[str, Any], fault: str) -> None:
    head = refusing.served.head()
    body = {"account": "zhou", "name": "周敏", "password": FIRST} | asked
    assert refusing.ask("sys", "POST", "accounts", body).json()["key"] == fault
    assert refusing.served.head() == head
