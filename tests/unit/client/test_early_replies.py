"""Replies asked for beforehand: taken once, and what did not come is asked for in the ordinary way."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator

import pytest

from client.api import ServiceClient
from client.early import EarlyReplies
from client.room import Room
from domain.faults import Fault, FaultKind
from domain.wire import FaultBody
from tests.unit.client.peer import Peer, hold, running_peer, snapshot

pytestmark = pytest.mark.logs_expected("uvicorn")

TOKEN = "secret"


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with running_peer() as running:
        yield running


async def ended() -> None:
    """Wait until the asking thread has ended."""
    while any(thread.name == "onemap-early" for thread in threading.enumerate()):  # noqa: ASYNC110 - a thread
        await asyncio.sleep(0.005)


async def test_each_is_asked_for_once_with_the_token_and_taken_once(peer: Peer) -> None:
    peer.show(snapshot(head=3))
    early = EarlyReplies(peer.url, TOKEN)
    await ended()
    peer.show(snapshot(head=4))
    async with ServiceClient(peer.url, TOKEN, early=early) as client:
        assert (await client.snapshot()).head == 3
        geometry = await client.geometry()
        assert geometry is not None
        assert geometry.tag == "g1"
        assert peer.seen == {"/v1/snapshot": 1, "/v1/geometry": 1}
        assert peer.tokens == [f"Bearer {TOKEN}"] * 2
        assert (await client.snapshot()).head == 4


async def test_a_room_begins_with_them_and_resumes_where_they_ended(peer: Peer) -> None:
    peer.show(snapshot(head=3))
    peer.speech = hold
    early = EarlyReplies(peer.url, TOKEN)
    async with ServiceClient(peer.url, TOKEN, early=early) as client:
        room = Room(client)
        running = asyncio.create_task(room.run(), name="room")
        while not peer.resumed:  # noqa: ASYNC110 - the peer offers nothing to wait on
            await asyncio.sleep(0.005)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert peer.resumed == [("e1", 3)]
    assert peer.seen["/v1/snapshot"] == 1


async def test_a_refusal_is_heard_in_the_ordinary_way(peer: Peer) -> None:
    peer.say("/v1/snapshot", FaultBody(key="sign_in_ended"), 401)
    early = EarlyReplies(peer.url, TOKEN)
    async with ServiceClient(peer.url, TOKEN, early=early) as client:
        with pytest.raises(Fault) as caught:
            await client.snapshot()
    assert (caught.value.kind, caught.value.key) == (FaultKind.UNAUTHENTICATED, "sign_in_ended")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://nowhere", "http://127.0.0.1:99999", "http://[", ""])
async def test_an_address_nobody_answers_at_ends_the_thread_and_is_asked_again(peer: Peer, url: str) -> None:
    peer.show(snapshot(head=3))
    early = EarlyReplies(url, TOKEN)
    await ended()
    async with ServiceClient(peer.url, TOKEN, early=early) as client:
        assert (await client.snapshot()).head == 3


async def test_who_waits_may_give_up(peer: Peer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        early = EarlyReplies(f"http://127.0.0.1:{silent.getsockname()[1]}", TOKEN)
        async with ServiceClient(peer.url, TOKEN, early=early) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.snapshot()
            peer.show(snapshot(head=3))
            assert (await client.snapshot()).head == 3
    await ended()


BODY = b"\x80"
OTHERWISE = (
    b"",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + BODY,
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + BODY,
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + BODY,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n" + BODY,
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\n" + BODY,
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + BODY + b"more",
    b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    b"x" * 200_000,
)


def early_from(answer: bytes) -> EarlyReplies:
    """Ask a peer that says exactly this, and wait until the asking has ended."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                with contextlib.suppress(OSError):
                    line.sendall(answer)

        speaker = threading.Thread(target=speak, name="speaker")
        speaker.start()
        early = EarlyReplies(f"http://127.0.0.1:{server.getsockname()[1]}", TOKEN)
        speaker.join()
        early.reply("/v1/geometry", 5.0)
    return early


@pytest.mark.parametrize("answer", OTHERWISE)
def test_what_is_not_plain_is_left_to_the_ordinary_way(answer: bytes) -> None:
    assert early_from(answer).reply("/v1/snapshot", 5.0) is None


def test_a_reply_of_a_stated_length_is_read_to_its_end() -> None:
    early = early_from(b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 300000\r\nDate: now\r\n\r\n" + b"y" * 300_000)
    reply = early.reply("/v1/snapshot", 5.0)
    assert reply is not None
    assert (len(reply.body), reply.headers["date"]) == (300_000, "now")
    assert early.take("/v1/snapshot") is not None, "who waited in a thread has not taken it"
