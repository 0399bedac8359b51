"""What draws and hears on the map besides its layers: marks of a choice, what was found, a playback.

A guest is added with ``MapView.add_guest`` by whoever made it. It paints over the layers and under what is being drawn,
and is asked first about keys and clicks; what it does not take goes on as always.
"""

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPen

from layers.camera import Camera
from resources.theme import Theme
from widgets.map.tool_card import ToolCard

RING_PX = 13.0


class MapGuest:
    """A guest; subclasses override what they have."""

    def paint(self, painter: QPainter, camera: Camera, theme: Theme) -> None:
        """Paint over the layers."""

    @property
    def moves_along(self) -> bool:
        """Whether what it paints goes along with people and vehicles: then it is not enough to paint their cells."""
        return False

    def key(self, event: QKeyEvent) -> bool:
        """Take a key; return whether it was one of its own."""
        return False

    def escape(self) -> bool:
        """Take Escape where nothing that lies over the map was left to be closed; return whether it was of use."""
        return False

    def rename(self) -> None:
        """Names or the language changed: say anew what was found."""

    def click(self, at: QPointF) -> bool:
        """Take a click at a logical pixel; return whether it is done with."""
        return False


def undo_or_close(
    event: QKeyEvent, card: ToolCard, undo: Callable[[], object], reopen: Callable[[], object] | None
) -> bool:
    """Take the keys of a card of things drawn: Ctrl+Z takes back, Escape closes. Return whether it was one.

    Of a card that was left a moment ago Ctrl+Z takes back as well: ``reopen`` shows it, so that its answer is seen.
    It is None where there is nothing to take back.
    """
    undoing = event.matches(QKeySequence.StandardKey.Undo)
    if card.isHidden():
        if not (undoing and card.left_lately and reopen is not None):
            return False
        reopen()
    if undoing:
        undo()
    elif event.key() == Qt.Key.Key_Escape:
        card.close_card()
    else:
        return False
    return True


def paint_ring(painter: QPainter, at: QPointF, theme: Theme, radius: float = RING_PX) -> None:
    """Ring a place so that it is seen on any ground."""
    for colour, width in ((theme.map_ground, 4.5), (theme.accent, 2.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(at, radius, radius)
