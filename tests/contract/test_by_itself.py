"""What the service does by itself, what it keeps over a restart, and what it says of itself."""

import time
from pathlib import Path

import httpx
from log_checks import check_store
from served import ALL_ROOM, Served, command, key, send_report, serve_town

from domain.case import Case
from domain.ids import UnitId
from domain.people import Role
from domain.wire import WIRE, WIRES
from service.starting import write_once
from service.write.accounts import NewAccount, keep_account
from service.write.work import Work


def suspended(served: Served, room: httpx.Client, phone: httpx.Client, until: str) -> Case:
    case = send_report(room).case
    for action, args in (("accept", {}), ("file", {"condition": "c1"}), ("dispatch", {"unit": "u-sanitation"})):
        case = command(room, case, action, **args).case
    case = command(phone, case, "sign", behalf="s-zhao").case
    case = command(phone, case, "request_suspension", behalf="s-zhao", reason="seasonal", until=until).case
    case = command(room, case, "endorse_suspension").case
    return command(room, case, "approve_suspension").case


def test_a_suspended_case_is_resumed_when_its_time_is_up(home: Path) -> None:
    with serve_town(home, speed=1000) as served:
        room = served.client(served.token("room", *ALL_ROOM))
        phone = served.client(served.token("gate", Role.GATEWAY))
        case = suspended(served, room, phone, "2026-03-03T10:30:00+08:00")
        assert case.state == "suspended"
        deadline = time.monotonic() + 20
        while (now := room.get(f"/v1/cases/{case.case_no}").json())["state"] == "suspended":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        last = room.get(f"/v1/cases/{case.case_no}/changes").json()["changes"][-1]
        assert (now["state"], last["action"], last["actor"]) == ("handling", "resume", "system")
        assert last["recorded_at"] >= "2026-03-03T02:30:00"
        assert now["pauses"][0]["until"] == last["recorded_at"]
        check_store(served.store)


def test_a_restart_keeps_cases_positions_accounts_and_the_epoch(home: Path) -> None:
    fix = {"thing": "s-li", "lon": 120.81, "lat": 29.56, "fixed_at": "2026-03-03T00:30:00Z"}
    with serve_town(home) as served:
        token = served.token("gate", Role.GATEWAY, Role.READER)
        phone = served.client(token)
        case = send_report(phone).case
        assert phone.post("/v1/positions", json={"positions": [fix]}).status_code == 204
        before = phone.get("/v1/snapshot").json()
        geometry = phone.get("/v1/geometry").content
    with serve_town(home) as served:
        after = served.client(token).get("/v1/snapshot").json()
        assert served.client(token).get("/v1/geometry").content == geometry
    assert [c["case_no"] for c in after["cases"]] == [case.case_no]
    assert [(p["thing"], p["lon"]) for p in after["positions"]] == [("s-li", 120.81)]
    for same in ("epoch", "head", "cases", "geometry", "town", "units", "staff", "vehicles", "me"):
        assert after[same] == before[same], same


def test_the_snapshot_is_what_the_store_holds_in_both_encodings(own_service: Served) -> None:
    import msgspec

    from domain.wire import Geometry, Snapshot

    room = own_service.client(own_service.token("room", *ALL_ROOM))
    for n in range(5):
        send_report(room, text=f"第{n}件")
    as_json = msgspec.json.decode(room.get("/v1/snapshot").content, type=Snapshot)
    packed = room.get("/v1/snapshot", headers={"Accept": "application/msgpack"})
    assert packed.headers["content-type"] == "application/msgpack"
    assert msgspec.msgpack.decode(packed.content, type=Snapshot) == as_json
    assert as_json.head == own_service.head()
    assert len(as_json.cases) == 5
    shapes = msgspec.json.decode(room.get("/v1/geometry").content, type=Geometry)
    assert (shapes.tag, len(shapes.grids)) == (as_json.geometry, 4)
    etag = room.get("/v1/geometry").headers["etag"]
    assert room.get("/v1/geometry", headers={"If-None-Match": etag}).status_code == 304


def test_a_handlers_snapshot_holds_its_units_cases_only(own_service: Served) -> None:
    room = own_service.client(own_service.token("room", *ALL_ROOM))
    own_service.account("zhao", "a good password", Role.HANDLER, unit="u-sanitation", staff="s-zhao")  # type: ignore[arg-type]
    body = {"user": "zhao", "password": "a good password"}
    zhao = own_service.client(own_service.client().post("/v1/session", json=body).json()["token"])
    send_report(room)
    assert zhao.get("/v1/snapshot").json()["cases"] == []
    case = send_report(room).case
    for action, args in (("accept", {}), ("file", {"condition": "c1"}), ("dispatch", {"unit": "u-sanitation"})):
        case = command(room, case, action, **args).case
    assert [c["case_no"] for c in zhao.get("/v1/snapshot").json()["cases"]] == [case.case_no]
    assert [c["case_no"] for c in zhao.get("/v1/cases").json()["cases"]] == [case.case_no]
    assert command(zhao, case, "sign").case.state == "handling"


def test_pages_of_cases_are_whole_newest_first_and_found_by_text(own_service: Served) -> None:
    room = own_service.client(own_service.token("room", *ALL_ROOM))
    made = [send_report(room, title=f"路灯 {n}%", source="s", source_no=f"n{n}").case.case_no for n in range(11)]
    found: list[str] = []
    after = None
    while True:
        page = room.get("/v1/cases", params={"limit": 4} | ({"after": after} if after else {})).json()
        found += [c["case_no"] for c in page["cases"]]
        after = page["after"]
        if after is None:
            break
    assert found == made[::-1]
    for text, count in (("灯 3%", 1), ("灯 1%", 1), ("%", 11), ("_", 0), ("n10", 1), (made[4], 1), ("查无", 0)):
        assert len(room.get("/v1/cases", params={"q": text}).json()["cases"]) == count, text
    assert len(room.get("/v1/cases", params={"state": "reported"}).json()["cases"]) == 11
    assert room.get("/v1/cases", params={"state": "closed"}).json()["cases"] == []
    assert room.get("/v1/cases", params={"since": "2026-03-04T00:00:00+08:00"}).json()["cases"] == []


def test_health_and_the_schema_need_no_token(service: Served) -> None:
    nobody = service.client()
    health = nobody.get("/v1/health").json()
    assert (health["status"], health["wire"], health["wires"]) == ("ok", WIRE, list(WIRES))
    schema = nobody.get("/schema/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    operations = [
        op
        for path, found in schema["paths"].items()
        if path.startswith("/v1")
        for name, op in found.items()
        if name in ("get", "post", "delete")
    ]
    described = [op for op in operations if "400" in op["responses"]]
    assert len(described) >= 15
    for operation in described:
        body = operation["responses"]["409"]["content"]["application/json"]["schema"]
        assert body == {"$ref": "#/components/schemas/FaultBody"}
    for path, kind in (("/v1/reports", "NewReport"), ("/v1/cases/{case_no}/commands", "Command")):
        content = schema["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert content == {"$ref": f"#/components/schemas/{kind}"}
        headers = [p["name"] for p in schema["paths"][path]["post"]["parameters"] if p["in"] == "header"]
        assert headers == ["Idempotency-Key"]


def test_the_whole_way_of_a_case(own_service: Served) -> None:
    from io import BytesIO

    from PIL import Image

    room = own_service.client(own_service.token("room", *ALL_ROOM))
    phone = own_service.client(own_service.token("gate", Role.GATEWAY))
    out = BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    photo = phone.post("/v1/attachments", content=out.getvalue(), headers={"OneMap-On-Behalf-Of": "s-zhao"}).json()
    photos = [photo["attachment_id"]]
    case = send_report(phone, photos=photos).case
    zhao, li = "s-zhao", "s-li"
    way = [
        (room, "", "send_verify", {"staff": li}),
        (phone, li, "verify_result", {"confirmed": True, "photos": photos}),
        (room, "", "accept", {}),
        (room, "", "file", {"condition": "c1"}),
        (room, "", "dispatch", {"unit": "u-sanitation"}),
        (phone, zhao, "sign", {}),
        (phone, zhao, "arrive", {}),
        (phone, zhao, "feedback", {"text": "已清理", "photos": photos}),
        (room, "", "send_check", {"staff": li}),
        (phone, li, "check_fail", {"reason": "not_handled", "photos": photos}),
        (room, "", "rework", {"reason": "not_handled"}),
        (phone, zhao, "sign", {}),
        (phone, zhao, "feedback", {"text": "再清理", "photos": photos}),
        (room, "", "send_check", {"staff": li}),
        (phone, li, "check_pass", {"photos": photos}),
        (room, "", "close", {"closing": ["已清理", "现场整洁"]}),
        (room, "", "revisit", {"satisfaction": "satisfied"}),
    ]
    for client, behalf, action, args in way:
        case = command(client, case, action, behalf=behalf, **args).case
    assert (case.state, case.rework_count, case.satisfaction) == ("evaluated", 1, "satisfied")
    changes = room.get(f"/v1/cases/{case.case_no}/changes").json()["changes"]
    assert [c["action"] for c in changes] == ["report", *(step[2] for step in way)]
    assert {c["on_behalf_of"] for c in changes if c["actor"] == "gate"} == {None, zhao, li}
    assert check_store(own_service.store) == own_service.head()
    again = room.post(
        f"/v1/cases/{case.case_no}/commands",
        json={"action": "revisit", "version": case.version, "args": {"satisfaction": "not"}},
        headers={"Idempotency-Key": key()},
    )
    assert again.json()["key"] == "wrong_state"


def test_the_snapshot_names_who_acts_on_cases_for_those_who_see_all_of_them(own_service: Served) -> None:
    own_service.account("zhao", "a good password", Role.HANDLER, unit=UnitId("u-sanitation"))
    named = NewAccount("chief", "张主任", frozenset(ALL_ROOM), "x" * 97)
    keeper = NewAccount("keeper", "管理员", frozenset({Role.SYSTEM_ADMIN}), "x" * 97)

    def keep(work: Work) -> None:
        keep_account(work, named)
        keep_account(work, keeper)

    write_once(own_service.store_beside(), keep)
    room = own_service.client(own_service.token("room", *ALL_ROOM))
    seen = room.get("/v1/snapshot").json()["people"]
    assert ("chief", "张主任") in {(one["account"], one["name"]) for one in seen}
    assert "管理员" not in {one["name"] for one in seen}
    assert all(one["name"] != one["account"] for one in seen), "a name that says no more than the account is left out"
    phone = own_service.client(own_service.token("phone", Role.GRID_WORKER))
    assert phone.get("/v1/snapshot").json()["people"] == []
