"""What the card of the map says of whatever was picked: a grid, a person or vehicle, something of the register."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject

from client.room import Room
from console.gridfigures import GridFigures
from console.mapfeed import MapModels
from domain.ids import AccountId, GridCode, StaffId, ThingId
from domain.people import Shift, Staff, Vehicle
from domain.register import split_subject
from domain.units import POSITION_STALE_AFTER
from layers.ages import age_text
from layers.grids.figures import Indicator
from layers.positions.model import ThingMark
from layers.states import Sensed
from widgets.map.events import EntryPicked, GridPicked, ThingPicked
from widgets.map.pick_card import PickedRow
from widgets.map.view import MapView
from widgets.names import Names

MOST_PEOPLE = 6
TROUBLE = (Sensed.ALARM, Sensed.WARN, Sensed.FAULT, Sensed.DAMAGED)
EVERY_S = 2

Content = tuple[str, list[PickedRow]]


class PickFeed(QObject):
    """Keeps the card right while it is open."""

    def __init__(self, view: MapView, models: MapModels, names: Names, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._models = models
        self._figures = GridFigures(models.cases, names)
        models.grids.set_source(self._figures.figures)
        self._names = names
        self._room: Room | None = None
        self._shown: Callable[[datetime], Content | None] | None = None
        self._of_thing = False
        self._seconds = 0

    def use(self, room: Room | None) -> None:
        """Answer for this room from here on."""
        self._room = room
        self._figures.use(room)
        if room is None:
            self.close_card()

    def on_grid_picked(self, picked: GridPicked) -> None:
        """A grid was picked: pick it out and say what it is."""
        self._view.select_entry(None)
        self._view.select_grid(picked.code)
        self._show(lambda now: self._grid(GridCode(picked.code)))

    def on_entry_picked(self, picked: EntryPicked) -> None:
        """Something of the register was picked."""
        self._view.select_grid(None)
        self._view.select_entry(picked.key)
        self._show(lambda now: self._entry(picked.key))

    def on_thing_picked(self, picked: ThingPicked) -> None:
        """A person or vehicle was picked."""
        self._view.select_grid(None)
        self._view.select_entry(None)
        self._show(lambda now: self._thing(ThingId(picked.thing), now), of_thing=True)

    def on_closed(self) -> None:
        """The card was put away: what it spoke of is no longer picked out."""
        self._shown = None
        self._view.select_grid(None)
        self._view.select_entry(None)

    def close_card(self) -> None:
        """Put the card away."""
        self._view.overlays.pick_card.close_card()

    def on_second(self) -> None:
        """Let time pass: ages and counts follow."""
        self._seconds += 1
        if self._shown is not None and self._seconds % EVERY_S == 0:
            self.refresh()

    def on_moment(self) -> None:
        """The past that is played back went on: a card of a person or vehicle tells of it, and no other."""
        if self._of_thing:
            self.refresh()

    def _show(self, content: Callable[[datetime], Content | None], *, of_thing: bool = False) -> None:
        self._shown, self._of_thing = content, of_thing
        self.refresh()

    def refresh(self) -> None:
        """Say anew what is known of what was picked."""
        room = self._room
        if self._shown is None or room is None or room.picture is None:
            return
        content = self._shown(room.service_now())
        if content is None:
            self.close_card()
            return
        self._view.overlays.show_picked(*content)

    def _of_now(self) -> list[PickedRow]:
        """Return what a card of what is now begins with while the map plays back the past."""
        words = self._names.words
        return [] if self._view.past is None else [PickedRow(words("map.pick.time"), words("map.pick.now"), warns=True)]

    # -- grids -----------------------------------------------------------------------------------------------------

    def _grid(self, code: GridCode) -> Content | None:
        words, card = self._names.words, self._figures.of_grid(code)
        if card is None:
            return None
        rows = [*self._of_now(), PickedRow(words("map.pick.code"), code)]
        for member, on_shift in list(zip(card.people, card.on_shift, strict=True))[:MOST_PEOPLE]:
            label = words("map.pick.responsible" if member.staff_id == card.responsible else "map.pick.member")
            state = words("map.pick.on_shift" if on_shift else "map.pick.off_shift")
            rows.append(PickedRow(label, f"{member.name} · {state}", warns=False))
        if not card.people:
            rows.append(PickedRow(words("map.pick.responsible"), words("map.pick.nobody"), warns=True))
        rest = len(card.people) - MOST_PEOPLE
        if rest > 0:
            rows.append(PickedRow("", words("map.pick.more_people", n=rest)))
        overdue = card.counts[Indicator.OVERDUE]
        rows.append(PickedRow(words("map.pick.open"), str(card.counts[Indicator.OPEN])))
        rows.append(PickedRow(words("map.pick.overdue"), str(overdue), warns=overdue > 0))
        rows.append(PickedRow(words("map.pick.today"), str(card.counts[Indicator.TODAY])))
        return self._names.grid(code), rows

    # -- people and vehicles ---------------------------------------------------------------------------------------

    def _thing(self, thing: ThingId, now: datetime) -> Content | None:
        picture = None if self._room is None else self._room.picture
        mark = self._models.positions.mark(thing)
        moving = None if picture is None else picture.vehicles.get(thing) or picture.members.get(StaffId(thing))
        if self._view.past is not None:
            return None if moving is None else self._thing_then(moving, mark, self._view.past)
        if picture is None or mark is None:
            return None
        fix = picture.positions.get(thing)
        words = self._names.words
        rows = [PickedRow(words("map.pick.state"), words(f"unit_state.{mark.state}"))]
        if moving is not None:
            rows.append(PickedRow(words("map.pick.unit"), self._names.unit(moving.unit_id)))
            rows.append(PickedRow(words("map.pick.shift"), self._shift(moving.shift)))
        if mark.bound_for is not None:
            rows.append(PickedRow(words("map.pick.case"), mark.bound_for))
        if fix is None:
            return mark.name, rows
        age_s = max(0.0, (now - fix.fixed_at).total_seconds())
        stale = age_s > POSITION_STALE_AFTER.total_seconds()
        rows.append(PickedRow(words("map.pick.fixed"), age_text(age_s, words), warns=stale))
        if fix.accuracy_m is not None:
            rows.append(PickedRow(words("map.pick.accuracy"), words("map.pick.metres", n=f"{fix.accuracy_m:.0f}")))
        if fix.speed_mps is not None:
            speed = words("map.pick.speed_value", n=f"{fix.speed_mps * 3.6:.0f}")
            if fix.heading_deg is not None:
                speed += words("map.pick.heading_value", n=f"{fix.heading_deg:.0f}")
            rows.append(PickedRow(words("map.pick.speed"), speed))
        return mark.name or str(thing), rows

    def _thing_then(self, moving: Staff | Vehicle, mark: ThingMark | None, past: datetime) -> Content:
        """Say what is known of a moment that is played back: where somebody was, and nothing of what they do now."""
        words, local = self._names.words, self._names.local
        moment = words("map.pick.then", moment=f"{local(past):%m-%d %H:%M:%S}")
        rows = [
            PickedRow(words("map.pick.time"), moment, warns=True),
            PickedRow(words("map.pick.unit"), self._names.unit(moving.unit_id)),
        ]
        if mark is None:
            rows.append(PickedRow(words("map.pick.fixed"), words("map.pick.nowhere_then")))
        else:
            rows.append(PickedRow(words("map.pick.fixed"), f"{local(mark.fixed_at):%H:%M:%S}"))
        return moving.name, rows

    def _shift(self, shift: Shift | None) -> str:
        if shift is None:
            return self._names.words("map.pick.off_shift")
        begins, ends = self._names.local(shift.starts_at), self._names.local(shift.ends_at)
        return f"{begins:%H:%M}–{ends:%H:%M}"

    # -- the register ----------------------------------------------------------------------------------------------

    def _entry(self, key: str) -> Content | None:
        room, words = self._room, self._names.words
        kind, entry_id = split_subject(key)
        held = None if room is None or room.picture is None else room.picture.entries.get((kind, entry_id))
        models = self._models
        component = models.components.mark(key)
        drawing = models.drawings.get(key)
        mark = (
            component
            or models.cameras.mark(key)
            or models.hazards.mark(key)
            or (None if drawing is None else drawing.mark)
            or models.geofences.mark(key)
        )
        if mark is None or held is None:
            return None
        state = None if component is None else component.state
        rows = self._of_now()
        rows += [
            PickedRow("", line, warns=state in TROUBLE and i == 0, grave=state is Sensed.ALARM and i == 0)
            for i, line in enumerate(mark.lines)
        ]
        at = self._names.local(held.at).strftime("%m-%d %H:%M")
        rows.append(PickedRow(words("map.pick.kind"), words(f"register.{kind}")))
        rows.append(PickedRow(words("map.pick.put"), f"{self._names.account(AccountId(held.by))} · {at}"))
        return mark.title, rows
