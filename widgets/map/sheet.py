"""The printed sheet: the map with its title block, legend, scale, north, and who made it when. Sizes are 1/96 inch."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import msgspec
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPicture, QPolygonF, QRegion
from PySide6.QtWidgets import QWidget

from layers.camera import Camera
from layers.contract import LegendRow
from layers.mercator import ground_scale
from resources.theme import Theme
from resources.words import Words
from widgets.map.legend import SIGN, Legend
from widgets.map.overlay import BODY_PX, SECOND_PX
from widgets.map.papers import Page
from widgets.map.scale_bar import ScaleBar

INCH_M = 0.0254
LINE = 1.45
"""The height of a line of text, of that of its letters."""
NORTH_PX, NORTH_WIDE, NORTH_HIGH = 15, 2.6, 4.3
"""Letters the arrow to the north is drawn for, and its room, of the height of letters beside the map."""
ROW_PX = 22
"""From one row of the legend to the next, as on a screen."""


@dataclass(frozen=True)
class SheetText:
    """What the sheet says: its title, the line under it, and lines at the foot: who made it, when, what is on it."""

    title: str
    subtitle: str
    foot: tuple[str, ...]
    mark: str


def record_side(
    page: Page, camera: Camera, rows: Sequence[LegendRow], theme: Theme, words: Words, family: str
) -> QPicture:
    """Return what stands beside the map: north and scale, and the legend. UI thread: they are the map's own widgets."""
    recorded = QPicture()
    painter = QPainter(recorded)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    holder = QWidget()
    holder.setFont(_font(page.text_px, family))
    _north(painter, page.text_px, theme, family)
    beside, high = NORTH_WIDE * page.text_px, NORTH_HIGH * page.text_px
    bar, larger = ScaleBar(words, theme, holder), page.text_px / SECOND_PX
    bar.backed = False
    bar.set_camera(msgspec.structs.replace(camera, scale=camera.scale * larger))  # as long as so much ground is
    _put(painter, bar, beside - (bar.width() - bar.length_px) * larger + page.gap / 2, 0, larger)
    metres = ground_scale(camera.y) * camera.scale * 96 / INCH_M
    said = words("map_export.scale", n=f"{metres:,.0f}", paper=page.name)
    under = QRectF(beside, bar.height() * larger, page.side - beside, LINE * page.text_px)
    _line(painter, under, said, page.text_px, theme.text, family)
    legend = Legend(words, theme, holder)
    _put(painter, legend, 0, high + page.gap, lay_legend(legend, page, rows, words("map_export.legend")))
    painter.end()
    return recorded


def _put(painter: QPainter, part: QWidget, x: float, y: float, scale: float) -> None:
    painter.save()
    painter.translate(x, y)
    painter.scale(scale, scale)
    part.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.restore()


def lay_legend(legend: Legend, page: Page, rows: Sequence[LegendRow], title: str) -> float:
    """Fill a legend; returns how much larger than on the screen it is drawn: as large as lets all its rows in.

    More rows than there is room for in the smallest letters are counted in the last.
    """
    height = page.map_size()[1] - NORTH_HIGH * page.text_px - page.gap
    legend.row = ROW_PX
    legend.set_rows(title, [_cut(row, page, legend) for row in rows])
    scale = page.least_px / BODY_PX
    for half in range(round(2 * page.legend_px), round(2 * page.least_px) - 1, -1):
        scale = half / 2 / BODY_PX
        width, high = int(page.side / scale), int(height / scale)
        legend.bound(width, high)
        if legend.width() <= width and not legend.wants_more(width, high):
            break
    return scale


def _cut(row: LegendRow, page: Page, legend: Legend) -> LegendRow:
    """Return a row that has room in the smallest letters; its count stays."""
    metrics, counted = QFontMetricsF(legend.body_font()), row.said()[len(row.text) :]
    room = page.side * BODY_PX / page.least_px - 2 * legend.inset - SIGN - metrics.horizontalAdvance(counted)
    text = metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, floor(room) - 2)
    return msgspec.structs.replace(row, text=text)


def paint_sheet(
    painter: QPainter, page: Page, picture: QImage, side: QPicture, text: SheetText, theme: Theme, family: str
) -> None:
    """Paint the whole sheet at (0, 0), ``side`` as ``record_side`` made it. Any thread."""
    width, height = page.map_size()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillRect(QRectF(0, 0, page.size.width(), page.size.height()), QColor(theme.panel))
    chart = QRectF(page.margin, page.margin + page.head, width, height)
    painter.drawImage(chart, picture)
    _watermark(painter, chart, text.mark, page.mark_px, theme, family)
    painter.setPen(QPen(QColor(theme.text_second), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(chart)
    _title_and_foot(painter, page, text, theme, family)
    left = chart.right() + page.gap
    painter.translate(left, chart.top())
    finer = painter.device().logicalDpiX() / side.logicalDpiX()  # a picture is drawn larger on a device with finer dots
    painter.scale(1 / finer, 1 / finer)
    painter.drawPicture(QPointF(), side)


def _title_and_foot(painter: QPainter, page: Page, text: SheetText, theme: Theme, family: str) -> None:
    across, left = page.size.width() - 2 * page.margin, page.margin
    title, second, foot = (LINE * size for size in (page.title_px, page.text_px, page.small_px))
    _line(painter, QRectF(left, page.margin - 4, across, title), text.title, page.title_px, theme.text, family)
    subtitle = QRectF(left, page.margin + title - 4, across, second)
    _line(painter, subtitle, text.subtitle, page.text_px, theme.text_second, family)
    top = page.size.height() - page.margin - foot * len(text.foot)
    for i, said in enumerate(text.foot):
        _line(painter, QRectF(left, top + i * foot, across, foot), said, page.small_px, theme.text_second, family)


def _line(painter: QPainter, box: QRectF, text: str, size: int, colour: str, family: str) -> None:
    font = _font(size, family)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    said = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, said)


def _watermark(painter: QPainter, chart: QRectF, mark: str, size: int, theme: Theme, family: str) -> None:
    """Write who and when across the map, so that a cut-out still says where it came from."""
    painter.save()
    painter.setClipRect(chart)
    painter.setFont(_font(size, family))
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


def _north(painter: QPainter, size: int, theme: Theme, family: str) -> None:
    """Paint an arrow to the north, its N as high as letters of this size."""
    painter.save()
    painter.scale(size / NORTH_PX, size / NORTH_PX)
    painter.translate(NORTH_PX, 0)
    painter.setFont(_font(NORTH_PX, family))
    painter.setPen(QPen(QColor(theme.text), 1.2))
    painter.drawText(QRectF(-20, -2, 40, 22), Qt.AlignmentFlag.AlignCenter, "N")
    painter.setBrush(QColor(theme.text))
    painter.drawPolygon(QPolygonF([QPointF(0, 21), QPointF(0, 57), QPointF(-11, 63)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF([QPointF(0, 21), QPointF(0, 57), QPointF(11, 63)]))
    painter.restore()


def _font(size: int, family: str) -> QFont:
    font = QFont(family) if family else QFont()
    font.setPixelSize(size)
    return font
