"""Every door over HTTP with every role; areas and masks as they arrive; and that nobody can be looked for."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from served import ALL_ROOM, Served, command, key, send_report, serve_town
from towns import INSIDE, OUTSIDE, SIDE

from domain.case import Case
from domain.people import Role
from service.access import MASK, TABLE, Door, rights_of
from service.http.guard import REFUSALS

PHONE, CALLER = "13900007777", "欧阳某某"
VILLAGE, OTHER_VILLAGE = "330699103001", "330699103002"

SAMPLES: dict[Door, tuple[str, str, Any]] = {
    Door.SESSION: ("GET", "/v1/me", None),
    Door.OWN: ("POST", "/v1/me/totp", {"password": "not the right one"}),
    Door.READ: ("GET", "/v1/geometry", None),
    Door.CASES: ("GET", "/v1/cases?limit=1", None),
    Door.REPORT: ("POST", "/v1/reports", {"channel": "import", "text": "x"}),
    Door.COMMAND: ("POST", "/v1/cases/330699103-19990101-0001/commands", {"action": "note", "version": 1}),
    Door.ATTACH: ("POST", "/v1/attachments", {}),
    Door.REVEAL: ("POST", "/v1/cases/330699103-19990101-0001/contact", {"reason": "回访"}),
    Door.POSITIONS_SEND: ("POST", "/v1/positions", {"positions": []}),
    Door.POSITIONS_READ: ("GET", "/v1/positions", None),
    Door.REGISTER_READ: ("GET", "/v1/register/camera/none", None),
    Door.REGISTER: ("PUT", "/v1/register/camera/none", {"body": {}}),
    Door.LOG: ("GET", "/v1/log", None),
    Door.READINGS_SEND: ("POST", "/v1/readings", {"readings": []}),
    Door.IMPORT: ("POST", "/v1/import/cases", {"dry_run": True}),
    Door.EXPORT: ("GET", "/v1/export/cases?state=lost", None),
    Door.ACCOUNTS_READ: ("GET", "/v1/admin/accounts", None),
    Door.ACCOUNTS: ("PUT", "/v1/admin/accounts/nobody", {"version": 1, "name": "x"}),
    Door.RIGHTS: ("PUT", "/v1/admin/accounts/nobody/rights", {"version": 1, "roles": [], "reason": "试试"}),
    Door.SETTINGS_READ: ("GET", "/v1/admin/settings", None),
    Door.SETTINGS: ("PUT", "/v1/admin/days", {"revision": 99, "days": {"2026-05-01": "holiday"}}),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve_town(tmp_path_factory.mktemp("house")) as served:
        yield served


@pytest.mark.parametrize("door", sorted(SAMPLES), ids=str)
def test_a_door_opens_to_whom_the_table_says(house: Served, door: Door) -> None:
    method, path, body = SAMPLES[door]
    for role in TABLE:
        client = house.client(house.token(f"only-{role.value}", role))
        answer = client.request(method, path, json=body, headers={"Idempotency-Key": key()})
        open_to = door in (Door.SESSION, Door.OWN) or door in rights_of(frozenset({role})).doors
        refused = answer.status_code == 403 and answer.json()["key"] == "role_may_not"
        assert refused != open_to, (door, role, answer.text)
        assert answer.status_code in {200, 201, 204, *REFUSALS}


def test_every_door_that_is_written_here_is_sampled_or_tried_by_those_who_made_it() -> None:
    elsewhere = {door for door in Door if door.value in ("audit", "care", "track")}
    assert set(Door) - elsewhere == set(SAMPLES)


# -- areas -------------------------------------------------------------------------------------------------------------


class Town:
    """A town with a case in the village, one outside all grids, and a sensitive one."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.room = served.client(served.token("room", *ALL_ROOM))
        admin = served.client(served.token("sys", Role.SYSTEM_ADMIN))
        edit = {
            "revision": 0,
            "name_zh": "其他",
            "name_en": "Other",
            "parent": "01",
            "enabled": True,
            "sensitive": True,
        }
        answer = admin.put("/v1/admin/kinds/01-99", json=edit, headers={"Idempotency-Key": key()})
        assert answer.status_code == 200, answer.text
        said = {"source": "12345", "contact": {"name": CALLER, "phone": PHONE}, "address": "河东路3号"}
        self.inside = send_report(self.room, source_no="A-1", **said).case
        self.outside = send_report(self.room, source_no="A-2", lon=OUTSIDE[0], lat=OUTSIDE[1]).case
        self.secret = send_report(
            self.room, source_no="A-3", kind="01-99", text="两家争执多年", lon=INSIDE[0] + SIDE, **said
        ).case

    def account(self, user: str, *roles: Role, area: str = "") -> httpx.Client:
        from sqlalchemy import update

        from service.store import tables as t

        token = self.served.token(user, *roles)
        with self.served.store.writing.begin() as connection:
            connection.execute(update(t.account).where(t.account.c.account == user).values(area=area))
        return self.served.client(token)


@pytest.fixture
def town(own_service: Served) -> Town:
    return Town(own_service)


@pytest.fixture(scope="module")
def settled(service: Served) -> Town:
    """A town for tests that only read; its sensitive case is accepted, with a note."""
    town = Town(service)
    town.secret = command(town.room, town.secret, "accept", text="两家争执的备注").case
    return town


def _numbers(answer: httpx.Response, name: str = "cases") -> set[str]:
    return {c["case_no"] for c in answer.json()[name]}


@pytest.mark.parametrize(
    ("area", "seen"),
    [("", "iox"), ("330699", "iox"), ("330699103", "iox"), (VILLAGE, "ix"), (OTHER_VILLAGE, ""), ("330699104", "")],
)
def test_an_area_bounds_lists_pictures_timelines_exports_and_commands(settled: Town, area: str, seen: str) -> None:
    client = settled.account(f"chief{area}", Role.DUTY_CHIEF, Role.ACCEPTOR, area=area)
    cases: dict[str, Case] = {"i": settled.inside, "o": settled.outside, "x": settled.secret}
    wanted = {cases[c].case_no for c in seen}
    assert _numbers(client.get("/v1/cases")) == wanted
    assert _numbers(client.get("/v1/snapshot")) == wanted
    assert _numbers(client.get("/v1/export/cases"), "rows") == wanted
    assert _numbers(client.get("/v1/cases?q=A-")) == wanted
    for case in cases.values():
        may = case.case_no in wanted
        for path in ("", "/changes"):
            assert (client.get(f"/v1/cases/{case.case_no}{path}").status_code == 200) == may
        body = {"action": "note", "version": 99, "args": {"text": "x"}}
        answer = client.post(f"/v1/cases/{case.case_no}/commands", json=body, headers={"Idempotency-Key": key()})
        assert answer.json()["key"] == ("stale_version" if may else "unknown_case")
        answer = client.post(f"/v1/cases/{case.case_no}/contact", json={"reason": "回访"})
        assert answer.status_code == 200 if may and case is not settled.outside else answer.status_code == 404


def test_a_report_from_outside_the_area_is_refused_and_so_is_an_imported_row(town: Town) -> None:
    client = town.account("clerk", Role.ACCEPTOR, area=VILLAGE)
    body = {"channel": "hotline", "text": "别处", "lon": OUTSIDE[0], "lat": OUTSIDE[1]}
    answer = client.post("/v1/reports", json=body, headers={"Idempotency-Key": key()})
    assert (answer.status_code, answer.json()["key"]) == (403, "place_outside_area")
    assert send_report(client).case.area == VILLAGE
    importer = town.account("imp", Role.IMPORTER, area=VILLAGE)
    row = {
        "source": "x",
        "source_no": "1",
        "state": "recorded",
        "kind": "n",
        "title": "n",
        "opened_at": "2025-01-01T00:00:00Z",
    }
    rows = [{**row, "lon": INSIDE[0], "lat": INSIDE[1]}, {**row, "source_no": "2"}]
    results = importer.post("/v1/import/cases", json={"cases": rows}).json()["results"]
    assert [r["outcome"] for r in results] == ["accepted", "rejected"]
    assert results[1]["fault"]["key"] == "place_outside_area"


def test_an_area_bounds_positions(town: Town) -> None:
    gate = town.account("gate", Role.GATEWAY)
    fixes = [{"thing": t, "lon": 120.8, "lat": 29.55, "fixed_at": "2026-03-03T00:30:00Z"} for t in ("s-li", "v-van")]
    assert gate.post("/v1/positions", json={"positions": fixes}).status_code == 204
    for area, seen in (("", {"s-li", "v-van"}), ("330699103", {"s-li", "v-van"}), (VILLAGE, {"s-li"})):
        client = town.account("d", Role.DISPATCHER, area=area)
        assert {p["thing"] for p in client.get("/v1/positions").json()["positions"]} == seen
        assert {p["thing"] for p in client.get("/v1/snapshot").json()["positions"]} == seen


def _photo(client: httpx.Client) -> str:
    out = BytesIO()
    Image.new("RGB", (64, 48), (9, 90, 9)).save(out, "JPEG")
    answer = client.post("/v1/attachments", content=out.getvalue(), headers={"Content-Type": "image/jpeg"})
    return str(answer.json()["attachment_id"])


def test_a_photo_is_seen_by_whoever_sees_its_case_and_by_whoever_sent_it(town: Town) -> None:
    inside, outside, unused = _photo(town.room), _photo(town.room), _photo(town.room)
    send_report(town.room, photos=[inside])
    case = send_report(town.room, lon=OUTSIDE[0], lat=OUTSIDE[1]).case
    command(town.room, case, "note", text="补照片", photos=[outside])
    here = town.account("here", Role.DUTY_CHIEF, area=VILLAGE)
    reader = town.account("reader", Role.READER)
    inspector = town.account("inspector", Role.INSPECTOR)
    secret = _photo(town.room)
    send_report(town.room, kind="01-99", text="家事", photos=[secret])
    seen = {
        who: [client.get(f"/v1/attachments/{p}").status_code for p in (inside, outside, unused, secret)]
        for who, client in (("room", town.room), ("here", here), ("reader", reader), ("inspector", inspector))
    }
    assert seen["room"] == [200, 200, 200, 200]
    assert seen["here"] == [200, 404, 404, 200]
    assert seen["reader"] == [200, 200, 404, 404]
    assert seen["inspector"] == [200, 200, 404, 404]
    own = _photo(here)
    assert here.get(f"/v1/attachments/{own}").status_code == 200


def test_the_photos_of_older_cases_are_closed_once_their_kind_is_sensitive(town: Town) -> None:
    photo = _photo(town.room)
    send_report(town.room, kind="01-02", photos=[photo])
    reader = town.account("reader2", Role.READER)
    assert reader.get(f"/v1/attachments/{photo}").status_code == 200
    keeper = town.account("keeper2", Role.SYSTEM_ADMIN)
    now = keeper.get("/v1/admin/settings").json()
    kind = next(k for k in now["kinds"] if k["code"] == "01-02")
    asked = {"revision": now["revision"], "name_zh": kind["name_zh"], "name_en": kind["name_en"]}
    asked |= {"parent": kind["parent"], "enabled": True, "sensitive": True}
    answer = keeper.put("/v1/admin/kinds/01-02", json=asked, headers={"Idempotency-Key": key()})
    assert answer.status_code == 200, answer.text
    assert reader.get(f"/v1/attachments/{photo}").status_code == 404
    assert town.room.get(f"/v1/attachments/{photo}").status_code == 200


def test_a_photo_of_a_merged_report_is_seen_by_whoever_sees_the_case_it_went_to(town: Town) -> None:
    photo = _photo(town.room)
    moved = send_report(town.room, lon=OUTSIDE[0], lat=OUTSIDE[1], photos=[photo]).case
    target = send_report(town.room).case
    here = town.account("here", Role.DUTY_CHIEF, area=VILLAGE)
    assert here.get(f"/v1/attachments/{photo}").status_code == 404
    for action, args in (("accept", {}), ("file", {"condition": "c1"}), ("merge", {"into": target.case_no})):
        moved = command(town.room, moved, action, **args).case
    assert here.get(f"/v1/attachments/{photo}").status_code == 200


# -- masks -------------------------------------------------------------------------------------------------------------


def _everything(client: httpx.Client, case: Case) -> str:
    paths = ["/v1/snapshot", "/v1/cases", f"/v1/cases/{case.case_no}", f"/v1/cases/{case.case_no}/changes"]
    answers = [client.get(path) for path in (*paths, "/v1/export/cases")]
    return "".join(a.text for a in answers if a.status_code == 200)


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (Role.ACCEPTOR, ()),
        (Role.INSPECTOR, ("两家争执", "河东路3号")),
        (Role.GATEWAY, ("两家争执", "河东路3号")),
        (Role.READER, ("两家争执", "河东路3号")),
        (Role.COUNTY, ()),
    ],
)
def test_what_is_masked_arrives_nowhere(settled: Town, role: Role, hidden: tuple[str, ...]) -> None:
    client = settled.account(f"one-{role.value}", role)
    case = settled.secret
    told = _everything(client, case)
    secret = client.get(f"/v1/cases/{case.case_no}").json()
    assert (MASK in (secret["title"], secret["reports"][0]["text"])) == bool(hidden)
    for word in ("两家争执",):
        assert (word in told) == (word not in hidden)
    assert PHONE not in told
    assert CALLER not in told
    if role is Role.READER:
        assert "路口有垃圾" not in str(client.get(f"/v1/cases/{settled.inside.case_no}").json()["reports"])


def test_what_is_masked_cannot_be_searched_for(settled: Town) -> None:
    for role, finds in ((Role.ACCEPTOR, True), (Role.INSPECTOR, False), (Role.READER, False)):
        client = settled.account(f"seeker-{role.value}", role)
        assert bool(client.get("/v1/cases?q=两家争执").json()["cases"]) is finds
    worker = settled.account("w", Role.GRID_WORKER)
    assert worker.get("/v1/cases?q=A-1").json()["cases"] == []


def test_the_feed_masks_as_the_lists_do(town: Town) -> None:
    from listening import listening

    token = town.served.token("insp", Role.INSPECTOR)
    since = town.served.head() - 3
    with listening(town.served, token, since) as feed:
        caught = feed.until(town.served.head())
        command(town.room, town.secret, "accept", text="两家争执的备注")
        live = feed.until(town.served.head())
    assert "两家争执" not in str(caught) + str(live)
    assert MASK in str(caught)
    assert MASK in str(live)


# -- nobody can be looked for ------------------------------------------------------------------------------------------

PEOPLE = ("reporter", "contact", "phone", "mobile", "tel", "caller", "person", "citizen", "name", "id_card", "who")


NOT_OF_THE_PUBLIC = {
    ("/v1/audit/changes", "who"),  # the account that acted: one of ours
    ("/v1/retention/{name}", "name"),  # a class of records
}


def test_no_route_and_no_parameter_looks_for_a_reporter(house: Served) -> None:
    document = house.client().get("/schema/openapi.json").json()
    asked = {
        (path, p["name"].lower())
        for path, item in document["paths"].items()
        for operation in item.values()
        for p in operation.get("parameters", ())
        if p["in"] in ("query", "path")
    }
    paths = set(document["paths"])
    assert {(p, n) for p, n in asked if any(word in n for word in PEOPLE)} <= NOT_OF_THE_PUBLIC
    assert ("/v1/cases", "q") in asked
    assert not [path for path in paths if any(word in path for word in ("reporter", "person", "phone", "citizen"))]
    assert {p for p in paths if "contact" in p} == {"/v1/cases/{case_no}/contact"}


def test_the_text_search_finds_no_caller_and_no_words(town: Town) -> None:
    reported = send_report(
        town.room, title="路灯不亮", text="灯坏了，报的人住三楼", contact={"name": CALLER, "phone": PHONE}
    )
    assert reported.case.title == "路灯不亮"
    for q in (PHONE, CALLER, PHONE[-4:], "住三楼", "s-li"):
        assert town.room.get("/v1/cases", params={"q": q}).json()["cases"] == [], q
    assert town.room.get("/v1/cases", params={"q": "路灯"}).json()["cases"]


def test_the_answer_to_a_command_is_masked_too(town: Town) -> None:
    inspector = town.account("insp", Role.INSPECTOR)
    outcome = command(inspector, town.secret, "supervise", level="ordinary", reason="overdue", text="请尽快")
    assert outcome.case.title == MASK
    assert outcome.case.reports[0].text == MASK
    assert command(town.room, outcome.case, "accept").case.title != MASK
