"""All that lies over the map, in its corners: made, put where there is room, and what it leaves free.

``widgets.map.overlays.MapOverlays`` adds what it says.
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QRegion

from layers.camera import Insets
from resources.theme import Theme
from resources.words import Words
from widgets.map.canvas import MapCanvas
from widgets.map.captions import Caption, Coordinates
from widgets.map.clearance import ways_clear
from widgets.map.empty import EmptyMap, NothingHere
from widgets.map.hover_card import HoverCard
from widgets.map.layer_options import LayerOptionsCard
from widgets.map.layer_tree import LayerTree
from widgets.map.legend import Legend
from widgets.map.overlay import Card
from widgets.map.pick_card import PickCard
from widgets.map.playback_bar import PlaybackBar
from widgets.map.scale_bar import ScaleBar
from widgets.map.tool_card import ToolCard
from widgets.map.toolbar import MapToolbar

EDGE = 16
FOOT = 10
ROOM_FOR_LIST = 620
ROOM_FOR_LEGEND = 420
"""Least width and height of the map with the list of layers and the legend on it."""
ROOM_TO_WORK = QSize(900, 640)
"""On a smaller map the legend makes way for whoever works with a tool: the three cards left a strip to draw on."""
CLEAR_PX = 140
"""So much of the map is left between a card and the list of layers; with less the list makes way."""
LOW_PX, LEGEND_PX = 150, 230
"""So high a legend may stand on any map, and unfolded; on a large one it is up to three eighths of its height."""
LOWER_PX = 80
"""So much less while it is folded: it stands in more columns rather than take the town its height."""
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class PlacedOverlays(QObject):
    """The overlays of one map, each in its corner."""

    def __init__(self, canvas: MapCanvas, words: Words, theme: Theme) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._shown = True
        self.empty = EmptyMap(words, theme, canvas)
        self.nothing_here = NothingHere(words, theme, canvas)
        self.toolbar = MapToolbar(words, theme, canvas)
        self.layer_tree = LayerTree(words, theme, canvas)
        self.layer_options = LayerOptionsCard(words, theme, canvas)
        self.legend = Legend(words, theme, canvas, folds=True)
        self.scale_bar = ScaleBar(words, theme, canvas)
        self.coordinates = Coordinates(words, theme, canvas)
        self.attribution = Caption(words, theme, canvas)
        self.attribution.setProperty("right_aligned", True)
        self.hover_card = HoverCard(words, theme, canvas)
        self.pick_card = PickCard(words, theme, canvas)

    def place(self) -> None:
        """Put everything into its corner, and hide what there is no room for."""
        width, height = self._canvas.width(), self._canvas.height()
        self.toolbar.move(EDGE, EDGE)
        open_cards = [c for c in self._canvas.findChildren(ToolCard, options=_DIRECT) if not c.isHidden()]
        for open_card in open_cards:
            open_card.fit()
        beside = max((c.geometry().right() for c in open_cards), default=EDGE + self.toolbar.width())
        self.pick_card.move(beside + EDGE, EDGE)
        tree, card = self.layer_tree, self.layer_options
        barred = self._barred()
        tree.bound(self._tree_room())
        tree.move(width - tree.width() - EDGE, EDGE)
        card.fit(height - 2 * EDGE)
        card.move(tree.x() - card.width() - 8, EDGE)
        roomy = self._roomy()
        clear_px = CLEAR_PX if open_cards else 0
        picked = 0 if self.pick_card.isHidden() else self.pick_card.geometry().right()
        tree.setVisible(self._shown and roomy and max(beside + clear_px, picked) < tree.x())
        if not tree.isVisibleTo(self._canvas):
            card.hide()
        self.attribution.move(width - self.attribution.width() - EDGE, height - self.attribution.height() - FOOT)
        self.scale_bar.move(width - self.scale_bar.width() - EDGE, self.attribution.y() - self.scale_bar.height() - 2)
        held = [part.geometry() for part in (self.toolbar, *open_cards)]
        self._place_legend(max(part.bottom() for part in held), alone=not open_cards and self.pick_card.isHidden())
        clear = not any(part.intersects(self.legend.geometry()) for part in (*held, barred))
        cramped = width < ROOM_TO_WORK.width() and height < ROOM_TO_WORK.height()
        makes_way = cramped and bool(open_cards) and not tree.isHidden()
        self.legend.setVisible(self._shown and roomy and clear and not makes_way)
        self._place_coordinates()
        for middle in (self.empty, self.nothing_here):
            middle.move((width - middle.width()) // 2, (height - middle.height()) // 2)
        for small in (self.toolbar, self.scale_bar, self.coordinates, self.attribution):
            small.setVisible(self._shown)

    def _barred(self) -> QRect:
        bar = self._canvas.findChild(PlaybackBar, options=_DIRECT)
        return QRect() if bar is None or bar.isHidden() else bar.geometry()

    def _tree_room(self) -> int:
        """Return how high the list of layers may be, for what stands at the foot of the map not to lie on it."""
        width, height = self._canvas.width(), self._canvas.height()
        barred, said, left = self._barred(), self.coordinates.geometry(), width - self.layer_tree.width() - EDGE
        free = barred.y() if barred.right() > left else height - self.scale_bar.height() - self.attribution.height()
        return min(free - 3 * EDGE, said.y() - 2 * EDGE if said.width() and said.right() >= left else height)

    def _place_legend(self, foot: int, *, alone: bool) -> None:
        """Put the legend at the map's foot: low while it is folded, else as high as need be for all it has.

        It stays below ``foot``, or, where no card is open, stands beside the tools.
        """
        legend, height, tree = self.legend, self._canvas.height(), self.layer_tree
        right = tree.x() if not tree.isHidden() else min(self.attribution.x(), self.scale_bar.x())
        left, free = EDGE, height - foot - 2 * EDGE
        share = height * 3 // 8
        most = max(LEGEND_PX, share) if legend.unfolded else max(LOW_PX, share - LOWER_PX)
        wide, high = right - left - EDGE, min(free, most)
        if legend.wants_more(wide, high):
            high = free
            if alone and legend.wants_more(wide, high):
                left = self.toolbar.geometry().right() + EDGE
                wide, high = right - left - EDGE, height - 2 * EDGE
        legend.bound(wide, high)
        legend.move(left, height - legend.height() - EDGE)

    def _place_coordinates(self) -> None:
        """Put the line of coordinates at the foot, or above the scale bar where it would run into what stands there."""
        left = self._coordinates_left()
        room = self.attribution.x() - left - EDGE
        self.coordinates.bound(room, self._canvas.width() - left - EDGE)
        foot = self._canvas.height() - FOOT if self.coordinates.width() <= room else self.scale_bar.y()
        self.coordinates.move(left, foot - self.coordinates.height())
        self.layer_tree.bound(self._tree_room())

    def taken(self, *, lasting: bool) -> Sequence[Insets]:
        """Return the ways to keep clear of the cards: each leaves free a side, or the foot and the head.

        With ``lasting`` cards that somebody opened and will close are left out of account.
        """
        cards = [] if lasting else [*self._canvas.findChildren(ToolCard, options=_DIRECT), self.pick_card]
        lists = (self.layer_tree,) if lasting else (self.layer_tree, self.layer_options)
        bars = self._canvas.findChildren(PlaybackBar, options=_DIRECT)
        legend = () if self.legend.unfolded else (self.legend,)  # somebody reads it, and folds it again
        parts = cards, lists, legend, bars
        corners = ([part.geometry() for part in some if not part.isHidden()] for some in parts)
        return ways_clear(self._canvas.size(), *corners)

    def covered(self) -> QRegion:
        """Return what the cards hide: painting them again with each frame of the map would cost more than the frame."""
        return self._covered(self._canvas.findChildren(Card, options=_DIRECT))

    def covered_for_long(self) -> QRegion:
        """Return what is covered by more than what goes along with the pointer."""
        return self._covered(c for c in self._canvas.findChildren(Card, options=_DIRECT) if c is not self.hover_card)

    @staticmethod
    def _covered(cards: Iterable[Card]) -> QRegion:
        found = QRegion()
        for card in cards:
            if card.isVisible():
                found += card.hidden_below()
        return found

    def _roomy(self) -> bool:
        return self._canvas.width() >= ROOM_FOR_LIST and self._canvas.height() >= ROOM_FOR_LEGEND

    def _coordinates_left(self) -> int:
        return EDGE + (self.legend.geometry().right() + 1 if self.legend.isVisibleTo(self._canvas) else 0)
