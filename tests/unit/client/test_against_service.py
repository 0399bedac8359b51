"""The client against the real service: a room that lives through kills ends equal to a fresh one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from processes import Service, issue_token, make_town

from client.api import ServiceClient, new_key
from client.line import LineState
from client.room import Room
from domain.case import NewReport
from domain.command import Command
from domain.faults import Fault, FaultKind
from domain.ids import AccountId, CaseNo
from domain.states import CaseState, Channel
from domain.wire import ImportBatch, ImportedCase, ImportedFix, ImportedGrid, RowOutcome

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(170)]


class House:
    """A service over one database, and tokens for it."""

    def __init__(self, folder: Path) -> None:
        database = f"sqlite:///{(folder / 'town.db').as_posix()}"
        self.service = Service(database, make_town(folder / "town")).start()
        roles = ("acceptor", "duty_chief", "dispatcher")
        self.tokens = {
            "desk": issue_token(database, "desk", *roles),
            "script": issue_token(database, "script", "importer", "reader"),
            "gateway": issue_token(database, "gate", "gateway"),
        }

    def client(self, who: str) -> ServiceClient:
        return ServiceClient(self.service.url, self.tokens[who])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    assert made.service.stop() == 0


@asynccontextmanager
async def open_room(client: ServiceClient) -> AsyncIterator[Room]:
    room = Room(client)
    task = asyncio.create_task(room.run(), name="room")
    try:
        await until(lambda: room.picture is not None and room.line().state is LineState.LIVE)
        yield room
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool], within_s: float = 30.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - polled on purpose
            await asyncio.sleep(0.02)


def held(room: Room, case_no: CaseNo) -> CaseState | None:
    case = None if room.picture is None else room.picture.case(case_no)
    return None if case is None else case.state


def report(text: str) -> NewReport:
    return NewReport(channel=Channel.HOTLINE, text=text, kind="event.01-10", lon=120.5, lat=29.5)


async def test_a_room_lives_through_kills_and_ends_equal_to_a_fresh_one(house: House) -> None:
    async with house.client("desk") as desk, house.client("gateway") as gate, open_room(desk) as room:
        numbers = []
        for turn in range(3):
            first = await gate.report(report(f"before kill {turn}"), key=new_key())
            numbers.append(first.case.case_no)
            await until(lambda: held(room, numbers[-1]) is CaseState.REPORTED)
            case = room.picture.cases[numbers[-1]]  # type: ignore[union-attr]
            assert "accept" in {step.action for step in room.actions(case)}
            house.service.kill()
            await until(lambda: room.line().state is LineState.OFFLINE)
            house.service.start()
            again = await gate.report(report(f"after kill {turn}"), key=new_key())
            numbers.append(again.case.case_no)
            await until(lambda: held(room, numbers[-1]) is not None)
        accepted = await room.client.command(numbers[0], Command("accept", 1), key=new_key())
        room.take_outcome(accepted)
        assert accepted.case.version == 2
        assert held(room, numbers[0]) is CaseState.PENDING_FILE, "our own act shows at once"
        with pytest.raises(Fault) as caught:
            await room.client.command(numbers[0], Command("accept", 1), key=new_key())
        assert (caught.value.kind, caught.value.key) == (FaultKind.CONFLICT, "stale_version")
        async with house.client("desk") as second:
            fresh = await second.snapshot()
            await until(lambda: room.picture is not None and room.picture.head >= fresh.head)
            assert room.picture is not None
            assert {c.case_no: c for c in fresh.cases} == room.picture.cases
            assert {u.unit_id: u for u in fresh.units} == room.picture.units
            assert abs((room.service_now() - fresh.clock.at(datetime.now(UTC))).total_seconds()) < 1.0


async def test_the_same_key_is_one_case_however_often_it_is_sent(house: House) -> None:
    async with house.client("gateway") as gate:
        key = new_key()
        answers = await asyncio.gather(*(gate.report(report("one"), key=key) for _ in range(6)))
        assert len({a.case.case_no for a in answers}) == 1
        with pytest.raises(Fault) as caught:
            await gate.report(report("another text"), key=key)
        assert caught.value.kind is FaultKind.MISMATCH


async def test_what_a_script_brings_in_shows_in_an_open_room(house: House) -> None:
    async with house.client("desk") as desk, house.client("script") as script, open_room(desk) as room:
        shapes: list[bool] = []
        room.on_delta(lambda delta: shapes.append(delta.shapes))
        tag = room.geometry.tag if room.geometry else ""
        area = shapely.to_wkb(shapely.box(10.0, 50.0, 10.1, 50.1))
        grid = ImportedGrid(code="far-1", name="远处", wkb=area, source="test")
        await script.import_rows("grids", ImportBatch(grids=(grid,)))
        await until(lambda: room.geometry is not None and room.geometry.tag != tag)
        assert room.geometry is not None
        assert "far-1" in {g.code for g in room.geometry.grids}
        await until(lambda: any(shapes))
        rows = tuple(
            ImportedCase(
                source="old",
                source_no=str(i),
                state=CaseState.CLOSED,
                kind="x",
                title="t",
                lon=10.05,
                lat=50.05,
                opened_at=datetime(2025, 1, 1, tzinfo=UTC),
                closed_at=datetime(2025, 1, 2, tzinfo=UTC),
            )
            for i in range(300)
        )
        answer = await script.import_rows("cases", ImportBatch(cases=rows))
        assert {r.outcome for r in answer.results} == {RowOutcome.ACCEPTED}
        picture = room.picture
        assert picture is not None
        await until(lambda: sum(c.source == "old" for c in picture.cases.values()) == 300)
        assert {c.grid_code for c in picture.cases.values() if c.source == "old"} == {"far-1"}
        now = room.service_now()
        fixes = tuple(
            ImportedFix(
                source="walk",
                thing="w1",
                name="W",
                source_at=datetime(2009, 1, 1, tzinfo=UTC) + timedelta(seconds=i),
                fixed_at=now - timedelta(seconds=60 - i),
                lon=10.0 + i / 1000,
                lat=50.0,
            )
            for i in range(50)
        )
        await script.import_rows("positions", ImportBatch(positions=fixes))
        await until(lambda: any(p.lon == 10.049 for p in picture.positions.values()))
        await until(lambda: any(v.name == "W" for v in picture.vehicles.values()))


async def test_a_geometry_we_hold_is_not_sent_again(house: House) -> None:
    async with house.client("desk") as desk:
        geometry = await desk.geometry()
        assert geometry is not None
        assert await desk.geometry(geometry.tag) is None
        assert await desk.geometry("another") == geometry


async def test_who_is_not_signed_in_or_may_not_is_told(house: House) -> None:
    async with ServiceClient(house.service.url) as nobody:
        with pytest.raises(Fault) as caught:
            await nobody.snapshot()
        assert caught.value.kind is FaultKind.UNAUTHENTICATED
        with pytest.raises(Fault) as caught:
            await Room(nobody).run()
        assert caught.value.kind is FaultKind.UNAUTHENTICATED
        with pytest.raises(Fault) as caught:
            await nobody.sign_in("desk", "guess")
        assert caught.value.kind is FaultKind.UNAUTHENTICATED
    async with house.client("script") as script:
        assert (await script.me()).account == AccountId("script")
        with pytest.raises(Fault) as caught:
            await script.report(report("not mine to say"), key=new_key())
        assert caught.value.kind is FaultKind.FORBIDDEN
        with pytest.raises(Fault) as caught:
            await script.case(CaseNo("330699103-20200101-9999"))
        assert caught.value.kind is FaultKind.NOT_FOUND


async def test_a_token_that_ends_ends_the_room(house: House) -> None:
    async with house.client("desk") as desk:
        room = Room(desk)
        task = asyncio.create_task(room.run())
        await until(lambda: room.line().state is LineState.LIVE)
        async with house.client("desk") as same:
            await same.sign_out()
        with pytest.raises(Fault) as caught:
            await asyncio.wait_for(task, 30)
        assert caught.value.kind is FaultKind.UNAUTHENTICATED
        assert room.line().state is LineState.OFFLINE
