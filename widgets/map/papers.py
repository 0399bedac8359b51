"""The papers a map is printed on, and how large everything on them is. Sizes are 1/96 inch.

Text is sized by how far off a sheet is read: one of A3 hangs on a wall or lies on a table between several people, at
arm's length and more; one of A4 is held in the hand. It is not simply made smaller with the sheet.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QSizeF


class Paper(StrEnum):
    """A size of paper, lying on its side."""

    A3 = "a3"
    A4 = "a4"


@dataclass(frozen=True)
class Page:
    """A paper laid out: its name as printed, the strips round the map, and the heights of letters.

    The legend's letters are ``legend_px`` high, and smaller where there is much to explain; below ``least_px`` nobody
    could read them.
    """

    name: str
    size: QSizeF
    margin: int
    head: int
    foot: int
    side: int
    gap: int
    title_px: int
    text_px: int
    small_px: int
    mark_px: int
    legend_px: float
    least_px: float

    def map_size(self) -> tuple[int, int]:
        """Return the logical pixels the map has on the sheet."""
        width = self.size.width() - 2 * self.margin - self.side - self.gap
        return int(width), int(self.size.height() - 2 * self.margin - self.head - self.foot)


PAGES = {
    Paper.A3: Page(
        name="A3",
        size=QSizeF(1587, 1123),
        margin=38,
        head=84,
        foot=62,
        side=340,
        gap=18,
        title_px=36,
        text_px=19,
        small_px=16,
        mark_px=34,
        legend_px=19.0,
        least_px=12.0,
    ),
    Paper.A4: Page(
        name="A4",
        size=QSizeF(1123, 794),
        margin=30,
        head=60,
        foot=46,
        side=236,
        gap=12,
        title_px=25,
        text_px=14,
        small_px=12,
        mark_px=26,
        legend_px=14.0,
        least_px=10.0,
    ),
}
"""How each paper is laid out."""
