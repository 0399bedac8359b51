"""The audit administrator over HTTP: signing on another machine, reading the trail; and the security administrator's
erasing and keeping."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from log_checks import everything_kept
from records import new_signer
from served import ALL_ROOM, Served, command, send_report

from domain.faults import Fault
from domain.people import Role
from domain.wire_audit import HeadToSign, LinkPage
from service.audit.heads import read_copy
from service.audit.signing import place_of, sign_present_head
from service.audit.verify import check

PHONE, NAME, WORDS = "13900007777", "欧阳某某", "张家门口的垃圾没人收"


@pytest.fixture
def room(own_service: Served) -> httpx.Client:
    return own_service.client(own_service.token("room", *ALL_ROOM))


@pytest.fixture
def auditor(own_service: Served) -> httpx.Client:
    return own_service.client(own_service.token("auditor", Role.AUDIT_ADMIN))


@pytest.fixture
def guard(own_service: Served) -> httpx.Client:
    return own_service.client(own_service.token("guard", Role.SECURITY_ADMIN))


def test_heads_are_signed_on_the_administrators_own_machine(
    own_service: Served, room: httpx.Client, tmp_path: Path
) -> None:
    token = own_service.token("auditor", Role.AUDIT_ADMIN)
    first, second, copy = new_signer(tmp_path, "1"), new_signer(tmp_path, "2"), tmp_path / "heads.txt"
    with place_of(None, own_service.url, token, None) as place:
        place.register(first.public, None, lost=False)
        for _ in range(3):
            send_report(room)
        sign_present_head(place, first, copy)
        with pytest.raises(Fault, match="key_not_endorsed"):
            place.register(second.public, None, lost=False)
        place.register(second.public, first.endorse(second.public), lost=False)
        with pytest.raises(Fault, match="key_not_in_force"):
            sign_present_head(place, first, copy)
        send_report(room)
        head = sign_present_head(place, second, copy)
    with own_service.store.reading.connect() as connection, connection.begin():
        verdict = check(connection, copies=read_copy(copy), public=first.public)
    assert (verdict.broken, verdict.signed_until, len(read_copy(copy))) == (0, head.seq, 2)


def test_the_head_and_its_links_are_those_of_the_store(own_service: Served, room: httpx.Client) -> None:
    auditor = own_service.client(own_service.token("auditor", Role.AUDIT_ADMIN))
    send_report(room)
    head = msgspec.json.decode(auditor.get("/v1/audit/head").content, type=HeadToSign)
    assert (head.seq, head.signed) == (own_service.head(), None)
    links = msgspec.json.decode(auditor.get("/v1/audit/links?after=1&limit=2").content, type=LinkPage).links
    assert [msgspec.json.decode(link.envelope)[0] for link in links] == [2, 3]


@pytest.mark.parametrize("roles", [ALL_ROOM, {Role.SYSTEM_ADMIN}, {Role.SECURITY_ADMIN}, {Role.READER}])
def test_only_the_audit_administrator_comes_in(own_service: Served, roles: set[Role]) -> None:
    client = own_service.client(own_service.token("other", *roles))
    for path in ("head", "links?after=0", "keys", "changes"):
        assert client.get(f"/v1/audit/{path}").json()["key"] == "role_may_not"
    for path in ("heads", "keys"):
        assert client.post(f"/v1/audit/{path}", json={}).json()["key"] == "role_may_not"


@pytest.mark.parametrize("roles", [ALL_ROOM, {Role.SYSTEM_ADMIN}, {Role.AUDIT_ADMIN}, {Role.READER}])
def test_only_the_security_administrator_erases_and_says_how_long(own_service: Served, roles: set[Role]) -> None:
    client = own_service.client(own_service.token("other", *roles))
    body = {"what": ["contact"], "reason": "本人要求"}
    assert client.post("/v1/cases/x/erasure", json=body).json()["key"] == "role_may_not"
    body = {"days": 3, "reason": "本地规定"}
    assert client.put("/v1/retention/positions", json=body).json()["key"] == "role_may_not"


def test_the_trail_is_read_by_who_what_and_when_and_the_reading_is_logged(
    own_service: Served, room: httpx.Client, auditor: httpx.Client
) -> None:
    case = send_report(room, text=WORDS, contact={"name": NAME, "phone": PHONE}).case
    case = command(room, case, "accept").case
    room.post(f"/v1/cases/{case.case_no}/contact", json={"reason": "回访核实"})
    head = own_service.head()
    page = auditor.get("/v1/audit/changes", params={"subject": "reading"}).json()
    assert [(c["actor"], c["action"]) for c in page["changes"]] == [
        ("auditor", "audit_read"),
        ("room", "contact_revealed"),
    ]
    assert own_service.head() == head + 1
    assert page["changes"][0]["data"]["filters"]["subject"] == "reading"
    page = auditor.get("/v1/audit/changes", params={"who": "room", "subject": "case"}).json()
    assert [c["action"] for c in page["changes"]] == ["accept", "report"]
    assert all(c["data"] == {} for c in page["changes"])
    page = auditor.get("/v1/audit/changes", params={"subject": "case", "subject_id": case.case_no, "limit": 1}).json()
    assert [c["action"] for c in page["changes"]] == ["accept"]
    before = own_service.head()
    params = {"subject": "case", "subject_id": case.case_no, "before": page["before"]}
    assert [c["action"] for c in auditor.get("/v1/audit/changes", params=params).json()["changes"]] == ["report"]
    assert own_service.head() == before
    later = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    assert auditor.get("/v1/audit/changes", params={"since": later}).json() == {"changes": [], "before": None}
    beside = auditor.get("/v1/audit/changes").json()["changes"]
    assert "case" not in {c["subject"] for c in beside}
    assert PHONE not in str(beside)


def test_erasing_over_http_takes_the_words_out_of_every_byte(
    own_service: Served, room: httpx.Client, guard: httpx.Client
) -> None:
    case = send_report(room, text=WORDS, contact={"name": NAME, "phone": PHONE}).case
    assert guard.get(f"/v1/cases/{case.case_no}").json()["key"] == "role_may_not"
    body = {"what": ["contact", "report_text"], "reason": "本人要求"}
    answer = guard.post(f"/v1/cases/{case.case_no}/erasure", json=body).json()
    assert answer == {"cases": [case.case_no], "values": 2, "contacts": 1}
    shown = room.get(f"/v1/cases/{case.case_no}").json()
    assert (shown["title"], shown["reports"][0]["text"], shown["reports"][0]["has_contact"]) == ("", "", False)
    timeline = room.get(f"/v1/cases/{case.case_no}/changes").json()["changes"]
    assert [c["action"] for c in timeline] == ["report", "erased"]
    for name, role in (("county", Role.COUNTY), ("other", Role.READER)):  # who sees less sees it all the same
        masked = own_service.client(own_service.token(name, role)).get(f"/v1/cases/{case.case_no}/changes")
        assert [c["action"] for c in masked.json()["changes"]] == ["report", "erased"]
    assert room.post(f"/v1/cases/{case.case_no}/contact", json={"reason": "回访"}).json()["key"] == "no_contact"
    kept = everything_kept(own_service.store)
    assert not [word for word in (WORDS, NAME, PHONE) if word.encode() in kept]
    with own_service.store.reading.connect() as connection, connection.begin():
        assert check(connection).broken == 0
    for bad, fault in (({"what": ["all"]}, "unknown_erasure"), ({"what": []}, "validation")):
        answer = guard.post(f"/v1/cases/{case.case_no}/erasure", json={**body, **bad})
        assert (answer.status_code, answer.json()["key"]) == (400, fault)


def test_how_long_things_stay_is_shown_and_set_within_bounds(own_service: Served, guard: httpx.Client) -> None:
    shown = {c["name"]: c for c in guard.get("/v1/retention").json()["classes"]}
    assert (shown["positions"]["days"], shown["positions"]["standard"]) == (7, 7)
    body = {"days": 3, "reason": "本地规定"}
    after = guard.put("/v1/retention/positions", json=body).json()["classes"]
    assert {c["name"]: c["days"] for c in after}["positions"] == 3
    assert guard.put("/v1/retention/positions", json={**body, "days": 31}).json()["key"] == "retention_out_of_bounds"
    assert guard.put("/v1/retention/everything", json=body).json()["key"] == "unknown_retention"
    auditor = own_service.client(own_service.token("auditor", Role.AUDIT_ADMIN))
    told = auditor.get("/v1/audit/changes", params={"subject": "audit"}).json()["changes"]
    assert [(c["actor"], c["action"], c["data"]["days"]) for c in told] == [("guard", "retention_set", 3)]
