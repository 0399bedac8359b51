"""The ten commonest jobs of the room as an operator does them, key by key, each with the keys the design needs.

The design's number is counted off its own words, not off the product (``docs/adr/0017-keys-of-a-job.md``): one key
names the action, one key takes each thing that has to be chosen and is not suggested already, one key sends; turning
to a list is one key more, and so is going on to the next field. Text that is typed is counted apart.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.operators.hands import Hands
from benchmarks.operators.stage import NotDone, Stage
from console.desk import Desk
from domain.case import Case
from domain.ids import CaseNo
from domain.states import CaseState

SEEN_WITHIN_S = 30.0
LOOK_S = 0.005


class Operator:
    """Somebody before the console: what they press and type is counted, and how long the console took over it."""

    def __init__(self, desk: Desk, hands: Hands) -> None:
        self.desk, self._hands = desk, hands
        self.pressed: list[str] = []
        self.typed, self.lines = "", 0
        self._seen: dict[CaseNo, int] = {}
        self._seconds, self._began = 0.0, time.monotonic()

    def begin(self) -> None:
        """Begin to count, at nothing."""
        self.pressed, self.typed, self.lines = [], "", 0
        self._seconds, self._began = 0.0, time.monotonic()

    def ended(self) -> float:
        """Return the seconds that were worked since ``begin``."""
        return self._seconds + time.monotonic() - self._began

    @asynccontextmanager
    async def waits(self) -> AsyncIterator[None]:
        """What others do meanwhile is not counted."""
        self._seconds += time.monotonic() - self._began
        try:
            yield
        finally:
            self._began = time.monotonic()

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.pressed.append(key)
            await self._hands.press(key)

    async def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self.typed += text
        await self._hands.type(text)

    async def sees(self, what: str, true: Callable[[], object]) -> None:
        """Wait until something is on the screen. Raises ``NotDone`` where it does not come."""
        try:
            async with asyncio.timeout(SEEN_WITHIN_S):
                while not true():  # noqa: ASYNC110 - looks at what a person would see
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            shown = self.shown()
            state = "nothing" if shown is None else f"{shown.case_no} {shown.state}"
            where = self.desk.window.focusWidget()
            told = "; ".join(notice.text for notice in self.desk.panels.notices.notices())
            raise NotDone(f"{what}: never seen (card {state}, focus {where!r}, notices {told!r})") from None

    def shown(self) -> Case | None:
        """Return the case on the card."""
        return self.desk.panels.card.case()

    def has_picture(self) -> bool:
        """Return whether the desk has something to show."""
        room = self.desk.session.room
        return room is not None and room.picture is not None

    def cases(self) -> list[Case]:
        """Return every case the console holds."""
        room = self.desk.session.room
        return [] if room is None or room.picture is None else list(room.picture.cases.values())

    async def is_offered(self, action: str) -> None:
        """Wait until the card offers an action."""
        await self.sees(
            f"{action} offered", lambda: any(step.action == action for step in self.desk.panels.card.steps())
        )

    async def hands_free(self, case_no: CaseNo) -> None:
        """Wait until the card is done with what was asked for: sent, or held for its ten seconds in the strip."""

        def free() -> bool:
            case = self.shown()
            moved = case is not None and case.case_no == case_no and case.version > self._seen.get(case_no, 0)
            return moved or any(row.intent.case_no == case_no for row in self.desk.intake.holds.rows())

        await self.sees("it is on its way", free)

    async def is_on(self, case_no: CaseNo, *states: CaseState) -> None:
        """Wait until the card shows a case, in one of these states where any are named."""

        def there() -> bool:
            case = self.shown()
            return case is not None and case.case_no == case_no and (not states or case.state in states)

        await self.sees(f"{case_no} {'/'.join(states)}", there)

    async def stands_on(self, case: Case) -> None:
        """Begin where a job begins: in the list, on the case, with all the card has of it. Not counted."""
        panels = self.desk.panels
        await self.sees(f"{case.case_no} listed", lambda: panels.case_list.table.holds(case.case_no))
        panels.show_card()
        self.desk.selection.select_case(case.case_no)
        panels.case_list.focus_list()
        await self.is_on(case.case_no, case.state)
        self._seen[case.case_no] = case.version
        await self.sees("the card complete", lambda: panels.card.body.complete)


Prepare = Callable[[Stage, Operator], Awaitable[Case | None]]
Work = Callable[[Stage, Operator, Case | None], Awaitable[None]]


@dataclass(frozen=True)
class Job:
    """One job: what it is called, the keys the design needs, how it is set up, and how an operator does it.

    ``*`` in the keys stands for one key a line that has to be read.
    """

    name: str
    design: str
    prepare: Prepare
    work: Work


@dataclass(frozen=True)
class Done:
    """What a job came to: keys pressed, text typed, and the seconds the console and the service took over it."""

    job: Job
    keys: tuple[str, ...]
    typed: str
    seconds: float
    lines: int = 0

    @property
    def design(self) -> str:
        """The keys the design needs for it."""
        return self.job.design.replace("*", " ".join(["↓"] * self.lines))


async def do(job: Job, stage: Stage, operator: Operator) -> Done:
    """Do a job and return what it came to. Raises ``NotDone`` where it has not come about at the service."""
    case = await job.prepare(stage, operator)
    operator.begin()
    await job.work(stage, operator, case)
    return Done(job, tuple(operator.pressed), operator.typed, operator.ended(), operator.lines)
