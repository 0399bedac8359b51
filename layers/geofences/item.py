"""Drawing of geofences: a line with posts around a faint tint, and the name; what rings stands out."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

import msgspec
from PySide6.QtGui import QPainter

from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind
from layers.fence_signs import draw_fence
from layers.geofences.model import STATES, Fences, GeofencesModel
from layers.geometry import feature_at
from layers.options import Filter, Group
from layers.raster.contract import Frame, Raster
from layers.raster.qt import as_image
from layers.rings import ring_middle, ring_polygon
from layers.states import FenceState

NAMES_UNTIL = 30.0
REACH_PX = 8.0
STATE = Filter("state", tuple(state.value for state in STATES))


class GeofencesItem(LayerItem):
    """Geofences."""

    key = "geofences"
    group = Group.AREAS

    def __init__(self, model: GeofencesModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._style = 0
        self._fences = Fences()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: by state."""
        return (msgspec.structs.replace(STATE, texts=tuple(self.look.words(f"map.fence.{s}") for s in STATES)),)

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
        self._fences = self._model.fences

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        return self._model.fences.areas.bounds()

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        fences = self._fences
        self._draw(frame, area, fences, self._shown(fences, area.bounds(REACH_PX * area.ratio)), strong=False)

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the chosen one once more, stronger."""
        index = self._model.slot(focus.entry) if focus.entry is not None else None
        if index is not None:
            self._draw(frame, area, self._model.fences, [index], strong=True)

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: the names, in the middle of each fence; what rings with a sign of it."""
        if area.ground() > NAMES_UNTIL:
            return ()
        fences, found = self._model.fences, []
        for index in self._shown(fences, area.bounds()):
            mark = fences.marks[index]
            text = f"▲ {mark.title}" if mark.state is FenceState.RINGING else mark.title
            found.append(Label(text, *ring_middle(fences.areas, index), LabelStyle.DIVISION, 2.5))
        return found

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the fence that holds the place."""
        x, y = area.left + px * area.scale, area.top - py * area.scale
        fences, hidden = self._model.fences, self.options.hides(STATE.name)
        index = feature_at(fences.areas, x, y)
        if index is None or fences.marks[index].state.value in hidden:
            return None
        mark = fences.marks[index]
        return Picked(PickedKind.ENTRY, mark.ident, x, y, mark.title, mark.lines)

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: each state there is."""
        counts, words = Counter(mark.state for mark in self._model.fences.marks), self.look.words
        return [
            LegendRow(f"fence.{state}", words("map.legend.fence", state=words(f"map.fence.{state}")), counts[state])
            for state in STATES
            if counts[state]
        ]

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self.look.words("map.note.count", n=len(self._model.fences.marks)), False

    def _shown(self, fences: Fences, bounds: tuple[float, float, float, float]) -> list[int]:
        hidden = self.options.hides(STATE.name)
        seen: list[int] = fences.areas.visible(bounds).tolist()
        return [index for index in seen if fences.marks[index].state.value not in hidden]

    def _draw(self, frame: Frame, area: Area, fences: Fences, shown: Sequence[int], *, strong: bool) -> None:
        if not shown:
            return
        image = as_image(frame)  # named: a painter does not keep its device alive
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in shown:
            ring = ring_polygon(fences.areas, index, area)
            draw_fence(painter, ring, fences.marks[index].state, self.look.theme, area.ratio, strong=strong)
        painter.end()
