"""Reports as they come in: a burst at the start, so that the desk looks alive, then about one a minute of town time."""

import asyncio
from collections import deque
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from domain.case import NewReport
from domain.ids import AttachmentId, StaffId
from domain.people import Role
from domain.states import Channel
from domain.town import Town
from simulator.acting.errands import log
from simulator.acting.scene import Scene, Watch
from simulator.moving.body import Body
from simulator.photos.photo import draw_photo
from simulator.telling.stories import Tale, scene_seed

BACKLOG = 44
"""Open cases the first minutes bring the town to."""
BURST_AT_ONCE = 4
MEAN_GAP_S = 60.0
LEAST_GAP_S = 0.5
"""Real seconds between two reports at most speed."""
MOST_OPEN = 400
"""With this many open cases nothing more is reported: a demo left alone over night must not fill the disk."""
MOST_ON_THE_WAY = 10
PHOTOGRAPHED = frozenset({Channel.GRID_WORKER, Channel.PUBLIC, Channel.VIDEO})
SOURCES = {
    Channel.HOTLINE: "12345",
    Channel.UPPER: "县级平台",
    Channel.MEDIA: "舆情监测",
    Channel.SENSOR: "物联网平台",
    Channel.VIDEO: "视频巡查",
    Channel.PUBLIC: "随手拍",
    Channel.COUNTER: "办事窗口",
}
"""The systems reports come from, as a case names them. A grid worker's come from their own phone."""


TOLD_AGAIN_SHARE = 0.1
LATELY = 6
ASIDE_M = 14.0
"""A share of the reports tells again what was told by one of the last few, from a few steps away."""
CALLED_BACK_SHARE = 0.35
DUE_WITHIN = (timedelta(hours=4), timedelta(days=1), timedelta(days=3))
"""What 12345 gives for an answer."""


class Sources:
    """All who report: grid workers on their way, the public, the hotline, sensors, cameras' watchers, the county."""

    def __init__(self, town: Town, scene: Scene, watch: Watch, tasks: asyncio.TaskGroup) -> None:
        self._scene = scene
        self._watch = watch
        self._tasks = tasks
        self._zone = ZoneInfo(town.info.calendar.timezone)
        self._enabled = {k.code for k in town.info.kinds if k.enabled}
        self._workers = [s.staff_id for s in town.staff if Role.GRID_WORKER in s.roles]
        self._on_the_way = 0
        self._count = 0
        self._lately: deque[Tale] = deque(maxlen=LATELY)

    async def run(self) -> None:
        """Report until cancelled."""
        missing = BACKLOG - self._watch.open_count
        while missing > 0:
            at_once = min(BURST_AT_ONCE, missing)
            await asyncio.gather(*(self._tell(self._tale(), in_person=False) for _ in range(at_once)))
            missing -= at_once
        log.info("backlog reported: %d open", self._watch.open_count)
        while True:
            gap_s = float(self._scene.rng.exponential(MEAN_GAP_S)) * self._quiet(self._scene.now())
            await asyncio.sleep(max(LEAST_GAP_S, gap_s / self._scene.pace.speed))
            if self._watch.open_count < MOST_OPEN and self._on_the_way < MOST_ON_THE_WAY:
                self._on_the_way += 1
                self._tasks.create_task(self._later(self._tale()), name="report")

    def _quiet(self, now: datetime) -> float:
        """Nights are quieter."""
        return 1.0 if 7 <= now.astimezone(self._zone).hour < 21 else 5.0

    def _tale(self) -> Tale:
        """Return something that happened; now and then what was told lately, by somebody else."""
        if self._lately and self._scene.rng.random() < TOLD_AGAIN_SHARE:
            tale = self._lately[int(self._scene.rng.integers(len(self._lately)))]
            x, y = tale.at
            aside = self._scene.rng.uniform(-ASIDE_M, ASIDE_M, 2)
            channel = Channel.HOTLINE if tale.channel is not Channel.HOTLINE else Channel.PUBLIC
            return tale._replace(channel=channel, at=(x + float(aside[0]), y + float(aside[1])), self_handled=False)
        while True:
            tale = self._scene.book.tale()
            if tale.kind in self._enabled:
                self._lately.append(tale)
                return tale

    async def _later(self, tale: Tale) -> None:
        try:
            await self._tell(tale, in_person=True)
        finally:
            self._on_the_way -= 1

    async def _tell(self, tale: Tale, *, in_person: bool) -> None:
        """Send a report. A grid worker goes there first (``in_person``), or is taken to be there."""
        if tale.channel is not Channel.GRID_WORKER:
            await self._send(tale, None)
            return
        body = self._scene.nearest_free(self._workers, tale.at)
        if body is None:
            return
        if in_person and not await self._go(body, tale):
            return
        await self._send(tale, body.staff)

    async def _go(self, body: Body, tale: Tale) -> bool:
        body.busy = True
        try:
            if not body.go(self._scene.graph, tale.at):
                return False
            await body.standing.wait()
            await self._scene.pace.sleep(self._scene.between(20, 60))
        finally:
            body.busy = False
        return self._scene.force.on_shift(body.staff, self._scene.now())

    async def _send(self, tale: Tale, reporter: StaffId | None) -> None:
        scene = self._scene
        lon, lat = scene.graph.frame.lon_lat(*tale.at)
        photos = await self._photos(tale, lon, lat)
        if tale.channel is Channel.GRID_WORKER and not photos:
            return  # without a photo their report is not taken; the upload has told why there is none
        after = await self._photo(tale, lon, lat, solved=True) if tale.self_handled else []
        handled = tale.self_handled and bool(photos and after)
        self._count += 1
        source = SOURCES.get(tale.channel, "")
        report = NewReport(
            channel=tale.channel,
            text=tale.text + (scene.book.phrase("self_handled") if handled else ""),
            title=tale.title,
            kind=tale.kind,
            address=tale.address,
            lon=lon,
            lat=lat,
            urgent=tale.urgent,
            self_handled=handled,
            source=source,
            source_no=self._source_no() if source else "",
            contact=scene.book.contact(tale.channel),
            photos=tuple(photos),
            after_photos=tuple(after) if handled else (),
        )
        await scene.gateway.report(self._promised(report), reporter)

    def _promised(self, report: NewReport) -> NewReport:
        """Return the report with what its source promised: 12345 sets a deadline, and some want to be called back."""
        rng, now = self._scene.rng, self._scene.now()
        due = now + DUE_WITHIN[int(rng.integers(len(DUE_WITHIN)))] if report.channel is Channel.HOTLINE else None
        wants = report.contact is not None and bool(rng.random() < CALLED_BACK_SHARE)
        by = now + timedelta(minutes=30 * int(rng.integers(1, 9))) if wants else None
        return replace(report, source_due=due, callback=wants, callback_by=by)

    async def _photos(self, tale: Tale, lon: float, lat: float) -> list[AttachmentId]:
        if tale.channel not in PHOTOGRAPHED:
            return []
        photos = await self._photo(tale, lon, lat, solved=False)
        if self._scene.rng.random() < 0.35:
            photos += await self._photo(tale, lon, lat, solved=False, other=1)
        return photos

    async def _photo(self, tale: Tale, lon: float, lat: float, *, solved: bool, other: int = 0) -> list[AttachmentId]:
        content = await asyncio.to_thread(
            draw_photo,
            tale.scene,
            scene_seed(tale.kind, lon, lat) + other,
            solved=solved,
            taken_at=self._scene.now(),
            lon=lon,
            lat=lat,
        )
        kept = await self._scene.gateway.upload(content)
        return [] if kept is None else [kept]

    def _source_no(self) -> str:
        """A number as another system gives it, not used twice even by a simulator that was started again."""
        stamp = self._scene.now().astimezone(self._zone).strftime("%y%m%d%H%M%S")
        return f"{stamp}-{self._count:02d}"
