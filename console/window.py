"""The one window: a page to sign in, and the desk (top bar, notices, docks). Closing it is a request, not an act."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from widgets.common.sheet import open_sheets
from widgets.map.overlaid import OverlaidMap

LEAST_WIDTH_PX, LEAST_HEIGHT_PX = 1024, 640
FIRST_WIDTH_PX, FIRST_HEIGHT_PX = 1600, 900
STRIPS_WIDTH_PX, STRIPS_LEAST_PX, STRIPS_OVER_MAP_PX = 640, 440, 300
"""How wide notices are, and at least: beside a sheet, and over the map, which is narrow in a small window."""
STRIPS_BELOW_PX, STRIPS_BETWEEN_PX = 14, 8
SHEET_FOOT_PX = 64
"""So high are the buttons at the foot of a sheet, the one that closes it among them."""


class DeskFrame(QWidget):
    """The page of the desk: top bar, then docks; notices lie over the docks, so that nothing moves when one comes.

    They lie at the foot of the map, between its cards: list, card, units and figures are worked with. Where there is no
    room they lie at the foot of the desk, beside a sheet at a side, and above the buttons of one in the middle.

    ``letter_pressed`` carries a letter or digit that no panel had a use for: it acts on the case on the card.
    """

    letter_pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("desk-frame")
        self._top_bar: QWidget | None = None
        self._notices: QWidget | None = None
        self._at_foot: QWidget | None = None
        self._map: OverlaidMap | None = None

    def fill(self, top_bar: QWidget, notices: QWidget, docks: QWidget) -> None:
        """Take the parts of the page."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top_bar)
        layout.addWidget(docks, 1)
        notices.setParent(self)
        notices.raise_()
        self._top_bar, self._notices = top_bar, notices
        self.place_notices()

    def keep_clear(self, strip: QWidget) -> None:
        """Place this strip too, below the notices, while it shows."""
        self._at_foot = strip

    def lie_over(self, view: OverlaidMap) -> None:
        """Have the notices lie at the foot of this map, which is among the docks."""
        self._map = view

    def put_on_top(self, banner: QWidget) -> None:
        """Take a banner over everything else; what lies below moves down while it shows."""
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(0, banner)

    def event(self, event: QEvent) -> bool:
        """Keep the notices in place when their size changes."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.place_notices()
            if self._notices is not None:
                self._notices.raise_()  # something new is told: it is to be seen over a sheet that is open
        return handled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on a letter that was pressed without anything held."""
        plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        text = event.text()
        if plain == Qt.KeyboardModifier.NoModifier and len(text) == 1 and text.isascii() and text.isalnum():
            self.letter_pressed.emit(text.upper())
            event.accept()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the notices in place when ours changes."""
        super().resizeEvent(event)
        self.place_notices()

    def place_notices(self) -> None:
        """Put notices and what else is told for a while where they hide nothing that is worked with."""
        strips = [strip for strip in (self._at_foot, self._notices) if strip is not None and not strip.isHidden()]
        if not strips or self._top_bar is None:
            return
        sheets = [self._rect_of(sheet) for sheet in open_sheets(self.window())]
        at = self._over_map(strips, sheets) or self._at_own_foot(strips, sheets)
        bottom = at.bottom()
        for strip in strips:
            high = _high(strip, at.width())
            top = max(bottom - high + 1, self._top_bar.geometry().bottom() + 1)
            strip.setGeometry(at.left(), top, at.width(), high)
            bottom -= high + STRIPS_BETWEEN_PX

    def _over_map(self, strips: Sequence[QWidget], sheets: Sequence[QRect]) -> QRect | None:
        """Return where they all lie at the foot of the map, None where there is no room between the cards."""
        view = self._map
        if view is None or not view.isVisible() or view.window() is not self.window():
            return None
        corner = self._rect_of(view).topLeft()
        over = [sheet.translated(-corner) for sheet in sheets]
        width = STRIPS_WIDTH_PX
        while (room := view.foot_room(_all_high(strips, width), STRIPS_OVER_MAP_PX, over)) is not None:
            if room.width() >= width:
                return QRect(room.x() + (room.width() - width) // 2, room.y(), width, room.height()).translated(corner)
            width = room.width()  # narrower they are higher, and other cards may stand in the way
        return None

    def _at_own_foot(self, strips: Sequence[QWidget], sheets: Sequence[QRect]) -> QRect:
        """Return where they all lie at the foot of the desk: beside the sheets, else above the buttons of one."""
        left, right = self._beside(sheets)
        width = min(STRIPS_WIDTH_PX, right - left)
        high = _all_high(strips, width)
        at = QRect((left + right - width) // 2, self.height() - high - STRIPS_BELOW_PX, width, high)
        for sheet in sheets:
            if sheet.intersects(at):
                at.moveBottom(min(at.bottom(), sheet.bottom() - SHEET_FOOT_PX))
        return at

    def _rect_of(self, sheet: QWidget) -> QRect:
        return QRect(self.mapFromGlobal(sheet.mapToGlobal(QPoint(0, 0))), sheet.size())

    def _beside(self, sheets: Sequence[QRect]) -> tuple[int, int]:
        """Return from where to where there is room beside sheets at a side, or all where there is not enough."""
        left, right = 0, self.width()
        for sheet in sheets:
            if sheet.left() - left >= STRIPS_LEAST_PX:
                right = min(right, sheet.left())
            elif right - sheet.right() > STRIPS_LEAST_PX:
                left = max(left, sheet.right() + 1)
        return (left, right) if right - left >= STRIPS_LEAST_PX else (0, self.width())


def _high(strip: QWidget, width: int) -> int:
    return strip.heightForWidth(width) if strip.hasHeightForWidth() else strip.sizeHint().height()


def _all_high(strips: Sequence[QWidget], width: int) -> int:
    return sum(_high(strip, width) for strip in strips) + STRIPS_BETWEEN_PX * (len(strips) - 1)


class DeskWindow(QMainWindow):
    """The window's frame. What stands in it is handed in; whoever owns it decides when it really goes."""

    close_requested = Signal()
    escape_pressed = Signal()
    """Esc was pressed, and nothing that had the keyboard had a use for it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("desk-window")
        self.setWindowTitle(title)
        self.setMinimumSize(LEAST_WIDTH_PX, LEAST_HEIGHT_PX)
        self._may_close = False
        self._pages = QStackedWidget(self)
        self._pages.addWidget(QWidget())  # until it is known whether somebody has to sign in
        self._sign_in: QWidget | None = None
        self._desk: QWidget | None = None
        self.setCentralWidget(self._pages)

    def add_sign_in(self, page: QWidget) -> None:
        """Take the page to sign in; it shows unless the desk does."""
        self._sign_in = page
        self._pages.addWidget(page)
        if not self.on_desk:
            self._pages.setCurrentWidget(page)

    def add_desk(self, frame: DeskFrame) -> None:
        """Take the page of the desk."""
        self._pages.addWidget(frame)
        self._desk = frame

    def show_sign_in(self) -> None:
        """Show the page to sign in."""
        if self._sign_in is not None:
            self._pages.setCurrentWidget(self._sign_in)
            self._sign_in.setFocus()

    def show_desk(self) -> None:
        """Show the desk."""
        if self._desk is not None:
            self._pages.setCurrentWidget(self._desk)

    @property
    def on_desk(self) -> bool:
        """Whether the desk is what shows."""
        return self._desk is not None and self._pages.currentWidget() is self._desk

    def restore_place(self, geometry: bytes) -> bool:
        """Take the place and size of an earlier run; False where that is none."""
        return self.restoreGeometry(QByteArray(geometry))

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop doing so."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def really_close(self) -> None:
        """Close for good: everything behind the window has been stopped."""
        self._may_close = True
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass on Esc where nobody took it."""
        if event.key() == Qt.Key.Key_Escape:
            self.escape_pressed.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Pass the wish to close on; the window goes when ``really_close`` is called."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()
