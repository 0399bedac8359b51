"""A right that is taken away is taken from open sockets too, within a second; a right that is given shows itself."""

import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from listening import Listener, listening
from offices import OWN, Office
from served import Served

from domain.people import Role
from service.starting import write_once
from service.write.accounts import NewAccount, keep_account

WITHIN_S = 1.0


@pytest.fixture
def office(own_service: Served) -> Iterator[Office]:
    return Office(own_service)


def _token(client: httpx.Client) -> str:
    return client.headers["Authorization"].split()[1]


def _ends(listener: Listener, act: Callable[[], object]) -> tuple[str, float]:
    """Return why the feed ended and how long after ``act`` was done."""
    act()
    done = time.monotonic()
    while listener.next() is not None:
        pass
    assert listener.ended is not None
    return listener.ended[1], time.monotonic() - done


def _session(office: Office) -> str:
    listed: str = office.ask("sec", "GET", "sessions?account=zhou").json()["sessions"][0]["session"]
    return listed


def _step(office: Office, who: str, step: str) -> None:
    body = {"version": office.account("zhou")["version"], "reason": "收回"}
    assert office.ask(who, "POST", f"accounts/zhou/{step}", body).status_code == 200


def _rights(office: Office, roles: list[str], area: str) -> None:
    body = {"version": office.account("zhou")["version"], "roles": roles, "area": area, "reason": "调整"}
    assert office.ask("sec", "PUT", "accounts/zhou/rights", body).status_code == 200


def _at_the_machine(office: Office) -> None:
    wanted = NewAccount("zhou", "zhou", frozenset({Role.HANDLER}), "no hash at all", area="330699103")
    write_once(office.served.store_beside(), lambda work: keep_account(work, wanted))


TAKEN: list[tuple[str, Callable[[Office], object], str]] = [
    (
        "session",
        lambda o: o.ask("sec", "POST", f"sessions/{_session(o)}/revoke", {"reason": "收回"}),
        "token_revoked",
    ),
    ("sign-out", lambda o: _step(o, "sec", "sign-out"), "token_revoked"),
    ("lock", lambda o: _step(o, "sec", "lock"), "token_revoked"),
    ("disable", lambda o: _step(o, "sys", "disable"), "token_revoked"),
    ("roles", lambda o: _rights(o, ["importer"], ""), "rights_changed"),
    ("area", lambda o: _rights(o, ["acceptor"], "330699103001"), "rights_changed"),
    ("fields", lambda o: _rights(o, ["inspector"], ""), "rights_changed"),
    ("command line", _at_the_machine, "rights_changed"),
]


@pytest.mark.parametrize(("take", "reason"), [t[1:] for t in TAKEN], ids=[t[0] for t in TAKEN])
def test_a_websocket_ends_within_a_second(office: Office, take: Callable[[Office], object], reason: str) -> None:
    client = office.working("zhou", Role.ACCEPTOR)
    with listening(office.served, _token(client), office.served.head()) as feed:
        assert feed.next() is not None
        ended, took = _ends(feed, lambda: take(office))
    assert ended == reason
    assert took < WITHIN_S


@pytest.mark.parametrize(("take", "reason"), [t[1:] for t in TAKEN[:5]], ids=[t[0] for t in TAKEN[:5]])
def test_a_stream_of_events_ends_within_a_second(office: Office, take: Callable[[Office], object], reason: str) -> None:
    client = office.working("zhou", Role.ACCEPTOR)
    heard: list[str] = []
    begun, over = threading.Event(), threading.Event()

    def listen() -> None:
        with client.stream("GET", "/v1/feed/events") as answer:
            for line in answer.iter_lines():
                heard.append(line)
                begun.set()
        over.set()

    thread = threading.Thread(target=listen)
    thread.start()
    assert begun.wait(5)
    take(office)
    done = time.monotonic()
    assert over.wait(5)
    took = time.monotonic() - done
    thread.join(5)
    assert took < WITHIN_S
    assert reason in "\n".join(heard)


def test_the_feed_of_others_goes_on(office: Office) -> None:
    client = office.working("zhou", Role.ACCEPTOR)
    other = office.working("wang", Role.ACCEPTOR)
    head = office.served.head()
    with (
        listening(office.served, _token(client), head) as feed,
        listening(office.served, _token(other), head) as others,
    ):
        _ends(feed, lambda: _step(office, "sec", "lock"))
        office.sign_in("wang", OWN)
        others.until(office.served.head())
        assert others.ended is None


def test_a_role_that_is_given_is_there_at_once_and_the_feed_is_loaded_anew(office: Office) -> None:
    client = office.working("zhou", Role.DISPATCHER, area="330699103001")
    with listening(office.served, _token(client), office.served.head()) as feed:
        feed.next()
        _rights(office, ["dispatcher", "acceptor"], "330699103")
        messages = []
        while (message := feed.next()) is not None:
            messages.append(type(message).__name__)
    assert "Resync" in messages
    assert sorted(client.get("/v1/me").json()["roles"]) == ["acceptor", "dispatcher"]
    with listening(office.served, _token(client), office.served.head()) as feed:
        assert feed.next() is not None


def test_signing_in_ends_nobodys_feed(office: Office) -> None:
    client = office.working("zhou", Role.ACCEPTOR)
    with listening(office.served, _token(client), office.served.head()) as feed:
        for _ in range(3):
            assert office.sign_in("zhou", OWN).status_code == 201
        feed.until(office.served.head())
        assert feed.ended is None
