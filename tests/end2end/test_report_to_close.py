"""The main job from end to end, through real processes: report to revisit, with a rework and a kill in the middle."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from processes import Service, issue_token, make_town

from client.api import ServiceClient
from client.room import Room
from domain.case import Case, NewReport
from domain.command import Command
from domain.fold import fold_all
from domain.ids import CaseNo, StaffId, UnitId
from domain.people import Role
from domain.states import CaseState, Channel, Satisfaction
from domain.wire import Outcome, Snapshot

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(180)]

ROOM_ROLES = ("acceptor", "dispatcher", "duty_chief", "duty_leader", "inspector")


def photo() -> bytes:
    """A small real JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (70, 90, 80)).save(out, "JPEG")
    return out.getvalue()


@asynccontextmanager
async def following(url: str, token: str) -> AsyncIterator[Room]:
    """A second console's live picture, following over a real feed."""
    client = ServiceClient(url, token=token)
    room = Room(client)
    task = asyncio.create_task(room.run())
    try:
        yield room
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await client.aclose()


async def until(seen: Callable[[], Any], within_s: float = 15) -> Any:
    """Wait until ``seen()`` is true and return it."""
    async with asyncio.timeout(within_s):
        while True:
            if value := seen():
                return value
            await asyncio.sleep(0.02)


class Person:
    """Somebody who acts on one case, with the version they last saw; keys are given so that a resend is a resend."""

    def __init__(self, client: ServiceClient) -> None:
        self.client = client
        self.case: Case | None = None

    async def act(self, action: str, key: str, behalf: StaffId | None = None, **args: Any) -> Outcome:
        assert self.case is not None
        command = Command(action=action, version=self.case.version, args=args)
        outcome = await self.client.command(self.case.case_no, command, key=f"key-{key}", behalf=behalf)
        self.case = outcome.case
        return outcome


def crew_of(snapshot: Snapshot) -> tuple[UnitId, StaffId, StaffId]:
    """A unit, a handler of it, and a grid worker, all on shift."""
    handler = next(s for s in snapshot.staff if Role.HANDLER in s.roles and s.shift is not None)
    worker = next(s for s in snapshot.staff if Role.GRID_WORKER in s.roles and s.shift is not None)
    return handler.unit_id, handler.staff_id, worker.staff_id


async def handle(person: Person, crew: StaffId, attachment: str, round_no: int) -> None:
    """The unit signs, arrives and feeds back."""
    await person.act("sign", f"sign-{round_no:04d}", behalf=crew)
    await person.act("arrive", f"arrive-{round_no:04d}", behalf=crew)
    await person.act("feedback", f"feedback-{round_no:04d}", behalf=crew, text="已处置", photos=[attachment])


async def test_from_report_to_revisit_with_a_kill_in_the_middle(tmp_path: Path) -> None:
    town = make_town(tmp_path / "town")
    database = f"sqlite:///{(tmp_path / 'room.db').as_posix()}"
    room_token = issue_token(database, "room", *ROOM_ROLES)
    gateway_token = issue_token(database, "phones", "gateway")
    service = Service(database, town=town).start()
    room_client = ServiceClient(service.url, token=room_token)
    gateway = ServiceClient(service.url, token=gateway_token)
    try:
        async with following(service.url, room_token) as second:
            await until(lambda: second.picture is not None)
            snapshot = await room_client.snapshot()
            unit, crew, worker = crew_of(snapshot)
            attachment = (await gateway.upload(photo(), "image/jpeg")).attachment_id

            desk, field = Person(room_client), Person(gateway)
            reported = await gateway.report(_report(snapshot, attachment), key="key-report-1")
            desk.case = reported.case
            case_no = desk.case.case_no
            assert reported.case.state is CaseState.REPORTED
            await sees(second, case_no, reported.case)

            for action, args in _desk_steps(snapshot, reported.case, unit):
                outcome = await desk.act(action, f"desk-{action}", **args)
                await sees(second, case_no, outcome.case)

            service.kill()
            service.start()
            again = await _resend_dispatch(room_client, case_no, desk.case.version - 1, unit)
            assert again == outcome

            field.case = desk.case
            await handle(field, crew, attachment, 1)
            await _check(desk, field, worker, attachment, passes=False)
            await desk.act("rework", "rework-01", reason="incomplete")
            field.case = desk.case
            await handle(field, crew, attachment, 2)
            await _check(desk, field, worker, attachment, passes=True)
            await desk.act("close", "close-0001", closing=list(desk.case.closing))
            last = await desk.act("revisit", "revisit-01", satisfaction=Satisfaction.SATISFIED.value)

            assert last.case.state is CaseState.EVALUATED
            assert last.case.rework_count == 1
            await sees(second, case_no, last.case)
            changes = (await room_client.changes(case_no)).changes
            assert [c.version for c in changes] == list(range(1, last.case.version + 1))
            assert [c.action for c in changes].count("dispatch") == 1
            assert fold_all(changes) == last.case == await room_client.case(case_no)
    finally:
        await room_client.aclose()
        await gateway.aclose()
        assert service.stop() == 0


def _report(snapshot: Snapshot, attachment: str) -> NewReport:
    kind = snapshot.town.conditions[0].kind
    return NewReport(
        channel=Channel.PUBLIC,
        text="老街口污水井盖缺失，行人绕行",
        kind=kind,
        address="老街 18 号门前",
        lon=snapshot.positions[0].lon if snapshot.positions else 120.75,
        lat=snapshot.positions[0].lat if snapshot.positions else 29.72,
        photos=(attachment,),
    )


def _desk_steps(snapshot: Snapshot, case: Case, unit: UnitId) -> list[tuple[str, dict[str, Any]]]:
    condition = next(c for c in snapshot.town.conditions if case.kind.startswith(c.kind))
    return [("accept", {}), ("file", {"condition": condition.code}), ("dispatch", {"unit": unit})]


async def _resend_dispatch(client: ServiceClient, case_no: CaseNo, version: int, unit: UnitId) -> Outcome:
    """The console does not know whether its command arrived: it sends the very same again."""
    command = Command(action="dispatch", version=version, args={"unit": unit})
    return await client.command(case_no, command, key="key-desk-dispatch")


async def _check(desk: Person, field: Person, worker: StaffId, attachment: str, *, passes: bool) -> None:
    desk.case = field.case
    await desk.act("send_check", f"send-check-{passes}", staff=worker)
    field.case = desk.case
    if passes:
        await field.act("check_pass", "check-pass-1", behalf=worker, photos=[attachment])
    else:
        await field.act("check_fail", "check-fail-1", behalf=worker, reason="incomplete", photos=[attachment])
    desk.case = field.case


async def sees(room: Room, case_no: CaseNo, case: Case) -> None:
    """The second console comes to exactly this case."""

    def shown() -> Case | None:
        return None if room.picture is None else room.picture.cases.get(case_no)

    await until(lambda: shown() == case)
    assert shown() == case
    assert abs(room.service_now() - case.opened_at) < timedelta(hours=2)
