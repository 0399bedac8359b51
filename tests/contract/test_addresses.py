"""The address base over HTTP: taken in through the import, found by fragments and around a place, by those who may."""

from typing import Any

import httpx
import pytest
from log_checks import check_store
from served import Served
from towns import INSIDE

from domain.people import Role

ROWS = [
    {"code": "1", "text": "清溪镇老街18号", "lon": 120.801, "lat": 29.551, "division": "330699103001", "source": "t"},
    {"code": "2", "text": "清溪镇老街20号", "lon": 120.802, "lat": 29.551, "division": "330699103001", "source": "t"},
    {"code": "3", "text": "清溪镇溪口村7号", "lon": 120.83, "lat": 29.57, "source": "t"},
]


@pytest.fixture
def desk(own_service: Served) -> httpx.Client:
    importer = own_service.client(own_service.token("imp", Role.IMPORTER))
    for outcome in ("accepted", "duplicate"):
        answer = importer.post("/v1/import/addresses", json={"addresses": ROWS})
        assert [r["outcome"] for r in answer.json()["results"]] == [outcome] * 3, answer.text
    return own_service.client(own_service.token("desk", Role.ACCEPTOR))


def codes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [address["code"] for address in answer.json()["addresses"]]


def test_fragments_and_places_find_addresses(own_service: Served, desk: httpx.Client) -> None:
    assert codes(desk.get("/v1/addresses", params={"q": "老街18"})) == ["1"]
    assert codes(desk.get("/v1/addresses", params={"q": "老街", "near": "120.803,29.551"})) == ["2", "1"]
    assert codes(desk.get("/v1/addresses", params={"q": "溪"})) != []
    assert codes(desk.get("/v1/addresses", params={"q": "没有"})) == []
    assert desk.get("/v1/addresses", params={"q": "没有"}).json()["empty"] is False
    limited = desk.get("/v1/addresses", params={"q": "清溪镇", "limit": 2})
    assert len(codes(limited)) == 2
    assert limited.json()["more"] is True
    assert codes(desk.get("/v1/addresses/at", params={"lon": 120.8011, "lat": 29.551})) == ["1", "2"]
    assert codes(desk.get("/v1/addresses/at", params={"lon": 120.9, "lat": 29.551})) == []
    check_store(own_service.store)


def test_an_importer_is_told_where_the_town_lies_and_nobody_else(own_service: Served, desk: httpx.Client) -> None:
    importer = own_service.client(own_service.token("imp", Role.IMPORTER))
    west, south, east, north = importer.get("/v1/import/area").json()["bounds"]
    assert west < INSIDE[0] < east
    assert south < INSIDE[1] < north
    assert desk.get("/v1/import/area").status_code == 403


@pytest.mark.parametrize(
    "question",
    [
        "addresses",
        "addresses?q=",
        "addresses?q=" + "x" * 61,
        "addresses?q=a&near=1",
        "addresses?q=a&near=1,nan",
        "addresses?q=a&near=200,1",
        "addresses?q=a&limit=101",
        "addresses?q=a%00b",
        "addresses/at?lon=1",
        "addresses/at?lon=181&lat=1",
        "addresses/at?lon=1&lat=nan",
        "addresses/at?lon=1&lat=1&within_m=1001",
        "addresses/at?lon=1&lat=1&within_m=inf",
    ],
)
def test_bad_questions_are_refused(desk: httpx.Client, question: str) -> None:
    answer = desk.get(f"/v1/{question}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["key"]


@pytest.mark.parametrize("asked", ["%", "_", "'", '"', "*", "\\", "🙂", " ", "。", "é", "a" * 60, "１"])
def test_any_text_may_be_asked_for(desk: httpx.Client, asked: str) -> None:
    codes(desk.get("/v1/addresses", params={"q": asked}))


def test_who_may_not_is_told(own_service: Served, desk: httpx.Client) -> None:
    importer = own_service.client(own_service.token("only", Role.IMPORTER))
    assert importer.get("/v1/addresses", params={"q": "a"}).status_code == 403
    assert desk.post("/v1/import/addresses", json={"addresses": ROWS}).status_code == 403


def test_what_was_taken_in_is_for_the_auditors_alone(own_service: Served, desk: httpx.Client) -> None:
    """The change names how many and their digest; whoever may not see it hears only that a number was taken."""
    with own_service.store.reading.begin() as connection:
        rows = connection.exec_driver_sql("SELECT action, payload FROM change WHERE subject = 'address'").fetchall()
    assert [row[0] for row in rows] == ["imported"]
    assert b"\xe8" not in bytes(rows[0][1]), "no address stands in the log"
    assert b'"added":3' in bytes(rows[0][1])


def test_rows_out_of_bounds_are_refused_whole(own_service: Served) -> None:
    importer = own_service.client(own_service.token("imp2", Role.IMPORTER))
    bad: list[dict[str, Any]] = [
        {**ROWS[0], "lon": 181},
        {**ROWS[0], "text": ""},
        {**ROWS[0], "text": "x" * 201},
        {**ROWS[0], "owner": "x"},
    ]
    for row in bad:
        assert importer.post("/v1/import/addresses", json={"addresses": [row]}).status_code == 400
