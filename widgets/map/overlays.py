"""All that lies over the map, where ``widgets.map.placed`` puts it: wired, restyled and fed in one place."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QTimer

from layers.camera import Camera
from layers.cases.item import CasesItem
from layers.contract import LayerItem, Picked, PickedKind
from layers.grids.item import GridsItem
from layers.mercator import to_degrees
from resources.theme import Theme
from resources.words import Words
from widgets.map.canvas import MapCanvas
from widgets.map.empty import lies_beside
from widgets.map.layer_choices import LayerChoices
from widgets.map.legend import legend_rows
from widgets.map.overlay import Card
from widgets.map.pick_card import PickedRow
from widgets.map.placed import PlacedOverlays

Item = TypeVar("Item", bound=LayerItem)

FEED_MS = 250
"""Legend and list follow the layers at most this often."""
REST_MS = 400
"""So long a view is looked at before it is said that nothing lies in it."""


class MapOverlays(PlacedOverlays):
    """The overlays of one map."""

    def __init__(self, canvas: MapCanvas, words: Words, theme: Theme) -> None:
        super().__init__(canvas, words, theme)
        self._words = words
        self._camera = canvas.camera
        self._sources = ""
        self.choices = LayerChoices(canvas)
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
        tree.folding_changed.connect(self._on_tree_folded)
        self.legend.folding_changed.connect(self.place)
        card.chosen.connect(choices.choose)
        card.moved.connect(choices.move)
        card.undo_wanted.connect(choices.undo)
        card.closed.connect(tree.take_keys)
        choices.changed.connect(self.feed)
        self.pick_card.closed.connect(self.place)
        self.coordinates.altered.connect(self._place_coordinates)

    def open_layer(self, key: str) -> None:
        """Open the options of a layer beside the tree, or close them where they are open."""
        item = next((item for item in self._canvas.items if item.key == key), None)
        if item is not None and self.layer_options.item is item:
            self.layer_options.close_card()
        elif item is not None:
            self.layer_tree.fold(False)
            self.layer_options.open_for(item)
            self.place()

    def _on_tree_folded(self) -> None:
        """Put the options away with the list they belong to."""
        if self.layer_tree.folded:
            self.layer_options.close_card()
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

    def show_picked(self, title: str, rows: Sequence[PickedRow]) -> None:
        """Say what was picked, beside the toolbar."""
        if self._shown:
            self.pick_card.show_rows(title, rows)
            self.place()

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

    def _grid_name(self, at: QPointF) -> str | None:
        item = self._item(GridsItem)
        if item is None:
            return None
        area = self._canvas.camera.area()
        found = item.pick(area, at.x(), at.y(), 0.0)
        return None if found is None else found.title

    def _item(self, kind: type[Item]) -> Item | None:
        return next((item for item in self._canvas.items if isinstance(item, kind)), None)
