"""Import: every row judged by itself, sent twice adds nothing; grids re-sort the cases. Export: all but contacts."""

from base64 import b64encode
from datetime import datetime
from typing import Any

import httpx
import msgspec
import pytest
from log_checks import check_store
from served import ALL_ROOM, Served, send_report
from shapely import LineString, Polygon, box, to_wkb

from domain.people import Role

ROW = {
    "source": "nyc311",
    "source_no": "1",
    "state": "closed",
    "kind": "Noise - Street",
    "title": "Loud music",
    "opened_at": "2025-01-01T10:00:00-05:00",
    "closed_at": "2025-01-01T12:30:00-05:00",
    "lon": 120.805,
    "lat": 29.555,
}


@pytest.fixture
def importer(own_service: Served) -> httpx.Client:
    return own_service.client(own_service.token("imp", Role.IMPORTER, Role.READER))


def send(client: httpx.Client, what: str, rows: list[dict[str, Any]], *, dry_run: bool = False) -> list[Any]:
    answer = client.post(f"/v1/import/{what}", json={what: rows, "dry_run": dry_run})
    assert answer.status_code == 200, answer.text
    return [(r["outcome"], (r["fault"] or {}).get("key")) for r in answer.json()["results"]]


def area(west: float, south: float, side: float) -> str:
    return b64encode(to_wkb(box(west, south, west + side, south + side))).decode()


def test_a_case_keeps_its_own_times_codes_and_place(own_service: Served, importer: httpx.Client) -> None:
    contact = {"name": "Ann", "phone": "555 0100"}
    assert send(importer, "cases", [{**ROW, "contact": contact, "text": "since noon"}]) == [("accepted", None)]
    case = importer.get("/v1/cases").json()["cases"][0]
    assert case["case_no"] == "330699103-20250101-0001"
    assert (case["state"], case["kind"], case["imported"]) == ("closed", "Noise - Street", True)
    assert datetime.fromisoformat(case["opened_at"]) == datetime.fromisoformat(ROW["opened_at"])
    assert datetime.fromisoformat(case["closed_at"]) == datetime.fromisoformat(ROW["closed_at"])
    assert (case["placement"], case["grid_code"]) == ("inside", "330699103001001")
    assert (case["source"], case["source_no"]) == ("nyc311", "1")
    change = importer.get(f"/v1/cases/{case['case_no']}/changes").json()["changes"][0]
    assert change["action"] == "imported"
    assert datetime.fromisoformat(change["occurred_at"]) == datetime.fromisoformat(ROW["opened_at"])
    assert "555 0100" not in str(change)
    check_store(own_service.store)


def test_sent_twice_adds_nothing(own_service: Served, importer: httpx.Client) -> None:
    rows = [{**ROW, "source_no": str(n)} for n in range(50)]
    assert send(importer, "cases", [*rows, rows[0]]) == [("accepted", None)] * 50 + [("duplicate", None)]
    head = own_service.head()
    assert send(importer, "cases", rows) == [("duplicate", None)] * 50
    assert own_service.head() == head


def test_a_dry_run_judges_and_writes_nothing(own_service: Served, importer: httpx.Client) -> None:
    head = own_service.head()
    bad = {**ROW, "source_no": "2", "closed_at": None}
    wanted = [("accepted", None), ("rejected", "closed_without_time")]
    assert send(importer, "cases", [ROW, bad], dry_run=True) == wanted
    assert send(importer, "grids", [{"code": "A", "name": "a", "wkb": area(0, 0, 1)}], dry_run=True)[0][0] == "accepted"
    assert own_service.head() == head


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"opened_at": "2025-01-01T10:00:00"}, "moment_without_offset"),
        ({"opened_at": "1066-10-14T09:00:00Z"}, "time_out_of_bounds"),
        ({"opened_at": "0001-01-01T00:00:00+14:00"}, "time_out_of_bounds"),
        ({"closed_at": "2024-12-31T00:00:00Z"}, "before_opening"),
        ({"accepted_at": "2024-12-31T00:00:00Z"}, "before_opening"),
        ({"closed_at": None}, "closed_without_time"),
        ({"state": "handling"}, "open_with_closing_time"),
        ({"state": "suspended"}, "state_not_importable"),
        ({"state": "merged"}, "state_not_importable"),
        ({"lat": None}, "half_a_place"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_the_rest_is_taken(
    own_service: Served, importer: httpx.Client, changed: dict[str, Any], key: str
) -> None:
    rows = [{**ROW, "source_no": "a"}, {**ROW, "source_no": "b", **changed}, {**ROW, "source_no": "c"}]
    assert send(importer, "cases", rows) == [("accepted", None), ("rejected", key), ("accepted", None)]


def test_places_inside_outside_and_none(own_service: Served, importer: httpx.Client) -> None:
    places = [(120.805, 29.555), (121.5, 29.5), (None, None), (120.80, 29.55)]
    send(importer, "cases", [{**ROW, "source_no": str(i), "lon": x, "lat": y} for i, (x, y) in enumerate(places)])
    cases = {c["source_no"]: c for c in importer.get("/v1/cases").json()["cases"]}
    found = [(cases[str(i)]["placement"], cases[str(i)]["grid_code"]) for i in range(4)]
    first = "330699103001001"
    assert found == [("inside", first), ("outside", None), ("no_place", None), ("inside", first)]


def test_new_grids_let_the_cases_fall_again(own_service: Served, importer: httpx.Client) -> None:
    send(importer, "cases", [{**ROW, "lon": 10.5, "lat": 10.5}])
    tag = importer.get("/v1/snapshot").json()["geometry"]
    rows = [
        {"code": "BK", "name": "Brooklyn", "wkb": area(10, 10, 1), "source": "f"},
        {"code": "QN", "name": "Queens", "wkb": area(30, 10, 1), "source": "f"},
    ]
    assert send(importer, "grids", rows) == [("accepted", None)] * 2
    case = importer.get("/v1/cases").json()["cases"][0]
    assert (case["placement"], case["grid_code"], case["version"]) == ("inside", "BK", 2)
    geometry = importer.get("/v1/geometry")
    assert geometry.headers["etag"] != f'"{tag}"'
    assert {"BK", "QN"} <= {g["code"] for g in geometry.json()["grids"]}
    head = own_service.head()
    assert send(importer, "grids", rows) == [("duplicate", None)] * 2
    assert own_service.head() == head
    assert send(importer, "grids", [{**rows[0], "wkb": area(50, 50, 1)}]) == [("accepted", None)]
    case = importer.get("/v1/cases").json()["cases"][0]
    assert (case["placement"], case["grid_code"], case["version"]) == ("outside", None, 3)
    check_store(own_service.store)


BOWTIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize(
    ("wkb", "key"),
    [
        (b"nonsense bytes", "area_unreadable"),
        (to_wkb(LineString([(0, 0), (1, 1)])), "area_not_polygon"),
        (to_wkb(Polygon()), "area_empty"),
        (to_wkb(BOWTIE), "area_invalid"),
        (to_wkb(box(500_000, 3_000_000, 500_100, 3_000_100)), "area_out_of_range"),
        (to_wkb(box(0, 0, 1, float("inf"))), "area_out_of_range"),
    ],
)
def test_an_area_that_is_none_is_rejected(own_service: Served, importer: httpx.Client, wkb: bytes, key: str) -> None:
    row = {"code": "X", "name": "x", "wkb": b64encode(wkb).decode()}
    assert send(importer, "grids", [row]) == [("rejected", key)]
    assert send(importer, "divisions", [row]) == [("rejected", key)]


def test_a_towns_own_grid_is_not_overwritten_by_a_file(own_service: Served, importer: httpx.Client) -> None:
    row = {"code": "330699103001001", "name": "mine now", "wkb": area(0, 0, 1), "source": "file"}
    assert send(importer, "grids", [row]) == [("rejected", "grid_of_another_source")]


def test_divisions_find_their_parents(own_service: Served, importer: httpx.Client) -> None:
    rows = [
        {"code": "330683001001", "name": "新北社区", "source": "f"},
        {"code": "330683001", "name": "剡湖街道", "parent": "330683", "source": "f"},
        {"code": "330683", "name": "嵊州市", "source": "f"},
        {"code": "X-7", "name": "elsewhere", "source": "f"},
        {"code": "330683002", "name": "orphan", "parent": "999999", "source": "f"},
        {"code": "330683003", "name": "itself", "parent": "330683003", "source": "f"},
    ]
    accepted = [("accepted", None)] * 4
    assert send(importer, "divisions", rows) == [*accepted, ("rejected", "unknown_parent"), ("rejected", "own_parent")]
    kept = {d["code"]: d for d in importer.get("/v1/geometry").json()["divisions"]}
    assert kept["330683001001"]["parent"] == "330683001"
    assert kept["330683"]["parent"] is None
    assert kept["X-7"]["level"] == "other"
    assert send(importer, "divisions", rows[:4]) == [("duplicate", None)] * 4


def test_past_positions_make_made_up_vehicles(own_service: Served, importer: httpx.Client) -> None:
    fix = {"source": "geolife", "thing": "19", "name": "轨迹 19", "lon": 116.39, "lat": 39.89}
    times = [f"2008-12-11T04:42:{s:02d}Z" for s in range(5)]
    shifted = [f"2026-03-03T00:30:{s:02d}Z" for s in range(5)]
    rows = [{**fix, "source_at": a, "fixed_at": b} for a, b in zip(times, shifted, strict=True)]
    rows[4]["lat"] = 39.99
    assert send(importer, "positions", [*rows, rows[0]]) == [("accepted", None)] * 5 + [("duplicate", None)]
    head = own_service.head()
    assert send(importer, "positions", rows) == [("duplicate", None)] * 5
    assert own_service.head() == head
    snapshot = own_service.client(own_service.token("room", *ALL_ROOM)).get("/v1/snapshot").json()
    vehicle = next(v for v in snapshot["vehicles"] if v["vehicle_id"] == "geolife:19")
    assert vehicle["synthetic"]
    assert any(u["unit_id"] == vehicle["unit_id"] and u["synthetic"] for u in snapshot["units"])
    assert [(p["thing"], p["lat"]) for p in snapshot["positions"]] == [("geolife:19", 39.99)]


def test_messagepack_in_and_out(own_service: Served, importer: httpx.Client) -> None:
    from domain.wire import ImportResult

    body = msgspec.msgpack.encode({"grids": [{"code": "A", "name": "a", "wkb": to_wkb(box(0, 0, 1, 1))}]})
    kind = "application/msgpack"
    answer = importer.post("/v1/import/grids", content=body, headers={"Content-Type": kind, "Accept": kind})
    assert answer.headers["content-type"] == kind
    assert msgspec.msgpack.decode(answer.content, type=ImportResult).results[0].outcome == "accepted"


def test_export_pages_are_whole_in_order_logged_once_and_without_contacts(
    own_service: Served, importer: httpx.Client
) -> None:
    room = own_service.client(own_service.token("room", *ALL_ROOM))
    send(importer, "cases", [{**ROW, "source_no": str(n), "contact": {"phone": "555 0100"}} for n in range(23)])
    send_report(room, contact={"name": "张女士", "phone": "13800001111"})
    head, rows, after, pages = own_service.head(), [], None, 0
    while pages == 0 or after:
        params = {"limit": 10} | ({"after": after} if after else {})
        page = importer.get("/v1/export/cases", params=params)
        assert "555 0100" not in page.text
        assert "13800001111" not in page.text
        rows += page.json()["rows"]
        after, pages = page.json()["after"], pages + 1
    assert (len(rows), pages) == (24, 3)
    assert [r["case_no"] for r in rows] == sorted(r["case_no"] for r in rows)
    assert own_service.head() == head + 1
    only_open = importer.get("/v1/export/cases", params={"state": "reported"}).json()["rows"]
    assert [r["channel"] for r in only_open] == ["hotline"]
    later = importer.get("/v1/export/cases", params={"since": "2026-01-01T00:00:00+08:00"}).json()["rows"]
    assert len(later) == 1
