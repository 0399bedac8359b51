"""Keeping the grids over HTTP: a draft, what it would alter, publishing, cases that fall, and undoing it."""

import time
from base64 import b64encode
from typing import Any

import httpx
import pytest
from log_checks import check_store
from served import ALL_ROOM, Served, key, send_report, serve_town
from shapely import box, to_wkb
from towns import SIDE, SOUTH, VILLAGE, WEST, grid_code

from domain.people import Role
from service.write import publishing_grids

DRAFT = "draft-of-a-test"


def area(west: float, south: float, wide: float, high: float) -> str:
    return b64encode(to_wkb(box(west, south, west + wide, south + high))).decode()


def row(code: str, name: str, west: float, wide: float, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "wkb": area(WEST + west * SIDE, SOUTH, wide * SIDE, 2 * SIDE), **more}


MESH = [
    row(grid_code(0, 0), "西片", 0.0, 0.6, division=str(VILLAGE), responsible="s-li"),
    row(f"{VILLAGE}009", "东片", 0.6, 1.4, division=str(VILLAGE)),
]


@pytest.fixture
def keeper(own_service: Served) -> httpx.Client:
    return own_service.client(own_service.token("keeper", Role.SYSTEM_ADMIN))


def draft(client: httpx.Client, rows: list[dict[str, Any]], name: str = DRAFT) -> httpx.Response:
    return client.post(f"/v1/admin/grids/drafts/{name}", json={"grids": rows})


def publish(client: httpx.Client, version: int, grids: int, name: str = DRAFT) -> httpx.Response:
    body = {"version": version, "grids": grids, "note": "按新图调整"}
    return client.post(f"/v1/admin/grids/drafts/{name}/publish", json=body, headers={"Idempotency-Key": key()})


def versions(client: httpx.Client) -> dict[str, Any]:
    answer = client.get("/v1/admin/grids/versions")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def settled(client: httpx.Client) -> dict[str, Any]:
    """Wait until every case has fallen."""
    until = time.monotonic() + 15
    while (found := versions(client))["falling"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def grids(client: httpx.Client) -> dict[str, str]:
    return {grid["code"]: grid["name"] for grid in client.get("/v1/geometry").json()["grids"]}


def test_a_mesh_is_drafted_compared_published_and_undone(own_service: Served, keeper: httpx.Client) -> None:
    room = own_service.client(own_service.token("room", *ALL_ROOM, Role.GATEWAY))
    case = send_report(room, lon=WEST + 0.8 * SIDE, lat=SOUTH + 0.5 * SIDE).case
    before = grids(keeper)
    assert case.grid_code == grid_code(0, 0)
    assert draft(keeper, MESH[:1]).json() == {"grids": 1}
    assert draft(keeper, MESH).json() == {"grids": 2}
    assert grids(keeper) == before, "a draft alters nothing"

    found = keeper.get(f"/v1/admin/grids/drafts/{DRAFT}/difference").json()
    assert found["added"] == [f"{VILLAGE}009"]
    assert len(found["removed"]) == 3
    assert [one["code"] for one in found["altered"]] == [grid_code(0, 0)]
    assert found["altered"][0]["share"] == pytest.approx(1 - 0.6 / 1.6, abs=1e-3)
    assert (found["version"], found["cases"], found["outside"]) == (0, 1, 0)

    answer = publish(keeper, 0, 2)
    assert answer.status_code == 200, answer.text
    change = answer.json()["change"]
    assert (change["subject"], change["action"], change["data"]["added"]) == ("grid", "published", 1)
    assert grids(keeper) == {grid_code(0, 0): "西片", f"{VILLAGE}009": "东片"}
    settled(keeper)
    fallen = room.get(f"/v1/cases/{case.case_no}").json()
    assert fallen["grid_code"] == f"{VILLAGE}009"
    story = room.get(f"/v1/cases/{case.case_no}/changes").json()["changes"]
    assert [c["action"] for c in story][-1] == "placed"
    assert story[0]["data"]["grid_code"] == grid_code(0, 0), "history keeps the grid it had"

    body = {"version": 2, "note": "改回原来的"}
    undone = keeper.post("/v1/admin/grids/versions/1/republish", json=body, headers={"Idempotency-Key": key()})
    assert undone.status_code == 200, undone.text
    assert grids(keeper) == before
    kept = settled(keeper)["versions"]
    assert [v["version"] for v in kept] == [3, 2, 1]
    assert room.get(f"/v1/cases/{case.case_no}").json()["grid_code"] == grid_code(0, 0)
    check_store(own_service.store)


def test_whoever_was_slower_or_lost_a_part_is_told(keeper: httpx.Client) -> None:
    draft(keeper, MESH)
    assert publish(keeper, 5, 2).json()["key"] == "stale_grids"
    assert publish(keeper, 0, 3).json()["key"] == "draft_incomplete"
    assert publish(keeper, 0, 2, "another-draft").json()["key"] == "no_such_draft"
    assert publish(keeper, 0, 2).status_code == 200
    draft(keeper, MESH)
    assert publish(keeper, 2, 2).json()["key"] == "nothing_to_alter"
    assert publish(keeper, 0, 2).json()["key"] == "stale_grids"


@pytest.mark.parametrize(
    "bad",
    [
        {"wkb": b64encode(to_wkb(box(0, 0, 1, 1).boundary)).decode()},
        {"wkb": b64encode(b"no geometry").decode()},
        {"wkb": area(200.0, 0.0, 1.0, 1.0)},
        {"code": ""},
        {"responsible": "x" * 65},
    ],
)
def test_an_unsound_grid_refuses_its_part(keeper: httpx.Client, bad: dict[str, Any]) -> None:
    assert draft(keeper, [{**MESH[0], **bad}]).status_code == 400
    assert keeper.get(f"/v1/admin/grids/drafts/{DRAFT}/difference").json()["grids"] == 0


def test_unknown_staff_and_odd_names_are_refused(keeper: httpx.Client) -> None:
    draft(keeper, [{**MESH[0], "responsible": "s-nobody"}])
    assert publish(keeper, 0, 1).json()["key"] == "unknown_staff"
    assert draft(keeper, MESH, "a b").status_code == 400
    republish = {"version": 0, "note": "试试"}
    answer = keeper.post("/v1/admin/grids/versions/7/republish", json=republish, headers={"Idempotency-Key": key()})
    assert answer.json()["key"] == "no_such_version"


def test_only_the_system_administrator_keeps_the_grids(own_service: Served) -> None:
    for role in (Role.DUTY_CHIEF, Role.SECURITY_ADMIN, Role.IMPORTER):
        client = own_service.client(own_service.token(f"not-{role.value}", role))
        assert draft(client, MESH).status_code == 403
        assert publish(client, 0, 2).status_code == 403


def test_cases_go_on_falling_after_a_restart(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing_grids, "CASES_A_JOB", 2)
    with serve_town(tmp_path) as served:
        room = served.client(served.token("room", *ALL_ROOM, Role.GATEWAY))
        for n in range(7):
            send_report(room, lon=WEST + (0.7 + n / 100) * SIDE, lat=SOUTH + 0.5 * SIDE)
        keeper = served.client(served.token("keeper", Role.SYSTEM_ADMIN))
        draft(keeper, MESH)
        assert publish(keeper, 0, 2).status_code == 200
    with serve_town(tmp_path) as served:
        keeper = served.client(served.token("keeper2", Role.SYSTEM_ADMIN))
        settled(keeper)
        reader = served.client(served.token("reader", Role.READER))
        fallen = reader.get("/v1/cases").json()["cases"]
        assert {case["grid_code"] for case in fallen} == {f"{VILLAGE}009"}
        check_store(served.store)
