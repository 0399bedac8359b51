"""The chain strip: the links of a case's way, those behind it, the present one lit, those before it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from domain.case import Case
from domain.states import LINK_OF, CaseState, Link
from resources.theme import Theme
from resources.words import Words
from widgets.common.chip import mixed
from widgets.common.fonts import SECOND_PX, SMALL_PX, sized

LINKS = tuple(Link)
LINK_TINT = 0.16
FINISHED = frozenset({CaseState.CLOSED, CaseState.EVALUATED})


def present_link(case: Case) -> int | None:
    """Return the index of the link a case stands in; one beyond the last for a closed case, None for one put aside."""
    if case.state in FINISHED:
        return len(LINKS)
    link = LINK_OF.get(case.state)
    return None if link is None else LINKS.index(link)


GAP_PX, PAD_PX, LINE_PX = 4.0, 2.0, 28
NARROW_COLUMNS = 4
"""Boxes of a line where seven have no room for their words."""


class ChainStrip(QWidget):
    """Seven boxes in a row, in two rows on a narrow card."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._present: int | None = None
        self._state = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_case(self, case: Case) -> None:
        """Light the case's link."""
        self._present = present_link(case)
        self._state = self._words(f"state.{case.state}")
        self.setAccessibleName(self._state)
        self.setToolTip(self._state)
        self.updateGeometry()  # other words, or the present one bold: more lines may be needed
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """A low strip."""
        return QSize(280, LINE_PX)

    def minimumSizeHint(self) -> QSize:
        """Four short words."""
        return QSize(210, LINE_PX)

    def heightForWidth(self, width: int) -> int:
        """As high as the lines that the words need."""
        return LINE_PX if self._in_a_line(width) else 2 * LINE_PX + round(GAP_PX)

    def boxes(self) -> list[QRectF]:
        """Return the boxes: in one line or two, as wide as the words need and of what is left the same for each."""
        needs = self._needs()
        columns = len(needs) if self._in_a_line(self.width()) else NARROW_COLUMNS
        wide = [max(needs[i::columns]) for i in range(columns)]
        room = self.width() - GAP_PX * (columns - 1)
        spare = (room - sum(wide)) / columns
        wide = [width + spare for width in wide] if spare >= 0 else [width * room / sum(wide) for width in wide]
        lefts = [sum(wide[:i]) + GAP_PX * i for i in range(columns)]
        return [
            QRectF(lefts[i % columns], i // columns * (LINE_PX + GAP_PX), wide[i % columns], LINE_PX)
            for i in range(len(needs))
        ]

    def _needs(self) -> list[float]:
        words = self._words
        return [
            QFontMetricsF(self._font_for(i)).horizontalAdvance(words(f"link.{link}")) + 2 * PAD_PX
            for i, link in enumerate(LINKS)
        ]

    def _in_a_line(self, width: int) -> bool:
        return sum(self._needs()) + GAP_PX * (len(LINKS) - 1) <= width

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the boxes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for i, (link, box) in enumerate(zip(LINKS, self.boxes(), strict=True)):
            ground, text = self._colours(i)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(QColor(text))
            painter.setFont(self._font_for(i))
            shown = painter.fontMetrics().elidedText(
                self._words(f"link.{link}"), Qt.TextElideMode.ElideRight, int(box.width()) - 2
            )
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)

    def _font_for(self, i: int) -> QFont:
        """Seven English words fit only in the small size, and none of them bold."""
        if self._words.language == "en":
            return sized(self.font(), SMALL_PX)
        return sized(self.font(), SECOND_PX, bold=i == self._present)

    def _colours(self, i: int) -> tuple[str, str]:
        theme = self._theme
        if self._present is None or i > self._present:
            return theme.raised, theme.text_second
        if i == self._present:
            return theme.accent, theme.on_accent
        return mixed(theme.panel, theme.within, LINK_TINT), theme.text
