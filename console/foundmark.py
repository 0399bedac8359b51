"""The mark of what was found by the search box: a ring and a name on the map that fade when the person goes on."""

import time

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from layers.camera import Camera
from layers.labels import WIDEST_PX
from resources.theme import Theme
from widgets.map.guests import MapGuest, paint_ring
from widgets.map.overlay import BODY_PX, sized
from widgets.map.view import MapView

SETTLE_S = 1.0
"""The map's own way to the place is no going on."""
FADE_MS = 900
FRAME_MS = 60
RADIUS_PX = 16.0


class FoundMark(QObject, MapGuest):
    """One mark at a time."""

    def __init__(self, view: MapView, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._place: tuple[float, float] | None = None
        self._text = ""
        self._since = 0.0
        self._left_ms = 0
        self._fade = QTimer(self, interval=FRAME_MS)
        self._fade.timeout.connect(self._on_frame)
        view.add_guest(self)
        view.camera_changed.connect(self._go_on)
        view.case_picked.connect(self._go_on)
        view.thing_picked.connect(self._go_on)

    @property
    def place(self) -> tuple[float, float] | None:
        """Where it is on the plane; None where there is none."""
        return self._place

    def show(self, x: float, y: float, text: str) -> None:
        """Mark a place of the plane."""
        self._fade.stop()
        self._place, self._text, self._left_ms = (x, y), text, FADE_MS
        self._since = time.monotonic()
        self._view.refresh()

    def click(self, at: QPointF) -> bool:
        """A click is going on; it is left to others."""
        self._go_on()
        return False

    def key(self, event: QKeyEvent) -> bool:
        """So is Escape."""
        if event.key() == Qt.Key.Key_Escape and self._place is not None:
            self._since = 0.0
            self._go_on()
        return False

    def paint(self, painter: QPainter, camera: Camera, theme: Theme) -> None:
        """Paint ring and name."""
        if self._place is None:
            return
        painter.setOpacity(self._left_ms / FADE_MS)
        at = QPointF(*camera.to_screen(*self._place))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        paint_ring(painter, at, theme, RADIUS_PX)
        paint_ring(painter, at, theme, 3.0)
        painter.setFont(sized(self._view.font(), BODY_PX))
        text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, WIDEST_PX)
        box = QRectF(painter.fontMetrics().boundingRect(text)).adjusted(-8, -3, 8, 3)
        box.moveCenter(at + QPointF(0, RADIUS_PX + 6 + box.height() / 2))
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _go_on(self) -> None:
        if self._place is not None and not self._fade.isActive() and time.monotonic() - self._since > SETTLE_S:
            self._fade.start()

    def _on_frame(self) -> None:
        self._left_ms -= FRAME_MS
        if self._left_ms <= 0:
            self._fade.stop()
            self._place = None
        self._view.refresh()
