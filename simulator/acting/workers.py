"""Grid workers who go and look: verification before filing, checks after handling."""

import asyncio
import random
from typing import Any

from domain.case import Case
from domain.ids import StaffId
from domain.states import CaseState
from simulator.acting.jobs import Jobs
from simulator.acting.scene import Scene, Watch
from simulator.acting.units import Fate, fate_of
from simulator.moving.body import Body

LOOK_EVERY_S = 0.5
CONFIRMED_SHARE = 0.93


class Workers:
    """All grid workers of the town."""

    def __init__(self, scene: Scene, watch: Watch, tasks: asyncio.TaskGroup) -> None:
        self._scene = scene
        self._watch = watch
        self._jobs = Jobs(tasks, "look")

    async def run(self) -> None:
        """Answer tasks until cancelled."""
        while True:
            for case in self._watch.cases(CaseState.VERIFYING, CaseState.CHECKING):
                task = case.verifier if case.state is CaseState.VERIFYING else case.checker
                body = None if task is None else self._ready(task)
                if body is not None and case.case_no not in self._jobs:
                    body.busy = True
                    self._jobs.start(case.case_no, self._look(case, body))
            await asyncio.sleep(LOOK_EVERY_S)

    def _ready(self, staff: StaffId) -> Body | None:
        body = self._scene.force.of_staff.get(staff)
        on_shift = self._scene.force.on_shift(staff, self._scene.now())
        return body if body is not None and on_shift and not body.busy else None

    async def _look(self, case: Case, body: Body) -> None:
        scene = self._scene
        try:
            await scene.pace.sleep(scene.between(10, 120))
            await scene.travel(body, case)
            await scene.pace.sleep(scene.between(25, 120))
            fresh = scene.case(case.case_no)
            if fresh is None or fresh.state is not case.state or not scene.force.on_shift(body.staff, scene.now()):
                return
            action, args = await self._answer(fresh)
            await scene.gateway.act(fresh, action, args, body.staff)
            await asyncio.sleep(LOOK_EVERY_S)
        finally:
            body.busy = False

    async def _answer(self, case: Case) -> tuple[str, dict[str, Any]]:
        scene = self._scene
        if case.state is CaseState.VERIFYING:
            confirmed = random.Random(f"{case.case_no}/verify").random() < CONFIRMED_SHARE
            photos = await scene.photo(case.kind, case.lon, case.lat, solved=not confirmed)
            text = scene.book.verification(confirmed=confirmed)
            return "verify_result", {"confirmed": confirmed, "text": text, "photos": photos}
        passed = fate_of(case) is not Fate.POOR
        photos = await scene.photo(case.kind, case.lon, case.lat, solved=passed)
        text = scene.book.check(passed=passed)
        if passed:
            return "check_pass", {"text": text, "photos": photos}
        return "check_fail", {"reason": "incomplete", "text": text, "photos": photos}
