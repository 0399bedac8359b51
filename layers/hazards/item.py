"""Drawing of hazard zones: tinted and hatched by level, with a firm edge and the name."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind
from layers.geometry import feature_at
from layers.hazards.model import LEVELS, HazardsModel, Zones
from layers.options import Filter, Group
from layers.raster.contract import Frame, Raster
from layers.raster.qt import as_image
from layers.rings import ring_middle, ring_polygon
from layers.signs import fill_hazard

NAMES_UNTIL = 30.0
LEVEL = Filter("level", tuple(level.value for level in reversed(LEVELS)))


class HazardsItem(LayerItem):
    """Hazard zones."""

    key = "hazards"
    group = Group.AREAS

    def __init__(self, model: HazardsModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._style = 0
        self._zones = Zones()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: by level."""
        texts = tuple(self.look.words(f"hazard_level.{value}") for value in LEVEL.values)
        return (msgspec.structs.replace(LEVEL, texts=texts),)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.options.hidden

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self._style, self.options.hidden

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._style += 1

    def prepare(self) -> None:
        """See ``LayerItem``."""
        self._zones = self._model.zones

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        return self._model.zones.areas.bounds()

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        zones, hidden = self._zones, self.options.hides(LEVEL.name)
        seen = zones.areas.visible(area.bounds(4))
        if not len(seen):
            return
        image = as_image(frame)  # named: a painter does not keep its device alive
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in seen.tolist():
            level = zones.marks[index].level
            if level.value not in hidden:
                shape = ring_polygon(zones.areas, index, area)
                fill_hazard(painter, level, self.look.theme, lambda shape=shape: painter.drawPolygon(shape))  # type: ignore[misc]
        painter.end()

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the edge of the chosen one."""
        index = self._model.slot(focus.entry) if focus.entry is not None else None
        if index is None:
            return
        image = as_image(frame)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.look.theme.text), 2.4 * area.ratio, Qt.PenStyle.DashLine))
        painter.drawPolygon(ring_polygon(self._model.zones.areas, index, area))
        painter.end()

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: the names, in the middle of each zone."""
        if area.ground() > NAMES_UNTIL:
            return ()
        zones, hidden = self._model.zones, self.options.hides(LEVEL.name)
        found = []
        for index in zones.areas.visible(area.bounds()).tolist():
            mark = zones.marks[index]
            if mark.level.value not in hidden:
                found.append(Label(mark.title, *ring_middle(zones.areas, index), LabelStyle.DIVISION, 2.0))
        return found

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the gravest zone that holds the place."""
        x, y = area.left + px * area.scale, area.top - py * area.scale
        zones, hidden = self._model.zones, self.options.hides(LEVEL.name)
        index = feature_at(zones.areas, x, y)
        if index is None or zones.marks[index].level.value in hidden:
            return None
        mark = zones.marks[index]
        return Picked(PickedKind.ENTRY, mark.ident, x, y, mark.title, mark.lines)

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: each level there is."""
        counts = Counter(mark.level for mark in self._model.zones.marks)
        words = self.look.words
        return [
            LegendRow(
                f"hazard.{level}", words("map.legend.hazard", level=words(f"hazard_level.{level}")), counts[level]
            )
            for level in reversed(LEVELS)
            if counts[level]
        ]

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self.look.words("map.note.count", n=len(self._model.zones.marks)), False
