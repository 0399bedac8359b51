"""The first picture of the desk: painted once and whole, where what belongs on it is on its way."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

AT_THE_LATEST_MS = 100
"""So long the desk waits for the cases; with a slow line it is painted without them, and they follow."""


class FirstPicture(QObject):
    """Holds the painting of a page back, for a tenth of a second at most. It goes with the page."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._latest = QTimer(self, interval=AT_THE_LATEST_MS, singleShot=True)
        self._latest.timeout.connect(self.show)

    def hold(self) -> None:
        """Paint nothing of the page until it is shown."""
        self._page.setUpdatesEnabled(False)
        self._latest.start()

    def show(self) -> None:
        """Paint the page from here on."""
        if not self._page.updatesEnabled():
            self._latest.stop()
            self._page.setUpdatesEnabled(True)
