"""Geofences at the desk: their layer on the map as they stand, and what they tell: a notice, a sound where one is asked
for, and acknowledging it. The tool that draws them is ``console.fences``.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Signal

from client.api import new_key
from console.crew import Member
from console.notices import Notice
from console.register import Held
from console.tones import Tone
from domain.faults import Fault
from domain.fencing import watches
from domain.ids import EntryId, StaffId, ThingId, UnitId
from domain.register import EntryKind, EntryPut
from domain.register_fence import FenceAlert, FenceSaid, Geofence
from layers.geofences.model import FenceMark
from layers.states import FenceState
from resources.words import Value
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk

OWNER = "fences"
LOOK_EVERY_S = 5
GRAVE = frozenset({FenceSaid.OFF_POST, FenceSaid.DWELL})
KINDS = frozenset({EntryKind.GEOFENCE, EntryKind.FENCE_ALERT})


class FenceDesk(Member):
    """Follows the register. ``altered`` when fences or what they told are others than before."""

    altered = Signal()

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._known: frozenset[EntryId] | None = None
        self._seconds = 0
        desk.appearance.language_changed.connect(self.fill)

    # -- following -------------------------------------------------------------------------------------------------

    def on_changed(self, kinds: frozenset[EntryKind]) -> None:
        """Entries of these registers altered."""
        if kinds & KINDS:
            if self._known is not None:
                self._tell()
            self.fill()

    def on_second(self) -> None:
        """Let time pass: hours begin and end."""
        self._seconds += 1
        if self._known is None:
            self._tell()  # not before: at sign-in the names of our own come after the register
        if self._seconds % LOOK_EVERY_S == 0:
            self.fill()

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        self._desk.tasks.cancel(OWNER)
        self._known = None

    def fill(self) -> None:
        """Show the fences as they stand."""
        ringing = {held.body.fence for held in self.waiting()}
        now = self._desk.service_now()
        marks = [self._mark(held, now, ringing) for held in self._desk.register.all(Geofence)]
        self._desk.map_feed.models.geofences.replace(marks)
        self.altered.emit()

    def waiting(self) -> list[Held[FenceAlert]]:
        """Return what nobody has acknowledged."""
        return [held for held in self._desk.register.all(FenceAlert) if not held.body.acknowledged]

    def state(self, held: Held[Geofence], now: datetime, ringing: set[EntryId]) -> FenceState:
        """Return how a fence stands."""
        if held.entry_id in ringing:
            return FenceState.RINGING
        if held.body.paused:
            return FenceState.PAUSED
        return FenceState.WATCHING if watches(held.body, now, self._desk.names.zone) else FenceState.RESTING

    # -- saying ----------------------------------------------------------------------------------------------------

    def whom(self, body: Geofence) -> str:
        """Return whom a fence is for, in a few words."""
        names, words = self._desk.names, self._desk.words
        named = [names.unit(unit) for unit in body.units] + [self.thing(thing) for thing in body.things]
        if not named:
            return words("fence.everybody")
        shown = words("list.comma").join(named[:2])
        return shown if len(named) <= 2 else words("fence.and_more", shown=shown, n=len(named))

    def thing(self, thing: ThingId) -> str:
        """Return what one of our own is called."""
        names = self._desk.names
        vehicle = next((v.name for v in names.vehicles if v.vehicle_id == thing), None)
        return vehicle or names.person(StaffId(thing))

    def tells(self, body: Geofence) -> str:
        """Return what a fence tells, in a few words."""
        words = self._desk.words
        parts = [words(f"fence_said.{said}") for said in (FenceSaid.ENTER, FenceSaid.LEAVE) if getattr(body, said)]
        for said, seconds in ((FenceSaid.DWELL, body.dwell_s), (FenceSaid.OFF_POST, body.off_post_s)):
            if seconds is not None:
                parts.append(words("fence.for_minutes", said=words(f"fence_said.{said}"), n=seconds // 60))
        return words("list.comma").join(parts)

    def sentence(self, body: FenceAlert) -> str:
        """Return what was told."""
        minutes = int((body.at - body.since).total_seconds() // 60)
        return self._desk.words(f"fence.said.{body.said}", **self._values(body), n=minutes)

    def _values(self, body: FenceAlert) -> dict[str, Value]:
        unit = self._desk.names.unit(UnitId(body.unit)) if body.unit else ""
        who = self.thing(body.thing) if body.thing else ""
        if unit and unit != who:
            who = self._desk.words("fence.who", who=who, unit=unit)
        return {"who": who, "fence": body.name}

    # -- acknowledging ---------------------------------------------------------------------------------------------

    def acknowledge(self, ids: tuple[EntryId, ...]) -> None:
        """Acknowledge what was told; others' acknowledging meanwhile is no trouble."""
        self._desk.tasks.start(OWNER, f"acknowledge {new_key()}", self._acknowledge(ids))

    async def _acknowledge(self, ids: tuple[EntryId, ...]) -> None:
        register = self._desk.register
        for entry_id in ids:
            held = register.get(FenceAlert, entry_id)
            if held is None or held.body.acknowledged:
                continue
            entry, body = held.entry, msgspec.structs.replace(held.body, acknowledged=True)
            asked = EntryPut(msgspec.to_builtins(body), entry.version, entry.expires_at, entry.area)
            try:
                await register.put_entry(EntryKind.FENCE_ALERT, entry_id, asked)
            except Fault as fault:
                if fault.key not in ("stale_entry", "fence_alert_settled"):
                    self._desk.notices.refused(fault, replace=OWNER)
                    return
        if not self.waiting():
            self._desk.notice_feed.withdraw(OWNER)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Tell what is new; of what was there at sign-in only how much."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            return
        held = {one.entry_id: one.body for one in self._desk.register.all(FenceAlert)}
        first, before = self._known is None, self._known or frozenset()
        self._known = before | held.keys()
        fresh = [body for entry_id, body in held.items() if entry_id not in before and not body.acknowledged]
        if not fresh:
            return
        newest = max(fresh, key=lambda body: body.at)
        key = "notice.fence_waiting" if first else "notice.fence_told_more" if len(fresh) > 1 else "notice.fence_told"
        values: dict[str, Value] = {"what": self.sentence(newest), "n": len(fresh) if first else len(fresh) - 1}
        grave = any(body.said in GRAVE or body.alarm for body in fresh)
        self._desk.notices.post(Notice(Severity.WARNING if grave else Severity.INFO, key, values, OWNER, "map_fences"))
        if not first and any(body.alarm for body in fresh):
            self._desk.crew.alarms.sounds.play(Tone.ALERT)

    def _mark(self, held: Held[Geofence], now: datetime, ringing: set[EntryId]) -> FenceMark:
        body, words, names = held.body, self._desk.words, self._desk.names
        state = self.state(held, now, ringing)
        lines = [words("fence.line", state=words(f"map.fence.{state}"), tells=self.tells(body)), self.whom(body)]
        if body.hours is not None:
            hours = body.hours
            times = f"{hours.start // 60:02d}:{hours.start % 60:02d}–{hours.end // 60:02d}:{hours.end % 60:02d}"
            days = "".join(words(f"fence.day.{day}") for day in hours.days)
            lines.append(" ".join(part for part in (times, days) if part))
        if held.entry.expires_at is not None:
            lines.append(words("map.entry.until", at=names.local(held.entry.expires_at).strftime("%m-%d %H:%M")))
        if body.note:
            lines.append(body.note)
        if body.synthetic:
            lines.append(words("map.entry.synthetic"))
        return FenceMark(held.entry.key, state, body.ring, body.name, tuple(lines))
