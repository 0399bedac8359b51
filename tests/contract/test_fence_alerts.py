"""Geofences over HTTP and the feed: who may draw one; an alert is heard by the room and acknowledged, never made up."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
from listening import listening
from served import ALL_ROOM, Served, key

from domain.people import Role
from domain.places import Position
from domain.wire_feed import Changes
from service.timers import Timers

RING = [[120.80, 29.55], [120.81, 29.55], [120.81, 29.56], [120.80, 29.56]]
BODY: dict[str, Any] = {"name": "河堤", "ring": RING, "settle_s": 0, "things": ["s-li"]}


def put(client: httpx.Client, kind: str, entry_id: str, body: dict[str, Any], version: int = 0) -> httpx.Response:
    asked = {"body": body, "version": version}
    return client.put(f"/v1/register/{kind}/{entry_id}", json=asked, headers={"Idempotency-Key": key()})


def test_a_crossing_is_heard_by_the_room_and_acknowledged_once(own_service: Served) -> None:
    served = own_service
    room, worker = served.client(served.token("room", *ALL_ROOM)), served.client(served.token("w", Role.GRID_WORKER))
    acceptor = served.client(served.token("acceptor", Role.ACCEPTOR))
    gate = served.client(served.token("gate", Role.GATEWAY))
    assert put(worker, "geofence", "f", BODY).json()["key"] == "register_not_yours"
    assert put(acceptor, "geofence", "f", BODY).json()["key"] == "register_not_yours"
    assert put(room, "geofence", "f", BODY).is_success
    with listening(served, served.token("desk", Role.DISPATCHER), served.head()) as listener:
        for i, lon in enumerate((120.79, 120.805)):
            at = served.runtime.timekeeper.now() + timedelta(seconds=i)
            said = {"thing": "s-li", "lon": lon, "lat": 29.555, "fixed_at": at.isoformat()}
            assert gate.post("/v1/positions", json={"positions": [said]}).status_code == 204
            _look(served)
        heard: list[Any] = []
        while not heard:
            message = listener.next()
            assert message is not None, listener.ended
            if isinstance(message, Changes):
                heard = [c for c in message.changes if c.subject_id.startswith("fence_alert:")]
    (change,) = heard
    assert (change.actor, change.data["body"]["said"], change.data["body"]["unit"]) == ("system", "enter", "u-patrol")
    alert_id, body = change.subject_id.partition(":")[2], change.data["body"]
    assert put(room, "fence_alert", "made-up", body).json()["key"] == "fence_alert_of_the_service"
    assert worker.get("/v1/register/fence_alert").json().get("entries", []) == []
    assert [e["entry_id"] for e in room.get("/v1/register/fence_alert").json()["entries"]] == [alert_id]
    done = put(acceptor, "fence_alert", alert_id, body | {"acknowledged": True, "note": "已电话联系"}, 1)
    assert (done.json()["by"], done.json()["author"]) == ("acceptor", "system")
    again = put(room, "fence_alert", alert_id, body | {"acknowledged": True}, 2)
    assert again.json()["key"] == "fence_alert_settled"
    drop = {"headers": {"Idempotency-Key": key()}}
    assert room.delete(f"/v1/register/fence_alert/{alert_id}?version=2", **drop).json()["key"] == "fence_alert_stays"


def test_entering_and_having_stayed_too_long_are_both_told_where_one_fix_shows_both(own_service: Served) -> None:
    served = own_service
    room, gate = served.client(served.token("room", *ALL_ROOM)), served.client(served.token("gate", Role.GATEWAY))
    assert put(room, "geofence", "f", BODY | {"settle_s": 60, "dwell_s": 60}).is_success
    now = served.runtime.timekeeper.now()
    for ago_s, lon in ((110, 120.79), (90, 120.805), (10, 120.805)):
        at = (now - timedelta(seconds=ago_s)).isoformat()
        said = {"thing": "s-li", "lon": lon, "lat": 29.555, "fixed_at": at}
        assert gate.post("/v1/positions", json={"positions": [said]}).status_code == 204
        _look(served)
    alerts = room.get("/v1/register/fence_alert").json()["entries"]
    assert [alert["body"]["said"] for alert in alerts] == ["enter", "dwell"]


def _look(served: Served) -> None:
    """Have the fences look now rather than within a second."""
    asyncio.run_coroutine_threadsafe(Timers(served.runtime).watch_fences(), served.loop).result(20)


def test_nobody_off_shift_is_watched(own_service: Served) -> None:
    room = own_service.client(own_service.token("room", *ALL_ROOM))
    assert put(room, "geofence", "f", BODY | {"things": ["s-off"]}).is_success
    at = own_service.runtime.timekeeper.now()
    off = Position("s-off", 120.805, 29.555, at)  # type: ignore[arg-type]
    own_service.loop.call_soon_threadsafe(own_service.runtime.tracker.hear, [off], own_service.runtime.world, at)
    _look(own_service)
    assert "s-off" not in own_service.runtime.tracker.latest
    assert own_service.runtime.fences.waiting == []
    assert room.get("/v1/register/fence_alert").json().get("entries", []) == []
