"""The field against the real service over real sockets."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from qingxi import town_of
from served import Served, serve_town

from client.api import ServiceClient
from domain.case import NewReport
from domain.change import Change
from domain.ids import StaffId
from domain.people import Role
from domain.places import Placement
from domain.states import CaseState, Channel
from domain.town import Town
from domain.wire import Snapshot
from resources.town import write_town
from simulator.acting.errands import Errands
from simulator.running import play

SPEED = 240.0
"""A case is handled in a few seconds of the test's time."""

# The play is cut off in the middle of an upload: the service says that a client left.
pytestmark = [pytest.mark.timeout(170), pytest.mark.logs_expected("service")]


@pytest.fixture(scope="module")
def town() -> Town:
    return town_of(1)


@pytest.fixture
def service(town: Town, tmp_path: Path) -> Iterator[Served]:
    with serve_town(tmp_path, town, SPEED) as served:
        yield served


async def snapshot_when(client: ServiceClient, good: Callable[[Snapshot], bool], within_s: float) -> Snapshot:
    """Return the first snapshot that is good."""
    async with asyncio.timeout(within_s):
        while True:
            snapshot = await client.snapshot()
            if good(snapshot):
                return snapshot
            await asyncio.sleep(0.5)


async def until_ended(task: asyncio.Task[None]) -> None:
    """Cancel the play and wait for its end; raise what ended it before."""
    if task.done():
        task.result()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def behind(snapshot: Snapshot, *states: CaseState) -> int:
    """How many cases are in some states."""
    return sum(1 for c in snapshot.cases if c.state in states)


async def test_reports_are_accepted_dispatched_handled_checked_and_closed(service: Served, town: Town) -> None:
    gateway = service.token("gateway", Role.GATEWAY)
    room = service.token("room", Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER)
    playing = asyncio.create_task(play(service.url, town, [gateway, room], 1, None))
    async with ServiceClient(service.url, room) as client:
        ended = (CaseState.CLOSED, CaseState.EVALUATED)

        def went_all_the_way(s: Snapshot) -> bool:
            return any(c.state in ended and c.check_passed for c in s.cases) and behind(s, *ended) >= 3

        try:
            after = await snapshot_when(client, went_all_the_way, 140)
        finally:
            await until_ended(playing)
        assert len(after.cases) >= 44
        assert all(c.placement is Placement.INSIDE and c.synthetic for c in after.cases)
        assert len(after.positions) > 100
        assert {p.thing for p in after.positions} > {s.staff_id for s in town.staff[:20]} - {None}
        done = next(c for c in after.cases if c.state in ended and c.check_passed)
        changes = (await client.changes(done.case_no)).changes
    by_phone = {"sign", "arrive", "feedback", "check_pass", "verify_result"}
    told = [c for c in changes if c.action in by_phone]
    assert {"sign", "arrive", "feedback", "check_pass"} <= {c.action for c in told}
    assert all(c.on_behalf_of is not None and c.actor == "gateway" for c in told)
    assert _handler_of(changes) in {s.staff_id for s in town.staff if s.unit_id == done.lead_unit}
    assert done.after_photos


def _handler_of(changes: tuple[Change, ...]) -> StaffId | None:
    return next(c.on_behalf_of for c in changes if c.action == "feedback")


async def test_colleagues_leave_work_for_the_operator(service: Served, town: Town) -> None:
    gateway = service.token("gateway", Role.GATEWAY)
    room = service.token("room", Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER)
    playing = asyncio.create_task(play(service.url, town, [gateway, room], 2, 30.0))
    async with ServiceClient(service.url, room) as client:

        def worked_off(s: Snapshot) -> bool:
            return len(s.cases) >= 43 and behind(s, CaseState.REPORTED) <= 10 and behind(s, CaseState.PENDING_FILE) <= 4

        try:
            after = await snapshot_when(client, worked_off, 300)
        finally:
            await until_ended(playing)
    assert behind(after, CaseState.REPORTED) >= 6
    assert behind(after, CaseState.PENDING_FILE) >= 2
    assert 9 <= behind(after, CaseState.PENDING_DISPATCH) <= 14
    assert behind(after, CaseState.PENDING_HANDLE, CaseState.HANDLING) > 5


def start_program(service: Served, town: Town, folder: Path, token: str) -> "subprocess.Popen[bytes]":
    """Start ``onemap-sim run`` as a process of its own."""
    write_town(town, folder / "town")
    (folder / "token").write_text(token, encoding="ascii")
    command = [sys.executable, "-m", "simulator", "run", "--server", service.url]
    command += ["--town", str(folder / "town"), "--token-file", str(folder / "token")]
    flags = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if sys.platform == "win32" else {}
    return subprocess.Popen(command, stderr=subprocess.PIPE, **flags)


def test_the_program_plays_and_ends_cleanly_when_asked(service: Served, town: Town, tmp_path: Path) -> None:
    process = start_program(service, town, tmp_path, service.token("gateway", Role.GATEWAY))
    try:
        with service.client(service.token("look", Role.DISPATCHER)) as look:
            deadline = time.monotonic() + 60
            while len(look.get("/v1/positions").json()["positions"]) < 100:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.2)
        process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGTERM)
        said = process.communicate(timeout=20)[1]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert b"Traceback" not in said


@pytest.mark.parametrize(("role", "key"), [(None, b"(token_unknown)"), (Role.READER, b"(not_a_gateway)")])
def test_the_program_says_why_it_is_turned_away(
    service: Served, town: Town, tmp_path: Path, role: Role | None, key: bytes
) -> None:
    process = start_program(service, town, tmp_path, "x" * 40 if role is None else service.token("nobody", role))
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert key in said.splitlines()[-1]


class _Cut:
    """A line that carries requests to the service and loses the first answers on the way back."""

    def __init__(self, port: int, losses: int) -> None:
        self._port = port
        self._losses = losses
        self.seen = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        up = asyncio.create_task(self._carry(reader, back))
        try:
            while data := await there.read(65536):
                self.seen += 1
                if self.seen <= self._losses:
                    break
                writer.write(data)
                await writer.drain()
        finally:
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)
            writer.close()
            back.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def test_colleagues_leave_alone_what_somebody_at_a_console_has_had_in_hand(service: Served, town: Town) -> None:
    gateway = service.token("gateway", Role.GATEWAY)
    room = service.token("room", Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER)
    alone = asyncio.create_task(play(service.url, town, [gateway], 3, 30.0))
    async with ServiceClient(service.url, service.token("li", Role.ACCEPTOR)) as client:
        try:
            before = await snapshot_when(client, lambda s: behind(s, CaseState.REPORTED) >= 25, 60)
        finally:
            await until_ended(alone)
        waiting = sorted((c for c in before.cases if c.state is CaseState.REPORTED), key=lambda c: c.stage_since)
        mine = {c.case_no for c in waiting[:3]}
        for case in waiting[:3]:
            assert await Errands(client).act(case, "note", {"text": "先打个电话"}) is not None
        playing = asyncio.create_task(play(service.url, town, [gateway, room], 3, 30.0))
        try:
            after = await snapshot_when(client, lambda s: behind(s, CaseState.REPORTED) <= 14, 60)
        finally:
            await until_ended(playing)
    states = {c.case_no: c.state for c in after.cases}
    assert {states[case_no] for case_no in mine} == {CaseState.REPORTED}
    assert any(states[c.case_no] is not CaseState.REPORTED for c in waiting[3:6]), "the next oldest were taken"


async def test_a_report_whose_answer_is_lost_is_sent_again_and_taken_once(service: Served) -> None:
    cut = _Cut(int(service.url.rsplit(":", 1)[1]), losses=6)
    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gateway = service.token("gateway", Role.GATEWAY)
    report = NewReport(channel=Channel.PUBLIC, text="桥头垃圾未清", kind="event.01-02", lon=120.75, lat=29.72)
    try:
        async with ServiceClient(f"http://127.0.0.1:{port}", gateway) as client:
            case = await asyncio.wait_for(Errands(client).report(report, None), 60)
            assert case is not None
            cases: Any = (await client.cases()).cases
    finally:
        server.close()
        await server.wait_closed()
    assert cut.seen > 6
    assert [c.case_no for c in cases] == [case.case_no]


async def test_a_refused_report_is_given_up(service: Served) -> None:
    gateway = service.token("gateway", Role.GATEWAY)
    report = NewReport(channel=Channel.PUBLIC, text="乞讨", kind="event.05-02")
    async with ServiceClient(service.url, gateway) as client:
        assert await Errands(client).report(report, None) is None
        assert (await client.cases()).cases == ()
