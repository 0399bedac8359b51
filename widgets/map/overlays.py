"""All that lies over the map, in its corners: made, placed, restyled and fed in one place."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QRegion

from layers.camera import Camera, Insets
from layers.cases.item import CasesItem
from layers.contract import LayerItem, Picked, PickedKind
from layers.grids.item import GridsItem
from layers.mercator import to_degrees
from resources.theme import Theme
from resources.words import Words
from widgets.map.canvas import MapCanvas
from widgets.map.captions import Caption, Coordinates
from widgets.map.clearance import ways_clear
from widgets.map.empty import EmptyMap, NothingHere, lies_beside
from widgets.map.hover_card import HoverCard
from widgets.map.layer_choices import LayerChoices
from widgets.map.layer_options import LayerOptionsCard
from widgets.map.layer_tree import LayerTree
from widgets.map.legend import Legend, legend_rows
from widgets.map.overlay import Card
from widgets.map.pick_card import PickCard, PickedRow
from widgets.map.playback_bar import PlaybackBar
from widgets.map.scale_bar import ScaleBar
from widgets.map.tool_card import ToolCard
from widgets.map.toolbar import MapToolbar

Item = TypeVar("Item", bound=LayerItem)

EDGE = 16
FOOT = 10
FEED_MS = 250
"""Legend and list follow the layers at most this often."""
REST_MS = 400
"""So long a view is looked at before it is said that nothing lies in it."""
ROOM_FOR_LIST = 620
ROOM_FOR_LEGEND = 420
"""Least width and height of the map with the list of layers and the legend on it."""
CLEAR_PX = 140
"""So much of the map is left between a card and the list of layers; with less the list makes way."""
LOW_PX, LEGEND_PX = 150, 230
"""So high a legend may stand on any map, and unfolded; on a large one it is up to three eighths of its height."""
LOWER_PX = 80
"""So much less while it is folded: it stands in more columns rather than take the town its height."""
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class MapOverlays(QObject):
    """The overlays of one map."""

    def __init__(self, canvas: MapCanvas, words: Words, theme: Theme) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._words = words
        self._camera = canvas.camera
        self._shown = True
        self._sources = ""
        self.empty = EmptyMap(words, theme, canvas)
        self.nothing_here = NothingHere(words, theme, canvas)
        self.toolbar = MapToolbar(words, theme, canvas)
        self.layer_tree = LayerTree(words, theme, canvas)
        self.layer_options = LayerOptionsCard(words, theme, canvas)
        self.choices = LayerChoices(canvas)
        self.legend = Legend(words, theme, canvas, folds=True)
        self.scale_bar = ScaleBar(words, theme, canvas)
        self.coordinates = Coordinates(words, theme, canvas)
        self.attribution = Caption(words, theme, canvas)
        self.attribution.setProperty("right_aligned", True)
        self.hover_card = HoverCard(words, theme, canvas)
        self.pick_card = PickCard(words, theme, canvas)
        self._feed = QTimer(self)
        self._feed.setSingleShot(True)
        self._feed.setInterval(FEED_MS)
        self._feed.timeout.connect(self.feed)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._on_rested)
        self._wire_layers()

    def _wire_layers(self) -> None:
        tree, card, choices = self.layer_tree, self.layer_options, self.choices
        tree.rows.toggled.connect(self._on_layer_toggled)
        tree.rows.opened.connect(self.open_layer)
        tree.rows.entered.connect(self._enter_layer)
        tree.rows.moved.connect(choices.move)
        tree.rows.dropped.connect(choices.put_above)
        tree.rows.undo_wanted.connect(choices.undo)
        tree.rows.redo_wanted.connect(choices.redo)
        tree.rows.left.connect(self._canvas.setFocus)
        tree.undo_wanted.connect(choices.undo)
        tree.reset_wanted.connect(choices.reset)
        tree.resized.connect(self.place)
        self.legend.folding_changed.connect(self.place)
        card.chosen.connect(choices.choose)
        card.moved.connect(choices.move)
        card.undo_wanted.connect(choices.undo)
        card.closed.connect(tree.rows.setFocus)
        choices.changed.connect(self.feed)
        self.pick_card.closed.connect(self.place)
        self.coordinates.altered.connect(self._place_coordinates)

    def open_layer(self, key: str) -> None:
        """Open the options of a layer beside the tree, or close them where they are open."""
        item = next((item for item in self._canvas.items if item.key == key), None)
        if item is not None and self.layer_options.item is item:
            self.layer_options.close_card()
        elif item is not None:
            self.layer_options.open_for(item)
            self.place()

    def close_one(self) -> bool:
        """Close what Escape puts away first: the options of a layer, then what was picked. Return whether it did."""
        for card in (self.layer_options, self.pick_card):
            if card.isVisible():
                card.close_card()
                self._canvas.setFocus()  # the keys stay where they were
                return True
        return False

    def _enter_layer(self, key: str) -> None:
        item = self.layer_options.item
        if item is not None and item.key == key:
            self.layer_options.take_keys()
        else:
            self.open_layer(key)

    def _on_layer_toggled(self, key: str) -> None:
        item = next((item for item in self._canvas.items if item.key == key), None)
        if item is not None:
            self.choices.choose(key, replace(item.options, visible=not item.visible))

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
        bar = self._canvas.findChild(PlaybackBar, options=_DIRECT)
        barred = QRect() if bar is None or bar.isHidden() else bar.geometry()
        free = height - self.scale_bar.height() - self.attribution.height()
        tree.bound((barred.y() if barred.right() > width - tree.width() else free) - 3 * EDGE)
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
        self.legend.setVisible(self._shown and roomy and clear)
        self._place_coordinates()
        for middle in (self.empty, self.nothing_here):
            middle.move((width - middle.width()) // 2, (height - middle.height()) // 2)
        for small in (self.toolbar, self.scale_bar, self.coordinates, self.attribution):
            small.setVisible(self._shown)

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

    def show_picked(self, title: str, rows: Sequence[PickedRow]) -> None:
        """Say what was picked, beside the toolbar."""
        if self._shown:
            self.pick_card.show_rows(title, rows)
            self.place()

    def taken(self) -> Sequence[Insets]:
        """Return the ways to keep clear of the cards: each leaves free a side, or the foot and the head."""
        cards = [*self._canvas.findChildren(ToolCard, options=_DIRECT), self.pick_card]
        bars = self._canvas.findChildren(PlaybackBar, options=_DIRECT)
        legend = () if self.legend.unfolded else (self.legend,)  # somebody reads it, and folds it again
        parts = cards, (self.layer_tree, self.layer_options), legend, bars
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

    def set_shown(self, on: bool) -> None:
        """Show or hide all overlays."""
        self._shown = on
        self.place()
        if not on:
            self.hover_card.clear()
            self.pick_card.hide()
            self.empty.hide()
            self.nothing_here.hide()

    def set_attribution(self, sources: str) -> None:
        """Say where the base map comes from: our own data, and these sources."""
        self._sources = sources
        own = self._words("map.attribution")
        self.attribution.set_text(f"{sources} · {own}" if sources else own)

    def set_camera(self, camera: Camera) -> None:
        """Measure the scale anew."""
        zoomed = camera.scale != self._camera.scale
        self._camera = camera
        self.nothing_here.hide()
        self._rest.start()
        self.scale_bar.set_camera(camera)
        if zoomed:
            self.on_layers_changed()  # a layer may show at this scale that did not before

    def show_pointer(self, at: QPointF | None, found: Picked | None) -> None:
        """Say where the pointer is and what is under it. Grids speak in the line of coordinates only."""
        if not self._shown:
            return
        if at is None:
            self.coordinates.clear()
            self.hover_card.clear()
            return
        lon, lat = to_degrees(*self._camera.to_plane(at.x(), at.y()))
        self.coordinates.set_place(lon, lat, self._grid_name(at))
        if found is None or found.kind is PickedKind.GRID:
            self.hover_card.clear()
        else:
            self.hover_card.show_picked(found, at, self.covered_for_long())

    def on_layers_changed(self) -> None:
        """Follow the layers soon; many changes are taken together."""
        if not self._feed.isActive():
            self._feed.start()

    def feed(self) -> None:
        """Take up what the layers say of themselves now."""
        items = self._canvas.items
        rows = legend_rows(reversed(self._canvas.shown_items()))
        cases = self._item(CasesItem)
        if cases is None or cases not in self._canvas.shown_items():
            title = self._words("map.legend.plain")
        else:
            title = self._words("map.legend", count=cases.open_count())
            if cases.placeless_count():
                title += self._words("map.legend.placeless", count=cases.placeless_count())
        self.legend.set_rows(title, rows)
        self.show_layers()
        self.empty.setVisible(self._shown and all(item.bounds() is None for item in items))
        self.place()
        if not self._rest.isActive():
            self._on_rested()

    def _on_rested(self) -> None:
        """Say so where the view holds nothing of all there is; never while it moves."""
        found = (item.bounds() for item in self._canvas.shown_items())
        self.nothing_here.setVisible(self._shown and lies_beside(self._camera, found))

    def show_layers(self) -> None:
        """Show in the tree what the layers say now, and in their options what is chosen."""
        items = self._canvas.items
        self.layer_tree.show_items(items, self._canvas.denominator())
        self.layer_tree.set_can_undo(self.choices.can_undo)
        if self.layer_options.item is not None and self.layer_options.item not in items:
            self.layer_options.close_card()
        elif self.layer_options.item is not None:
            self.layer_options.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        for overlay in self._dressed():
            overlay.set_theme(theme)
        self.scale_bar.set_theme(theme)
        self.coordinates.set_theme(theme)
        self.attribution.set_theme(theme)

    def _dressed(self) -> tuple[Card, ...]:
        tree, options = self.layer_tree, self.layer_options
        return self.empty, self.nothing_here, self.toolbar, tree, options, self.legend, self.hover_card, self.pick_card

    def retranslate(self) -> None:
        """Take up another language."""
        for overlay in self._dressed():
            overlay.retranslate()
        self.scale_bar.retranslate()
        self.set_attribution(self._sources)
        self.feed()

    def _coordinates_left(self) -> int:
        return EDGE + (self.legend.geometry().right() + 1 if self.legend.isVisibleTo(self._canvas) else 0)

    def _grid_name(self, at: QPointF) -> str | None:
        item = self._item(GridsItem)
        if item is None:
            return None
        area = self._canvas.camera.area()
        found = item.pick(area, at.x(), at.y(), 0.0)
        return None if found is None else found.title

    def _item(self, kind: type[Item]) -> Item | None:
        return next((item for item in self._canvas.items if isinstance(item, kind)), None)
