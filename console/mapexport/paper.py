"""The map on paper: drawn by a map of its own in the light theme, then painted as a sheet into a PDF or a PNG."""

import asyncio
import errno
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMarginsF
from PySide6.QtGui import QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter

from console.exchange.export import replacing
from domain.exporting import MapFormat
from resources.theme import load_theme
from widgets.map.papers import PAGES, Page, Paper
from widgets.map.printing import FINE, PrintMap, without_empty_ground
from widgets.map.sheet import SheetText, paint_sheet, record_side
from widgets.map_export_sheet import Extent, MapExportWanted

if TYPE_CHECKING:
    from console.desk import Desk

POLL_S = 0.02
PATIENCE_S = 60.0
PDF_DPI = 288
SIZES = {Paper.A3: QPageSize.PageSizeId.A3, Paper.A4: QPageSize.PageSizeId.A4}


async def draw_paper(desk: "Desk", wanted: MapExportWanted, keep: Collection[str], text: SheetText) -> None:
    """Draw and write the sheet with these layers. Raises OSError where the file cannot be written."""
    theme = load_theme("light")
    shown, family, page = desk.panels.map, desk.appearance.family or "", PAGES[wanted.paper]
    chart = PrintMap(desk.words, theme, family, shown, keep)
    try:
        view = shown.camera.bounds()
        seen = without_empty_ground(view, chart.shown_items())
        chart.look_at(seen if wanted.extent is Extent.VIEW else shown.all_bounds() or view, *page.map_size())
        picture = await _drawn(chart)
        side = record_side(page, chart.camera, chart.legend(), theme, desk.words, family)

        def paint(painter: QPainter) -> None:
            paint_sheet(painter, page, picture, side, text, theme, family)

        if wanted.format is MapFormat.PDF:
            await asyncio.to_thread(_write_pdf, Path(wanted.path), text.title, SIZES[wanted.paper], paint)
        else:
            await asyncio.to_thread(_write_png, Path(wanted.path), text.title, page, paint)
    finally:
        chart.stop()
        chart.deleteLater()


async def _drawn(chart: PrintMap) -> QImage:
    """Return the picture once it is whole; after some time what there is of it is not given out as the whole."""
    await asyncio.to_thread(chart.make_room)
    async with asyncio.timeout(PATIENCE_S):
        while (picture := chart.picture()) is None:  # noqa: ASYNC110 - a look at what other threads draw
            await asyncio.sleep(POLL_S)
        return await asyncio.to_thread(picture.copy)


def _write_pdf(out: Path, title: str, size: QPageSize.PageSizeId, paint: Callable[[QPainter], None]) -> None:
    with replacing(out) as path:
        writer = QPdfWriter(str(path))
        writer.setTitle(title)
        writer.setResolution(PDF_DPI)
        layout = QPageLayout(QPageSize(size), QPageLayout.Orientation.Landscape, QMarginsF())
        writer.setPageLayout(layout)
        painter = QPainter()
        if not painter.begin(writer):
            raise OSError(errno.EIO, "the page could not be begun")
        painter.scale(PDF_DPI / 96, PDF_DPI / 96)
        paint(painter)
        if not painter.end():
            raise OSError(errno.EIO, "the page could not be written")


def _write_png(out: Path, title: str, page: Page, paint: Callable[[QPainter], None]) -> None:
    image = QImage((page.size * FINE).toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.scale(FINE, FINE)
    paint(painter)
    painter.end()
    with replacing(out) as path:
        writer = QImageWriter(str(path), QByteArray(b"png"))
        writer.setText("Title", title)
        if not writer.write(image):
            raise OSError(errno.EIO, writer.errorString())
