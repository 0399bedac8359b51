"""Requests: every failure is a fault, unclear outcomes are asked again under the same key."""

from collections.abc import AsyncIterator

import pytest

from client.api import ServiceClient
from client.timekeeping import ServiceTime
from domain.case import NewReport
from domain.command import Command
from domain.faults import Fault, FaultKind
from domain.fold import fold_all
from domain.ids import CaseNo
from domain.states import Channel
from domain.wire import FaultBody, Outcome, Session
from tests.unit.client.peer import ME, T0, Peer, reported, running_peer

pytestmark = pytest.mark.logs_expected("uvicorn")

REPORT = NewReport(channel=Channel.HOTLINE, text="road under water")
COMMAND = Command(action="accept", version=1)
DONE = Outcome(change=reported(1, "a"), case=fold_all([reported(1, "a")]))


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with running_peer() as running:
        yield running


@pytest.fixture
async def client(peer: Peer) -> AsyncIterator[ServiceClient]:
    async with ServiceClient(peer.url) as made:
        yield made


async def test_the_token_of_a_sign_in_is_used_from_then_on(peer: Peer, client: ServiceClient) -> None:
    peer.say("/v1/session", Session(token="tok-9", expires_at=T0, me=ME))
    peer.say("/v1/me", ME)
    await client.sign_in("ann", "secret")
    assert await client.me() == ME
    assert peer.tokens == ["", "Bearer tok-9"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FaultKind.INVALID),
        (401, FaultKind.UNAUTHENTICATED),
        (403, FaultKind.FORBIDDEN),
        (404, FaultKind.NOT_FOUND),
        (409, FaultKind.CONFLICT),
        (413, FaultKind.TOO_LARGE),
        (422, FaultKind.MISMATCH),
        (429, FaultKind.THROTTLED),
        (503, FaultKind.UNAVAILABLE),
    ],
)
async def test_a_refusal_keeps_the_services_key(
    peer: Peer, client: ServiceClient, status: int, kind: FaultKind
) -> None:
    peer.say("/v1/cases/a/commands", FaultBody("some_key", {"seen": 1}), status=status)
    with pytest.raises(Fault) as caught:
        await client.command(CaseNo("a"), COMMAND, key="k" * 16)
    assert (caught.value.kind, caught.value.key, caught.value.params) == (kind, "some_key", {"seen": 1})
    assert peer.seen["/v1/cases/a/commands"] == (4 if status == 503 else 1)


async def test_a_json_refusal_is_read_too(peer: Peer, client: ServiceClient) -> None:
    peer.answers["/v1/me"] = [
        (403, b'{"key": "role_may_not", "params": {"action": "x"}}', "application/json; charset=utf-8")
    ]
    with pytest.raises(Fault) as caught:
        await client.me()
    assert (caught.value.key, caught.value.params) == ("role_may_not", {"action": "x"})


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>proxy</html>", "text/html"),
        (200, b"", "application/msgpack"),
        (200, b"\x81\xa1a\x01", "application/msgpack"),
        (200, b"\xc1", "application/msgpack"),
        (502, b"<html>bad gateway</html>", "text/html"),
        (404, b"", ""),
    ],
)
async def test_what_is_no_reply_is_a_bad_reply(
    peer: Peer, client: ServiceClient, answer: tuple[int, bytes, str]
) -> None:
    peer.answers["/v1/me"] = [answer]
    with pytest.raises(Fault) as caught:
        await client.me()
    assert caught.value.key == "bad_reply"


async def test_an_unclear_report_is_sent_again_under_the_same_key(peer: Peer, client: ServiceClient) -> None:
    cut = (0, b"", "")
    peer.answers["/v1/reports"] = [cut, cut]
    peer.say("/v1/reports", DONE, status=201)
    outcome = await client.report(REPORT, key="report-key-1")
    assert outcome == DONE
    assert peer.keys == ["report-key-1"] * 3


async def test_what_stays_unclear_says_so(peer: Peer, client: ServiceClient) -> None:
    peer.answers["/v1/reports"] = [(0, b"", "")]
    with pytest.raises(Fault) as caught:
        await client.report(REPORT, key="report-key-1")
    assert caught.value.key == "outcome_unclear"
    assert len(peer.keys) == 4


async def test_no_connection_is_line_down() -> None:
    async with ServiceClient("http://127.0.0.1:9") as client:
        with pytest.raises(Fault) as caught:
            await client.report(REPORT, key="report-key-1")
        assert caught.value.key == "line_down"


async def test_a_sign_in_is_never_sent_twice(peer: Peer, client: ServiceClient) -> None:
    peer.answers["/v1/session"] = [(0, b"", "")]
    with pytest.raises(Fault):
        await client.sign_in("ann", "secret")
    assert peer.seen["/v1/session"] == 1


async def test_a_case_number_cannot_leave_its_path(peer: Peer, client: ServiceClient) -> None:
    with pytest.raises(Fault):
        await client.case(CaseNo("../../v1/session?x=1#"))
    assert set(peer.seen) == {"/v1/cases/../../v1/session?x=1#"}


@pytest.mark.parametrize("url", ["", "ftp://x", "http://", "nonsense", "http://a/b", "http://u:p@h", "http://h?x=1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Fault, match="bad_server_url"):
        ServiceClient(url)


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "令牌", "x" * 5000])
def test_a_token_that_would_break_the_header_is_refused(token: str) -> None:
    with pytest.raises(Fault, match="bad_token"):
        ServiceClient("http://h", token)


def test_service_time_from_whole_seconds_and_from_stamps() -> None:
    mono, truth = [100.0], 1_000_000.4  # service time minus monotonic
    clock = ServiceTime(monotonic=lambda: mono[0], wall=lambda: mono[0] + truth + 30)
    assert clock.skew_s() is None
    for step in range(20):
        mono[0] = 100.0 + step * 0.37
        stated = int(mono[0] + truth + 0.01)
        clock.note_second(stated, mono[0], mono[0] + 0.02)
    assert abs(clock.now().timestamp() - (mono[0] + truth)) < 1.0
    for late in (0.2, 0.003, 0.5):
        sent = clock.now().fromtimestamp(mono[0] + truth - late, tz=T0.tzinfo)
        clock.note_stamp(sent)
    assert abs(clock.now().timestamp() - (mono[0] + truth)) < 0.005
    skew = clock.skew_s()
    assert skew is not None
    assert abs(skew - 30) < 0.01
