"""What everybody in the field shares: the live picture, the bodies, the words, the pace; and taking photos."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from client.picture import Delta
from client.room import Room
from domain.case import Case
from domain.ids import AccountId, AttachmentId, CaseNo, StaffId
from domain.states import OPEN, CaseState
from simulator.acting.errands import Errands
from simulator.acting.pace import Pace
from simulator.moving.body import Body
from simulator.moving.force import Force
from simulator.moving.graph import Place, RoadGraph
from simulator.photos.photo import draw_photo
from simulator.telling.stories import StoryBook, scene_seed

WATCHED = OPEN | {CaseState.CLOSED}


@dataclass
class Scene:
    """The parts the field's players work with."""

    room: Room
    gateway: Errands
    force: Force
    graph: RoadGraph
    book: StoryBook
    pace: Pace
    rng: np.random.Generator

    def now(self) -> datetime:
        """Return the town's time."""
        return self.room.service_now()

    def accounts(self) -> frozenset[AccountId]:
        """Return the account the field acts through, none before there is a picture."""
        return frozenset() if self.room.picture is None else frozenset({self.room.picture.me.account})

    def case(self, case_no: CaseNo) -> Case | None:
        """Return a case as last heard."""
        return None if self.room.picture is None else self.room.picture.case(case_no)

    def between(self, least: float, most: float) -> float:
        """Return a number somewhere between two."""
        return float(self.rng.uniform(least, most))

    def place_of(self, case: Case) -> Place | None:
        """Return where a case lies, None where it has no place."""
        if case.lon is None or case.lat is None:
            return None
        return self.graph.frame.place(case.lon, case.lat)

    async def travel(self, body: Body, case: Case) -> None:
        """Bring a body to a case over the roads; one that has no place is dealt with where one is."""
        goal = self.place_of(case)
        if goal is None or not body.go(self.graph, goal):
            return
        await body.standing.wait()

    async def photo(self, kind: str, lon: float | None, lat: float | None, *, solved: bool) -> list[str]:
        """Take a photo at a place and keep it; return its id in a list, empty where it was refused."""
        scene, seed = self.book.scene_of(kind), scene_seed(kind, lon, lat)
        content = await asyncio.to_thread(
            draw_photo, scene, seed, solved=solved, taken_at=self.now(), lon=lon or 0.0, lat=lat or 0.0
        )
        kept: AttachmentId | None = await self.gateway.upload(content)
        return [] if kept is None else [kept]

    def nearest_free(self, staff: list[StaffId], goal: Place | None) -> Body | None:
        """Return the nearest of some people who is on shift and free, None where nobody is."""
        now = self.now()
        bodies = [self.force.of_staff[s] for s in staff if self.force.on_shift(s, now)]
        free = [b for b in bodies if not b.busy]
        return min(free, key=lambda b: 0.0 if goal is None else b.distance_m(goal), default=None)


class Watch:
    """The cases somebody in the field may have to do with, kept from the live picture."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._cases: dict[CaseNo, Case] = {}
        room.on_delta(self._on_room_delta)
        self._read_all()

    def cases(self, *states: CaseState) -> list[Case]:
        """Return the cases in some states, oldest first."""
        found = [c for c in self._cases.values() if c.state in states]
        return sorted(found, key=lambda c: (c.stage_since, c.case_no))

    @property
    def open_count(self) -> int:
        """How many cases are open."""
        return sum(1 for c in self._cases.values() if c.state in OPEN)

    def _on_room_delta(self, delta: Delta) -> None:
        if delta.whole:
            self._read_all()
        for case_no in delta.cases | delta.removed:
            self._read(case_no)

    def _read_all(self) -> None:
        self._cases.clear()
        if self._room.picture is not None:
            for case_no in self._room.picture.cases:
                self._read(case_no)

    def _read(self, case_no: CaseNo) -> None:
        case = None if self._room.picture is None else self._room.picture.case(case_no)
        if case is not None and case.state in WATCHED:
            self._cases[case_no] = case
        else:
            self._cases.pop(case_no, None)
