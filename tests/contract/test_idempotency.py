"""The same key and the same request: done once, answered alike, however often and however fast it is sent."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import ALL_ROOM, Served, key, send_report, serve_town

from domain.people import Role

REPORT = {"channel": "hotline", "text": "路灯不亮", "kind": "01-02", "lon": 120.805, "lat": 29.555}


@pytest.fixture
def room(service: Served) -> httpx.Client:
    return service.client(service.token("room", *ALL_ROOM))


def post(client: httpx.Client, path: str, body: dict[str, Any], which: str) -> httpx.Response:
    return client.post(path, json=body, headers={"Idempotency-Key": which})


def test_a_report_sent_again_is_answered_alike_and_adds_nothing(service: Served, room: httpx.Client) -> None:
    which = key()
    first = post(room, "/v1/reports", REPORT, which)
    head = service.head()
    again = [post(room, "/v1/reports", REPORT, which) for _ in range(3)]
    assert [(r.status_code, r.json()) for r in again] == [(201, first.json())] * 3
    assert service.head() == head


def test_the_answer_is_that_of_then_even_when_the_case_moved_on(service: Served, room: httpx.Client) -> None:
    case = send_report(room).case
    path, which = f"/v1/cases/{case.case_no}/commands", key()
    first = post(room, path, {"action": "accept", "version": 1, "args": {"text": "已核"}}, which)
    post(room, path, {"action": "note", "version": 2, "args": {"text": "后来"}}, key())
    again = post(room, path, {"action": "accept", "version": 1, "args": {"text": "已核"}}, which)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.json()["case"]["version"] == 2


@pytest.mark.parametrize("change", ["body", "address", "action"])
def test_the_same_key_for_another_request_is_refused(service: Served, room: httpx.Client, change: str) -> None:
    which = key()
    one, two = send_report(room).case.case_no, send_report(room).case.case_no
    body = {"action": "accept", "version": 1, "args": {}}
    assert post(room, f"/v1/cases/{one}/commands", body, which).status_code == 200
    head = service.head()
    other = two if change == "address" else one
    changed = {**body, "args": {"text": "x"}} if change == "body" else body
    changed = {**body, "action": "record_only"} if change == "action" else changed
    refused = post(room, f"/v1/cases/{other}/commands", changed, which)
    assert (refused.status_code, refused.json()["key"]) == (422, "idempotency_key_reused")
    assert service.head() == head


def test_the_same_key_of_another_account_is_another_key(service: Served, room: httpx.Client) -> None:
    other = service.client(service.token("other", Role.ACCEPTOR))
    which = key()
    first, second = (post(c, "/v1/reports", REPORT, which) for c in (room, other))
    assert first.json()["case"]["case_no"] != second.json()["case"]["case_no"]


def test_a_refusal_is_not_kept(service: Served, room: httpx.Client) -> None:
    case = send_report(room).case
    path, which = f"/v1/cases/{case.case_no}/commands", key()
    body = {"action": "file", "version": 2, "args": {"condition": "c1"}}
    assert post(room, path, body, which).status_code == 409
    post(room, path, {"action": "accept", "version": 1, "args": {}}, key())
    assert post(room, path, body, which).status_code == 200


def test_many_at_once_with_one_key_make_one_case(service: Served) -> None:
    token, which = service.token("room", *ALL_ROOM), key()
    clients = [service.client(token) for _ in range(12)]
    head = service.head()
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda c: post(c, "/v1/reports", REPORT, which), clients))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["case"]["case_no"] for a in answers}) == 1
    assert service.head() == head + 1


def test_many_at_once_with_one_version_do_it_once(service: Served, room: httpx.Client) -> None:
    case = send_report(room).case
    token = service.token("room", *ALL_ROOM)
    clients = [service.client(token) for _ in range(8)]
    body = {"action": "accept", "version": 1, "args": {}}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda c: post(c, f"/v1/cases/{case.case_no}/commands", body, key()), clients))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 7
    assert {a.json()["key"] for a in answers if a.status_code == 409} == {"stale_version"}


def test_keys_outlive_a_restart(home: Path) -> None:
    which = key()
    with serve_town(home) as served:
        first = post(served.client(served.token("room", *ALL_ROOM)), "/v1/reports", REPORT, which).json()
    with serve_town(home) as served:
        client = served.client(served.token("room", *ALL_ROOM))
        head = served.head()
        assert post(client, "/v1/reports", REPORT, which).json() == first
        assert served.head() == head
