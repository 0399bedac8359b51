"""Drawing of grids: hairlines, short names, fills by class; the chosen and the pointed-at one picked out."""

from collections.abc import Callable, Hashable, Sequence
from time import monotonic

import msgspec
import numpy as np

from layers.colours import CLASS_ALPHA, CLASS_COUNT, argb, class_share, mix
from layers.contract import (
    CHOSEN_FIRST,
    Area,
    Focus,
    Label,
    LabelStyle,
    LayerItem,
    LegendRow,
    Look,
    Picked,
    PickedKind,
    Tells,
)
from layers.detail import DetailCache
from layers.geometry import feature_at
from layers.grids.figures import Indicator, figure_text
from layers.grids.model import NO_CLASS, Classes, GridsModel
from layers.local import lies_in
from layers.options import Group, Style
from layers.raster.contract import U32, Bounds, Frame, Raster

NAMES = Style("names", ("shown", "hidden"), "shown")
FILL = Style("fill", tuple(indicator.value for indicator in Indicator), Indicator.NONE.value)
NAMES_UNTIL = 12.0
"""Coarsest scale (plane metres a logical pixel) at which grids are named."""
A_SIGN_PX, LEAST_HIGH_PX = 9.0, 34.0
"""How wide a grid is for each sign of its name, and how high, for it to be named: logical pixels."""
AROUND_PX = 256.0
"""So far around the view (logical pixels) grids are named at once, as they come into view while the map is dragged."""


class _Drawn(msgspec.Struct, frozen=True):
    """Everything a tile is drawn from; replaced as a whole."""

    areas: DetailCache
    borders: DetailCache
    classes: Classes | None


class GridsItem(LayerItem):
    """Outlines, names and class fills of grids. ``fill_alpha`` 255 hides what lies below filled
    grids; it is taken up by ``restyle``."""

    key = "grids"
    group = Group.AREAS

    def __init__(self, model: GridsModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self.fill_alpha = CLASS_ALPHA
        self._named: tuple[Hashable, Bounds, tuple[Label, ...]] | None = None
        self._chosen_named: tuple[tuple[Label, ...], Hashable, tuple[Label, ...]] | None = None
        self._seen = -1
        self._line, self.palette = self._mixed()
        self._drawn = self._made()

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.ALWAYS if self._indicator is Indicator.NONE else Tells.NOW

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return FILL, NAMES

    @property
    def _indicator(self) -> Indicator:
        return Indicator(self.options.style(FILL))

    @property
    def model(self) -> GridsModel:
        """What it draws."""
        return self._model

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._line, self.fill_alpha

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._line, self.palette = self._mixed()

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self.options.styles, self._model.revision

    def prepare(self) -> None:
        """See ``LayerItem``."""
        self._model.fill_by(self._indicator, monotonic())
        if self._seen != self._model.revision:
            self._seen = self._model.revision
            self._drawn = self._made()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        return self._model.bounds

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        drawn = self._drawn
        if drawn.classes is not None:
            for shapes, which, numbers in drawn.areas.seen(raster, area):
                classes = drawn.classes[numbers]
                filled = classes != NO_CLASS
                colours = self.palette[classes[filled]]
                raster.fill(frame, shapes, which[filled], colours, area.placing(shapes.origin))
        for borders, which, _ in drawn.borders.seen(raster, area):
            raster.outline(frame, borders, which, self._line, area.placing(borders.origin), closed=False)

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """Pick out the chosen grid, and faintly the one under the pointer."""
        hovered = focus.hovered
        if hovered is not None and hovered.kind is PickedKind.GRID and hovered.ident != focus.grid:
            self._pick_out(raster, frame, area, hovered.ident, alpha=22, width=1.0)
        if focus.grid is not None:
            self._pick_out(raster, frame, area, focus.grid, alpha=40, width=2.0)

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: a grid is named where its box is wide enough for it, the chosen one before all others."""
        named, chosen = self._named_in(area), None if focus.grid is None else self._model.index_of(focus.grid)
        if chosen is None:
            return named
        kept, key = self._chosen_named, (chosen, self._model.revision)
        if kept is None or kept[0] is not named or kept[1] != key:
            shapes, name = self._model.shapes, self._name_of(chosen)
            at = float(shapes.name_xs[chosen]), float(shapes.name_ys[chosen])
            others = (label for label in named if (label.x, label.y) != at)
            kept = named, key, (Label(name, *at, LabelStyle.CHOSEN, CHOSEN_FIRST), *others)
            self._chosen_named = kept
        return kept[2]

    def _named_in(self, area: Area) -> tuple[Label, ...]:
        """Return the names of grids that are large enough, the same tuple again as long as it is."""
        if area.ground() > NAMES_UNTIL or self.options.style(NAMES) == "hidden":
            return ()
        key = (self._model.revision, area.ground())
        before = self._named
        if before is not None and before[0] == key and lies_in(area.bounds(), before[1]):
            return before[2]
        around = area.bounds(AROUND_PX * area.ratio)
        self._named = key, around, tuple(self._labels_in(area, around))
        return self._named[2]

    def _labels_in(self, area: Area, bounds: Bounds) -> list[Label]:
        shapes = self._model.shapes
        seen = shapes.areas.visible(bounds)
        boxes = shapes.areas.boxes[seen]
        wide, high = (boxes[:, 2] - boxes[:, 0]) / area.ground(), (boxes[:, 3] - boxes[:, 1]) / area.ground()
        large = (high > LEAST_HIGH_PX) & (wide > A_SIGN_PX)  # most are not, where a name would be looked up in vain
        which = seen[large]
        found = []
        places = shapes.name_xs[which].tolist(), shapes.name_ys[which].tolist()
        for i, across, x, y in zip(which.tolist(), wide[large].tolist(), *places, strict=True):
            name = self._name_of(i)
            if across > A_SIGN_PX * len(name):
                found.append(Label(name, x, y, LabelStyle.GRID, 20.0))
        return found

    def _name_of(self, index: int) -> str:
        """Return the name of a grid, with its figure where grids are filled by one."""
        model, grid = self._model, self._model.shapes.grids[index]
        value = model.figures.get(grid.code, 0.0) if model.indicator is not Indicator.NONE else 0.0
        return f"{grid.name} · {figure_text(model.indicator, value)}" if value > 0 else grid.name

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``."""
        x, y = area.left + px * area.scale, area.top - py * area.scale
        found = feature_at(self._model.shapes.areas, x, y)
        if found is None:
            return None
        grid = self._model.shapes.grids[found]
        shapes = self._model.shapes
        return Picked(
            PickedKind.GRID,
            grid.code,
            float(shapes.name_xs[found]),
            float(shapes.name_ys[found]),
            title=grid.name,
            lines=(self.look.words("map.grid_code", code=grid.code),),
        )

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: the classes there are, with what they hold."""
        model, words = self._model, self.look.words
        if model.indicator is Indicator.NONE:
            return ()
        found = model.classed
        rows = []
        for step in reversed(range(len(found.counts))):
            if found.counts[step]:
                low, high = (figure_text(model.indicator, value) for value in (found.lows[step], found.highs[step]))
                text = words("map.legend.class", low=low, high=high) if low != high else low
                held = words(
                    "map.legend.class_row",
                    range=text,
                    unit=words(f"map.grids.unit.{model.indicator}"),
                    n=found.counts[step],
                )
                rows.append(LegendRow(f"class.{step}", held))
        return rows

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self.look.words("map.note.count", n=len(self._model.shapes.grids)), False

    def _pick_out(self, raster: Raster, frame: Frame, area: Area, code: str, alpha: int, width: float) -> None:
        index = self._model.index_of(code)
        if index is None:
            return
        shapes, accent = self._model.shapes.areas, self.look.theme.accent
        which = np.array([index], np.int32)
        place = area.placing(shapes.origin)
        raster.fill(frame, shapes, which, np.array([argb(accent, alpha)], np.uint32), place)
        widths = np.array([width * area.ratio], np.float32)
        raster.stroke(frame, shapes, which, argb(accent), widths, place, closed=True)

    def _mixed(self) -> tuple[int, U32]:
        theme = self.look.theme
        colours = [mix(theme.map_ground, theme.accent, class_share(step)) for step in range(CLASS_COUNT)]
        fills = [argb(colour, self.fill_alpha) for colour in colours]
        return argb(theme.map_grid_line), np.array(fills, np.uint32)

    def _made(self) -> _Drawn:
        shapes = self._model.shapes
        return _Drawn(
            DetailCache(shapes.areas, closed=True), DetailCache(shapes.borders, closed=False), self._model.classes
        )
