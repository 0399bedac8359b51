"""The live feed: in order, without holes, resumed from any number, and skipping what a reader may not see."""

import time

import pytest
from listening import last_of, listening, numbers
from served import ALL_ROOM, Served, command, send_report
from websockets.exceptions import InvalidStatus

from domain.change import Change, Subject
from domain.people import Role
from domain.wire_feed import Bye, Fixes, Hello, KeepAlive, Readings, Resync, Skip


def test_every_change_comes_once_and_in_order(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with own_service.client(room) as client, listening(own_service, room, own_service.head()) as feed:
        hello = feed.next()
        assert isinstance(hello, Hello)
        assert hello.epoch == own_service.runtime.epoch
        case = send_report(client).case
        for action in ("accept",):
            case = command(client, case, action).case
        got = feed.until(own_service.head())
    assert [c.action for c in got if isinstance(c, Change)] == ["report", "accept"]
    assert numbers(got) == list(range(hello.head + 1, own_service.head() + 1))


def test_resumes_from_any_number_in_the_log(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with own_service.client(room) as client:
        for _ in range(12):
            send_report(client)
    head = own_service.head()
    for since in (0, 1, head - 5, head - 1):
        with listening(own_service, room, since) as feed:
            assert isinstance(feed.next(), Hello)
            assert numbers(feed.until(head)) == list(range(since + 1, head + 1))


def test_resuming_while_changes_arrive_leaves_no_hole(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    with own_service.client(room) as client:
        for _ in range(30):
            send_report(client)
            with listening(own_service, room, 0) as feed:
                feed.next()
                send_report(client)
                head = own_service.head()
                assert numbers(feed.until(head)) == list(range(1, head + 1))
            if head > 40:
                break


def test_a_reader_hears_only_what_it_may_see_and_the_rest_as_skips(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    own_service.account("zhao", "a good password", Role.HANDLER, unit="u-sanitation", staff="s-zhao")  # type: ignore[arg-type]
    signed = own_service.client().post("/v1/session", json={"user": "zhao", "password": "a good password"}).json()
    since = own_service.head()
    with own_service.client(room) as client, listening(own_service, signed["token"], since) as live:
        live.next()
        theirs = send_report(client).case
        send_report(client)
        for action, args in (("accept", {}), ("file", {"condition": "c1"}), ("dispatch", {"unit": "u-sanitation"})):
            theirs = command(client, theirs, action, **args).case
        own_service.token("later", Role.READER)
        send_report(client)
        head = own_service.head()
        got = live.until(head)
    assert numbers(got) == list(range(since + 1, head + 1))
    seen = [entry for entry in got if isinstance(entry, Change)]
    assert [(c.subject_id, c.action) for c in seen] == [(theirs.case_no, "dispatch")]
    with listening(own_service, signed["token"], since) as resumed:
        resumed.next()
        again = resumed.until(head)
    assert numbers(again) == numbers(got)
    assert {c.subject_id for c in again if isinstance(c, Change)} == {theirs.case_no}


def test_the_unit_that_loses_a_case_hears_of_it(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    gate = own_service.token("gate", Role.GATEWAY)
    own_service.account("zhao", "a good password", Role.HANDLER, unit="u-sanitation", staff="s-zhao")  # type: ignore[arg-type]
    signed = own_service.client().post("/v1/session", json={"user": "zhao", "password": "a good password"}).json()
    with own_service.client(room) as client, own_service.client(gate) as phone:
        case = send_report(client).case
        for action, args in (("accept", {}), ("file", {"condition": "c1"}), ("dispatch", {"unit": "u-sanitation"})):
            case = command(client, case, action, **args).case
        case = command(phone, case, "request_return", behalf="s-zhao", reason="not_our_duty").case
        since = own_service.head()
        with listening(own_service, signed["token"], since) as feed:
            feed.next()
            command(client, case, "approve_return")
            got = feed.until(since + 1)
    assert [c.action for c in got if isinstance(c, Change)] == ["approve_return"]


def test_readers_of_cases_do_not_see_the_audit(own_service: Served) -> None:
    reader = own_service.token("reader", Role.READER)
    with listening(own_service, reader, 0) as feed:
        feed.next()
        got = feed.until(own_service.head())
    assert {c.subject for c in got if isinstance(c, Change)} == {Subject.TOWN}
    assert any(isinstance(entry, Skip) for entry in got)


@pytest.mark.parametrize(("epoch", "since"), [("another", 0), (None, 999_999)])
def test_what_cannot_be_resumed_is_told_so(service: Served, epoch: str | None, since: int) -> None:
    with listening(service, service.token("room", *ALL_ROOM), since, epoch) as feed:
        assert isinstance(feed.next(), Hello)
        assert feed.next() == Resync("other_epoch")
        assert feed.rest() == [Bye("other_epoch", 1.0)]
        assert feed.ended == (1013, "other_epoch")


@pytest.mark.parametrize(
    ("token", "query", "status", "key"),
    [
        ("", "epoch=x&since=0", 401, b"token_missing"),
        ("made-up", "epoch=x&since=0", 401, b"token_unknown"),
        ("importer", "epoch=x&since=0", 403, b"role_may_not"),
        ("room", "epoch=x&since=-1", 400, b"since_bad"),
        ("room", "epoch=x&since=99999999999999999999", 400, b"since_bad"),
    ],
)
def test_the_handshake_is_refused_like_a_request(
    service: Served, token: str, query: str, status: int, key: bytes
) -> None:
    from websockets.sync.client import connect

    tokens = {"importer": service.token("imp", Role.IMPORTER), "room": service.token("room", *ALL_ROOM)}
    headers = {"Authorization": f"Bearer {tokens.get(token, token)}"} if token else {}
    url = f"{service.url.replace('http', 'ws', 1)}/v1/feed?{query}"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, additional_headers=headers, proxy=None)
    assert refused.value.response.status_code == status
    assert key in bytes(refused.value.response.body or b"")


def test_a_silent_feed_is_kept_alive_with_the_head(service: Served) -> None:
    room = service.token("room", *ALL_ROOM)
    with listening(service, room, service.head()) as feed:
        feed.next()
        started = time.monotonic()
        while not isinstance(message := feed.next(), KeepAlive):
            assert message is not None
        assert message.head == service.head()
        assert time.monotonic() - started < 4


def test_signing_out_ends_the_feeds_of_that_token_at_once(own_service: Served) -> None:
    own_service.account("chief", "a good password", *ALL_ROOM)
    body = {"user": "chief", "password": "a good password"}
    tokens = [own_service.client().post("/v1/session", json=body).json()["token"] for _ in range(2)]
    head = own_service.head()
    with listening(own_service, tokens[0], head) as ending, listening(own_service, tokens[1], head) as staying:
        ending.next()
        staying.next()
        assert own_service.client(tokens[0]).delete("/v1/session").status_code == 204
        ending.rest()
        assert ending.ended == (1013, "signed_out")
        assert own_service.client(tokens[0]).get("/v1/me").status_code == 401
        assert own_service.client(tokens[1]).get("/v1/me").status_code == 200
        assert last_of(staying.until(own_service.head())[-1]) == own_service.head()


def test_positions_come_coalesced_and_only_to_who_may_see_them(own_service: Served) -> None:
    room = own_service.token("room", *ALL_ROOM)
    county = own_service.token("county", Role.COUNTY)
    own_service.account("li", "a good password", Role.GRID_WORKER, staff="s-li")  # type: ignore[arg-type]
    li = own_service.client().post("/v1/session", json={"user": "li", "password": "a good password"}).json()["token"]
    phone = own_service.client(own_service.token("gate", Role.GATEWAY))
    head = own_service.head()
    with (
        listening(own_service, room, head) as all_seen,
        listening(own_service, li, head) as own_seen,
        listening(own_service, county, head) as none_seen,
    ):
        for feed in (all_seen, own_seen, none_seen):
            assert isinstance(feed.next(), Hello)
        for second in range(5):
            fixes = [
                {
                    "thing": thing,
                    "lon": 120.8,
                    "lat": round(29.55 + second / 1000, 3),
                    "fixed_at": f"2026-03-03T00:30:0{second}Z",
                }
                for thing in ("s-li", "v-van")
            ]
            assert phone.post("/v1/positions", json={"positions": fixes}).status_code == 204
        late = {"thing": "s-li", "lon": 1.0, "lat": 1.0, "fixed_at": "2026-03-03T00:29:00Z"}
        assert phone.post("/v1/positions", json={"positions": [late]}).status_code == 204
        things, frames = _last_seen(all_seen, "s-li", 29.554)
        assert things == {"s-li", "v-van"}
        assert frames <= 6, "the whole at first, then no more than was posted"
        assert _last_seen(own_seen, "s-li", 29.554)[0] == {"s-li"}
        while not isinstance(message := none_seen.next(), KeepAlive):
            assert message in (Fixes((), whole=True), Readings((), whole=True))
    kept = own_service.client(room).get("/v1/positions").json()["positions"]
    assert {p["thing"]: p["lat"] for p in kept} == {"s-li": 29.554, "v-van": 29.554}
    assert own_service.client(county).get("/v1/positions").status_code == 403


def _last_seen(feed: object, thing: str, lat: float) -> tuple[set[str], int]:
    """Return which things were seen, and in how many frames, until ``thing`` is at ``lat``."""
    from listening import Listener

    assert isinstance(feed, Listener)
    seen: dict[str, float] = {}
    frames = 0
    for _ in range(100):
        if seen.get(thing) == lat:
            break
        message = feed.next()
        assert message is not None
        if isinstance(message, Fixes):
            frames += 1
            seen |= {fix.thing: fix.lat for fix in message.fixes}
    assert seen.get(thing) == lat
    return set(seen), frames
