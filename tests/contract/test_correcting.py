"""A correction over the wire: who may, on which version, within which bounds, where it then lies, who reads of it."""

from typing import Any

import httpx
import pytest
from served import ALL_ROOM, Served, key, send_report
from sqlalchemy import update
from towns import INSIDE, OUTSIDE, SIDE, VILLAGE, grid_code

from domain.people import Role
from domain.wire import MASK
from service.audit.verify import check
from service.store import tables as t

WORDS, NEW_WORDS = "两家为围墙争执", "两家为水沟争执"


def act(client: httpx.Client, case: dict[str, Any], **args: Any) -> httpx.Response:
    body = {"action": "correct", "version": case["version"], "args": {"reason": "misheard", **args}}
    return client.post(f"/v1/cases/{case['case_no']}/commands", json=body, headers={"Idempotency-Key": key()})


def opened(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    return fresh(client, send_report(client, **fields).case.case_no)


def fresh(client: httpx.Client, case_no: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/cases/{case_no}").json()
    return found


def last(client: httpx.Client, case: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/cases/{case['case_no']}/changes").json()["changes"][-1]
    return found


@pytest.fixture(scope="module")
def room(service: Served) -> httpx.Client:
    return service.client(service.token("room", *ALL_ROOM))


def test_what_is_corrected_is_so_and_what_was_is_told(room: httpx.Client) -> None:
    case = opened(room, title="旧标题", address="旧址")
    answer = act(room, case, title=" 新标题 ", words="新的话", address="新址", text="来电更正")
    assert answer.status_code == 200, answer.text
    now = fresh(room, case["case_no"])
    assert (now["title"], now["address"], now["reports"][0]["text"]) == ("新标题", "新址", "新的话")
    assert (now["state"], now["version"], now["grid_code"]) == (case["state"], 2, case["grid_code"])
    data = last(room, case)["data"]
    report_id = case["reports"][0]["report_id"]
    assert (data["reason"], data["text"]) == ("misheard", "来电更正")
    was = [{"report_id": report_id, "text": "路口有垃圾"}]
    assert data["before"] == {"title": "旧标题", "address": "旧址", "reports": was}
    assert room.get("/v1/cases?q=新标题").json()["cases"][0]["case_no"] == case["case_no"]


def test_a_case_falls_into_the_grid_of_its_new_place_and_outside_is_kept_as_outside(room: httpx.Client) -> None:
    case = opened(room)
    assert case["grid_code"] == grid_code(0, 0)
    now = act(room, case, place=[INSIDE[0] + SIDE, INSIDE[1]]).json()["case"]
    assert (now["placement"], now["grid_code"], now["area"]) == ("inside", grid_code(1, 0), VILLAGE)
    now = act(room, now, place=list(OUTSIDE)).json()["case"]
    assert (now["placement"], now["grid_code"], now["lon"]) == ("outside", None, OUTSIDE[0])
    assert last(room, case)["data"]["before"] == {"place": [INSIDE[0] + SIDE, INSIDE[1]]}
    assert fresh(room, case["case_no"]) == now


def test_a_correction_is_refused_by_role_version_and_bounds_and_nothing_is_written(
    service: Served, room: httpx.Client
) -> None:
    case = opened(room)
    for role in (Role.INSPECTOR, Role.COUNTY, Role.GATEWAY):
        answer = act(service.client(service.token(f"no-{role.value}", role)), case, title="新")
        assert (answer.status_code, answer.json()["key"]) == (403, "role_may_not")
    here = service.token("here", Role.DUTY_CHIEF)
    assert act(service.client(here), {**case, "version": 7}, title="新").json()["key"] == "stale_version"
    for args, fault in (
        ({"title": "字" * 201}, "argument_too_long"),
        ({"address": "字" * 201}, "argument_too_long"),
        ({"words": "字" * 4001}, "argument_too_long"),
        ({"place": [200, 0]}, "coordinates_out_of_range"),
        ({"place": [120.8]}, "argument_wrong_type"),
        ({"title": case["title"]}, "nothing_to_correct"),
        ({"title": "新", "reason": ""}, "argument_missing"),
        ({"title": "新", "kind": "01-02"}, "unknown_argument"),
    ):
        assert act(room, case, **args).json()["key"] == fault, args
    assert fresh(room, case["case_no"]) == case


def test_an_account_of_an_area_moves_no_case_out_of_it(service: Served, room: httpx.Client) -> None:
    case = opened(room)
    token = service.token("village", Role.DUTY_CHIEF)
    with service.store.writing.begin() as connection:
        connection.execute(update(t.account).where(t.account.c.account == "village").values(area=VILLAGE))
    answer = act(service.client(token), case, place=list(OUTSIDE))
    assert (answer.status_code, answer.json()["key"]) == (403, "place_outside_area")


def test_what_is_masked_stays_masked_before_and_after(service: Served, room: httpx.Client) -> None:
    case = opened(room)
    act(room, case, title="新标题", words=NEW_WORDS)
    reader = service.client(service.token("reads", Role.READER))
    told = reader.get(f"/v1/cases/{case['case_no']}/changes").text
    assert "新标题" in told
    assert NEW_WORDS not in told
    assert "路口有垃圾" not in told.replace('"title":"路口有垃圾"', "")
    assert fresh(reader, case["case_no"])["reports"][0]["text"] == MASK


def test_what_a_correction_says_is_erased_and_the_chain_stays(service: Served, room: httpx.Client) -> None:
    case = opened(room, text=WORDS, address="河东路3号")
    act(room, case, title=NEW_WORDS, words=NEW_WORDS, address="河东路5号")
    guard = service.client(service.token("guard", Role.SECURITY_ADMIN))
    body = {"what": ["report_text", "address", "notes"], "reason": "本人要求"}
    assert guard.post(f"/v1/cases/{case['case_no']}/erasure", json=body).status_code == 200
    left = room.get(f"/v1/cases/{case['case_no']}/changes").text + room.get(f"/v1/cases/{case['case_no']}").text
    assert not [word for word in (WORDS, NEW_WORDS, "河东路") if word in left]
    with service.store.reading.connect() as connection, connection.begin():
        broken = check(connection).breaks
    assert {damage.about for damage in broken} <= {"village"}, "an account altered beside the log, for a test above"
