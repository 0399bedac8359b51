"""Drawing of components: pipes as lines, the rest as figures in the shape of their state; from afar the shape alone."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QPainter

from layers.chosen import ChosenMark
from layers.colours import argb
from layers.components.model import KINDS, STATES, ComponentsModel
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind, Tells
from layers.local import between, squares_round
from layers.options import Filter, LayerOptions, Style
from layers.raster.contract import F64, Frame, Raster, Sprites, make_sprites
from layers.signs import draw_component, draw_component_dot, sensed_colour
from layers.states import Sensed
from layers.symbols import odd_side, render

SIZE, SMALL = 18.0, 8.0
FIGURES_UNTIL = 5.0
"""Coarsest scale (plane metres a logical pixel) at which components are drawn with their figures."""
ALL_UNTIL = 30.0
"""Beyond this only those in trouble are drawn."""
NAMES_UNTIL = 1.6
MANY = 2_000
TROUBLE = (Sensed.DAMAGED, Sensed.FAULT, Sensed.WARN, Sensed.ALARM)
NAMES = Style("names", ("near", "hidden"), "near")
STATE = Filter("state", tuple(state.value for state in reversed(STATES)))
QUIET = tuple((STATE.name, state.value) for state in (Sensed.PLAIN, Sensed.OK))
"""Left out unless somebody asks for them: hundreds of things that are as they should be hide the few that are not."""
KIND = Filter("kind", tuple(kind.value for kind in KINDS))

Slots = npt.NDArray[np.intp]


class ComponentsItem(LayerItem):
    """Components and sensors."""

    key = "components"
    noted = True
    preset = LayerOptions(hidden=QUIET)

    def __init__(self, model: ComponentsModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._style = 0
        self._sheets: dict[tuple[float, float], Sprites] = {}
        self._kept: tuple[Hashable, Slots] | None = None
        self._chosen = ChosenMark(look)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.NOW

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return (NAMES,)

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: by state and by kind."""
        words = self.look.words
        return (
            msgspec.structs.replace(STATE, texts=tuple(words(f"map.sensed.{value}") for value in STATE.values)),
            msgspec.structs.replace(KIND, texts=tuple(words(f"component.{value}") for value in KIND.values)),
        )

    def static_state(self) -> Hashable:
        """See ``LayerItem``: the pipes."""
        return self._model.pipes_revision, self._style, self.options.hides(KIND.name)

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.options.hidden, self.options.styles

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._style += 1
        self._sheets = {}
        self._chosen.restyle()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        xs, ys = self._model.table.xs, self._model.table.ys
        return (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())) if len(xs) else None

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``: pipes, broad where something is wrong with them.

        Where one lies is seen whatever state it is in: what is left out by state are the signs.
        """
        pipes, states, kinds = self._model.pipes, self._model.pipe_states, self._model.pipe_kinds
        if area.ground() > ALL_UNTIL or len(states) != len(pipes) or len(kinds) != len(pipes):
            return
        seen = pipes.visible(area.bounds(6))
        hidden = self.options.hides(KIND.name)
        if hidden:
            seen = seen[[KINDS[kind].value not in hidden for kind in kinds[seen].tolist()]]
        for index, state in enumerate(STATES):
            which = seen[states[seen] == index]
            if len(which):
                wide = 4.0 if state in TROUBLE else 2.0
                widths = np.full(len(which), wide * area.ratio, np.float32)
                colour = argb(sensed_colour(self.look.theme, state))
                raster.stroke(frame, pipes, which, colour, widths, area.placing(pipes.origin), closed=False)

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``."""
        slots = self._shown(area)
        if not len(slots):
            return
        table = self._model.table
        xs = (table.xs[slots] - area.left).astype(np.float32)
        ys = (table.ys[slots] - area.top).astype(np.float32)
        near = self._near(area)
        codes = self._model.codes()[slots] if near else self._model.states()[slots].astype(np.uint16)
        raster.stamp(frame, xs, ys, codes, self._sheet(near, area.ratio), area.placing((area.left, area.top)))
        if self._chosen_slot(area, focus) is not None:
            self._chosen.draw(raster, frame, area, table.at(focus.entry))

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: the name of the chosen one, whatever else there is to name."""
        slot, at = self._chosen_slot(area, focus), self._model.table.at(focus.entry)
        if slot is None or at is None:
            return ()
        return self._chosen.named(self._model.table.marks[slot].title, at, self.name_strength)

    def obstacles(self, area: Area, focus: Focus) -> F64:
        """See ``LayerItem``: those in view, unless they are drawn small."""
        if not self._near(area):
            return super().obstacles(area, focus)
        table, slots = self._model.table, self._shown(area)
        slots = slots[between(table.xs[slots], table.ys[slots], area.bounds(SIZE))]
        return squares_round(area, table.xs[slots], table.ys[slots], SIZE)

    def live_labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: names of those in trouble when near, of all when nearer still."""
        scale = area.ground()
        if scale > FIGURES_UNTIL or self.options.style(NAMES) == "hidden":
            return ()
        table, found, strength = self._model.table, [], self.name_strength
        x0, y0, x1, y1 = area.bounds(20)
        for slot in self._shown(area).tolist():
            mark = table.marks[slot]
            if mark.ident == focus.entry:
                continue
            x, y = float(table.xs[slot]), float(table.ys[slot])
            trouble = mark.state in TROUBLE
            if x0 < x < x1 and y0 < y < y1 and (trouble or scale < NAMES_UNTIL):
                priority = 12.0 if trouble else 24.0
                found.append(Label(mark.title, x, y, LabelStyle.THING, priority, 10.0, strength))
        return found

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the nearest one drawn."""
        slots = self._shown(area)
        if not len(slots):
            return None
        table = self._model.table
        x, y = area.left + px * area.scale, area.top - py * area.scale
        far = np.hypot(table.xs[slots] - x, table.ys[slots] - y)
        best = len(far) - 1 - int(np.argmin(far[::-1]))
        size = SIZE if self._near(area) else SMALL
        if far[best] > (reach + size / 2 * area.ratio) * area.scale:
            return None
        slot = int(slots[best])
        mark = table.marks[slot]
        return Picked(
            PickedKind.ENTRY, mark.ident, float(table.xs[slot]), float(table.ys[slot]), mark.title, mark.lines
        )

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: each state there is, with how many show it."""
        counts, words, hidden = self._counts(), self.look.words, self.options.hides(STATE.name)
        return [
            LegendRow(
                f"component.{state}", words("map.legend.component", state=words(f"map.sensed.{state}")), counts[state]
            )
            for state in reversed(STATES)
            if counts.get(state) and state.value not in hidden
        ]

    def _counts(self) -> Mapping[Sensed, int]:
        """Return how many of the kinds on show are in each state."""
        kinds = self.options.hides(KIND.name)
        if not kinds:
            return self._model.counts() if len(self._model.table) else {}
        return Counter(mark.state for mark in self._model.table.marks if mark.what.value not in kinds)

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``: how many, and how many of them are in alarm."""
        alarms = int(np.count_nonzero(self._model.states() == STATES.index(Sensed.ALARM)))
        words = self.look.words
        if alarms:
            return words("map.note.alarms", n=alarms), True
        return words("map.note.count", n=len(self._model.table)), False

    def _chosen_slot(self, area: Area, focus: Focus) -> int | None:
        """Return the slot of the chosen one, if it is one of those that are drawn."""
        slot = None if focus.entry is None else self._model.table.slot(focus.entry)
        return slot if slot is not None and bool((self._shown(area) == slot).any()) else None

    def _near(self, area: Area) -> bool:
        return area.ground() <= FIGURES_UNTIL

    def _shown(self, area: Area) -> Slots:
        """Return the slots that are drawn at this scale, in drawing order."""
        far = area.ground() > ALL_UNTIL
        key = (self._model.revision, far, self.options.hidden)
        if self._kept is None or self._kept[0] != key:
            states = self._model.states()
            keep = np.ones(len(states), bool)
            hidden = self.options.hides(STATE.name)
            for index, state in enumerate(STATES):
                if state.value in hidden or (far and state not in TROUBLE):
                    keep &= states != index
            kinds = self.options.hides(KIND.name)
            if kinds:
                keep &= np.array([m.what.value not in kinds for m in self._model.table.marks], bool)
            self._kept = key, np.flatnonzero(keep)
        return self._kept[1]

    def _sheet(self, near: bool, ratio: float) -> Sprites:
        size = SIZE if near else SMALL
        if near and len(self._model.table) > MANY:
            size = 14.0
        found = self._sheets.get((size, ratio))
        if found is None:
            found = self._sheets[size, ratio] = self._made(size, ratio, near=near)
        return found

    def _made(self, size: float, ratio: float, *, near: bool) -> Sprites:
        theme, side = self.look.theme, odd_side(size * (1.5 if near else 2.1), ratio)
        if not near:
            dots = [
                render(side, ratio, lambda p, state=state: draw_component_dot(p, state, size, theme))  # type: ignore[misc]
                for state in STATES
            ]
            return make_sprites(np.stack(dots))
        made = []
        for state in STATES:
            for what in KINDS:

                def draw(painter: QPainter, state: Sensed = state, what: object = what) -> None:
                    draw_component(painter, state, what, size, theme)  # type: ignore[arg-type]

                made.append(render(side, ratio, draw))
        return make_sprites(np.stack(made))
