"""What the map says while there is nothing to draw, what would be here and how to get it, or nothing where it looks."""

from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from layers.camera import Bounds, Camera
from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import Card, sized

BEYOND_PX = 24
"""So far a mark reaches into the view from a place beside it."""


class EmptyMap(Card):
    """A card in the middle of the empty map. The pointer passes it: it says something and offers nothing."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_empty")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.retranslate()
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """A fixed size that holds both texts."""
        return QSize(460, 132)

    def retranslate(self) -> None:
        """Take up another language."""
        self.setAccessibleName(f"{self.words('map.empty.title')} {self.words('map.empty.how')}")
        self.update()

    def paint_content(self, painter: QPainter) -> None:
        """See ``Card``."""
        painter.setPen(QColor(self.theme.text))
        painter.setFont(sized(self.font(), 16))
        painter.drawText(
            QRectF(20, 14, self.width() - 40, 28), Qt.AlignmentFlag.AlignVCenter, self.words("map.empty.title")
        )
        painter.setPen(QColor(self.theme.text_second))
        painter.setFont(sized(self.font(), 13))
        box = QRectF(20, 46, self.width() - 40, self.height() - 58)
        wrap = int(Qt.AlignmentFlag.AlignTop.value | Qt.TextFlag.TextWordWrap.value)
        painter.drawText(box, wrap, self.words("map.empty.how"))


class NothingHere(Card):
    """A line in the middle of a view that nothing lies in, though there is something elsewhere. Clicks pass it."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_nothing_here")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self.retranslate()

    def sizeHint(self) -> QSize:
        """As wide as what it says."""
        return QSize(QFontMetrics(sized(self.font(), 14)).horizontalAdvance(self.words("map.nothing_here")) + 40, 40)

    def retranslate(self) -> None:
        """Take up another language."""
        self.setAccessibleName(self.words("map.nothing_here"))
        self.resize(self.sizeHint())
        self.update()

    def paint_content(self, painter: QPainter) -> None:
        """See ``Card``."""
        painter.setPen(QColor(self.theme.text_second))
        painter.setFont(sized(self.font(), 14))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words("map.nothing_here"))


def lies_beside(camera: Camera, covered: Iterable[Bounds | None]) -> bool:
    """Return whether there is something, and nothing of it in view: told by the boxes layers lie in, for cheapness."""
    x0, y0, x1, y1 = camera.bounds()
    beyond, some = BEYOND_PX * camera.scale, False
    for box in covered:
        if box is None:
            continue
        some = True
        if box[0] <= x1 + beyond and x0 - beyond <= box[2] and box[1] <= y1 + beyond and y0 - beyond <= box[3]:
            return False
    return some
