"""The printed sheet: the map with its title block, legend, scale, north, and who made it when. Sizes are 1/96 inch."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPicture, QPolygonF, QRegion
from PySide6.QtWidgets import QWidget

from layers.camera import Camera
from layers.contract import LegendRow
from layers.mercator import ground_scale
from resources.theme import Theme
from resources.words import Words
from widgets.map.legend import Legend
from widgets.map.scale_bar import ScaleBar

PAGE = QSizeF(1587, 1123)
"""A3 on its side."""
MARGIN, HEAD, FOOT, SIDE, GAP = 38, 66, 44, 250, 16
TITLE_PX, TEXT_PX, SMALL_PX, MARK_PX = 26, 15, 13, 34
INCH_M = 0.0254


@dataclass(frozen=True)
class SheetText:
    """What the sheet says: its title, the line under it, and at the foot who made it, when, and what the data is."""

    title: str
    subtitle: str
    foot: str
    mark: str


def map_size() -> tuple[int, int]:
    """Return the logical pixels the map has on the sheet."""
    return int(PAGE.width() - 2 * MARGIN - SIDE - GAP), int(PAGE.height() - 2 * MARGIN - HEAD - FOOT)


def record_side(camera: Camera, rows: list[LegendRow], theme: Theme, words: Words, family: str) -> QPicture:
    """Return legend, scale bar and scale as they stand beside the map. UI thread: they are the map's own widgets."""
    recorded = QPicture()
    painter = QPainter(recorded)
    holder = QWidget()
    holder.setFont(_font(TEXT_PX, family))
    legend, bar = Legend(words, theme, holder), ScaleBar(words, theme, holder)
    legend.set_rows(words("map_export.legend"), rows)
    bar.backed = False
    bar.set_camera(camera)
    y = 0.0
    for part in (legend, bar):
        shrunk = min(1.0, SIDE / part.width())
        painter.save()
        painter.translate(0, y)
        painter.scale(shrunk, shrunk)
        part.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        painter.restore()
        y += part.height() * shrunk + GAP
    metres = ground_scale(camera.y) * camera.scale * 96 / INCH_M
    _line(painter, QRectF(0, y, SIDE, 22), words("map_export.scale", n=f"{metres:,.0f}"), TEXT_PX, theme.text, family)
    painter.end()
    return recorded


def paint_sheet(painter: QPainter, picture: QImage, side: QPicture, text: SheetText, theme: Theme, family: str) -> None:
    """Paint the whole sheet at (0, 0), ``side`` as ``record_side`` made it. Any thread."""
    width, height = map_size()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillRect(QRectF(0, 0, PAGE.width(), PAGE.height()), QColor(theme.panel))
    chart = QRectF(MARGIN, MARGIN + HEAD, width, height)
    painter.drawImage(chart, picture)
    _watermark(painter, chart, text.mark, theme, family)
    painter.setPen(QPen(QColor(theme.text_second), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(chart)
    across = PAGE.width() - 2 * MARGIN
    _line(painter, QRectF(MARGIN, MARGIN, across, 36), text.title, TITLE_PX, theme.text, family)
    _line(painter, QRectF(MARGIN, MARGIN + 38, across, 22), text.subtitle, TEXT_PX, theme.text_second, family)
    foot = QRectF(MARGIN, PAGE.height() - MARGIN - 26, across, 26)
    _line(painter, foot, text.foot, SMALL_PX, theme.text_second, family)
    left = chart.right() + GAP
    _north(painter, QPointF(left + SIDE / 2, chart.top() + 44), theme, family)
    painter.translate(left, chart.top() + 110)
    finer = painter.device().logicalDpiX() / side.logicalDpiX()  # a picture is drawn larger on a device with finer dots
    painter.scale(1 / finer, 1 / finer)
    painter.drawPicture(QPointF(), side)


def _line(painter: QPainter, box: QRectF, text: str, size: int, colour: str, family: str) -> None:
    font = _font(size, family)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    said = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, said)


def _watermark(painter: QPainter, chart: QRectF, mark: str, theme: Theme, family: str) -> None:
    """Write who and when across the map, so that a cut-out still says where it came from."""
    painter.save()
    painter.setClipRect(chart)
    painter.setFont(_font(MARK_PX, family))
    colour = QColor(theme.text)
    colour.setAlphaF(0.13)
    painter.setPen(colour)
    step = QFontMetricsF(painter.font()).horizontalAdvance(mark) + 160
    painter.translate(chart.center())
    painter.rotate(-24)
    reach = chart.width()
    for row, y in enumerate(range(-int(reach), int(reach), 240)):
        x = -reach - (row % 2) * step / 2
        while x < reach:
            painter.drawText(QPointF(x, y), mark)
            x += step
    painter.restore()


def _north(painter: QPainter, at: QPointF, theme: Theme, family: str) -> None:
    painter.save()
    painter.translate(at)
    painter.setPen(QPen(QColor(theme.text), 1.2))
    painter.setBrush(QColor(theme.text))
    painter.drawPolygon(QPolygonF([QPointF(0, -14), QPointF(0, 34), QPointF(-12, 40)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF([QPointF(0, -14), QPointF(0, 34), QPointF(12, 40)]))
    painter.setFont(_font(TEXT_PX, family))
    painter.drawText(QRectF(-20, -40, 40, 22), Qt.AlignmentFlag.AlignCenter, "N")
    painter.restore()


def _font(size: int, family: str) -> QFont:
    font = QFont(family) if family else QFont()
    font.setPixelSize(size)
    return font
