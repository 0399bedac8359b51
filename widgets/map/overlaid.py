"""The map with what lies over its picture: tools, tree of layers, legend, hints, and files let go on it.

``widgets.map.view.MapView`` adds the person: mouse and keys.
"""

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from layers.camera import Insets
from layers.mercator import to_plane
from layers.raster.source import RasterSource
from resources.theme import Theme
from resources.words import Words
from widgets.map.canvas import MapCanvas
from widgets.map.clearance import nearest_clear, widest_gap
from widgets.map.layer_choices import LayerChoices
from widgets.map.overlay import Card
from widgets.map.overlays import MapOverlays
from widgets.map.placed import EDGE
from widgets.map.playback_bar import PlaybackBar

AROUND_PX = 24
"""So far round a place that is brought out no card lies."""
BETWEEN_PX = 6
"""So far from the cards lies what the desk puts over the map."""
_AROUND = QMargins(BETWEEN_PX, BETWEEN_PX, BETWEEN_PX, BETWEEN_PX)
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
ZOOM_STEPS = 4
"""Eighths of an octave a notch or key."""


class OverlaidMap(MapCanvas):
    """A canvas with its overlays. What they ask of a layer is done here, or asked for by a signal."""

    add_layer_wanted = Signal()
    remove_layer_wanted = Signal(str)
    files_dropped = Signal(object)

    def __init__(
        self, words: Words, theme: Theme, family: str, rasters: RasterSource | None, parent: QWidget | None
    ) -> None:
        super().__init__(words, theme, family, rasters, parent)
        self.setAcceptDrops(True)
        self._overlays = MapOverlays(self, words, theme)
        self._wire()
        self.retranslate()

    def _wire(self) -> None:
        over = self._overlays
        self.covered = over.covered
        over.toolbar.zoom_in_requested.connect(self.zoom_in)
        over.toolbar.zoom_out_requested.connect(self.zoom_out)
        over.toolbar.fit_requested.connect(self.fit)
        over.toolbar.back_requested.connect(self.back)
        over.layer_options.fit_wanted.connect(self.fit_layer)
        over.layer_tree.add_wanted.connect(self.add_layer_wanted)
        over.layer_tree.rows.remove_wanted.connect(self._on_remove_wanted)
        over.layer_options.remove_wanted.connect(self._on_remove_wanted)
        self.layers_changed.connect(over.on_layers_changed)
        self.camera_changed.connect(self._on_camera_changed)

    @property
    def overlays(self) -> MapOverlays:
        """What lies over the picture."""
        return self._overlays

    def set_overlays(self, on: bool) -> None:
        """Show or hide all that lies over the picture (for small maps and bare pictures)."""
        self._overlays.set_shown(on)

    def _taken(self, *, lasting: bool) -> Sequence[Insets]:
        self._overlays.feed()  # so that legend and list are as large as they are going to be
        return self._overlays.taken(lasting=lasting)

    def bring_out(self, x: float, y: float) -> None:
        """Move the map as little as need be for a place of the plane to lie under no card."""
        px, py = self._camera.to_screen(x, y)
        at = QPoint(round(px), round(py))
        to = nearest_clear(at, AROUND_PX, self.size(), self._overlays.covered_for_long())
        if to != at:
            self._go(self._camera.moved(to.x() - at.x(), to.y() - at.y()), elsewhere=False)

    def foot_room(self, high: int, least: int, also: Sequence[QRect]) -> QRect | None:
        """Return where something so high, of the desk's, can lie at the foot of the map, None where it cannot.

        That is above the captions between the cards and what ``also`` stands over the map; else over the folded legend,
        as low as can be; else above the bar of a playback.
        """
        over = self._overlays
        cards = [c for c in self.findChildren(Card, options=_DIRECT) if c.isVisible() and c is not over.hover_card]
        hint = (over.coordinates,) if over.coordinates.is_hinting else ()  # where the pointer is may be hidden
        captions = [c.geometry() for c in (over.scale_bar, over.attribution, *hint) if c.isVisible()]
        bars = [card.y() for card in cards if isinstance(card, PlaybackBar)]
        read = [card.geometry() for card in cards if card is not over.legend or over.legend.unfolded]
        above, lowest = min((c.y() for c in captions), default=self.height()), self.height() - EDGE + BETWEEN_PX
        ways = [([card.geometry() for card in cards], above), *((read, below) for below in (lowest, above, *bars))]
        for standing, below in ways:
            taken = [rect.marginsAdded(_AROUND) for rect in (*standing, *captions, *also)]
            top = below - BETWEEN_PX - high
            left, right = widest_gap(EDGE, self.width() - EDGE - 1, range(top, top + high), taken)
            if top >= 0 and right - left + 1 >= least:
                return QRect(left, top, right - left + 1, high)
        return None

    def show_case(self, lon: float, lat: float) -> None:
        """See ``LookingMap``; it does not lie under a card either."""
        super().show_case(lon, lat)
        self.bring_out(*to_plane(lon, lat))

    @property
    def choices(self) -> LayerChoices:
        """What is chosen of the layers."""
        return self._overlays.choices

    def focus_layers(self) -> None:
        """Go to the tree of layers, unfolded, to the row that was current last."""
        tree, rows = self._overlays.layer_tree, self._overlays.layer_tree.rows
        if tree.isVisible():
            tree.fold(False)
            if rows.current_key() is None and self.items:
                rows.go_to(self.items[-1].key)
            rows.setFocus()

    def set_layer_note(self, key: str, text: str, *, stale: bool = False) -> None:
        """Say beside a layer how old it is or which version; a stale note is shown as a warning."""
        if self._overlays.layer_tree.set_note(key, text, stale=stale):
            self._overlays.show_layers()  # at once: other panels tell the same age at this moment

    def set_synthetic(self, on: bool) -> None:
        """Say that the data is made up."""
        self._overlays.legend.set_synthetic(on)

    def set_sources_attribution(self, text: str) -> None:
        """Say where the raster base maps that are shown come from; empty where there are none."""
        self._overlays.set_attribution(text)

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        self._look.theme = theme
        self._restyle()
        self._overlays.set_theme(theme)

    def retranslate(self) -> None:
        """Take up another language."""
        self.setAccessibleName(self._look.words("map.accessible"))
        self._restyle()
        self._overlays.retranslate()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of this computer may be let go on the map."""
        if _files_of(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files were let go on the map: ``files_dropped`` carries their paths."""
        files = _files_of(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what lies over the map back into its corners."""
        super().resizeEvent(event)
        self._overlays.place()
        self._on_camera_changed()

    def zoom_in(self) -> None:
        """Zoom in at the middle."""
        self.zoom(ZOOM_STEPS)

    def zoom_out(self) -> None:
        """Zoom out at the middle."""
        self.zoom(-ZOOM_STEPS)

    # -- inner --------------------------------------------------------------------------------------------------

    def _on_remove_wanted(self, key: str) -> None:
        item = self.item(key)
        if item is not None and item.removable:
            self.remove_layer_wanted.emit(key)

    def _on_camera_changed(self, _camera: object = None) -> None:
        self._overlays.set_camera(self._camera)


def _files_of(dropped: QMimeData) -> tuple[str, ...]:
    return tuple(url.toLocalFile() for url in dropped.urls() if url.isLocalFile())
