"""What the map says while there is nothing to draw: what would be here, and how to get it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.map.overlay import Card, sized


class EmptyMap(Card):
    """A card in the middle of the empty map."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_empty")
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
