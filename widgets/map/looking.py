"""Where a map looks: its camera, the ways there, and the view that shows all of something beside what lies over it.

``widgets.map.layered.LayeredMap`` adds the layers.
"""

import time
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QWidget

from layers.camera import Bounds, Camera, Insets, ViewHistory
from layers.mercator import ground_scale, to_plane
from layers.options import PIXEL_M

MOVING_S = 0.05
"""So long after the view was moved another frame is on its way: one of its own would be late for it."""
NEAR_SCALE = 2.4
"""How close ``show_case`` looks, plane metres a logical pixel."""
STREET_SCALE = 0.5
"""How close at most a view comes to be fitted to what is small, a single point: the street round it is still seen."""

MARK_ROOM_PX = 24
"""So far round the places of a layer their marks reach at most."""


class LookingMap(QWidget):
    """The camera of a map and what moves it."""

    camera_changed = Signal(object)
    taken_elsewhere = Signal()
    """It was moved to look at other ground: by hand, by a key, or to show something; zooming is none of it."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._camera = Camera()
        self._history = ViewHistory()
        self._fitted = False
        self._fitted_for: tuple[Bounds | None, int, int] | None = None
        self._moved_s = -MOVING_S

    def refresh(self) -> None:
        """Have the map painted anew."""
        self.update()

    @property
    def camera(self) -> Camera:
        """Where the map looks."""
        return self._camera

    def fit(self) -> None:
        """Show the grids, or what else there is."""
        bounds = self.all_bounds()
        if bounds is not None:
            self._go(self._fitted_to(bounds))

    def all_bounds(self) -> Bounds | None:
        """Return what ``fit`` shows, plane metres; None where there is nothing."""
        return None

    def fit_to(self, bounds: Bounds | None) -> None:
        """Show all of some bounds, plane metres, with the marks that stand on their edge; None is passed over."""
        if bounds is not None:
            self._go(self._fitted_to(bounds, MARK_ROOM_PX))

    def back(self) -> None:
        """Return to the view before."""
        view = self._history.back()
        if view is not None:
            self._look_at(msgspec.structs.replace(view, width=self._camera.width, height=self._camera.height))
            self.taken_elsewhere.emit()

    def centre_on(self, x: float, y: float) -> None:
        """Have a place of the plane in the middle, at the scale there is; it is no step to go back to."""
        self._fitted = True
        self._look_at(self._camera.centred(x, y))

    def show_case(self, lon: float, lat: float) -> None:
        """Look at a place in degrees; nothing moves where it already lies well in view and near enough."""
        x, y = to_plane(lon, lat)
        px, py = self._camera.to_screen(x, y)
        edge_x, edge_y = self.width() * 0.12, self.height() * 0.12
        seen = edge_x < px < self.width() - edge_x and edge_y < py < self.height() - edge_y
        if not seen or self._camera.scale > 4 * NEAR_SCALE:
            self._go(self._camera.centred(x, y, min(self._camera.scale, NEAR_SCALE)))

    def look_closely(self, lon: float, lat: float, scale: float) -> None:
        """Look at a place in degrees at a scale (plane metres a logical pixel)."""
        self._go(self._camera.centred(*to_plane(lon, lat), scale))

    def zoom(self, steps: int, at: QPointF | None = None) -> None:
        """Zoom by eighths of an octave (in: positive) at a pixel, or at the middle."""
        at = QPointF(self.width() / 2, self.height() / 2) if at is None else at
        self._go(self._camera.zoomed(steps, at.x(), at.y()), elsewhere=False)

    def pan(self, dx: float, dy: float) -> None:
        """Shift the picture by logical pixels."""
        self._go(self._camera.moved(dx, dy))

    def denominator(self) -> float:
        """Return the scale of the view in the middle, as one in so much (``layers.options``)."""
        return self._camera.scale * ground_scale(self._camera.y) / PIXEL_M

    # -- inner --------------------------------------------------------------------------------------------------

    def _look_at(self, camera: Camera) -> None:
        if camera != self._camera:
            self._camera, self._moved_s = camera, time.monotonic()
            self.refresh()
            self.camera_changed.emit(camera)

    def _go(self, camera: Camera, *, elsewhere: bool = True) -> None:
        """Look where it was asked for; the present view can be gone back to."""
        self._remember()
        self._fitted = True
        self._look_at(camera)
        if elsewhere:
            self.taken_elsewhere.emit()

    def _remember(self) -> None:
        """Keep the present view, so that Backspace finds it again."""
        self._history.remember(self._camera)

    def _is_moving(self) -> bool:
        return time.monotonic() - self._moved_s < MOVING_S

    def _fit_first(self) -> None:
        """Fit the view as long as nobody has chosen one."""
        bounds = None if self._fitted else self.all_bounds()
        fitted_for = bounds, self.width(), self.height()
        if bounds is not None and self.width() > 1 and fitted_for != self._fitted_for:
            self._fitted_for = fitted_for  # what lies over the map grows and shrinks; the view is not to follow that
            self._look_at(self._fitted_to(bounds, lasting=True))

    def _fitted_to(self, bounds: Bounds, around_px: int = 0, *, lasting: bool = False) -> Camera:
        """Return the closest view of all of ``bounds``, and so much around it, that nothing lies over.

        With ``lasting`` what is open for a moment only may lie over it.
        """
        views = (
            self._camera.fitted(bounds, taken=taken, finest=STREET_SCALE, around_px=around_px)
            for taken in self._taken(lasting=lasting)
        )
        return min(views, key=lambda view: view.scale)

    def _taken(self, *, lasting: bool) -> Sequence[Insets]:
        """Return the ways to keep clear of what lies over the map, or lies there for long, the best liked first."""
        return ((0, 0, 0, 0),)
