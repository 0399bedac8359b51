"""Tells the service what the map shows, so that a large force's positions need not all be sent to every console.

A small force is asked for whole: unit board and recommendations then know everybody's place, and it costs little.
"""

from PySide6.QtCore import QObject

from client.room import Room
from console.throttle import Throttle
from domain.wire_feed import Look, ViewBox
from layers.camera import Camera
from layers.mercator import to_degrees

LARGE_FORCE = 1_000
"""People and vehicles of the town from which on only the positions in view are asked for."""
SETTLE_MS = 300


class Looking(QObject):
    """Follows the camera at a distance, and the room."""

    def __init__(self, rate_hz: int, parent: QObject) -> None:
        super().__init__(parent)
        self._rate_hz = rate_hz
        self._room: Room | None = None
        self._camera: Camera | None = None
        self._throttle = Throttle(SETTLE_MS, self)
        self._throttle.due.connect(self._tell)

    def use(self, room: Room | None) -> None:
        """Tell this room from here on; with None nobody."""
        self._throttle.stop()
        self._room = room
        if room is not None:
            room.look(Look(None, self._rate_hz))

    def on_camera_changed(self, camera: Camera) -> None:
        """Note where the map looks, and say so when it has settled."""
        self._camera = camera
        if self._room is not None:
            self._throttle.request()

    def on_reloaded(self) -> None:
        """Everything was loaded anew: the force may be another one."""
        self._throttle.request()

    def _tell(self) -> None:
        room = self._room
        if room is None or room.picture is None or self._camera is None:
            return
        force = len(room.picture.members) + len(room.picture.vehicles)
        room.look(Look(view_box(self._camera) if force >= LARGE_FORCE else None, self._rate_hz))


def view_box(camera: Camera) -> ViewBox:
    """Return what a camera shows, in degrees."""
    x0, y0, x1, y1 = camera.bounds()
    west, south = to_degrees(x0, y0)
    east, north = to_degrees(x1, y1)
    return ViewBox(max(-180.0, west), max(-90.0, south), min(180.0, east), min(90.0, north))
