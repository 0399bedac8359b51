"""Sharing the work over the wire: two claims at once, leaving with cases in hand, what a report keeps of its source."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from served import ALL_ROOM, Served, key, send_report

from domain.people import Role
from service.write.claims import let_go_of_old
from service.write.transaction import Job

PASSWORD = "Qingxi-2026-pass"


def act(client: httpx.Client, case: dict[str, Any], action: str, **args: Any) -> httpx.Response:
    path = f"/v1/cases/{case['case_no']}/commands"
    body = {"action": action, "version": case["version"], "args": args}
    return client.post(path, json=body, headers={"Idempotency-Key": key()})


def opened(client: httpx.Client) -> dict[str, Any]:
    case_no = send_report(client).case.case_no
    found: dict[str, Any] = client.get(f"/v1/cases/{case_no}").json()
    return found


def fresh(client: httpx.Client, case: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/cases/{case['case_no']}").json()
    return found


def signed_in(served: Served, user: str) -> httpx.Client:
    answer = served.client().post("/v1/session", json={"user": user, "password": PASSWORD})
    return served.client(answer.json()["token"])


def test_of_many_who_claim_one_case_at_once_one_has_it(service: Served) -> None:
    desks = [service.client(service.token(f"desk{n}", *ALL_ROOM)) for n in range(6)]
    for _ in range(5):
        case = opened(desks[0])
        with ThreadPoolExecutor(len(desks)) as pool:
            answers = list(pool.map(lambda desk: act(desk, case, "claim"), desks))  # noqa: B023  # done before the next
        assert sorted(a.status_code for a in answers) == [200, *[409] * 5]
        assert {a.json()["key"] for a in answers if a.status_code == 409} <= {"stale_version", "claimed"}
        winner = next(n for n, a in enumerate(answers) if a.status_code == 200)
        assert fresh(desks[0], case)["claim"]["by"] == f"desk{winner}"


def test_who_signs_out_leaves_nothing_in_hand(service: Served) -> None:
    service.account("wang", PASSWORD, *ALL_ROOM)
    room = service.client(service.token("room", *ALL_ROOM))
    first, second = signed_in(service, "wang"), signed_in(service, "wang")
    case = act(first, opened(room), "claim").json()["case"]
    assert first.delete("/v1/session").status_code == 204
    assert fresh(room, case)["claim"]["by"] == "wang", "the other console goes on"
    assert second.delete("/v1/session").status_code == 204
    assert fresh(room, case)["claim"] is None
    last = room.get(f"/v1/cases/{case['case_no']}/changes").json()["changes"][-1]
    assert (last["action"], last["actor"], last["data"]["why"]) == ("release", "system", "signed_out")


def test_what_is_in_hand_too_long_is_free_again(service: Served) -> None:
    room = service.client(service.token("room", *ALL_ROOM))
    case = act(room, opened(room), "claim").json()["case"]
    runtime = service.runtime

    async def let_go(after: timedelta) -> bool:
        def run(work: Any) -> bool:
            work.now += after
            return let_go_of_old(work, case["case_no"])

        return bool(await runtime.do(Job(run)))

    import asyncio

    def ask(after: timedelta) -> bool:
        return asyncio.run_coroutine_threadsafe(let_go(after), service.loop).result(20)

    assert not ask(timedelta(minutes=29))
    assert fresh(room, case)["claim"] is not None
    assert ask(timedelta(minutes=31))
    assert fresh(room, case)["claim"] is None


def test_a_case_is_handed_over_to_somebody_of_the_room_only(service: Served) -> None:
    room = service.client(service.token("room", *ALL_ROOM))
    service.token("mate", Role.ACCEPTOR)
    service.token("handler", Role.HANDLER)
    case = act(room, opened(room), "claim").json()["case"]
    for nobody in ("handler", "nobody"):
        refused = act(room, case, "hand_over", to=nobody)
        assert (refused.status_code, refused.json()["key"]) == (400, "unknown_colleague")
    assert act(room, case, "hand_over", to="mate").json()["case"]["claim"]["by"] == "mate"
    people = {p["account"]: p["roles"] for p in room.get("/v1/snapshot").json()["people"]}
    assert people.get("mate", ["acceptor"]) == ["acceptor"]


def test_a_report_keeps_its_number_clock_and_callback(service: Served) -> None:
    room = service.client(service.token("room", *ALL_ROOM))
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    body = {"channel": "hotline", "text": "路灯不亮", "kind": "01-02", "source": "12345", "source_no": "W-1"}
    promised = {"source_due": due.isoformat(), "callback": True, "callback_by": (due - timedelta(days=1)).isoformat()}
    made = room.post("/v1/reports", json=body | promised, headers={"Idempotency-Key": key()})
    assert made.status_code == 201, made.text
    (report,) = made.json()["case"]["reports"]
    assert datetime.fromisoformat(report["source_due"]) == due
    assert report["callback"] is True
    done = act(room, made.json()["case"], "call_back", which=report["report_id"], outcome="reached")
    assert done.json()["case"]["reports"][0]["called_back_at"] is not None
    for wrong, fault in (
        ({"callback": True}, "callback_without_contact"),
        ({"source_due": "2026-03-01T10:00:00"}, "moment_without_offset"),
        ({"source_due": "1999-03-01T10:00:00Z"}, "promise_out_of_bounds"),
    ):
        refused = room.post(
            "/v1/reports",
            json={"channel": "counter", "text": "路灯不亮", "kind": "01-02"} | wrong,
            headers={"Idempotency-Key": key()},
        )
        assert (refused.status_code, refused.json()["key"]) == (400, fault)
