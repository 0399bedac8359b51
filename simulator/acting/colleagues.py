"""Colleagues in the room who take a share of the work and leave the rest to whoever sits at the console.

They act through an account of their own. In every link they leave some cases waiting (``LEFT``), so that there is
always something to do for the operator and the desk neither empties nor floods. They take what has waited longest, and
never a case that somebody at a console has had in hand.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from domain.case import Case
from domain.decide import allowed_steps
from domain.ids import AccountId, CaseNo, UnitId
from domain.people import Actor
from domain.states import CaseState, Channel, RequestKind
from domain.town import Town
from simulator.acting.choices import condition_for, unit_for, worker_for
from simulator.acting.errands import Errands
from simulator.acting.scene import Scene, Watch

S = CaseState
LEFT: dict[CaseState, int] = {
    S.REPORTED: 6,
    S.PENDING_FILE: 2,
    S.PENDING_DISPATCH: 10,
    S.PENDING_CHECK: 4,
    S.PENDING_CLOSE: 1,
}
"""How many cases of each state are left for the operator."""

TURN_S = (25.0, 70.0)
"""Town seconds between two things a colleague does."""
WAITED_S = 300.0
"""Town seconds a case has waited in its link before a colleague takes it: until then it is the operator's to read."""
CATCH_UP_S = 0.25
FAR_BEHIND = 3
"""With so many more than are left waiting, colleagues hurry, as they do at the start of a shift."""
ANSWER_AFTER_S = 240.0
REVISIT_AFTER_S = 600.0
VERIFIED_CHANNELS = frozenset({Channel.PUBLIC, Channel.HOTLINE, Channel.MEDIA, Channel.COUNTER})

SYSTEM_ACCOUNT = AccountId("system")
"""Under which the service writes what its own timers do."""

Move = tuple[str, dict[str, Any]]

ANSWERS: dict[RequestKind, tuple[str, ...]] = {
    RequestKind.RETURN: ("approve_return",),
    RequestKind.EXTENSION: ("approve_extension",),
    RequestKind.SUSPENSION: ("approve_suspension", "endorse_suspension"),
    RequestKind.VOID: ("void",),
    RequestKind.APPEAL: ("approve_appeal", "endorse_appeal"),
    RequestKind.REDO: ("approve_redo",),
}


class Colleagues:
    """The people of the room who are played."""

    def __init__(self, town: Town, scene: Scene, watch: Watch, errands: Errands, actor: Actor) -> None:
        self._town = town
        self._scene = scene
        self._watch = watch
        self._errands = errands
        self._actor = actor
        self._played = {actor.account, SYSTEM_ACCOUNT, *scene.accounts()}
        self._in_hand: set[CaseNo] = set()
        self._moves: dict[CaseState, Callable[[Case], Move | None]] = {
            S.REPORTED: self._intake,
            S.PENDING_FILE: self._file,
            S.PENDING_DISPATCH: self._dispatch,
            S.PENDING_CHECK: self._check,
            S.PENDING_CLOSE: self._close,
        }

    async def run(self) -> None:
        """Do one thing after another until cancelled."""
        while True:
            behind = max(self._waiting(state) - left for state, left in LEFT.items())
            hurry = behind > FAR_BEHIND
            if not hurry:
                await self._scene.pace.sleep(self._scene.between(*TURN_S))
            await asyncio.sleep(CATCH_UP_S)
            for state in self._moves:
                await self._one_of(state, waited_s=0.0 if hurry else WAITED_S)
            await self._answer_requests()
            await self._revisit()

    def _waiting(self, state: CaseState) -> int:
        return len(self._mine(state))

    def _mine(self, state: CaseState) -> list[Case]:
        """Return the cases of a state that nobody else has in hand, as far as is known, longest waiting first."""
        waiting = self._watch.cases(state)
        return [c for c in waiting if c.request is None and not c.imported and c.case_no not in self._in_hand]

    async def _one_of(self, state: CaseState, waited_s: float) -> None:
        """Do the next thing to one case of a state; the newest are left."""
        waiting = self._mine(state)
        now = self._scene.now()
        for case in waiting[: max(0, len(waiting) - LEFT[state])]:
            if (now - case.stage_since).total_seconds() < waited_s:
                return
            move = self._moves[state](case)
            if move is not None and not await self._is_in_hand(case):
                await self._do(case, *move)
                return

    async def _is_in_hand(self, case: Case) -> bool:
        """Whether somebody who is not played has done anything to a case; that is kept in mind."""
        others = await self._errands.actors(case.case_no) - self._played
        if others:
            self._in_hand.add(case.case_no)
        return bool(others)

    async def _do(self, case: Case, action: str, args: dict[str, Any]) -> bool:
        """Act where the rules allow it to us now."""
        steps = allowed_steps(case, self._actor, self._scene.room.context())
        if not any(step.action == action for step in steps):
            return False
        done = await self._errands.act(case, action, args)
        if done is not None:
            await self._until_heard(done)
        return done is not None

    async def _until_heard(self, case: Case) -> None:
        """Wait until the feed brought what we did, so that it is not done twice; not for ever, the line may be cut."""
        for _ in range(20):
            seen = self._scene.case(case.case_no)
            if seen is not None and seen.version >= case.version:
                return
            await asyncio.sleep(0.05)

    # -- one link after the other ----------------------------------------------------------------------------------

    def _intake(self, case: Case) -> Move | None:
        chance = self._scene.rng.random()
        if case.self_handled and case.after_photos:
            return "close_self_handled", {"text": self._say("close_self_handled")}
        if case.verified is False:
            return "reject", {"reason": "anonymous_unverifiable", "text": self._say("reject")}
        if case.channel in VERIFIED_CHANNELS and case.verified is None and chance < 0.35:
            worker = self._worker(case)
            return None if worker is None else ("send_verify", {"staff": worker, "text": self._say("send_verify")})
        if case.kind.startswith(("plat.21", "plat.22")) and chance < 0.5:
            return "record_only", {"text": self._say("record_only")}
        return "accept", {}

    def _file(self, case: Case) -> Move | None:
        info = self._town.info
        condition = condition_for(case, info.conditions, info.calendar, self._scene.rng)
        return None if condition is None else ("file", {"condition": condition.code})

    def _dispatch(self, case: Case) -> Move | None:
        unit = unit_for(case, self._town.units, self._held())
        return None if unit is None else ("dispatch", {"unit": unit.unit_id})

    def _check(self, case: Case) -> Move | None:
        if case.check_passed is False:
            return "rework", {"reason": "incomplete", "text": self._say("rework")}
        if case.channel is Channel.HOTLINE and self._scene.rng.random() < 0.25:
            return "skip_check", {"text": self._say("skip_check")}
        worker = self._worker(case)
        return None if worker is None else ("send_check", {"staff": worker})

    def _close(self, case: Case) -> Move | None:
        return "close", {"closing": list(case.closing)}

    def _say(self, name: str) -> str:
        return self._scene.book.phrase(name)

    def _worker(self, case: Case) -> str | None:
        now = self._scene.now()
        on_shift = {s.staff_id for s in self._town.staff if self._scene.force.on_shift(s.staff_id, now)}
        return worker_for(case, self._town.grids, self._town.staff, on_shift)

    def _held(self) -> dict[UnitId, int]:
        held: dict[UnitId, int] = {}
        for case in self._watch.cases(S.PENDING_HANDLE, S.HANDLING):
            if case.lead_unit is not None:
                held[case.lead_unit] = held.get(case.lead_unit, 0) + 1
        return held

    # -- requests and revisits -------------------------------------------------------------------------------------

    async def _answer_requests(self) -> None:
        """Answer what nobody else has answered for a while."""
        now = self._scene.now()
        for case in self._watch.cases(S.PENDING_HANDLE, S.HANDLING, S.PENDING_FILE, S.CLOSED):
            request = case.request
            if request is None or (now - request.asked_at).total_seconds() < ANSWER_AFTER_S:
                continue
            args = {"reason": "duplicate"} if request.kind is RequestKind.VOID else {}
            for action in ANSWERS.get(request.kind, ()):
                if await self._do(case, action, args):
                    break

    async def _revisit(self) -> None:
        """Call one reporter back, some time after closing."""
        now = self._scene.now()
        for case in self._watch.cases(S.CLOSED):
            if case.closed_at is None or case.imported or case.case_no in self._left_closed():
                continue
            if (now - case.closed_at).total_seconds() > REVISIT_AFTER_S:
                answers = ("satisfied",) * 14 + ("basically",) * 4 + ("unreached",)
                answer = answers[int(self._scene.rng.integers(len(answers)))]
                await self._do(case, "revisit", {"satisfaction": answer, "text": self._say("revisit")})
                return

    def _left_closed(self) -> set[CaseNo]:
        """The most recently closed few are left to the operator."""
        return {case.case_no for case in self._watch.cases(S.CLOSED)[-3:]}
