"""SOS calls at the desk: banner, sound, acknowledging, closing, and raising one for a unit heard over the radio.

``sos_waiting`` tells how many calls nobody has acknowledged yet; the sound lasts as long, also below the idle lock.
"""

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Signal

from client.api import new_key
from client.picture import Delta, Picture
from console.crew import Member
from console.putting import Putter
from console.sounds import Sounds
from console.tones import Tone
from domain.ids import EntryId, StaffId, ThingId, UnitId
from domain.places import Position
from domain.register import Entry, EntryKind, read_body
from domain.register_alarm import Sos
from resources.words import Value

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.sos_banner import SosBanner, SosCall

OWNER = "sos"
KEPT_FOR = timedelta(days=30)
"""So long a call stands in the register; in the change log it stays."""
SURE_S = 6.0
"""Raising a call is asked for twice within so long."""


class AlarmDesk(Member):
    """Follows the calls of the picture."""

    sos_waiting = Signal(int)

    def __init__(self, desk: "Desk", folder: Path) -> None:
        """``folder`` is where the tones are kept."""
        super().__init__(desk)
        self._desk, self._putter = desk, Putter(desk, OWNER)
        self.sounds = Sounds(desk.tasks, desk.settings, desk.notices, folder, self)
        self._banner: SosBanner | None = None
        self._waiting = 0
        self._sure: tuple[UnitId, float] | None = None
        desk.appearance.language_changed.connect(self.fill)

    # -- following -------------------------------------------------------------------------------------------------

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        if delta.whole or any(kind is EntryKind.SOS for kind, _ in delta.entries):
            self.fill()
        urgent = any(change.action == "report" and change.data.get("urgent") for change in delta.changes)
        if urgent and not self._desk.crew.idle_lock.locked:
            self.sounds.play(Tone.ALERT)

    def fill(self) -> None:
        """Show the calls as they are."""
        calls = self._open_calls()
        waiting = sum(not body.acknowledged for _, body in calls)
        if calls or self._banner is not None:
            shown = tuple(self._shown(entry, body) for entry, body in calls)
            (self._banner or self._make()).show_calls(shown)
        if waiting:
            self.sounds.begin(Tone.SOS)
        elif self._waiting:
            self.sounds.end()
        if waiting != self._waiting:
            self._waiting = waiting
            self.sos_waiting.emit(waiting)

    def on_closed(self) -> None:
        """Nobody is signed in any more: nothing is shown, nothing sounds."""
        self._sure = None
        self._waiting = 0
        self.sounds.end()
        if self._banner is not None:
            self._banner.show_calls(())

    # -- what people do --------------------------------------------------------------------------------------------

    def acknowledge(self) -> None:
        """Acknowledge the call that is shown, and look where it came from."""
        first = next(((entry, body) for entry, body in self._open_calls() if not body.acknowledged), None)
        if first is None:
            self._desk.notices.info("notice.no_sos", replace="sos")
            return
        entry, body = first
        self._go(body)
        self._put(entry.entry_id, msgspec.structs.replace(body, acknowledged=True), entry.version, "sos_acknowledged")

    def close(self, result: str) -> None:
        """Close the call that is shown: ``result`` says what came of it."""
        shown = self._open_calls()[:1]
        for entry, body in shown:
            if body.acknowledged:
                self._put(entry.entry_id, msgspec.structs.replace(body, result=result), entry.version, "sos_closed")

    def go(self) -> None:
        """Look where the call that is shown came from."""
        for _, body in self._open_calls()[:1]:
            self._go(body)

    def raise_for_unit(self) -> None:
        """Raise a call for the selected unit, heard over the radio; asked for twice, since it rings everywhere."""
        unit = self._desk.selection.unit_id
        if unit is None or self._picture() is None:
            self._desk.notices.info("notice.sos_which", replace="sos")
            return
        name = self._desk.names.unit(unit)
        if self._sure is None or self._sure[0] != unit or time.monotonic() - self._sure[1] > SURE_S:
            self._sure = (unit, time.monotonic())
            self._desk.notices.warn("notice.sos_sure", replace="sos", unit=name)
            return
        self._sure = None
        fix = self._latest_fix(unit)
        now = self._desk.service_now()
        body = Sos(unit, now, by_radio=True)
        if fix is not None:
            body = Sos(unit, now, fix.thing, fix.lon, fix.lat, fix.fixed_at, by_radio=True)
        self._put(EntryId(new_key()), body, 0, "sos_raised", unit=name)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _make(self) -> "SosBanner":
        from widgets.sos_banner import SosBanner  # noqa: PLC0415 - not before there is a call

        desk = self._desk
        self._banner = banner = SosBanner(desk.words, desk.appearance.theme, desk.frame)
        desk.frame.put_on_top(banner)
        banner.acknowledge_requested.connect(self.acknowledge)
        banner.go_requested.connect(self.go)
        banner.close_requested.connect(self.close)
        desk.appearance.dress([banner])
        return banner

    def _open_calls(self) -> list[tuple[Entry, Sos]]:
        """Return the calls that are not closed: those that wait first, the oldest in front."""
        picture = self._picture()
        if picture is None:
            return []
        found: list[tuple[Entry, Sos]] = []
        for entry in picture.entries.values():
            body = read_body(entry, Sos) if entry.kind is EntryKind.SOS and not entry.removed else None
            if body is not None and not body.result:
                found.append((entry, body))
        return sorted(found, key=lambda row: (row[1].acknowledged, row[1].raised_at, row[0].entry_id))

    def _shown(self, entry: Entry, body: Sos) -> "SosCall":
        from widgets.sos_banner import SosCall  # noqa: PLC0415 - likewise

        names, words = self._desk.names, self._desk.words
        person = names.person(StaffId(body.thing)) if StaffId(body.thing) in names.people else ""
        who = " · ".join(part for part in (names.unit(body.unit), person) if part)
        place = self._place(body)
        where = ""
        if place is not None:
            lon, lat, fixed_at = place
            at = names.local(fixed_at).strftime("%H:%M:%S")
            where = words("sos.where", lon=f"{lon:.5f}", lat=f"{lat:.5f}", at=at)
        by = names.account(entry.by) if body.acknowledged else ""
        raised = names.local(body.raised_at)
        return SosCall(entry.entry_id, who, raised, where, body.text, place is not None, by)

    def _place(self, body: Sos) -> tuple[float, float, datetime] | None:
        """Return lon, lat and their moment: as called, or where the unit was seen last."""
        if body.lon is not None and body.lat is not None:
            return body.lon, body.lat, body.fixed_at or body.raised_at
        picture = self._picture()
        fix = None if picture is None else picture.positions.get(body.thing)
        fix = fix or self._latest_fix(body.unit)
        return None if fix is None else (fix.lon, fix.lat, fix.fixed_at)

    def _latest_fix(self, unit: UnitId) -> Position | None:
        picture = self._picture()
        if picture is None:
            return None
        things = [ThingId(s.staff_id) for s in picture.members.values() if s.unit_id == unit]
        things += [v.vehicle_id for v in picture.vehicles.values() if v.unit_id == unit]
        fixes = [picture.positions[thing] for thing in things if thing in picture.positions]
        return max(fixes, key=lambda fix: fix.fixed_at, default=None)

    def _go(self, body: Sos) -> None:
        place = self._place(body)
        if place is not None:
            self._desk.panels.map.show_case(place[0], place[1])

    def _picture(self) -> Picture | None:
        room = self._desk.session.room
        return None if room is None else room.picture

    def _put(self, entry_id: EntryId, body: Sos, version: int, done: str, **values: Value) -> None:
        until = self._desk.service_now() + KEPT_FOR
        fact = not body.result  # what came of it is not said twice in the same words
        self._putter.put(entry_id, body, version, until, self._desk.names.unit(body.unit), done, fact=fact, **values)
