"""A figure that is set smaller where it does not fit, rather than being cut or widening what it stands in."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from widgets.common.fonts import BODY_PX, sized

SIZES_PX = (21, 19, 17, 16)
"""From the size of the look's figures down to the smallest that still stands out from the text."""


class FittedFigure(QLabel):
    """One line, as large as it fits. ``plain`` texts (why there is no figure) are set like the rest of the panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._plain = False

    def show_text(self, text: str, *, plain: bool) -> None:
        """Show a figure, or the plain words that stand in its place."""
        if text != self.text() or plain != self._plain:
            self._plain = plain
            self.setText(text)
            self.updateGeometry()
            self.update()

    def size_px(self) -> int:
        """Return the size in which the text is set now."""
        return self._px_in(self.contentsRect().width())

    def sizeHint(self) -> QSize:
        """Room for the text in its largest size."""
        return self._room(self._sizes()[0])

    def minimumSizeHint(self) -> QSize:
        """Room for the text in its smallest size, and the height of the largest; plain words may be cut."""
        sizes = self._sizes()
        least = self._room(sizes[-1]).width()
        return QSize(min(24, least) if self._plain else least, self._room(sizes[0]).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        box = self.contentsRect()
        font = self._font(self.size_px())
        painter.setFont(font)
        text = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine), text)

    def _sizes(self) -> tuple[int, ...]:
        return (BODY_PX,) if self._plain else SIZES_PX

    def _px_in(self, width: int) -> int:
        sizes = self._sizes()
        return next((px for px in sizes if self._room(px).width() <= width), sizes[-1])

    def _room(self, px: int) -> QSize:
        metrics = QFontMetrics(self._font(px))
        return QSize(metrics.horizontalAdvance(self.text()) + 1, metrics.height())

    def _font(self, px: int) -> QFont:
        return sized(self.font(), px, bold=not self._plain)
