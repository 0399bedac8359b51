"""The frame of the map: tiles put together, labels and marks laid over them, in the order of ``layers.registry``.

Three buffers, each made from the one before only when something it shows has changed: *base* (tiles), *still* (marks
and names below all that moves) and *frame*, which is what the widget paints: moving things and what lies over them, so
that neither a case nor the name of a town or division is hidden by somebody who stands there. While the view moves
nothing of this can be kept, and all of it is drawn on one.
"""

from collections.abc import Callable, Hashable, Sequence
from itertools import dropwhile, takewhile
from math import ceil

import msgspec
import numpy as np
from PySide6.QtGui import QImage, QRegion

from layers.contract import Area, Focus, Label, LayerItem, Look
from layers.labels import NEW_A_FRAME, LabelAtlas, Occupied, draw_labels, place_labels
from layers.raster.contract import Frame, Marks, Raster, Surface, no_pictures, surface_of
from layers.raster.qt import as_image
from layers.raster.source import RasterSource
from widgets.map.above import KeptAbove
from widgets.map.ground import Found, MapGround, tile_states
from widgets.map.moved import MovedMarks
from widgets.map.tiles import TileStore


class Last(msgspec.Struct, frozen=True):
    """What the last frame was of, where only marks of the lowest of ``live`` layers may have changed since.

    ``named``: something was named over all marks.
    """

    area: Area
    focus: Focus
    live: Sequence[LayerItem]
    states: Hashable
    named: bool

    def names(self) -> bool:
        """Whether anything is named over all marks now: then a frame is more than what is kept and what moves."""
        return self.named or bool(self.live[0].live_labels(self.area, self.focus))


class MapFrame:
    """Puts the picture together for one map. UI thread."""

    def __init__(self, look: Look, rasters: RasterSource, tiles: TileStore) -> None:
        self._look = look
        self._rasters = rasters
        self._ground = MapGround(look, rasters, tiles)
        self._area: Area | None = None
        self._base = self._still = self._frame = np.zeros((1, 1), np.uint32)
        self._base_key: Hashable = None
        self._base_tiles: Found = ()
        self._still_key: Hashable = None
        self._version = 0
        self._still_version = 0
        self._above = KeptAbove()
        self._moved = MovedMarks()
        self._last: Last | None = None
        self._atlas: LabelAtlas | None = None
        self._taken = Occupied()
        self._names = no_pictures()
        self.labels_a_frame = NEW_A_FRAME
        """Names drawn for the first time in one frame at most; fewer hold the thread for a shorter time."""

    def restyle(self) -> None:
        """Take up another theme, language or font: labels are made anew, tiles follow."""
        self._atlas = None
        self._ground.restyle()
        self._base_key = self._still_key = None
        self.alter()

    def make_room(self, area: Area) -> None:
        """Take the memory for pictures of an area's size, each page of it. Any thread, while nobody draws."""
        shape = (area.height, area.width)
        self._base, self._still, self._frame = (np.full(shape, 0, np.uint32) for _ in range(3))
        self._base_key = self._still_key = None
        self.alter()

    def draw(self, area: Area, items: Sequence[LayerItem], focus: Focus) -> QImage:
        """Return the picture of an area from the tiles there are; missing ones are asked for."""
        self.draw_onto(None, area, items, focus)
        return self.picture(area)

    def draw_onto(self, surface: Surface | None, area: Area, items: Sequence[LayerItem], focus: Focus) -> bool:
        """As ``draw``, but on a surface, which saves a copy; or return False: then ``picture`` has what it draws.

        It is on the surface where nothing but marks moves and none of them is named, and while the view moves where
        the surface is a frame.
        """
        self._follow(area, items)
        if not any(item.bounds() for item in items):
            self.alter()
            self._ground.blank(self._frame)
            self._base_key = self._still_key = None
            return False
        found = self._ground.find(area, items)
        moved, self._area = area != self._area, area
        if moved:
            self.alter()
            on_surface = self._draw_moved(surface, area, found, items, focus)
        else:
            self._compose_base(area, found)
            self._compose_still(area, items, focus)
            on_surface = self._compose_frame(surface, area, items, focus)
        self._ground.look_ahead(area, items)
        return on_surface

    def begin(self, area: Area, items: Sequence[LayerItem]) -> None:
        """Have the tiles drawn of an area whose picture is wanted soon."""
        self._follow(area, items)
        if any(item.bounds() for item in items):
            self._ground.begin(area, items)

    def picture(self, area: Area) -> QImage:
        """Return what was drawn last, if that was not drawn on a surface."""
        image = as_image(self._frame)
        image.setDevicePixelRatio(area.ratio)
        return image

    def draw_now(self, area: Area, items: Sequence[LayerItem], focus: Focus, surface: Surface | None = None) -> bool:
        """Draw the whole picture at once in this thread, without tiles: for pictures and measurements.

        Return whether it is on the surface, as it is on one that is a frame as well; else ``picture`` has it.
        """
        self.alter()
        self._follow(area, items)
        for item in items:
            item.finish(area)
        frame = self._frame_of(surface)
        self._ground.render(self._rasters.raster, frame, area, items)
        self._ground.complete = True
        self._draw_over(frame, area, items, focus, labels=100_000)
        return frame is not self._frame

    def alter(self) -> None:
        """Know that something else has changed than where marks are: the next frame is put together anew."""
        self._last = None
        self._moved.forget()

    def draw_again(self, surface: Surface | None, area: Area) -> bool:
        """Draw on a surface what was drawn last, with the marks as they are now; or do nothing and return False.

        That is so unless a frame is altogether of what is kept and what moves, and since then ``alter`` was not called.
        """
        last = self._last
        if surface is None or last is None or last.area != area or last.names():
            return False
        return self._show_moving(surface, area, last.live, last.focus)

    def moved(self, changed: LayerItem | None, area: Area, items: Callable[[], Sequence[LayerItem]]) -> QRegion | None:
        """Return where the picture may differ after a layer changed, logical pixels; None where it is to be drawn anew.

        Of what else may have changed ``alter`` is told.
        """
        last = self._last
        if last is None or last.area != area:
            return None
        if changed is not last.live[0]:
            return None if changed is None or self._looks_different(changed, items()) else QRegion()
        if last.names():
            return None
        found = None
        if self._moved.worth_asking():
            marks = changed.shown_marks(self._rasters.raster, area, last.focus)
            found = self._moved.region(marks, self._rasters.cells, area)
        return QRegion(0, 0, ceil(area.width / area.ratio), ceil(area.height / area.ratio)) if found is None else found

    def _looks_different(self, changed: LayerItem, items: Sequence[LayerItem]) -> bool:
        spoilt = self._ground.spoil(changed)
        return spoilt or changed.moving or self._last is None or self._states_of(items) != self._last.states

    @property
    def complete(self) -> bool:
        """Whether the picture last drawn was whole: with every tile, as it is to be."""
        return self._ground.complete

    @property
    def wanting(self) -> bool:
        """Whether the next frame would show more than this one: labels still to be made."""
        return self._atlas is not None and self._atlas.wanting

    def _follow(self, area: Area, items: Sequence[LayerItem]) -> None:
        """Fit the buffers to the area, and make tiles old where what they show has changed."""
        shape = (area.height, area.width)
        if self._frame.shape != shape:
            self._base, self._still, self._frame = (np.zeros(shape, np.uint32) for _ in range(3))
            self._base_key = self._still_key = None
        self._ground.follow(items)

    @staticmethod
    def _states_of(items: Sequence[LayerItem]) -> Hashable:
        """Return what differs when anything but the marks of a moving layer looks different."""
        return tile_states(items), tuple(item.mark_state() for item in items if not item.moving)

    def _frame_of(self, surface: Surface | None) -> Frame:
        """Return the surface as a frame if it is one, else our own."""
        whole = None if surface is None else surface.whole()
        return self._frame if whole is None else whole

    def _draw_moved(
        self, surface: Surface | None, area: Area, found: Found, items: Sequence[LayerItem], focus: Focus
    ) -> bool:
        """Draw all on one frame, as nothing of it is going to last; return whether that is the surface."""
        frame = self._frame_of(surface)
        self._ground.lay(frame, area, found)
        self._draw_over(frame, area, items, focus, self.labels_a_frame)
        return frame is not self._frame

    def _draw_over(self, frame: Frame, area: Area, items: Sequence[LayerItem], focus: Focus, labels: int) -> None:
        """Draw all that lies over the tiles at once, with so many new labels at most."""
        self._base_key = self._still_key = None
        self._label_atlas(area).begin(labels)
        self._draw_marks(frame, area, items, focus)
        self._draw_moving(frame, area, items, focus)
        self._name_moving(frame, area, [label for item in items for label in item.live_labels(area, focus)])

    def _compose_base(self, area: Area, found: Found) -> None:
        key = (area, tuple(id(tile) for tile, _, _ in found))
        if key != self._base_key:
            self._base_key, self._base_tiles = key, found  # these stay, so that no other tile is taken for one of them
            self._version += 1
            self._ground.lay(self._base, area, found)

    def _compose_still(self, area: Area, items: Sequence[LayerItem], focus: Focus) -> None:
        states = tuple(item.mark_state() for item in items if not item.moving)
        key = (self._version, states, focus)
        if key != self._still_key or self.wanting:
            self._still_key = key
            self._label_atlas(area).begin(self.labels_a_frame)
            self._draw_still(area, items, focus)

    def _draw_still(self, area: Area, items: Sequence[LayerItem], focus: Focus) -> None:
        self._still_version += 1
        np.copyto(self._still, self._base)
        self._draw_marks(self._still, area, items, focus)

    def _draw_marks(self, frame: Frame, area: Area, items: Sequence[LayerItem], focus: Focus) -> None:
        """Draw labels, and the marks under whatever moves, over what is there; keep the names that go over it."""
        raster = self._rasters.raster
        labels = [item.labels(area, focus) for item in items]
        self._taken = Occupied(lambda: [item.obstacles(area, focus) for item in items])
        placed = place_labels(raster, area, self._label_atlas(area), labels, self._taken)
        self._names = placed.only(placed.firm)
        raster.lay_pictures(frame, placed.only(~placed.firm))
        for item in takewhile(lambda item: not item.moving, items):
            item.paint_live(raster, frame, area, focus)

    def _compose_frame(self, surface: Surface | None, area: Area, items: Sequence[LayerItem], focus: Focus) -> bool:
        """Put together what is kept and what moves, as far as that goes; return whether it is on the surface."""
        live = tuple(dropwhile(lambda item: not item.moving, items))
        labels = [label for item in items for label in item.live_labels(area, focus)]
        onto = surface_of(self._frame) if surface is None or labels else surface
        if self._last is None and live and not labels and self._rasters.cells is not None:
            self._moved.begin(live[0].shown_marks(self._rasters.raster, area, focus))
        self._last = Last(area, focus, live, self._states_of(items), bool(labels)) if live else None
        if self._show_moving(onto, area, live, focus):
            if onto is surface:
                return True
            frame = self._frame
        else:
            frame = self._frame_of(surface)
            np.copyto(frame, self._still)
            self._draw_moving(frame, area, items, focus)
        self._name_moving(frame, area, labels)
        return frame is not self._frame

    def _show_moving(self, onto: Surface, area: Area, live: Sequence[LayerItem], focus: Focus) -> bool:
        """Show what stands still with one layer of moving marks and what is above it, or do nothing."""
        if not live or any(item.moving or not item.noted for item in live[1:]):
            return False
        raster = self._rasters.raster

        def marks() -> Marks | None:
            return live[0].shown_marks(raster, area, focus)

        if len(live) == 1 and not len(self._names.starts):
            moving = marks()
            return moving is not None and raster.show(onto, self._still, moving)
        key = self._still_version, area, focus, tuple(item.mark_state() for item in live[1:])

        def above(noting: Raster) -> None:
            self._draw_above(noting, self._frame, area, live, focus)

        return self._above.show(raster, onto, self._still, marks, above, key)

    def _draw_moving(self, frame: Frame, area: Area, items: Sequence[LayerItem], focus: Focus) -> None:
        """Draw what moves and what lies over it."""
        live = tuple(dropwhile(lambda item: not item.moving, items))
        for item in live[:1]:
            item.paint_live(self._rasters.raster, frame, area, focus)
        self._draw_above(self._rasters.raster, frame, area, live, focus)

    def _draw_above(self, onto: Raster, frame: Frame, area: Area, live: Sequence[LayerItem], focus: Focus) -> None:
        """Draw what hides moving things: the names of towns and divisions, then the layers above."""
        onto.lay_pictures(frame, self._names)
        for item in live[1:]:
            item.paint_live(onto, frame, area, focus)

    def _name_moving(self, frame: Frame, area: Area, labels: Sequence[Label]) -> None:
        """Draw the names of what moves over the frame."""
        if labels:
            draw_labels(self._rasters.raster, frame, area, self._label_atlas(area), labels, self._taken.copy())

    def _label_atlas(self, area: Area) -> LabelAtlas:
        if self._atlas is None or self._atlas.ratio != area.ratio:
            self._atlas = LabelAtlas(self._look, area.ratio)
        return self._atlas
