"""The shift over HTTP: posts, who is on them, handovers signed by two, the duty log as each may see it, prints."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from served import Served, command, key, send_report, serve_town

from domain.people import Role

MADE = "2026-03-03T08:30:00Z"
ITEMS = [{"kind": "overdue", "text": "井盖缺失", "case_no": None}, {"kind": "outbox", "text": "2 条", "case_no": None}]
SHEET: dict[str, Any] = {"post": "值班长席", "made_at": MADE, "items": ITEMS, "remarks": "应急电话见墙上"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve_town(tmp_path_factory.mktemp("shift")) as running:
        yield running


def person(served: Served, user: str, *roles: Role) -> httpx.Client:
    return served.client(served.token(user, *roles))


def put(client: httpx.Client, kind: str, entry_id: str, body: dict[str, Any], version: int = 0) -> httpx.Response:
    asked = {"body": body, "version": version}
    return client.put(f"/v1/register/{kind}/{entry_id}", json=asked, headers={"Idempotency-Key": key()})


def drop(client: httpx.Client, kind: str, entry_id: str, version: int) -> httpx.Response:
    path = f"/v1/register/{kind}/{entry_id}?version={version}"
    return client.delete(path, headers={"Idempotency-Key": key()})


def test_one_signs_on_for_oneself_and_all_see_it(served: Served) -> None:
    li, wang = person(served, "li", Role.ACCEPTOR), person(served, "wang", Role.DUTY_CHIEF)
    duty = {"post": "受理席", "since": MADE}
    assert put(li, "post", "p1", {"name": "受理席"}).json()["key"] == "register_not_yours"
    assert put(wang, "post", "p1", {"name": "受理席"}).status_code == 200
    first = put(li, "duty", "d1", duty)
    assert (first.status_code, first.json()["author"]) == (200, "li")
    assert put(wang, "duty", "d1", duty | {"post": "别处"}, 1).json()["key"] == "duty_of_another"
    seen = wang.get("/v1/register/duty").json()["entries"]
    assert [(e["author"], e["body"]["post"]) for e in seen] == [("li", "受理席")]
    assert drop(wang, "duty", "d1", 1).status_code == 200, "a chief signs off whoever forgot to"


def test_a_handover_is_signed_by_two_and_then_stays(served: Served) -> None:
    li, wang = person(served, "li", Role.ACCEPTOR), person(served, "wang", Role.DUTY_CHIEF)
    read = {"received": True, "read": [0, 1], "answer": "已知"}
    assert put(li, "handover", "h1", SHEET | read).json()["key"] == "handover_by_one"
    assert put(li, "handover", "h1", SHEET).status_code == 200
    assert put(li, "handover", "h1", SHEET | read, 1).json()["key"] == "handover_by_one"
    assert put(wang, "handover", "h1", SHEET | read | {"read": [0]}, 1).json()["key"] == "handover_unread"
    assert put(wang, "handover", "h1", SHEET | read | {"items": ITEMS[:1], "read": [0]}, 1).json()["key"] == (
        "handover_altered"
    )
    assert put(wang, "handover", "h1", SHEET, 1).json()["key"] in {"handover_of_another", "entry_unchanged"}
    assert drop(wang, "handover", "h1", 1).json()["key"] == "handover_of_another"
    signed = put(wang, "handover", "h1", SHEET | read, 1)
    assert (signed.json()["author"], signed.json()["by"]) == ("li", "wang")
    for who in (li, wang):
        assert put(who, "handover", "h1", SHEET, 2).json()["key"] == "handover_signed"
        assert drop(who, "handover", "h1", 2).json()["key"] == "handover_signed"


def test_a_handover_nobody_signed_for_can_be_taken_back(served: Served) -> None:
    li = person(served, "li", Role.ACCEPTOR)
    assert put(li, "handover", "h2", SHEET).status_code == 200
    assert put(li, "handover", "h2", SHEET | {"remarks": "改一句"}, 1).status_code == 200
    assert drop(li, "handover", "h2", 2).status_code == 200


def test_a_note_is_altered_by_whoever_wrote_it_alone(served: Served) -> None:
    li, wang = person(served, "li", Role.ACCEPTOR), person(served, "wang", Role.DUTY_CHIEF)
    note = {
        "text": "暴雨预警",
        "came_at": MADE,
        "warning": True,
        "told": [{"who": "值班领导", "at": MADE, "how": "电话"}],
    }
    assert put(li, "log_note", "n1", note).status_code == 200
    assert put(wang, "log_note", "n1", note | {"text": "改"}, 1).json()["key"] == "entry_of_somebody_else"
    assert put(li, "log_note", "n2", note | {"came_at": "2026-03-03T08:30:00"}).status_code == 400


def test_the_log_writes_itself_and_shows_each_what_they_may_see(served: Served) -> None:
    li, handler = person(served, "li", Role.ACCEPTOR), person(served, "zhao", Role.HANDLER)
    began = served.runtime.timekeeper.now()
    case = send_report(person(served, "phones", Role.GATEWAY)).case
    command(li, case, "accept")
    put(li, "log_note", "n9", {"text": "一条", "came_at": MADE})
    page = li.get("/v1/log", params={"since": began.isoformat()}).json()
    told = [(c["subject"], c["action"]) for c in page["changes"]]
    assert ("case", "accept") in told
    assert ("entry", "put") in told
    assert not {s for s, _ in told} & {"account", "reading", "audit"}, "guarded changes are the audit's"
    assert page["whole"]
    assert page["upto"] == served.head()
    assert li.get("/v1/log", params={"after": page["upto"]}).json()["changes"] == []
    assert handler.get("/v1/log").status_code == 403
    late = (datetime.now(UTC) + timedelta(days=3650)).isoformat()
    assert li.get("/v1/log", params={"since": late}).json()["changes"] == []


def test_a_print_is_logged_once_with_when_it_was(served: Served) -> None:
    li = person(served, "li", Role.ACCEPTOR)
    said = {"json": {"what": "fallback", "lines": 12, "at": MADE}, "headers": {"Idempotency-Key": key()}}
    first = li.post("/v1/prints", **said)
    assert first.status_code == 201, first.text
    head = served.head()
    assert li.post("/v1/prints", **said).json() == first.json()
    assert served.head() == head
    change = first.json()["change"]
    assert (change["subject"], change["action"], change["occurred_at"][:19]) == ("export", "printed", MADE[:19])
