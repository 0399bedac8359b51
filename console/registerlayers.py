"""From the register to the map's layers of it: components, cameras, hazards, drawings; and the heat of cases.

What altered is taken together and shown at most twice a second; sensors that have fallen silent are looked for every
few seconds.
"""

from collections.abc import Callable
from datetime import datetime

import numpy as np
from PySide6.QtCore import QObject

from client.picture import EntryKey
from console.mapfeed import MapModels
from console.register import Held, Register
from console.throttle import Throttle
from domain.ids import AccountId
from domain.reading import Reading, ReadingState, state_at
from domain.register import EntryKind, kind_of
from domain.register_map import Camera, Component, Drawing, Form, Hazard
from layers.ages import age_text
from layers.cameras.model import CameraMark
from layers.components.model import ComponentMark, shown_state
from layers.drawings.model import DrawingMark
from layers.hazards.model import HazardMark
from layers.heat.model import SETS
from widgets.names import Names

SHOW_MS = 500
SILENCE_EVERY_S = 5
CAMERA_SILENT_AFTER_S = 300
AGE_STEPS_S = (60, 3_600)


class RegisterLayers(QObject):
    """Keeps the layers of the register as the register is."""

    def __init__(self, register: Register, models: MapModels, names: Names, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._register = register
        self._models = models
        self._names = names
        self._now: datetime | None = None
        self._stale: set[EntryKind] = set()
        self._heard: set[EntryKey] | None = set()
        self._seconds = 0
        self._throttle = Throttle(SHOW_MS, self)
        self._throttle.due.connect(self.flush)
        self._fill: dict[EntryKind, Callable[[], None]] = {
            kind_of(Component): self._show_components,
            kind_of(Camera): self._show_cameras,
            kind_of(Hazard): self._show_hazards,
            kind_of(Drawing): self._show_drawings,
        }
        models.heat.set_source(self._show_heat)

    def on_changed(self, kinds: frozenset[EntryKind]) -> None:
        """Entries of these registers altered."""
        self._stale |= kinds & self._fill.keys()
        if self._stale:
            self._throttle.request()

    def on_readings(self, keys: frozenset[EntryKey]) -> None:
        """These things said something; none named: everything may have altered."""
        if not keys:
            self._heard = None
        elif self._heard is not None:
            self._heard |= keys
        self._throttle.request()

    def on_second(self, now: datetime) -> None:
        """Let time pass: who is silent for too long is offline."""
        first, self._now = self._now is None, now
        self._seconds += 1
        if first or self._seconds % SILENCE_EVERY_S == 0:
            self._heard = None
            self._throttle.request()

    def rename(self) -> None:
        """Names or the language changed."""
        self._stale |= self._fill.keys()
        self._throttle.request()

    def stop(self) -> None:
        """Nothing is followed any more."""
        self._throttle.stop()

    def flush(self) -> None:
        """Show what altered."""
        if self._now is None:
            return
        stale, self._stale = self._stale, set()
        heard, self._heard = self._heard, set()
        for kind in stale:
            self._fill[kind]()
        spoke = set(EntryKind) if heard is None else {kind for kind, _ in heard}
        if EntryKind.COMPONENT in spoke - stale:
            self._hear_components(heard)
        if EntryKind.CAMERA in spoke - stale:
            self._show_cameras()

    # -- components ------------------------------------------------------------------------------------------------

    def _show_components(self) -> None:
        self._models.components.replace(self._component(held) for held in self._register.all(Component))
        self._note_heard()

    def _hear_components(self, heard: set[EntryKey] | None) -> None:
        """Show anew what said something, or has said nothing for too long."""
        model = self._models.components
        if heard is None:
            altered = [self._component(held) for held in self._register.all(Component) if held.body.sensed]
            altered = [mark for mark in altered if model.mark(mark.ident) != mark]
        else:
            ids = [entry_id for kind, entry_id in heard if kind is EntryKind.COMPONENT]
            found = [self._register.get(Component, entry_id) for entry_id in ids]
            altered = [self._component(held) for held in found if held is not None]
        if altered:
            model.update(altered)
        self._note_heard()

    def _note_heard(self) -> None:
        newest = self._register.newest_reading(Component)
        age_s = None if newest is None or self._now is None else max(0.0, (self._now - newest).total_seconds())
        self._models.components.set_heard_age(age_s)

    def _component(self, held: Held[Component]) -> ComponentMark:
        body, words = held.body, self._names.words
        reading = self._register.reading(Component, held.entry_id)
        said = self._said(reading, body.silent_after_s)
        state = shown_state(body.condition, sensed=body.sensed, said=said)
        lines = [f"{words(f'component.{body.what}')} · {words(f'map.sensed.{state}')}"]
        if body.sensed:
            lines.append(self._value(reading))
        if body.code or body.owner:
            lines.append(" · ".join(text for text in (body.code, body.owner) if text))
        return ComponentMark(
            ident=held.entry.key,
            lon=body.lon,
            lat=body.lat,
            what=body.what,
            state=state,
            path=body.path or (),
            title=body.name,
            lines=(*lines, *self._made_up(body.synthetic)),
        )

    def _said(self, reading: Reading | None, silent_after_s: float) -> ReadingState:
        return ReadingState.OFFLINE if self._now is None else state_at(reading, silent_after_s, self._now)

    def _value(self, reading: Reading | None) -> str:
        words = self._names.words
        if reading is None:
            return words("map.entry.never")
        said = words(f"reading.{reading.state}") if reading.value is None else f"{reading.value:g}"
        return words("map.entry.value", value=said, unit=reading.unit, age=self._age(reading)).replace("  ", " ")

    def _age(self, reading: Reading) -> str:
        seconds = 0.0 if self._now is None else max(0.0, (self._now - reading.at).total_seconds())
        return age_text(_coarse(seconds), self._names.words)

    # -- cameras, hazards, drawings --------------------------------------------------------------------------------

    def _show_cameras(self) -> None:
        marks = [self._camera(held) for held in self._register.all(Camera)]
        model = self._models.cameras
        if len(marks) != len(model.table) or any(model.mark(mark.ident) != mark for mark in marks):
            model.replace(marks)

    def _camera(self, held: Held[Camera]) -> CameraMark:
        body, words = held.body, self._names.words
        reading = self._register.reading(Camera, held.entry_id)
        online = reading is None or self._said(reading, CAMERA_SILENT_AFTER_S) is ReadingState.OK
        state = "map.entry.online" if online else "map.entry.offline"
        heard = words("map.entry.unheard") if reading is None else words(state, age=self._age(reading))
        seen = words("map.entry.turns")
        if body.heading_deg is not None:
            values = {"heading": f"{body.heading_deg:.0f}", "angle": f"{body.angle_deg:.0f}"}
            seen = words("map.entry.view", range=f"{body.range_m:.0f}", **values)
        return CameraMark(
            ident=held.entry.key,
            lon=body.lon,
            lat=body.lat,
            heading_deg=body.heading_deg,
            angle_deg=body.angle_deg,
            range_m=body.range_m,
            online=online,
            title=body.name,
            lines=(heard, seen, *self._made_up(body.synthetic)),
        )

    def _show_hazards(self) -> None:
        self._models.hazards.replace(self._hazard(held) for held in self._register.all(Hazard))

    def _hazard(self, held: Held[Hazard]) -> HazardMark:
        body, words = held.body, self._names.words
        lines = [f"{words(f'hazard_level.{body.level}')} · {words(f'hazard.{body.what}')}"]
        if held.entry.expires_at is not None:
            lines.append(words("map.entry.until", at=self._moment(held.entry.expires_at)))
        if body.note:
            lines.append(body.note)
        return HazardMark(held.entry.key, body.level, body.ring, body.name, (*lines, *self._made_up(body.synthetic)))

    def _show_drawings(self) -> None:
        held = sorted(self._register.all(Drawing), key=lambda one: (one.entry.at, one.entry_id))
        self._models.drawings.replace(self._drawing(one) for one in held)

    def _drawing(self, held: Held[Drawing]) -> DrawingMark:
        body, names = held.body, self._names
        words = names.words
        who = names.account(AccountId(held.entry.by))
        lines = [words("map.entry.by", who=who, at=self._moment(held.entry.at))]
        if body.case_no is not None:
            lines.append(words("map.entry.case", case_no=body.case_no))
        if held.entry.expires_at is not None:
            lines.append(words("map.entry.until", at=self._moment(held.entry.expires_at)))
        title = body.label or words(f"drawing.{Form(body.form)}")
        return DrawingMark(held.entry.key, body, title, (*lines, *self._made_up(body.synthetic)))

    def _moment(self, at: datetime) -> str:
        return self._names.local(at).strftime("%m-%d %H:%M")

    def _made_up(self, synthetic: bool) -> tuple[str, ...]:
        return (self._names.words("map.entry.synthetic"),) if synthetic else ()

    # -- heat ------------------------------------------------------------------------------------------------------

    def _show_heat(self) -> None:
        cases, heat = self._models.cases, self._models.heat
        heat.set_points(SETS[0], cases.open.xs, cases.open.ys)
        xs, ys = np.concatenate([cases.open.xs, cases.ended.xs]), np.concatenate([cases.open.ys, cases.ended.ys])
        heat.set_points(SETS[1], xs, ys)


def _coarse(seconds: float) -> float:
    """Return an age in whole steps, so that a card does not alter every second for what nobody reads so closely."""
    for step in reversed(AGE_STEPS_S):
        if seconds >= step:
            return seconds // step * step
    return seconds // 10 * 10
