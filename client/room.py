"""The room as seen over one line: a live picture that survives cuts, with listeners and commands.

``run`` goes on until it is cancelled or the sign-in ends. Each round: a snapshot where one is needed, then the feed
from the head on; when the line breaks, again after a random wait that grows. Listeners are called from the loop, one
after the other in the order of events; what one raises goes to the loop's exception handler and harms no other.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from client.api import ServiceClient
from client.line import DEAD_AFTER_S, Line, LineReading
from client.picture import Delta, Picture
from domain.case import Case
from domain.command import Context
from domain.decide import allowed_steps
from domain.faults import Fault, FaultKind
from domain.ids import CaseNo
from domain.machine import Step
from domain.register import Entry
from domain.wire import AttachmentInfo, Geometry, Outcome
from domain.wire_feed import Bye, FeedMessage, Hello, KeepAlive, Look, Open

if TYPE_CHECKING:
    from client.feed import LiveFeed

BACKOFF_FIRST_S = 0.2
BACKOFF_MOST_S = 10.0
STAY_AWAY_MOST_S = 60.0
"""What the service may ask us to wait in addition."""
SIGN_IN_OVER = frozenset({"token_revoked", "signed_out", "token_expired"})
"""Reasons of a ``Bye`` after which coming back is of no use: whoever was signed in is told in these words."""
STEADY_AFTER_S = 10.0
"""A line that held this long starts its waits anew."""
CHECK_EVERY_S = 0.5
REFERENCE_EVERY_S = 1.0
"""Reference data is fetched at most this often, however many changes ask for it."""
WANTED_MOST = 100
"""Beyond this many single cases to fetch, a snapshot is cheaper."""

DeltaListener = Callable[[Delta], None]
LineListener = Callable[[LineReading], None]
FaultListener = Callable[[Fault], None]
GeometrySource = Callable[[], Awaitable[Geometry | None]]


class Room:
    """A live picture of one service. ``picture`` is None until the first snapshot has arrived."""

    def __init__(
        self,
        client: ServiceClient,
        *,
        breath_s: float = 0.0,
        known: GeometrySource | None = None,
    ) -> None:
        """``breath_s``: how long the first picture is left alone, to be drawn, before the feed goes on from it.

        ``known`` gives a geometry of this service from before; it is not fetched where the snapshot names the same.
        """
        self.client = client
        self._breath_s = breath_s
        self.picture: Picture | None = None
        self.geometry: Geometry | None = None
        self._known = known
        self._line = Line(time.monotonic())
        self._delta_listeners: list[DeltaListener] = []
        self._line_listeners: list[LineListener] = []
        self._fault_listeners: list[FaultListener] = []
        self._resync: str | None = None
        self._stale_reference = asyncio.Event()
        self._wanted = asyncio.Event()
        self._look = Look()
        self._looked = asyncio.Event()
        self._open = Open()
        self._opened = asyncio.Event()
        self._hears_open = False
        self._stay_away_s = 0.0

    # -- listeners -------------------------------------------------------------------------------------------------

    def on_delta(self, listener: DeltaListener) -> None:
        """Call ``listener`` with what altered in the picture."""
        self._delta_listeners.append(listener)

    def on_line(self, listener: LineListener) -> None:
        """Call ``listener`` when the state of the line alters. Ages between alterations are read with ``line``."""
        self._line_listeners.append(listener)

    def on_fault(self, listener: FaultListener) -> None:
        """Call ``listener`` with what went wrong on the way and did not end the run."""
        self._fault_listeners.append(listener)

    def line(self) -> LineReading:
        """Return the line as it is now, with its ages."""
        return self._line.reading(time.monotonic(), self.client.time.skew_s())

    # -- reading ---------------------------------------------------------------------------------------------------

    def service_now(self) -> datetime:
        """Return the service's time: its clock at its real time as measured. Raises ``Fault('no_picture')``."""
        return self._held().clock.at(self.client.time.now())

    def context(self) -> Context:
        """Return what the rules judge an action by, at this moment."""
        picture = self._held()
        return Context(now=self.service_now(), calendar=picture.town.calendar, rules=picture.town.rules, known=picture)

    def actions(self, case: Case) -> list[Step]:
        """Return the steps whoever is signed in may take on this case now."""
        return allowed_steps(case, self._held().actor, self.context())

    # -- acting ----------------------------------------------------------------------------------------------------

    def take_outcome(self, outcome: Outcome) -> None:
        """Take the answer to what was asked for from here; the feed brings the same change again."""
        if self.picture is not None:
            self._announce(self.picture.put_outcome(outcome))

    def take_case(self, case: Case) -> None:
        """Take a case that was fetched; who listens hears of it, since no later change need tell of it again."""
        if self.picture is not None:
            self._announce(self.picture.put_case(case))

    async def upload(self, image: bytes, mime: str) -> AttachmentInfo:
        """Keep a photo, so that a following action may name it."""
        info = await self.client.upload(image, mime)
        if self.picture is not None:
            self.picture.note_upload(info.attachment_id)
        return info

    def take_entry(self, entry: Entry) -> None:
        """Show the answer to something put into the register from here."""
        if self.picture is not None:
            self._announce(self.picture.put_entry(entry))

    def look(self, look: Look) -> None:
        """Have positions sent only of what is looked at, and so many times a second; it holds over cuts of the line."""
        if look != self._look:
            self._look = look
            self._looked.set()

    def have_open(self, case_no: CaseNo | None) -> None:
        """Let colleagues see that we have this case open, None for none; it holds over cuts of the line."""
        if case_no != self._open.case_no:
            self._open = Open(case_no)
            self._opened.set()

    # -- running ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the picture live. Ends only by cancellation, or with the fault of a sign-in that no longer holds."""
        waits = 0
        while True:
            began = time.monotonic()
            self._tell(self._line.connecting(began))
            fault = None
            try:
                await self._round()
            except* Fault as group:
                fault = _worst(group)
            if fault is not None:
                self._tell(self._line.lost(time.monotonic(), fault.key))
                if fault.kind in (FaultKind.UNAUTHENTICATED, FaultKind.FORBIDDEN):
                    raise fault
            waits = 0 if time.monotonic() - began > STEADY_AFTER_S else min(waits + 1, 10)
            most = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2**waits)
            away, self._stay_away_s = self._stay_away_s, 0.0
            await asyncio.sleep(away + random.uniform(BACKOFF_FIRST_S / 2, most))

    async def _round(self) -> None:
        """One life of the line: returns where a resync is due, raises a fault (in a group) where it broke."""
        if self.picture is None or self._resync is not None:
            await self._load()
        picture = self._held()
        self.client.time.forget()
        self._hears_open = False
        breath_s, self._breath_s = self._breath_s, 0.0
        await asyncio.sleep(breath_s)
        feeds = await asyncio.to_thread(import_module, "client.feed")  # what it stands on takes its time to import
        async with (
            feeds.open_feed(
                self.client.feed_url,
                self.client.token,
                await self.client.tls(),
                epoch=picture.epoch,
                since=picture.head,
            ) as feed,
            asyncio.TaskGroup() as tasks,
        ):
            helpers = [
                tasks.create_task(self._watch_silence(feed), name="room-silence"),
                tasks.create_task(self._keep_reference(), name="room-reference"),
                tasks.create_task(self._keep_wanted(feed), name="room-wanted"),
                tasks.create_task(self._keep_looking(feed), name="room-look"),
                tasks.create_task(self._keep_open(feed), name="room-open"),
            ]
            await self._follow(feed)
            for helper in helpers:
                helper.cancel()

    async def _load(self) -> None:
        snapshot = await self.client.snapshot()
        await self._load_geometry(snapshot.geometry)
        if self.picture is None:
            self.picture = Picture(snapshot)
            delta = Delta(whole=True, reference=True, shapes=True)
        else:
            delta = self.picture.load(snapshot)
        self._resync = None
        self._announce(delta)

    async def _load_geometry(self, tag: str) -> bool:
        """Fetch the geometry unless it is the one we hold; return whether it is another one."""
        if self._known is not None:
            self.geometry, self._known = await self._known(), None
        if self.geometry is not None and self.geometry.tag == tag:
            return False
        fetched = await self.client.geometry(None if self.geometry is None else self.geometry.tag)
        if fetched is None:
            return False
        self.geometry = fetched
        return True

    async def _follow(self, feed: "LiveFeed") -> None:
        """Fold what arrives until a resync is due."""
        messages = feed.messages()
        try:
            async for message in messages:
                self._tell(self._line.heard(time.monotonic()))
                if isinstance(message, Fault):
                    self._report(message)
                    continue
                self._take(message)
                if self._resync is not None:
                    return
        finally:
            await messages.aclose()

    def _take(self, message: FeedMessage) -> None:
        picture = self._held()
        if isinstance(message, KeepAlive):
            self.client.time.note_stamp(_real_time(picture, message.at))
        elif isinstance(message, Hello):
            self._hears_open = message.hears_open is True
            self._opened.set()
        elif isinstance(message, Bye):
            if message.reason in SIGN_IN_OVER:
                raise Fault(FaultKind.UNAUTHENTICATED, message.reason)
            self._stay_away_s = min(max(0.0, message.retry_after_s), STAY_AWAY_MOST_S)
        delta = picture.apply(message)
        if delta.resync is not None:
            self._resync = delta.resync
        if delta.fetch:
            self._wanted.set()
        if delta.reference:
            self._stale_reference.set()
        self._announce(delta)

    async def _watch_silence(self, feed: "LiveFeed") -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            self._tell(self._line.check(time.monotonic()))
            if feed.silence_s > DEAD_AFTER_S:
                feed.drop()
                return

    async def _keep_looking(self, feed: "LiveFeed") -> None:
        """Say what we look at, at once where it is not everything, and again whenever it alters."""
        if self._look == Look():
            await self._looked.wait()
        while True:
            self._looked.clear()
            await feed.say(self._look)
            await self._looked.wait()

    async def _keep_open(self, feed: "LiveFeed") -> None:
        """Say which case is open here, once the service says that it hears it, and whenever it alters."""
        while True:
            await self._opened.wait()
            self._opened.clear()
            if self._hears_open:
                await feed.say(self._open)

    async def _keep_reference(self) -> None:
        """Fetch town, units, staff and shapes again where changes asked for it, not more often than is useful."""
        while True:
            await self._stale_reference.wait()
            self._stale_reference.clear()
            try:
                snapshot = await self.client.snapshot()
                altered = await self._load_geometry(snapshot.geometry)
            except Fault as fault:
                self._stale_reference.set()
                self._report(fault)
            else:
                self._held().load_reference(snapshot)
                self._announce(Delta(reference=True, shapes=altered))
            await asyncio.sleep(REFERENCE_EVERY_S)

    async def _keep_wanted(self, feed: "LiveFeed") -> None:
        """Fetch the cases whose changes did not follow from what we held."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            wanted = sorted(self._held().wanted)
            if len(wanted) > WANTED_MOST:
                self._resync = "many_unknown_cases"
                feed.drop()
                return
            for case_no in wanted:
                await self._fetch_case(case_no)
            if self._held().wanted:
                self._wanted.set()
                await asyncio.sleep(REFERENCE_EVERY_S)

    async def _fetch_case(self, case_no: CaseNo) -> None:
        picture = self._held()
        try:
            case = await self.client.case(case_no)
        except Fault as fault:
            if fault.kind in (FaultKind.NOT_FOUND, FaultKind.FORBIDDEN):
                self._announce(picture.drop_case(case_no))
            else:
                self._report(fault)
            return
        self._announce(picture.put_case(case))

    # -- telling ---------------------------------------------------------------------------------------------------

    def _held(self) -> Picture:
        if self.picture is None:
            raise Fault(FaultKind.UNAVAILABLE, "no_picture")
        return self.picture

    def _announce(self, delta: Delta) -> None:
        if not delta.empty:
            _call_soon(self._delta_listeners, delta)

    def _tell(self, altered: bool) -> None:
        if altered:
            _call_soon(self._line_listeners, self.line())

    def _report(self, fault: Fault) -> None:
        _call_soon(self._fault_listeners, fault)


def _call_soon(listeners: list[Callable[[Any], None]], value: object) -> None:
    loop = asyncio.get_running_loop()
    for listener in listeners:
        loop.call_soon(listener, value)


def _real_time(picture: Picture, service_time: datetime) -> datetime:
    """Return the service's real time at a time of its clock, which may run faster."""
    clock = picture.clock
    return clock.real_origin + (service_time - clock.service_origin) / clock.speed


def _worst(group: BaseExceptionGroup[Fault]) -> Fault:
    """Return the fault that says most: one about the sign-in before one about the line."""
    faults: list[Fault] = []
    pending: list[BaseException] = [group]
    while pending:
        error = pending.pop()
        if isinstance(error, BaseExceptionGroup):
            pending.extend(error.exceptions)
        elif isinstance(error, Fault):
            faults.append(error)
    return min(faults, key=lambda f: f.kind is FaultKind.UNAVAILABLE)
