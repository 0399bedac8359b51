"""The register over HTTP and on the feed: put, changed, undone, taken out, and for whom; and what its things say."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from listening import Listener, listening
from served import ALL_ROOM, Served, key, serve_town
from sqlalchemy import update
from towns import INSIDE, MORNING, TOWN, VILLAGE

from domain.change import Subject
from domain.ids import EntryId, UnitId
from domain.people import Role
from domain.reading import ReadingState
from domain.register import REGISTERS, EntryKind
from domain.register_whistle import sign_in_id
from domain.wire_feed import Changes, Readings, Skip
from service.store import tables as t

UNIT = UnitId("u1")
RING = [[120.80, 29.55], [120.81, 29.55], [120.81, 29.56]]
BODIES: dict[EntryKind, dict[str, Any]] = {
    EntryKind.CAMERA: {"name": "老街口", "lon": INSIDE[0], "lat": INSIDE[1], "heading_deg": 90},
    EntryKind.COMPONENT: {"name": "井盖 12 号", "what": "manhole", "lon": INSIDE[0], "lat": INSIDE[1], "sensed": True},
    EntryKind.HAZARD: {"name": "积水", "level": "orange", "ring": RING},
    EntryKind.DRAWING: {"form": "line", "points": RING, "label": "封路"},
    EntryKind.GEOFENCE: {"name": "河堤", "ring": RING, "dwell_s": 600},
    EntryKind.RUN_CARD: {
        "name": "燃气",
        "kinds": ["event.04"],
        "needs": [{"name": "抢修", "part": "lead", "count": 1, "skills": ["x"], "units": [], "unit_kinds": []}],
    },
    EntryKind.PLAN: {
        "name": "燃气泄漏",
        "steps": [{"text": "关阀", "who": "受理员", "within_min": 5}],
        "kinds": ["event.04"],
    },
    EntryKind.TEMPLATE: {"name": "请先围护", "text": "请先围护，再处置。", "uses": ["dispatch"]},
    EntryKind.SAVED_VIEW: {"name": "老街", "lon": 120.8, "lat": 29.55, "scale": 2.0, "layers": [{"key": "cases"}]},
    EntryKind.SHARED_VIEW: {"name": "全镇", "lon": INSIDE[0], "lat": INSIDE[1], "scale": 2.0},
}


class Book:
    """A service and people who write into its register."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.room = self.account("room", *ALL_ROOM)
        self.gate = self.account("gate", Role.GATEWAY)

    def account(self, user: str, *roles: Role, area: str = "") -> httpx.Client:
        token = self.served.token(user, *roles)
        with self.served.store.writing.begin() as connection:
            connection.execute(update(t.account).where(t.account.c.account == user).values(area=area))
        return self.served.client(token)

    def put(self, kind: EntryKind, entry_id: str, *, by: httpx.Client | None = None, **asked: Any) -> httpx.Response:
        body = {"body": BODIES.get(kind), **asked}
        return (by or self.room).put(
            f"/v1/register/{kind.value}/{entry_id}", json=body, headers={"Idempotency-Key": key()}
        )

    def remove(self, kind: EntryKind, entry_id: str, version: int, by: httpx.Client | None = None) -> httpx.Response:
        path = f"/v1/register/{kind.value}/{entry_id}?version={version}"
        return (by or self.room).delete(path, headers={"Idempotency-Key": key()})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    with serve_town(tmp_path_factory.mktemp("book")) as served:
        yield Book(served)


def hear(listener: Listener, kind: type[Any]) -> tuple[Any, list[Any]]:
    """Return the next message of a type, and those that came before it."""
    got: list[Any] = []
    while True:
        message = listener.next()
        assert message is not None, (listener.ended, got)
        if isinstance(message, kind):
            return message, got
        got.append(message)


def ids(client: httpx.Client, kind: EntryKind) -> set[str]:
    listed = client.get(f"/v1/register/{kind.value}")
    assert listed.status_code == 200, listed.text
    in_list = {e["entry_id"] for e in listed.json()["entries"]}
    in_picture = {e["entry_id"] for e in client.get("/v1/snapshot").json()["entries"] if e["kind"] == kind.value}
    assert in_list == in_picture, "a list and a picture show the same"
    return in_list


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_an_entry_is_put_changed_undone_and_taken_out(book: Book, kind: EntryKind) -> None:
    first = book.put(kind, "甲-1")
    assert first.status_code == 200, first.text
    assert (first.json()["version"], first.json()["author"]) == (1, "room")
    assert BODIES[kind].items() <= first.json()["body"].items() or kind is EntryKind.SAVED_VIEW
    name = "name" if "name" in BODIES[kind] else "label"
    second = book.put(kind, "甲-1", version=1, body=BODIES[kind] | {name: "改过的"})
    assert second.json()["body"][name] == "改过的"
    assert book.put(kind, "甲-1", version=1).json()["key"] == "stale_entry"
    gone = book.remove(kind, "甲-1", 2).json()
    assert gone["removed"]
    assert "甲-1" not in ids(book.room, kind)
    assert book.room.get(f"/v1/register/{kind.value}/甲-1").json()["key"] == "unknown_entry"
    history = book.room.get(f"/v1/register/{kind.value}/甲-1/history").json()["changes"]
    assert [c["action"] for c in history] == ["put", "put", "remove"]
    undone = book.put(kind, "甲-1", version=gone["version"], body=history[0]["data"]["body"])
    assert undone.json()["body"] == first.json()["body"], "what an entry was like can be put again from its history"
    assert "甲-1" in ids(book.room, kind)
    assert book.remove(kind, "甲-1", undone.json()["version"]).status_code == 200


def test_what_somebody_removed_and_took_back_is_still_its_authors(book: Book) -> None:
    kind, mine = EntryKind.SHARED_VIEW, book.account("maker", Role.DISPATCHER)
    body = {"name": "老街", "lon": 120.8, "lat": 29.55, "scale": 2.0}
    other = book.account("other", Role.DISPATCHER)
    assert book.put(kind, "shared-1", by=mine, body=body).json()["author"] == "maker"
    gone = book.remove(kind, "shared-1", 1).json()
    back = book.put(kind, "shared-1", version=gone["version"], body=body)
    assert (back.json()["author"], back.json()["by"]) == ("maker", "room"), "a chief took back what a chief removed"
    again = book.put(kind, "shared-1", by=mine, version=back.json()["version"], body=body | {"name": "新街"})
    assert again.status_code == 200, "who made it may alter it as before"
    gone = book.remove(kind, "shared-1", again.json()["version"]).json()
    anew = book.put(kind, "shared-1", by=other, version=gone["version"], body=body)
    assert anew.json()["author"] == "other", "who may not alter what others made puts one of their own"
    gone = book.remove(kind, "shared-1", anew.json()["version"])
    assert book.put(kind, "shared-1", body=body).json()["author"] == "room", "put as a new one"


def test_every_register_is_tried_here_or_by_those_who_made_it() -> None:
    assert set(BODIES) <= set(REGISTERS)


def test_asked_again_under_one_key_it_is_put_once(book: Book) -> None:
    said = {"json": {"body": BODIES[EntryKind.HAZARD]}, "headers": {"Idempotency-Key": key()}}
    first = book.room.put("/v1/register/hazard/once", **said)
    head = book.served.head()
    assert book.room.put("/v1/register/hazard/once", **said).json() == first.json()
    assert book.served.head() == head
    drop = {"headers": {"Idempotency-Key": key()}}
    gone = book.room.delete("/v1/register/hazard/once?version=1", **drop)
    assert book.room.delete("/v1/register/hazard/once?version=1", **drop).json() == gone.json()


BAD: list[tuple[str, EntryKind, dict[str, Any], str]] = [
    ("unknown field", EntryKind.CAMERA, {"body": BODIES[EntryKind.CAMERA] | {"face": 1}}, "entry_body_bad"),
    ("nameless", EntryKind.CAMERA, {"body": BODIES[EntryKind.CAMERA] | {"name": ""}}, "entry_body_bad"),
    ("beyond the pole", EntryKind.CAMERA, {"body": BODIES[EntryKind.CAMERA] | {"lat": 90.1}}, "entry_body_bad"),
    ("two points", EntryKind.HAZARD, {"body": BODIES[EntryKind.HAZARD] | {"ring": RING[:2]}}, "entry_body_bad"),
    (
        "flat ring",
        EntryKind.HAZARD,
        {"body": BODIES[EntryKind.HAZARD] | {"ring": [[1, 1], [2, 2], [3, 3]]}},
        "ring_without_inside",
    ),
    (
        "bow tie",
        EntryKind.GEOFENCE,
        {"body": BODIES[EntryKind.GEOFENCE] | {"ring": [[0, 0], [1, 1], [1, 0], [0, 1.5]]}},
        "ring_crosses_itself",
    ),
    ("line of a point", EntryKind.DRAWING, {"body": {"form": "line", "points": [[1, 1]]}}, "drawing_points"),
    ("text without one", EntryKind.DRAWING, {"body": {"form": "text", "points": [[1, 1]]}}, "argument_missing"),
    ("camera with an end", EntryKind.CAMERA, {"expires_at": "2026-03-04T00:00:00Z"}, "entry_cannot_expire"),
    ("ended already", EntryKind.HAZARD, {"expires_at": "2026-03-02T00:00:00Z"}, "entry_expired_already"),
    ("naive end", EntryKind.HAZARD, {"expires_at": "2026-03-04T00:00:00"}, "moment_without_offset"),
    ("seen where none is", EntryKind.HAZARD, {"version": 7}, "stale_entry"),
    ("foreign area", EntryKind.HAZARD, {"area": "110101"}, "area_unknown"),
    ("too many points", EntryKind.DRAWING, {"body": {"form": "line", "points": [[1, 1]] * 2001}}, "entry_body_bad"),
]


@pytest.mark.parametrize(("kind", "asked", "fault"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_what_is_not_right_is_refused_and_nothing_changes(
    book: Book, kind: EntryKind, asked: dict[str, Any], fault: str
) -> None:
    from resources.words import Words

    head = book.served.head()
    answer = book.put(kind, "bad", **asked)
    assert answer.json()["key"] == fault, answer.text
    assert book.served.head() == head
    for language in ("zh-CN", "en"):
        assert "{" not in Words(language)(f"fault.{fault}", **answer.json()["params"])


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("GET", "/v1/register/nothing", "unknown_register"),
        ("GET", "/v1/register/unknown", "unknown_register"),
        ("GET", "/v1/register/camera/none", "unknown_entry"),
        ("GET", "/v1/register/camera/none/history", "unknown_entry"),
        ("PUT", "/v1/register/camera/a%20b", "entry_id_bad"),
        ("DELETE", "/v1/register/camera/none?version=1", "unknown_entry"),
        ("DELETE", "/v1/register/camera/none", "validation"),
        ("GET", "/v1/register/camera?limit=1001", "validation"),
        ("GET", "/v1/readings/camera/none", "unknown_entry"),
    ],
)
def test_addresses_that_lead_nowhere(book: Book, method: str, path: str, fault: str) -> None:
    body = {"body": BODIES[EntryKind.CAMERA]} if method == "PUT" else None
    answer = book.room.request(method, path, json=body, headers={"Idempotency-Key": key()})
    assert answer.json()["key"] == fault, answer.text


def test_rights_are_those_of_the_rule(book: Book) -> None:
    """Every role at every register: who may write may, who may read sees, and nobody else."""
    for kind in BODIES:
        entry_id = f"rights-{kind.value}"
        private = REGISTERS[kind].private
        if not private:
            assert book.put(kind, entry_id).status_code == 200
        for role in Role:
            if role is Role.SYSTEM:
                continue
            client = book.account(f"only-{role.value}", role)
            listed = client.get(f"/v1/register/{kind.value}")
            sees = listed.status_code == 200 and entry_id in {e["entry_id"] for e in listed.json()["entries"]}
            assert sees == (not private and role in REGISTERS[kind].read), (kind, role)
            mine = book.put(kind, f"{entry_id}-{role.value}", by=client)
            assert (mine.status_code == 200) == (role in REGISTERS[kind].write), (kind, role, mine.text)
            if not private:
                theirs = book.put(
                    kind, entry_id, by=client, version=99
                )  # refused for its version where it is theirs to alter
                may = role in REGISTERS[kind].write & REGISTERS[kind].others
                assert (theirs.json()["key"] == "stale_entry") == may, (kind, role, theirs.text)


def test_an_area_bounds_what_is_seen_and_put(book: Book) -> None:
    village = book.account("village", Role.DUTY_CHIEF, area=VILLAGE)
    next_door = book.account("next-door", Role.DUTY_CHIEF, area=f"{VILLAGE[:-1]}2")
    assert book.put(EntryKind.CAMERA, "in-village").json()["area"] == VILLAGE
    book.put(EntryKind.CAMERA, "in-town", body=BODIES[EntryKind.CAMERA] | {"lon": 121.5})
    book.put(EntryKind.HAZARD, "whole-town", area="330699103")
    assert ids(village, EntryKind.CAMERA) >= {"in-village"}
    assert "in-town" not in ids(village, EntryKind.CAMERA)
    assert "in-village" not in ids(next_door, EntryKind.CAMERA)
    assert "whole-town" in ids(next_door, EntryKind.HAZARD), "what threatens the town threatens its parts"
    assert book.put(EntryKind.CAMERA, "in-village", by=next_door, version=1).json()["key"] == "entry_id_taken"
    assert book.put(EntryKind.HAZARD, "x", by=next_door).json()["key"] == "place_outside_area"


def test_what_is_the_towns_is_neither_altered_nor_taken_by_a_part_of_it(book: Book) -> None:
    village = book.account("village", Role.DUTY_CHIEF, area=VILLAGE)
    for kind, entry_id in ((EntryKind.HAZARD, "town-water"), (EntryKind.TEMPLATE, "town-words")):
        assert book.put(kind, entry_id, area="330699103").status_code == 200
        other = BODIES[kind] | {"name": "改过的"}
        assert book.put(kind, entry_id, by=village, version=1, body=other).json()["key"] == "place_outside_area"
        taken = book.put(kind, entry_id, by=village, version=1, body=other, area=VILLAGE)
        assert taken.json()["key"] == "place_outside_area", "nor made its own"
        assert book.remove(kind, entry_id, 1, by=village).json()["key"] == "place_outside_area"
    own = book.put(EntryKind.TEMPLATE, "village-words", by=village)
    assert own.json()["area"] == VILLAGE, "what has no place belongs to the part its author is for"


def test_what_is_ones_own_alone_can_be_taken_out_though_one_is_for_less_by_now(book: Book) -> None:
    mine = book.account("narrowed", Role.DISPATCHER)
    assert book.put(EntryKind.SAVED_VIEW, "far-away", by=mine).status_code == 200
    same = book.account("narrowed", Role.DISPATCHER, area=f"{VILLAGE[:-1]}2")
    assert book.remove(EntryKind.SAVED_VIEW, "far-away", 1, by=same).status_code == 200


def test_who_sees_a_list_or_a_whistle_of_the_town_says_their_part_of_it(book: Book) -> None:
    village = book.account("village", Role.DUTY_CHIEF, area=VILLAGE)
    next_door = book.account("next-door", Role.DUTY_CHIEF, area=f"{VILLAGE[:-1]}2")
    now = book.served.runtime.timekeeper.now()
    steps = [{"text": "关阀", "who": "", "within_min": 5}]
    opened = {"plan": "p", "name": "燃气泄漏", "opened_at": now.isoformat(), "steps": steps}
    tick = {"checklist": "town-list", "step": 0, "at": now.isoformat()}
    assert book.put(EntryKind.TICK, "town-list.0", body=tick).json()["key"] == "tick_of_nothing"
    assert book.put(EntryKind.CHECKLIST, "town-list", body=opened).json()["area"] == TOWN
    ticked = book.put(EntryKind.TICK, "town-list.0", by=village, body=tick)
    assert (ticked.status_code, ticked.json()["area"]) == (200, TOWN), ticked.text
    assert "town-list.0" in ids(next_door, EntryKind.TICK), "everybody sees who ticked what"
    back = book.put(EntryKind.TICK, "town-list.0", by=next_door, version=1, body=tick | {"done": False})
    assert back.status_code == 200, back.text
    assert book.put(EntryKind.CHECKLIST, "own-list", by=village, body=opened).json()["area"] == VILLAGE
    foreign = tick | {"checklist": "own-list"}
    assert book.put(EntryKind.TICK, "own-list.0", by=next_door, body=foreign).json()["key"] == "place_outside_area"

    called = [{"unit": UNIT, "due_at": (now + timedelta(minutes=10)).isoformat()}]
    blown = {"matter": "管道破裂", "blown_at": now.isoformat(), "called": called}
    assert book.put(EntryKind.WHISTLE, "town-call", body=blown).status_code == 200
    signed = {"whistle": "town-call", "unit": UNIT, "at": now.isoformat(), "by_radio": True}
    sign_in = book.put(EntryKind.SIGN_IN, sign_in_id(EntryId("town-call"), UNIT), by=village, body=signed)
    assert (sign_in.status_code, sign_in.json()["area"]) == (200, TOWN), sign_in.text


def test_private_entries_are_their_authors_alone(book: Book) -> None:
    mine, other = book.account("mine", Role.DISPATCHER), book.account("other", Role.DISPATCHER)
    head = book.served.head()
    assert book.put(EntryKind.SAVED_VIEW, "home", by=mine).status_code == 200
    assert ids(mine, EntryKind.SAVED_VIEW) == {"home"}
    assert ids(other, EntryKind.SAVED_VIEW) == set()
    assert book.put(EntryKind.SAVED_VIEW, "home", by=other).json()["key"] == "entry_id_taken"
    assert other.get("/v1/register/saved_view/home/history").status_code == 404
    tokens = {who: book.served.token(who, Role.DISPATCHER) for who in ("mine", "other")}
    for who, token in tokens.items():
        with listening(book.served, token, head) as listener:
            _, got = hear(listener, Readings)
            heard = [c for m in got if isinstance(m, Changes) for c in m.changes]
            assert any(c.subject is Subject.ENTRY for c in heard) == (who == "mine"), "resumed"
    view = {"body": BODIES[EntryKind.SAVED_VIEW]}
    with listening(book.served, tokens["other"], book.served.head()) as listener:
        hear(listener, Readings)
        mine.put("/v1/register/saved_view/work", json=view, headers={"Idempotency-Key": key()})
        _, got = hear(listener, Skip)
        assert not [m for m in got if isinstance(m, Changes)], "told live to nobody else either"


def test_what_has_ended_is_not_shown_and_is_taken_out(own_service: Served) -> None:
    book = Book(own_service)
    end = (own_service.runtime.timekeeper.now() + timedelta(seconds=1.2)).isoformat()
    assert book.put(EntryKind.HAZARD, "short", expires_at=end).status_code == 200
    assert "short" in ids(book.room, EntryKind.HAZARD)
    import asyncio
    import time

    from service.timers import Timers

    time.sleep(1.3)
    assert "short" not in ids(book.room, EntryKind.HAZARD), "at once, before anything has taken it out"
    asyncio.run_coroutine_threadsafe(Timers(own_service.runtime).end_expired(), own_service.loop).result(5)
    history = book.room.get("/v1/register/hazard/short/history").json()["changes"]
    assert (history[-1]["action"], history[-1]["actor"]) == ("remove", "system")


def test_a_batch_judges_each_row_and_adds_nothing_twice(book: Book) -> None:
    importer = book.account("importer", Role.IMPORTER)
    rows = [{"entry_id": f"c-{i}", "body": BODIES[EntryKind.COMPONENT] | {"name": f"部件{i}"}} for i in range(999)]
    rows.append({"entry_id": "c bad", "body": BODIES[EntryKind.COMPONENT]})
    head = book.served.head()
    said: dict[str, Any] = {"entries": rows, "dry_run": True}
    outcomes = [r["outcome"] for r in importer.post("/v1/register/component", json=said).json()["results"]]
    assert outcomes == ["accepted"] * 999 + ["rejected"]
    assert book.served.head() == head, "a dry run writes nothing"
    said["dry_run"] = False
    assert importer.post("/v1/register/component", json=said).status_code == 200
    assert book.served.head() == head + 999
    again = importer.post("/v1/register/component", json=said).json()["results"]
    assert [r["outcome"] for r in again] == ["duplicate"] * 999 + ["rejected"]
    assert again[-1]["fault"]["key"] == "entry_id_bad"
    assert book.served.head() == head + 999
    seen: list[str] = []
    after = ""
    while True:
        page = importer.get(f"/v1/register/component?limit=400&after={after}").json()
        seen += [e["entry_id"] for e in page["entries"]]
        if page["after"] is None:
            break
        after = page["after"]
    assert len(seen) == len(set(seen)) >= 999


def test_a_full_register_takes_no_more(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = REGISTERS[EntryKind.GEOFENCE]
    held = len(ids(book.room, EntryKind.GEOFENCE))
    monkeypatch.setitem(REGISTERS, EntryKind.GEOFENCE, msgspec.structs.replace(rule, most=held + 1))
    assert book.put(EntryKind.GEOFENCE, "last").status_code == 200
    assert book.put(EntryKind.GEOFENCE, "one-too-many").json()["key"] == "register_full"
    assert book.put(EntryKind.GEOFENCE, "last", version=1, body=BODIES[EntryKind.GEOFENCE] | {"note": "改"}).is_success
    assert book.remove(EntryKind.GEOFENCE, "last", 2).is_success
    assert book.put(EntryKind.GEOFENCE, "one-too-many").is_success


# -- readings ----------------------------------------------------------------------------------------------------------


def reading(entry_id: str, state: str, minutes: float = 0, **more: Any) -> dict[str, Any]:
    return {"entry_id": entry_id, "at": (MORNING + timedelta(minutes=minutes)).isoformat(), "state": state, **more}


def test_readings_are_taken_shown_and_told(book: Book) -> None:
    book.put(EntryKind.COMPONENT, "gas-1")
    book.put(EntryKind.CAMERA, "cam-1")
    token = book.served.token("watcher", Role.DUTY_CHIEF)
    with listening(book.served, token, book.served.head()) as listener:
        whole, _ = hear(listener, Readings)
        assert whole.whole
        said = [reading("gas-1", "alarm", value=18.5, unit="%LEL"), reading("cam-1", "ok", kind="camera")]
        assert book.gate.post("/v1/readings", json={"readings": said}).status_code == 204
        news, _ = hear(listener, Readings)
        told = {r.entry_id: r for r in news.readings}
        assert (told["gas-1"].state, told["gas-1"].value) == (ReadingState.ALARM, 18.5)
        assert told["cam-1"].kind is EntryKind.CAMERA
        late = [reading("gas-1", "ok", minutes=-5)]
        assert book.gate.post("/v1/readings", json={"readings": late}).status_code == 204
        latest = {r["entry_id"]: r for r in book.room.get("/v1/readings").json()["readings"]}
        assert latest["gas-1"]["state"] == "alarm", "an older one is passed over"
        assert {r["entry_id"] for r in book.room.get("/v1/snapshot").json()["readings"]} >= {"gas-1", "cam-1"}
        version = book.room.get("/v1/register/component/gas-1").json()["version"]
        book.remove(EntryKind.COMPONENT, "gas-1", version)
        left, _ = hear(listener, Readings)
        assert left.gone == ((EntryKind.COMPONENT, "gas-1"),)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ([reading("nobody", "ok")], "unknown_entry"),
        ([reading("known", "ok"), reading("known", "ok", minutes=60)], "reading_out_of_bounds"),
        ([reading("known", "ok") | {"at": "2026-03-03T00:30:00"}], "moment_without_offset"),
        ([reading("known", "fine")], "validation"),
        ([reading("known", "ok", value=1e300)], "validation"),
        ([reading("known", "ok", kind="hazard")], "unknown_entry"),
        ([reading("known", "ok")] * 1001, "validation"),
    ],
)
def test_a_batch_with_one_bad_reading_is_refused_whole(book: Book, said: list[dict[str, Any]], fault: str) -> None:
    book.put(EntryKind.COMPONENT, "known")
    assert book.gate.post("/v1/readings", json={"readings": said}).json()["key"] == fault
    assert "known" not in {r["entry_id"] for r in book.room.get("/v1/readings").json()["readings"]}


def test_readings_outlive_the_service_and_a_sample_of_them_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    import asyncio

    from service.timers import Timers

    folder = tmp_path_factory.mktemp("kept")
    with serve_town(folder) as served:
        book = Book(served)
        book.put(EntryKind.COMPONENT, "level-1")
        for seconds, state in ((0, "ok"), (1, "ok"), (2, "warn"), (3, "warn")):
            said = [reading("level-1", state, minutes=seconds / 60, value=float(seconds), unit="m")]
            assert book.gate.post("/v1/readings", json={"readings": said}).status_code == 204
        asyncio.run_coroutine_threadsafe(Timers(served.runtime).save(), served.loop).result(5)
        kept = book.room.get("/v1/readings/component/level-1").json()["readings"]
        assert [r["value"] for r in kept] == [0.0, 2.0], "one a minute, and each that says another state"
    with serve_town(folder) as served:
        again = Book(served).room.get("/v1/readings").json()["readings"]
        assert [(r["entry_id"], r["value"]) for r in again] == [("level-1", 3.0)]
