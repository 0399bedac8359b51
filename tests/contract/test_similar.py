"""Likely duplicates over the wire: looked for among all cases, open and ended, as far as one may see."""

from typing import Any

import httpx
from served import ALL_ROOM, Served, command, key, send_report

from domain.people import Role

LON, LAT = 120.8061, 29.5541
M = 1 / 111_320


def asked(client: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    answer = client.get("/v1/similar", params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["cases"]
    return found


def test_near_ones_are_found_open_or_ended_the_nearest_first(service: Served) -> None:
    room = service.client(service.token("room", *ALL_ROOM))
    far = send_report(room, lon=LON, lat=LAT + 80 * M).case
    ended = send_report(room, lon=LON, lat=LAT + 40 * M).case
    near = send_report(room, lon=LON, lat=LAT + 10 * M).case
    command(room, ended, "record_only")
    found = asked(room, kind="01-02", lon=LON, lat=LAT)
    assert [f["case"]["case_no"] for f in found] == [near.case_no, ended.case_no]
    assert [round(f["distance_m"]) for f in found] == [10, 40]
    assert far.case_no not in {f["case"]["case_no"] for f in found}
    assert near.case_no not in {
        f["case"]["case_no"] for f in asked(room, kind="01-02", lon=LON, lat=LAT, but=near.case_no)
    }
    assert asked(room, kind="01-02", lon=LON, lat=LAT, at="2026-01-03T09:00:00+08:00") == []
    assert asked(room, kind="99", lon=LON, lat=LAT) == []


def test_without_a_place_the_same_address_is_found(service: Served) -> None:
    room = service.client(service.token("room", *ALL_ROOM))
    case = send_report(room, lon=None, lat=None, address="解放路 7 号").case
    (found,) = asked(room, kind="01-02", address="解放路 7 号")
    assert (found["case"]["case_no"], found["distance_m"]) == (case.case_no, None)
    assert asked(room, kind="01-02") == []


def test_bad_questions_are_refused(service: Served) -> None:
    room = service.client(service.token("room", *ALL_ROOM))
    for params in ({"lon": 120.8}, {"lon": 200, "lat": 0}, {"at": "yesterday"}, {"at": "1999-01-01T00:00:00Z"}):
        assert room.get("/v1/similar", params=params).status_code == 400
    assert service.client().get("/v1/similar").status_code == 401


def test_who_may_not_see_a_case_is_not_shown_it(service: Served) -> None:
    room = service.client(service.token("room", *ALL_ROOM))
    send_report(room, lon=LON, lat=LAT + 400 * M)
    handler = service.client(service.token("handler", Role.HANDLER))
    assert asked(handler, kind="01-02", lon=LON, lat=LAT + 400 * M) == []


def test_several_are_merged_at_once_and_every_reporter_keeps_what_is_theirs(service: Served) -> None:
    room = service.client(service.token("room", *ALL_ROOM))
    told = [
        room.post(
            "/v1/reports",
            json={
                "channel": "hotline",
                "text": f"路灯不亮 {n}",
                "kind": "01-02",
                "source": "12345",
                "source_no": f"M-{n}",
                "callback": True,
                "contact": {"name": "某先生", "phone": f"1380000000{n}"},
            },
            headers={"Idempotency-Key": key()},
        ).json()["case"]
        for n in range(4)
    ]
    into, *others = told
    body = {"action": "merge_in", "version": into["version"], "args": {"cases": [c["case_no"] for c in others]}}
    which = key()
    path = f"/v1/cases/{into['case_no']}/commands"
    done = room.post(path, json=body, headers={"Idempotency-Key": which})
    assert done.status_code == 200, done.text
    again = room.post(path, json=body, headers={"Idempotency-Key": which})
    assert again.json() == done.json()
    reports = done.json()["case"]["reports"]
    assert [r["source_no"] for r in reports] == ["M-0", "M-1", "M-2", "M-3"]
    assert all(r["callback"] for r in reports)
    shown = room.post(
        f"/v1/cases/{into['case_no']}/contact", json={"reason": "回电"}, headers={"Idempotency-Key": key()}
    )
    assert {c["contact"]["phone"] for c in shown.json()} == {f"1380000000{n}" for n in range(4)}
    merged = [room.get(f"/v1/cases/{c['case_no']}").json() for c in others]
    assert {(m["state"], m["merged_into"]) for m in merged} == {("merged", into["case_no"])}
    path = f"/v1/cases/{others[0]['case_no']}/commands"
    back = room.post(
        path,
        json={"action": "unmerge", "version": merged[0]["version"], "args": {}},
        headers={"Idempotency-Key": key()},
    ).json()["case"]
    assert ([r["source_no"] for r in back["reports"]], back["state"]) == (["M-1"], "reported")
