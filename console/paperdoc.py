"""Paper: tables of text laid out on A4 pages, each with who made it, when, and its number; written as a PDF.

It needs nothing but what it is given, so it works without a line. Not for maps: see ``console.mapexport``.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import msgspec
from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from resources.theme import load_theme

DPI = 144
MARGIN_MM = 12
FOOT_PT = 22.0
WATERMARK_PT = 34
WATERMARK_ALPHA = 18
STYLE = """
body {{ font-size: 9pt; color: {text}; }} h1 {{ font-size: 15pt; margin: 0 0 4pt 0; }}
h2 {{ font-size: 11pt; margin: 10pt 0 3pt 0; }} p {{ margin: 0 0 3pt 0; }} td {{ padding: 2pt 4pt; }}
th {{ text-align: left; background-color: {raised}; padding: 2pt 4pt; }}
"""
"""In the colours of the light theme: paper is white."""


class PaperTable(msgspec.Struct, frozen=True):
    """A table with its heading; ``none`` is said where it has no rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str = ""


class Paper(msgspec.Struct, frozen=True):
    """What is put on paper. ``mark`` says who made it and when: at the foot of each page, and across it."""

    title: str
    lines: tuple[str, ...]
    tables: tuple[PaperTable, ...]
    mark: str
    page: str
    """The words of a page's number, with ``{n}`` and ``{of}``."""


def html_of(paper: Paper) -> str:
    """Return the document as rich text."""
    parts = [f"<h1>{escape(paper.title)}</h1>", *(f"<p>{escape(line)}</p>" for line in paper.lines)]
    for table in paper.tables:
        parts.append(f"<h2>{escape(table.title)}</h2>")
        parts.append(_table(table) if table.rows else f"<p>{escape(table.none)}</p>")
    return "".join(parts)


def write_pdf(path: Path, paper: Paper, family: str) -> int:
    """Write the document as A4 pages and return how many. Raises OSError where the file cannot be written.

    It is written beside and put in place when it is whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    writer = QPdfWriter(str(beside))
    writer.setResolution(DPI)
    writer.setTitle(paper.title)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    pages = paint(writer, DPI, paper, family)
    if not pages or not beside.exists():
        raise OSError(5, "not writable")
    beside.replace(path)
    return pages


def paint(writer: QPagedPaintDevice, dpi: int, paper: Paper, family: str) -> int:
    """Paint the document on whatever has pages, and return how many; 0 where it cannot be painted on."""
    area = QRectF(writer.pageLayout().paintRectPixels(dpi))
    foot_px = FOOT_PT / 72 * dpi
    document = _document(writer, paper, family, QSizeF(area.width(), area.height() - foot_px))
    pages = document.pageCount()
    painter = QPainter()
    if not painter.begin(writer):
        return 0
    try:
        for n in range(pages):
            if n:
                writer.newPage()
            _paint_page(painter, document, n)
            _paint_marks(painter, paper, (QSizeF(area.width(), area.height()), foot_px), (n + 1, pages), family)
    finally:
        painter.end()
    return pages


def _document(writer: QPagedPaintDevice, paper: Paper, family: str, size: QSizeF) -> QTextDocument:
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.documentLayout().setPaintDevice(writer)
    theme = load_theme("light")
    document.setDefaultStyleSheet(STYLE.format(text=theme.text, raised=theme.raised))
    font = QFont(family) if family else QFont()
    font.setPointSizeF(9)
    document.setDefaultFont(font)
    document.setHtml(html_of(paper))
    document.setPageSize(size)
    return document


def _paint_page(painter: QPainter, document: QTextDocument, n: int) -> None:
    size = document.pageSize()
    painter.save()
    painter.translate(0, -n * size.height())
    document.drawContents(painter, QRectF(0, n * size.height(), size.width(), size.height()))
    painter.restore()


def _paint_marks(
    painter: QPainter, paper: Paper, room: tuple[QSizeF, float], number_of: tuple[int, int], family: str
) -> None:
    (size, foot_px), (n, of) = room, number_of
    font = QFont(family) if family else QFont()
    font.setPointSizeF(7.5)
    painter.setFont(font)
    ink = QColor(load_theme("light").text)
    painter.setPen(ink)
    foot = QRectF(0, size.height() - foot_px, size.width(), foot_px)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), paper.mark)
    number = paper.page.format(n=n, of=of)
    painter.drawText(foot, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom), number)
    painter.save()
    ink.setAlpha(WATERMARK_ALPHA)
    painter.setPen(ink)
    font.setPointSizeF(WATERMARK_PT)
    painter.setFont(font)
    painter.translate(size.width() / 2, size.height() / 2)
    painter.rotate(-35)
    box = QRectF(-size.height() / 2, -size.width() / 4, size.height(), size.width() / 2)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), paper.mark)
    painter.restore()


def _table(table: PaperTable) -> str:
    heads = "".join(f"<th>{escape(head)}</th>" for head in table.heads)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    line = load_theme("light").line
    look = f'width="100%" border="1" cellspacing="0" style="border-collapse: collapse; border-color: {line}"'
    return f"<table {look}><thead><tr>{heads}</tr></thead>{rows}</table>"


def cells(*values: object) -> tuple[str, ...]:
    """Return values as the cells of a row."""
    return tuple("" if value is None else str(value) for value in values)


def numbered(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Return rows with their number before each."""
    return tuple((str(i), *row) for i, row in enumerate(rows, 1))
