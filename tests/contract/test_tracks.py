"""The history of positions: thinned, short, read only for a reason that is logged; one's own, and who looked at it."""

import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from served import ALL_ROOM, Served, serve_town
from towns import LI, MORNING, VAN

from domain.ids import StaffId
from domain.people import Role
from service.store import tracks
from service.tracker import SAMPLE_EVERY

SINCE = (MORNING - timedelta(hours=1)).isoformat()


def move(gate: httpx.Client, thing: str, seconds: int, every: int = 1) -> None:
    for second in range(0, seconds, every):
        at = (MORNING + timedelta(seconds=second)).isoformat()
        fix = {"thing": thing, "lon": 120.8 + second / 1e5, "lat": 29.55, "fixed_at": at}
        assert gate.post("/v1/positions", json={"positions": [fix]}).status_code == 204


def kept(served: Served, thing: str, count: int) -> None:
    """Wait until the history holds so many fixes of a thing."""
    deadline = time.monotonic() + 15
    while True:
        with served.store_beside().reading.begin() as connection:
            found = tracks.track(connection, thing, MORNING - timedelta(days=1), MORNING + timedelta(days=1), 1000)
        if len(found) == count:
            return
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def test_a_track_is_thinned_and_read_for_a_reason_that_is_logged(own_service: Served) -> None:
    own_service.account("li", "a good password", Role.GRID_WORKER, staff=StaffId(LI))
    gate = own_service.client(own_service.token("gate", Role.GATEWAY))
    chief = own_service.client(own_service.token("chief", Role.DUTY_CHIEF))
    move(gate, LI, 45)
    kept(own_service, LI, 5)
    head = own_service.head()
    first = chief.get(f"/v1/positions/{LI}/track", params={"reason": "missed her check", "since": SINCE, "limit": 3})
    assert first.status_code == 200, first.text
    points = first.json()["points"]
    assert [p["at"] for p in points] == [
        (MORNING + SAMPLE_EVERY * n).isoformat().replace("+00:00", "Z") for n in range(3)
    ]
    assert own_service.head() == head + 1, "each reading is a change"
    rest = chief.get(f"/v1/positions/{LI}/track", params={"reason": "still", "since": first.json()["after"]}).json()
    assert (len(rest["points"]), rest["after"]) == (2, None)

    body = {"user": "li", "password": "a good password"}
    li = own_service.client(own_service.client().post("/v1/session", json=body).json()["token"])
    own = li.get("/v1/me/track", params={"since": SINCE}).json()
    assert [p["lon"] for p in own["points"]] == [p["lon"] for p in points + rest["points"]]
    table = li.get("/v1/me/track", params={"since": SINCE, "format": "csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.text.splitlines()[0] == "at,lon,lat"
    assert len(table.text.splitlines()) == 6
    told = li.get("/v1/me/readings").json()["readings"]
    assert [(r["by"], r["reason"]) for r in told] == [
        ("li", "own"),
        ("li", "own"),
        ("chief", "still"),
        ("chief", "missed her check"),
    ]
    older = li.get("/v1/me/readings", params={"before": told[2]["seq"]}).json()["readings"]
    assert [r["reason"] for r in older] == ["missed her check"]


def test_who_may_not_read_a_track(own_service: Served) -> None:
    gate = own_service.client(own_service.token("gate", Role.GATEWAY))
    move(gate, VAN, 1)
    head = own_service.head()
    for who, roles, status in (
        ("dispatcher", (Role.DISPATCHER,), 403),
        ("reader", (Role.READER,), 403),
        ("audit", (Role.AUDIT_ADMIN,), 403),
        ("gate2", (Role.GATEWAY,), 403),
    ):
        client = own_service.client(own_service.token(who, *roles))
        answer = client.get(f"/v1/positions/{VAN}/track", params={"reason": "because", "since": SINCE})
        assert answer.status_code == status, who
        assert client.get("/v1/me/track", params={"since": SINCE}).status_code == 404, "it is no member of staff"
    assert own_service.head() == head + 4, "four tokens, and no reading"


@pytest.mark.parametrize(
    "query",
    [
        {"since": SINCE},
        {"reason": " ", "since": SINCE},
        {"reason": "because"},
        {"reason": "because", "since": "yesterday"},
        {"reason": "because", "since": "2026-03-03T00:00:00"},
        {"reason": "because", "since": SINCE, "until": "2026-03-01T00:00:00Z"},
        {"reason": "because", "since": SINCE, "until": "2027-03-01T00:00:00Z"},
        {"reason": "because", "since": "9999-12-31T23:59:59Z"},
        {"reason": "because", "since": SINCE, "limit": "5001"},
        {"reason": "x" * 201, "since": SINCE},
    ],
)
def test_a_bad_question_is_refused_and_nothing_logged(own_service: Served, query: dict[str, str]) -> None:
    chief = own_service.client(own_service.token("chief", *ALL_ROOM))
    head = own_service.head()
    assert chief.get(f"/v1/positions/{LI}/track", params=query).status_code == 400
    assert chief.get("/v1/positions/ghost/track", params={"reason": "because", "since": SINCE}).status_code == 404
    assert own_service.head() == head


def test_after_the_shift_nothing_more_is_kept(tmp_path: Path) -> None:
    with serve_town(tmp_path) as served:
        gate = served.client(served.token("gate", Role.GATEWAY))
        off = {"thing": "s-off", "lon": 120.8, "lat": 29.55, "fixed_at": MORNING.isoformat()}
        assert gate.post("/v1/positions", json={"positions": [off]}).status_code == 409
    with serve_town(tmp_path) as served:
        kept(served, "s-off", 0)


def test_everybodys_tracks_are_read_page_by_page_and_logged_once(
    own_service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.http.tracks.MOST_SHEAF_POINTS", 1)  # a page is a minute then
    own_service.account("li", "a good password", Role.GRID_WORKER, staff=StaffId(LI))
    gate = own_service.client(own_service.token("gate", Role.GATEWAY))
    chief = own_service.client(own_service.token("chief", Role.DUTY_CHIEF))
    move(gate, LI, 45)
    move(gate, VAN, 15)
    kept(own_service, LI, 5)
    kept(own_service, VAN, 2)
    head = own_service.head()
    asked = {
        "reason": "why so late",
        "since": MORNING.isoformat(),
        "until": (MORNING + timedelta(seconds=90)).isoformat(),
    }
    first = chief.get("/v1/tracks", params=asked).json()
    assert {t["thing"]: t["at_s"] for t in first["tracks"]} == {LI: [0, 10, 20, 30, 40], VAN: [0, 10]}
    assert own_service.head() == head + 1
    more = {"page": first["after"], "reading": first["reading"]}
    rest = chief.get("/v1/tracks", params=asked | more).json()
    assert (rest["tracks"], rest["after"], rest["reading"]) == ([], None, first["reading"])
    assert own_service.head() == head + 1, "the second page belongs to the same reading"
    # the number of another reading, of somebody else or of another stretch, hides nothing
    other = own_service.client(own_service.token("chief2", Role.DUTY_CHIEF))
    head = own_service.head()
    other.get("/v1/tracks", params=asked | more)
    chief.get("/v1/tracks", params=asked | more | {"reason": "something else"})
    assert own_service.head() == head + 2
    body = {"user": "li", "password": "a good password"}
    li = own_service.client(own_service.client().post("/v1/session", json=body).json()["token"])
    told = li.get("/v1/me/readings").json()["readings"]
    assert [(r["by"], r["reason"]) for r in told] == [
        ("chief", "something else"),
        ("chief2", "why so late"),
        ("chief", "why so late"),
    ]


def test_who_may_not_read_everybodys_tracks_and_for_how_long(own_service: Served) -> None:
    asked = {"reason": "because", "since": MORNING.isoformat(), "until": (MORNING + timedelta(hours=1)).isoformat()}
    for who, role in (("dispatcher", Role.DISPATCHER), ("reader", Role.READER), ("sec", Role.SECURITY_ADMIN)):
        assert own_service.client(own_service.token(who, role)).get("/v1/tracks", params=asked).status_code == 403, who
    chief = own_service.client(own_service.token("chief", Role.DUTY_CHIEF))
    head = own_service.head()
    long = asked | {"until": (MORNING + timedelta(hours=13)).isoformat()}
    week = timedelta(days=7, minutes=1)
    old = asked | {"since": (MORNING - week).isoformat(), "until": (MORNING - week + timedelta(hours=1)).isoformat()}
    backwards = asked | {"since": asked["until"], "until": asked["since"]}
    for bad, key in (
        (long, "sheaf_too_long"),
        (old, "not_kept_so_long"),
        (backwards, "sheaf_too_long"),
        (asked | {"reason": " . "[:1] * 3}, "argument_missing"),
    ):
        answer = chief.get("/v1/tracks", params=bad)
        assert (answer.status_code, answer.json()["key"]) == (400, key)
    assert own_service.head() == head
