"""Units that sign, travel, arrive, handle and feed back: mostly well, sometimes late, sometimes wrong."""

import asyncio
import random
from datetime import timedelta
from enum import StrEnum
from typing import Any

from domain.case import Case
from domain.ids import CaseNo, StaffId, UnitId
from domain.people import Role
from domain.states import CaseState
from domain.town import Town
from domain.units import units_on
from simulator.acting.jobs import Jobs
from simulator.acting.scene import Scene, Watch
from simulator.moving.body import Body

LOOK_EVERY_S = 0.5
SIGN_S = (15.0, 240.0)
WORK_S = (150.0, 900.0)
HELP_S = (60.0, 400.0)
QUICK = 6
"""The first few cases of a run are small ones, so that a demo soon has something to check."""


class Fate(StrEnum):
    """How the handling of a case will go."""

    WELL = "well"
    LATE = "late"
    POOR = "poor"  # not done properly: the check will fail
    RETURN = "return"  # the unit says it is not its business
    EXTEND = "extend"
    SUSPEND = "suspend"


def fate_of(case: Case) -> Fate:
    """Return how it will go: the same answer for the same round of handling, also after a restart."""
    chance = random.Random(f"{case.case_no}/{case.rework_count}").random()
    if case.kind.startswith("part.04") and chance < 0.2:
        return Fate.SUSPEND
    steps = ((0.05, Fate.RETURN), (0.12, Fate.EXTEND), (0.22, Fate.LATE), (0.34, Fate.POOR))
    fate = next((fate for limit, fate in steps if chance < limit), Fate.WELL)
    return Fate.WELL if case.rework_count and fate is not Fate.LATE else fate


class Units:
    """All handlers of the town."""

    def __init__(self, town: Town, scene: Scene, watch: Watch, tasks: asyncio.TaskGroup) -> None:
        self._scene = scene
        self._watch = watch
        self._signing = Jobs(tasks, "sign")
        self._jobs = Jobs(tasks, "handle")
        self._replies = Jobs(tasks, "reply")
        self._helping = Jobs(tasks, "help")
        self._done = 0
        self._handlers: dict[UnitId, list[StaffId]] = {}
        for member in town.staff:
            if Role.HANDLER in member.roles:
                self._handlers.setdefault(member.unit_id, []).append(member.staff_id)

    async def run(self) -> None:
        """Look for work until cancelled."""
        while True:
            for case in self._watch.cases(CaseState.PENDING_HANDLE, CaseState.HANDLING):
                self._consider(case)
                self._consider_helpers(case)
            await asyncio.sleep(LOOK_EVERY_S)

    def _consider(self, case: Case) -> None:
        staff = self._handlers.get(case.lead_unit, []) if case.lead_unit is not None else []
        clerk = next((s for s in staff if self._scene.force.on_shift(s, self._scene.now())), None)
        if clerk is None or case.request is not None:
            return
        if not case.supervise_replied and case.case_no not in self._replies:
            self._replies.start(case.case_no, self._reply(case, clerk))
        if case.state is CaseState.PENDING_HANDLE:
            if case.case_no not in self._signing:
                self._signing.start(case.case_no, self._sign(case, clerk))
        elif case.case_no not in self._jobs:
            body = self._scene.nearest_free(staff, self._scene.place_of(case))
            if body is not None:
                body.busy = True
                self._jobs.start(case.case_no, self._handle(case, body))

    def _consider_helpers(self, case: Case) -> None:
        """Send somebody of each unit that helps; who arrives late may find that the lead is done."""
        for unit in case.helper_units:
            job = f"{case.case_no}/{unit}/{case.rework_count}"
            if case.helped_by(unit).reported_at is not None or job in self._helping:
                continue
            body = self._scene.nearest_free(self._handlers.get(unit, []), self._scene.place_of(case))
            if body is not None:
                body.busy = True
                self._helping.start(job, self._help(case.case_no, unit, body))

    async def _help(self, case_no: CaseNo, unit: UnitId, body: Body) -> None:
        scene = self._scene
        try:
            fresh = scene.case(case_no)
            if fresh is None:
                return
            await scene.travel(body, fresh)
            if self._helps(case_no, unit):
                await self._act(case_no, body, "help_arrive", {})
            await scene.pace.sleep(scene.between(*HELP_S))
            if self._helps(case_no, unit):
                await self._act(case_no, body, "help_report", {"text": scene.book.feedback(poor=False)})
            await asyncio.sleep(LOOK_EVERY_S)
        finally:
            body.busy = False
            body.rest_s = scene.between(60, 240)

    def _helps(self, case_no: CaseNo, unit: UnitId) -> bool:
        fresh = self._scene.case(case_no)
        return fresh is not None and unit in units_on(fresh) and fresh.state is not CaseState.SUSPENDED

    async def _sign(self, case: Case, clerk: StaffId) -> None:
        least, most = (4.0, 40.0) if self._done < QUICK or case.urgent else SIGN_S
        await self._scene.pace.sleep(self._scene.between(least, most))
        fresh = self._scene.case(case.case_no)
        if fresh is not None and fresh.state is CaseState.PENDING_HANDLE and fresh.lead_unit == case.lead_unit:
            await self._scene.gateway.act(fresh, "sign", behalf=clerk)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _reply(self, case: Case, clerk: StaffId) -> None:
        await self._scene.pace.sleep(self._scene.between(40, 300))
        fresh = self._scene.case(case.case_no)
        if fresh is not None and not fresh.supervise_replied:
            await self._scene.gateway.act(fresh, "reply_supervise", {"text": self._scene.book.phrase("reply")}, clerk)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _handle(self, case: Case, body: Body) -> None:
        try:
            await self._go_and_work(case, body)
        finally:
            body.busy = False
            body.rest_s = self._scene.between(60, 240)

    async def _go_and_work(self, case: Case, body: Body) -> None:
        scene, fate = self._scene, fate_of(case)
        if fate is Fate.RETURN and not case.extension_count and case.arrived_at is None:
            await scene.pace.sleep(scene.between(20, 90))
            asked = {"reason": "not_our_duty", "text": scene.book.phrase("return")}
            if await self._act(case.case_no, body, "request_return", asked) is not None:
                await asyncio.sleep(LOOK_EVERY_S)
                return
        await scene.travel(body, case)
        present = self._mine(case.case_no, case.lead_unit)
        if present is None or not scene.force.on_shift(body.staff, scene.now()):
            return
        if present.arrived_at is None:
            await self._act(case.case_no, body, "arrive", {})
        await self._work(case, body, fate)

    async def _work(self, case: Case, body: Body, fate: Fate) -> None:
        scene = self._scene
        least, most = (20.0, 90.0) if self._done < QUICK else WORK_S
        await scene.pace.sleep(scene.between(least, most) * (3.0 if fate is Fate.LATE else 1.0))
        present = self._mine(case.case_no, case.lead_unit)
        if present is None or present.request is not None or not scene.force.on_shift(body.staff, scene.now()):
            return
        asked = _request(fate, present, scene)
        if asked is not None and await self._act(case.case_no, body, *asked) is not None:
            await asyncio.sleep(LOOK_EVERY_S)
            return
        poor = fate is Fate.POOR
        photos = await scene.photo(present.kind, present.lon, present.lat, solved=not poor)
        told = {"text": scene.book.feedback(poor=poor), "photos": photos}
        if await self._act(case.case_no, body, "feedback", told) is not None:
            self._done += 1
        await asyncio.sleep(LOOK_EVERY_S)

    async def _act(self, case_no: CaseNo, body: Body, action: str, args: dict[str, Any]) -> Case | None:
        fresh = self._scene.case(case_no)
        return None if fresh is None else await self._scene.gateway.act(fresh, action, args, body.staff)

    def _mine(self, case_no: CaseNo, unit: UnitId | None) -> Case | None:
        fresh = self._scene.case(case_no)
        held = fresh is not None and fresh.state is CaseState.HANDLING and fresh.lead_unit == unit
        return fresh if held else None


def _request(fate: Fate, case: Case, scene: Scene) -> tuple[str, dict[str, Any]] | None:
    """What a unit asks for when it sees the place, at most once a case."""
    if fate is Fate.EXTEND and case.extension_count == 0:
        return "request_extension", {"reason": "materials", "text": scene.book.phrase("extension")}
    if fate is Fate.SUSPEND and case.suspension_count == 0:
        until = (scene.now() + timedelta(days=90)).isoformat()
        return "request_suspension", {"reason": "seasonal", "until": until, "text": scene.book.phrase("suspension")}
    return None
