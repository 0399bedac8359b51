"""Who has a case open right now: told to colleagues who may see it, gone with card or line, and kept nowhere."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from listening import Listener, listening
from served import ALL_ROOM, Served, command, send_report, serve_town

from domain.case import Case, case_area
from domain.ids import DivisionCode
from domain.people import Role
from domain.wire_feed import Bye, Changes, Hello, Look, Open, Skip, Viewers
from service.http.feed import MOST_BACKLOG
from service.passwords import hash_password
from service.starting import write_once
from service.write.accounts import NewAccount, keep_account
from service.write.work import Recorded

Seen = dict[str, tuple[str, ...]]


def say(feed: Listener, case: Case | None) -> None:
    feed.socket.send(msgspec.msgpack.encode(Open(None if case is None else case.case_no)))


def seen_until(
    feed: Listener, wanted: Callable[[Seen], bool], seen: Seen | None = None, within_s: float = 20.0
) -> Seen:
    """Return what a feed has told, folded on ``seen``, once it is as wanted."""
    told = dict(seen or {})
    deadline = time.monotonic() + within_s
    while not wanted(told):
        assert time.monotonic() < deadline, told
        message = feed.next()
        assert message is not None, feed.ended
        if isinstance(message, Viewers):
            told = {} if message.whole else told
            told |= {one.case_no: one.accounts for one in message.cases}
            told = {case_no: accounts for case_no, accounts in told.items() if accounts}
    return told


def told_until(feed: Listener, seq: int) -> list[Viewers]:
    """Return what a feed tells of who looks at what before it reaches a change."""
    told = []
    while (message := feed.next()) is not None:
        if isinstance(message, Viewers):
            told.append(message)
        if isinstance(message, Changes) and message.changes[-1].seq >= seq:
            return told
        if isinstance(message, Skip) and message.last >= seq:
            return told
    raise AssertionError(feed.ended)


def until(met: Callable[[], Any], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not met():
        assert time.monotonic() < deadline, "it did not come about"
        threading.Event().wait(0.01)


def of_area(served: Served, user: str, area: str) -> str:
    """Return the token of a dispatcher of one area."""
    wanted = NewAccount(user, user, frozenset({Role.DISPATCHER}), hash_password("a good password"), area=area)
    write_once(served.store_beside(), lambda work: keep_account(work, wanted))
    body = {"user": user, "password": "a good password"}
    return str(served.client().post("/v1/session", json=body).json()["token"])


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all of these: nothing of what they do is kept."""
    with serve_town(tmp_path_factory.mktemp("room")) as served:
        yield served


@pytest.fixture(autouse=True)
def alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nobody has anything open when a test begins, nor once its feeds are closed."""
    yield
    if "room" in request.fixturenames:
        presence = request.getfixturevalue("room").runtime.hub.presence
        until(lambda: not presence._here)


def test_a_colleague_is_seen_at_a_case_and_gone_with_the_card_and_with_the_line(room: Served) -> None:
    wang, li = room.token("wang", *ALL_ROOM), room.token("li", Role.ACCEPTOR)
    client = room.client(wang)
    one, two = send_report(client).case, send_report(client).case
    head = room.head()
    with listening(room, li, head) as looking:
        hello = looking.next()
        assert isinstance(hello, Hello)
        assert hello.hears_open is True
        say(looking, None)
        with listening(room, wang, head) as open_feed:
            say(open_feed, one)
            seen = seen_until(looking, lambda s: s == {one.case_no: ("wang",)})
            say(open_feed, two)
            say(looking, two)
            seen = seen_until(looking, lambda s: s == {two.case_no: ("li", "wang")}, seen)
            say(open_feed, None)
            seen = seen_until(looking, lambda s: s == {two.case_no: ("li",)}, seen)
            say(open_feed, one)
            seen = seen_until(looking, lambda s: one.case_no in s, seen)
        seen_until(looking, lambda s: s == {two.case_no: ("li",)}, seen)
    assert room.head() == head, "nothing of it is recorded"


def test_who_may_not_see_the_case_is_told_nothing_and_is_not_believed(room: Served) -> None:
    wang = room.token("wang", *ALL_ROOM)
    client = room.client(wang)
    case = send_report(client).case
    far, county = of_area(room, "zhou", "330699103999"), room.token("county", Role.COUNTY)
    head = room.head()
    with (
        listening(room, wang, head) as first,
        listening(room, wang, head) as second,
        listening(room, far, head) as elsewhere,
        listening(room, county, head) as outside,
        listening(room, wang, head) as earlier,
    ):
        assert outside.next().hears_open is msgspec.UNSET
        say(elsewhere, case)
        say(outside, case)
        say(second, None)
        say(first, case)
        assert seen_until(second, bool) == {case.case_no: ("wang",)}, "and not zhou, nor the county"
        after = send_report(client).change.seq  # comes behind all that was told
        assert told_until(elsewhere, after) == [Viewers((), whole=True)]
        assert told_until(outside, after) == []
        assert told_until(earlier, after) == [], "who never says what it has open knows nothing of it"


def test_a_case_that_leaves_our_sight_takes_its_sign_along(room: Served) -> None:
    wang = room.token("wang", *ALL_ROOM)
    reported = send_report(room.client(wang))
    case = reported.case
    near = of_area(room, "near", case_area(case))
    head, presence = room.head(), room.runtime.hub.presence
    with listening(room, wang, head) as first, listening(room, near, head) as second:
        say(second, None)
        say(first, case)
        seen = seen_until(second, bool)
        moved = msgspec.structs.replace(case, area=DivisionCode("330699103999"), grid_code=None)
        room.loop.call_soon_threadsafe(presence.hear_of, [Recorded(reported.change, moved)])
        seen_until(second, lambda s: not s, seen)


def test_a_flood_is_told_twice_a_second_at_most_and_then_not_at_all(room: Served) -> None:
    wang, li = room.token("wang", *ALL_ROOM), room.token("li", *ALL_ROOM)
    cases = [send_report(room.client(wang)).case for _ in range(2)]
    head = room.head()
    with listening(room, wang, head) as flooding, listening(room, li, head) as looking:
        say(looking, None)
        for turn in range(30):
            say(flooding, cases[turn % 2])
        seen, told = seen_until(looking, bool), 0
        while seen:
            message = looking.next()
            assert message is not None
            if isinstance(message, Viewers):
                told += 1
                seen |= {one.case_no: one.accounts for one in message.cases}
                seen = {case_no: accounts for case_no, accounts in seen.items() if accounts}
        assert told <= MOST_BACKLOG


@pytest.mark.parametrize(
    "said",
    [
        msgspec.msgpack.encode({"type": "open", "case_no": ""}),
        msgspec.msgpack.encode({"type": "open", "case_no": "x" * 65}),
        msgspec.msgpack.encode({"type": "open", "case_no": None, "more": 1}),
        msgspec.msgpack.encode({"type": "viewers", "cases": []}),
        '{"type":"open","case_no":7}',
    ],
)
def test_what_is_no_such_message_ends_the_feed(room: Served, said: bytes | str) -> None:
    with listening(room, room.token("wang", *ALL_ROOM), room.head()) as feed:
        feed.next()
        feed.socket.send(said)
        assert feed.rest()[-1] == Bye("look_bad", 1.0)


def test_a_case_that_is_none_counts_as_none_open_and_a_look_goes_on(room: Served) -> None:
    with listening(room, room.token("wang", *ALL_ROOM), room.head()) as feed:
        feed.next()
        feed.socket.send('{"type":"open","case_no":"no-such-case"}')
        feed.socket.send(msgspec.msgpack.encode(Look()))
        while not isinstance(message := feed.next(), Viewers):
            assert message is not None
        assert message == Viewers((), whole=True)


def test_colleagues_at_another_service_are_seen_and_gone_when_it_ends(postgres_home: Any) -> None:
    with serve_town(postgres_home) as one:
        wang, li = one.token("wang", *ALL_ROOM), one.token("li", *ALL_ROOM)
        case = send_report(one.client(wang)).case
        until(lambda: one.runtime.relay.listening)
        with listening(one, li, one.head()) as looking:
            say(looking, None)
            with serve_town(postgres_home) as other:
                until(lambda: other.runtime.relay.listening)
                with listening(other, wang, one.head()) as far:
                    say(far, case)
                    seen = seen_until(looking, lambda s: s == {case.case_no: ("wang",)})
                    case = command(one.client(wang), case, "accept").case
                    say(far, None)
                    seen = seen_until(looking, lambda s: not s, seen)
                    say(far, case)
                    seen = seen_until(looking, bool, seen)
            assert seen_until(looking, lambda s: not s, seen, within_s=40) == {}
