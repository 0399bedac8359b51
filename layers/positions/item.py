"""Drawing of people and vehicles: arrowheads and boxes, the sign of what they do; stale ones hollow, with their age."""

from collections.abc import Callable, Hashable, Sequence
from math import hypot

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from domain.units import POSITION_STALE_AFTER, UnitState
from layers.ages import age_text
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind, Tells
from layers.fading import fainter
from layers.local import LocalPlaces, Surroundings, between, local_to, nearest
from layers.options import Filter, Style
from layers.placing import Slots
from layers.positions.crowds import FRESH, OLD, Crowds
from layers.positions.model import PositionsModel, ThingMark
from layers.raster.contract import U16, Frame, Marks, Raster, Sprites, make_sprites
from layers.raster.qt import as_image
from layers.symbols import SMALL_THING_SIZE, THING_SIZE, thing_sprites
from layers.thing_codes import SIGNS, STALE_VEHICLE, VEHICLE, stale_codes

KINDS = Filter("kind", ("staff", "vehicle"))
STATES = Filter("state", tuple(state.value for state in UnitState))
NAMES = Style("names", ("near", "chosen"), "near")
"""``near`` names things when the map is close enough; ``chosen`` only who is chosen or bound for the chosen case."""
CROWDS = Style("crowds", ("counted", "single"), "counted")
"""``counted`` counts things where there are too many to be told apart; ``single`` draws every one of them."""
SMALL_ABOVE = 800
"""With more things than this the symbols are small and without signs."""
FAINT_FROM = STALE_VEHICLE + 1
FAINT = 45
"""Strength of what is last known, hundredths."""
ROUTE_GAP = 20.0
"""Logical pixels between a route and what it joins."""
NAMES_FREE_UNTIL = 2.2
NAMES_BUSY_UNTIL = 9.0
STALE_UNTIL = 9.0
"""Coarsest scales (plane metres a logical pixel) at which things are named, and ages of stale ones shown."""


class PositionsItem(LayerItem):
    """The room's own people and vehicles."""

    key = "positions"
    moving = True

    def __init__(self, model: PositionsModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._sheets: dict[tuple[float, float], Sprites] = {}
        self._codes: tuple[int, U16] | None = None
        self._kept: tuple[Hashable, Slots] | None = None
        self._places = LocalPlaces()
        self._surroundings = Surroundings()
        self._shown: tuple[Hashable, Marks] | None = None
        self._crowds = Crowds(look)
        self._bound_for: tuple[int, dict[str, list[int]]] | None = None

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.THEN

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return NAMES, CROWDS

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: staff or vehicles, and what they do."""
        words = self.look.words
        return (
            msgspec.structs.replace(KINDS, texts=tuple(words(f"map.legend.{kind}") for kind in KINDS.values)),
            msgspec.structs.replace(STATES, texts=tuple(words(f"unit_state.{state}") for state in STATES.values)),
        )

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    @property
    def owing(self) -> bool:
        """See ``LayerItem``: the counts of this scale."""
        return self._crowds.owing and len(self._model.table) > 0

    def finish(self, area: Area) -> None:
        """See ``LayerItem``."""
        self._crowds.put_nothing_off()

    def static_state(self) -> Hashable:
        """See ``LayerItem``: nothing stands still here."""
        return 0

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._sheets, self._shown = {}, None
        self._crowds.restyle()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        xs, ys = self._model.table.xs, self._model.table.ys
        return (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())) if len(xs) else None

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``."""
        table = self._model.table
        if not len(table):
            return
        self._draw_routes(frame, area, focus)
        if self._crowded(area):
            self._draw_crowds(raster, frame, area)
            return
        raster.stamp(frame, *self._symbols(raster, area))

    def marks(self, raster: Raster, area: Area, focus: Focus) -> Marks | None:
        """See ``LayerItem``: the symbols, unless there are routes or crowds. Without things no symbol is made."""
        if not len(self._model.table) or self._bound(focus) or self._crowded(area):
            return None
        return self._symbols(raster, area)

    def _crowded(self, area: Area) -> bool:
        """Return whether things are counted at this scale, not drawn one by one."""
        table, single = self._model.table, self.options.style(CROWDS) == "single"
        crowded = not single and self._crowds.needed(table.xs, table.ys, self._model.marks_revision, area)
        self._crowds.owing = self._crowds.owing and crowded
        return crowded

    def _draw_crowds(self, raster: Raster, frame: Frame, area: Area) -> None:
        table, codes = self._model.table, self.codes()
        self._crowds.gather(raster, area, (self._model.revision, self.options.hidden), table.xs, table.ys, self._parts)
        for group in self._crowds.groups:
            alone = group.cells.lasts[group.cells.counts == 1]
            slots = alone if group.slots is None else group.slots[alone]
            corner = area.left, area.top
            places = local_to(corner, table.xs[slots], table.ys[slots])
            raster.stamp(frame, *places, codes[slots], self._sheet(area.ratio), area.placing(corner))
            self._crowds.stamp(raster, frame, area, group)

    def _parts(self) -> list[tuple[int, Slots | None]]:
        """Return what is counted apart: those with an old fix, then the others, of those that are shown."""
        kept = self._slots()
        if not self._model.any_stale():
            return [(FRESH, kept)]
        stale = self._model.stale()
        slots = np.arange(len(stale)) if kept is None else kept
        old = stale[slots]
        return [(OLD, slots[old]), (FRESH, slots[~old])]

    def _crowd_at(self, area: Area, px: float, py: float, reach: float) -> Picked | int | None:
        """Return the crowd at a device pixel, or the slot of who is alone there."""
        table = self._model.table
        found = self._crowds.at(area, px, py, reach)
        if found is None:
            return None
        group, cell = found
        cells, last = group.cells, group.cells.lasts[cell]
        if cells.counts[cell] == 1:
            return int(last if group.slots is None else group.slots[last])
        members = self._crowds.members(group, cell, table.xs, table.ys)
        vehicles = int(np.count_nonzero(self._vehicles()[members]))
        words, key = self.look.words, "map.crowd" if group.kind == FRESH else "map.crowd.old"
        lines = words("map.crowd.parts", staff=len(members) - vehicles, vehicles=vehicles), words("map.crowd.open")
        x, y = float(cells.xs[cell]), float(cells.ys[cell])
        return Picked(PickedKind.CROWD, "", x, y, words(key, count=len(members)), lines)

    def _symbols(self, raster: Raster, area: Area) -> Marks:
        """Return the symbols in view of all that is shown; a frame may ask twice."""
        key = self._model.revision, self.options.hidden, area, raster
        if self._shown is not None and self._shown[0] == key:
            return self._shown[1]
        table, kept, codes, sheet = self._model.table, self._slots(), self.codes(), self._sheet(area.ratio)
        xs, ys = table.xs, table.ys
        some = self._near_view(area) if kept is None else kept
        if some is not None:
            xs, ys, codes = xs[some], ys[some], codes[some]
        shown = self._places.seen(raster, xs, ys, codes, area, sheet.size)
        marks = Marks(*shown, sheet, area.placing((area.left, area.top)))
        self._shown = key, marks
        return marks

    def _near_view(self, area: Area) -> Slots | None:
        """Return the slots of the things in and round a view, shown or not; None where all are to be looked at."""
        return self._surroundings.slots(self._model.revision, self._model.table.xs, self._model.table.ys, area)

    def _slots(self) -> Slots | None:
        """Return the slots of the things that are shown, None where none is left out."""
        if not self.options.hidden:
            return None
        key = (self._model.marks_revision, self.options.hidden)
        if self._kept is None or self._kept[0] != key:
            kinds, states = self.options.hides(KINDS.name), self.options.hides(STATES.name)
            shown = [
                KINDS.values[mark.vehicle] not in kinds and mark.state.value not in states
                for mark in self._model.table.marks
            ]
            self._kept = key, np.flatnonzero(np.array(shown, bool))
        return self._kept[1]

    def _bound(self, focus: Focus) -> list[int]:
        """Return the slots of the things bound for the chosen case."""
        if focus.case_at is None:
            return []
        revision = self._model.marks_revision
        if self._bound_for is None or self._bound_for[0] != revision:
            found: dict[str, list[int]] = {}
            for slot, mark in enumerate(self._model.table.marks):
                if mark.bound_for is not None:
                    found.setdefault(mark.bound_for, []).append(slot)
            self._bound_for = revision, found
        bound = self._bound_for[1].get(focus.case_no or "", [])
        return [slot for slot in bound if self._is_shown(slot)]

    def _is_shown(self, slot: int) -> bool:
        kept = self._slots()
        return kept is None or bool((kept == slot).any())

    def _draw_routes(self, frame: Frame, area: Area, focus: Focus) -> None:
        """Draw a dashed straight line from each thing bound for the chosen case to it."""
        bound = self._bound(focus)
        if not bound or focus.case_at is None:
            return
        image = as_image(frame)  # named: a painter does not keep its device alive
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.look.theme.accent), 2.2 * area.ratio, Qt.PenStyle.DashLine))
        cx, cy = area.to_pixel(*focus.case_at)
        for i in bound:
            px, py = area.to_pixel(float(self._model.table.xs[i]), float(self._model.table.ys[i]))
            far = hypot(cx - px, cy - py)
            if far > 2 * ROUTE_GAP * area.ratio:
                share = ROUTE_GAP * area.ratio / far
                ends = (
                    (px + (cx - px) * share, py + (cy - py) * share),
                    (cx - (cx - px) * share, cy - (cy - py) * share),
                )
                painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))
        painter.end()

    def live_labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: names of who is busy or chosen, of all when near; ages of stale fixes."""
        scale = area.ground()
        table = self._model.table
        if scale > max(NAMES_BUSY_UNTIL, STALE_UNTIL) and focus.thing is None and focus.case_no is None:
            return ()
        x0, y0, x1, y1 = area.bounds()
        if scale > max(NAMES_BUSY_UNTIL, STALE_UNTIL):  # nobody but who is chosen, or bound for the chosen case
            slot = table.slot(focus.thing) if focus.thing is not None else None
            few = np.array(sorted({*self._bound(focus), *(() if slot is None else (slot,))}), np.intp)
            inside = few[between(table.xs[few], table.ys[few], (x0, y0, x1, y1))]
        else:
            near = self._near_view(area)
            if near is None:
                inside = between(table.xs, table.ys, (x0, y0, x1, y1))
            else:
                inside = near[between(table.xs[near], table.ys[near], (x0, y0, x1, y1))]
        kept = self._slots()
        if kept is not None:
            inside = np.intersect1d(inside, kept, assume_unique=True)
        found = []
        for i, stale in zip(inside.tolist(), self._model.stale(inside).tolist(), strict=True):
            mark = table.marks[i]
            chosen = mark.thing == focus.thing or (mark.bound_for is not None and mark.bound_for == focus.case_no)
            text = self._text(mark, i, stale, scale, chosen=chosen)
            if text:
                style = LabelStyle.STALE if stale else LabelStyle.THING
                priority = 1.0 if chosen else 15.0 + stale
                found.append(Label(text, float(table.xs[i]), float(table.ys[i]), style, priority, beside=9.0))
        return found

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``."""
        table = self._model.table
        if not len(table):
            return None
        if self._crowded(area):
            crowd = self._crowd_at(area, px, py, reach)
            if not isinstance(crowd, int):
                return crowd
            best: int | None = crowd
        else:
            limit = (reach + self._size() / 2 * area.ratio) * area.scale
            at = area.left + px * area.scale, area.top - py * area.scale
            best = nearest(table.xs, table.ys, *at, limit, self._slots())
        if best is None:
            return None
        mark = table.marks[best]
        key = "map.stale_since" if self._model.is_stale(best) else "map.fixed_since"
        lines = (*mark.lines, self.look.words(key, age=self._age(best)))
        x, y = float(table.xs[best]), float(table.ys[best])
        return Picked(PickedKind.THING, mark.thing, x, y, mark.title or mark.name or mark.thing, lines)

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: staff and vehicles with a fresh fix, stale ones, and the signs of what they do."""
        kept = self._slots()
        shown = slice(None) if kept is None else kept
        stale, vehicle = self._model.stale()[shown], self._vehicles()[shown]
        words, kinds, states = self.look.words, self.options.hides(KINDS.name), self.options.hides(STATES.name)
        counts = {"staff": np.count_nonzero(~stale & ~vehicle), "vehicle": np.count_nonzero(~stale & vehicle)}
        return [
            *(LegendRow(kind, words(f"map.legend.{kind}"), int(n)) for kind, n in counts.items() if kind not in kinds),
            LegendRow("staff_stale", words("map.legend.stale"), int(np.count_nonzero(stale))),
            *(
                LegendRow(f"sign.{state}", words(f"unit_state.{state}"))
                for state in SIGNS[1:]
                if state.value not in states
            ),
        ]

    def _vehicles(self) -> npt.NDArray[np.bool_]:
        """Return which things are vehicles."""
        found: npt.NDArray[np.bool_] = self._model.table.codes >= VEHICLE
        return found

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``: how old the newest fix is."""
        age_s = self._model.newest_age_s()
        if age_s is None:
            return "", False
        return age_text(age_s, self.look.words), age_s > POSITION_STALE_AFTER.total_seconds()

    def codes(self) -> U16:
        """Return the sprite of each thing."""
        revision, codes = self._model.codes_revision, self._model.table.codes
        if self._codes is None or self._codes[0] != revision:
            self._codes = revision, codes.astype(np.uint16)
        fresh = self._codes[1]
        if not self._model.any_stale():
            return fresh
        old = stale_codes(codes).astype(np.uint16)
        old[self._model.long_stale()] += FAINT_FROM
        return np.where(self._model.stale(), old, fresh)

    def _size(self) -> float:
        return SMALL_THING_SIZE if len(self._model.table) > SMALL_ABOVE else THING_SIZE

    def _sheet(self, ratio: float) -> Sprites:
        key = (self._size(), ratio)
        if key not in self._sheets:
            self._sheets[key] = with_faint(thing_sprites(self.look.theme, *key))
        return self._sheets[key]

    def _text(self, mark: ThingMark, slot: int, stale: bool, scale: float, *, chosen: bool) -> str:
        if stale:
            named = f"{mark.name} " if chosen or scale < NAMES_FREE_UNTIL else ""
            return named + self._age(slot) if chosen or scale < STALE_UNTIL else ""
        if self.options.style(NAMES) == "chosen" and not chosen:
            return ""
        busy = mark.state in (UnitState.UNDER_WAY, UnitState.ON_THE_JOB)
        until = NAMES_BUSY_UNTIL if busy or mark.vehicle else NAMES_FREE_UNTIL
        return mark.name if chosen or scale < until else ""

    def _age(self, slot: int) -> str:
        return age_text(self._model.now_s - float(self._model.table.times[slot]), self.look.words)


def with_faint(sprites: Sprites) -> Sprites:
    """Return sprites with each once more, fainter: code + ``FAINT_FROM`` is for what was last known long ago."""
    return make_sprites(np.concatenate([sprites.pixels, fainter(sprites.pixels, FAINT)]))
