"""The one window: a page to sign in, and the desk (top bar, notices, docks). Closing it is a request, not an act."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

LEAST_WIDTH_PX, LEAST_HEIGHT_PX = 1024, 640
FIRST_WIDTH_PX, FIRST_HEIGHT_PX = 1600, 900


class DeskWindow(QMainWindow):
    """The window's frame. What stands in it is handed in; whoever owns it decides when it really goes."""

    close_requested = Signal()

    def __init__(self, sign_in: QWidget, title: str) -> None:
        super().__init__()
        self.setObjectName("desk-window")
        self.setWindowTitle(title)
        self.setMinimumSize(LEAST_WIDTH_PX, LEAST_HEIGHT_PX)
        self._may_close = False
        self._pages = QStackedWidget(self)
        self._pages.addWidget(sign_in)
        self._sign_in = sign_in
        self._desk: QWidget | None = None
        self.setCentralWidget(self._pages)

    def add_desk(self, top_bar: QWidget, notices: QWidget, frame: QWidget, docks: QWidget) -> None:
        """Take the parts of the desk, from top to bottom; ``frame`` is the page that holds them."""
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top_bar)
        layout.addWidget(notices)
        layout.addWidget(docks, 1)
        self._pages.addWidget(frame)
        self._desk = frame

    def show_sign_in(self) -> None:
        """Show the page to sign in."""
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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Pass the wish to close on; the window goes when ``really_close`` is called."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()
