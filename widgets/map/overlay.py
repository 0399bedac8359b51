"""What all overlays of the map share: a calm card with a hairline, painted from the theme."""

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from resources.theme import Theme
from resources.words import Words

BODY_PX = 13
SECOND_PX = 12
ROUND_PX = 7


class Card(QWidget):
    """A small card over the map. Clicks and wheels on it do not reach the map."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        self.theme = theme
        self.update()

    def retranslate(self) -> None:
        """Take up another language."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and what is on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(self.theme.panel))
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), ROUND_PX, ROUND_PX)
        if event.region().intersects(self.rect().adjusted(ROUND_PX, ROUND_PX, -ROUND_PX, -ROUND_PX)):
            self.paint_content(painter)  # not where the map alone moved: it shows at the corners only
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell the map that the pointer has left it: to Qt a card is a part of the map, and nothing was left."""
        below = self.parentWidget()
        if below is not None:
            QCoreApplication.sendEvent(below, QEvent(QEvent.Type.Leave))
        super().enterEvent(event)

    def hidden_below(self) -> QRegion:
        """Return what the card hides of what lies below, in its pixels: all but the corners, which are round."""
        whole = self.geometry()
        return QRegion(whole.adjusted(ROUND_PX, 0, -ROUND_PX, 0)) + QRegion(whole.adjusted(0, ROUND_PX, 0, -ROUND_PX))

    def body_font(self) -> QFont:
        """Return the font of body text: the program's face at our size, whatever a style sheet says of sizes."""
        return sized(self.font(), BODY_PX)

    def small_font(self) -> QFont:
        """Return the font of second text."""
        return sized(self.font(), SECOND_PX)

    def paint_content(self, painter: QPainter) -> None:
        """Paint what is on the card; subclasses with children need not."""


def sized(font: QFont, pixels: int) -> QFont:
    """Return a font at a pixel size with figures of one width where the face has them."""
    made = QFont(font)
    made.setPixelSize(pixels)
    return made
