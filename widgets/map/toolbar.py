"""The buttons at the edge of the map: closer, further, all, back. Each says its key."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import press_by_enter
from widgets.map.overlay import Card

SIDE = 36

Sign = Callable[[QPainter], None]


class MapButton(QAbstractButton):
    """One button with a line drawing; its words are the tooltip and the accessible name."""

    def __init__(self, sign: Sign, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._sign = sign
        self.theme = theme
        self.setFixedSize(QSize(SIDE, SIDE))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, like Space."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the drawing; lit while pointed at or focused."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.selection if self.isDown() else self.theme.raised))
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -3, -3), 5, 5)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -3, -3), 5, 5)
        painter.translate(self.width() / 2, self.height() / 2)
        pen = QPen(QColor(self.theme.text if self.isEnabled() else self.theme.text_second), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._sign(painter)
        painter.end()


class MapToolbar(Card):
    """The column of buttons."""

    zoom_in_requested = Signal()
    zoom_out_requested = Signal()
    fit_requested = Signal()
    back_requested = Signal()
    measure_requested = Signal()
    area_requested = Signal()
    tools_requested = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        self._buttons: dict[str, MapButton] = {}
        for name, sign, signal in (
            ("zoom_in", _plus, self.zoom_in_requested),
            ("zoom_out", _minus, self.zoom_out_requested),
            ("fit", _house, self.fit_requested),
            ("back", _arrow, self.back_requested),
            ("measure", _ruler, self.measure_requested),
            ("area", _patch, self.area_requested),
            ("tools", _dots, self.tools_requested),
        ):
            button = MapButton(sign, theme, self)
            button.setObjectName(f"map_{name}")
            button.clicked.connect(signal)
            column.addWidget(button)
            self._buttons[name] = button
        self.retranslate()
        self.adjustSize()

    def retranslate(self) -> None:
        """Take up another language."""
        for name, button in self._buttons.items():
            text = self.words(f"map.tool.{name}")
            button.setToolTip(text)
            button.setAccessibleName(text)

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        super().set_theme(theme)
        for button in self._buttons.values():
            button.theme = theme
            button.update()


def _plus(painter: QPainter) -> None:
    painter.drawLine(QPointF(-6, 0), QPointF(6, 0))
    painter.drawLine(QPointF(0, -6), QPointF(0, 6))


def _minus(painter: QPainter) -> None:
    painter.drawLine(QPointF(-6, 0), QPointF(6, 0))


def _house(painter: QPainter) -> None:
    roof = [QPointF(-7.5, 0.5), QPointF(0, -6.5), QPointF(7.5, 0.5)]
    walls = [QPointF(-5, -1.5), QPointF(-5, 6), QPointF(5, 6), QPointF(5, -1.5)]
    painter.drawPolyline(QPolygonF(roof))
    painter.drawPolyline(QPolygonF(walls))


def _arrow(painter: QPainter) -> None:
    painter.drawLine(QPointF(-6.5, 0), QPointF(6.5, 0))
    painter.drawPolyline(QPolygonF([QPointF(-2, -4.5), QPointF(-6.5, 0), QPointF(-2, 4.5)]))


def _ruler(painter: QPainter) -> None:
    painter.drawLine(QPointF(-7, 0), QPointF(7, 0))
    for x, tip in ((-7, 3.5), (7, 3.5), (0, 2.0)):
        painter.drawLine(QPointF(x, -tip), QPointF(x, tip))


def _patch(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(-6.5, -2), QPointF(0.5, -6.5), QPointF(6.5, 1), QPointF(-2.5, 6.5)]))


def _dots(painter: QPainter) -> None:
    for x in (-6.0, 0.0, 6.0):
        painter.drawEllipse(QPointF(x, 0), 1.2, 1.2)
