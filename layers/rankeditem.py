"""What layers of areas of a rank share: names, picking, filter and legend. How an area looks is each one's own."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, Generic, TypeVar

from PySide6.QtGui import QPainter

from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind, Tells
from layers.geometry import contains
from layers.options import Filter, Group
from layers.ranked import RankedAreas, RankedMark, RankedModel
from layers.raster.contract import Frame, Raster
from layers.raster.qt import as_image
from layers.rings import ring_middle

NAMES_UNTIL = 30.0
M = TypeVar("M", bound=RankedMark)


class RankedItem(LayerItem, Generic[M]):
    """A layer of areas. ``by`` names the filter and the word a legend row puts the rank in.

    ``words_of_rank`` is what the key of a rank's word begins with, ``signs`` what a legend row's symbol begins with;
    ``reach_px`` how far an area is drawn beyond its edge.
    """

    group = Group.AREAS
    by: ClassVar[str]
    signs: ClassVar[str]
    words_of_rank: ClassVar[str]
    names_weight: ClassVar[float]
    reach_px: ClassVar[float]

    def __init__(self, model: RankedModel[M], look: Look) -> None:
        super().__init__(look)
        self._model = model
        self._style = 0
        self._ready: RankedAreas[M] = RankedAreas()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.NOW

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: by rank."""
        ranks = self._model.ranks
        return (Filter(self.by, tuple(rank.value for rank in ranks), texts=tuple(self._said(rank) for rank in ranks)),)

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
        self._ready = self._model.held

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        return self._model.held.areas.bounds()

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        held = self._ready
        shown = self._shown(held, area.bounds(self.reach_px * area.ratio))
        if shown:
            with _painting(frame) as painter:
                for index in shown:
                    self.paint_area(painter, held, index, area)

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the chosen one once more, so that it stands out."""
        held = self._model.held
        index = self._model.slot(focus.entry) if focus.entry is not None else None
        if index is not None and not self._is_hidden(held.marks[index]):
            with _painting(frame) as painter:
                self.paint_chosen(painter, held, index, area)

    @abstractmethod
    def paint_area(self, painter: QPainter, held: RankedAreas[M], index: int, area: Area) -> None:
        """Paint one area of a tile."""

    @abstractmethod
    def paint_chosen(self, painter: QPainter, held: RankedAreas[M], index: int, area: Area) -> None:
        """Paint what makes a chosen area stand out."""

    def name_of(self, mark: M) -> str:
        """Return what stands in the middle of an area."""
        return mark.title

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``: the names, in the middle of each area."""
        if area.ground() > NAMES_UNTIL:
            return ()
        held, style, weight, strength = self._model.held, LabelStyle.DIVISION, self.names_weight, self.name_strength
        return [
            Label(self.name_of(held.marks[index]), *ring_middle(held.areas, index), style, weight, strength=strength)
            for index in self._shown(held, area.bounds())
        ]

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the uppermost area on show that holds the place."""
        x, y = area.left + px * area.scale, area.top - py * area.scale
        held = self._model.held
        for index in reversed(self._shown(held, (x, y, x, y))):
            if contains(held.areas, index, x, y):
                mark = held.marks[index]
                return Picked(PickedKind.ENTRY, mark.ident, x, y, mark.title, mark.lines)
        return None

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: each rank on show."""
        counts = Counter(mark.rank for mark in self._model.held.marks if not self._is_hidden(mark))
        return [
            LegendRow(
                f"{self.signs}.{rank}",
                self.look.words(f"map.legend.{self.signs}", **{self.by: self._said(rank)}),
                counts[rank],
            )
            for rank in self._model.ranks
            if counts[rank]
        ]

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self.look.words("map.note.count", n=len(self._model.held.marks)), False

    def _said(self, rank: object) -> str:
        return self.look.words(f"{self.words_of_rank}{rank}")

    def _shown(self, held: RankedAreas[M], bounds: tuple[float, float, float, float]) -> list[int]:
        seen: list[int] = held.areas.visible(bounds).tolist()
        return [index for index in seen if not self._is_hidden(held.marks[index])]

    def _is_hidden(self, mark: M) -> bool:
        return mark.rank.value in self.options.hides(self.by)


@contextmanager
def _painting(frame: Frame) -> Iterator[QPainter]:
    image = as_image(frame)  # named: a painter does not keep its device alive
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()
