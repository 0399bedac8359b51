"""What it takes for a console's window to be of use, looked at as a person would."""

import asyncio
import sys
import time

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from console.desk import Desk

LOOK_EVERY_S = 0.002


async def useful(desk: Desk) -> int:
    """Wait until the window is of use, say when, and let the program end."""
    await until_useful(desk)
    sys.stdout.write(f"useful {time.monotonic()}\n")
    sys.stdout.flush()
    return 0


async def until_useful(desk: Desk) -> None:
    """Wait until the window is of use."""
    look = Look(desk)
    while not look.is_useful():  # noqa: ASYNC110 - looks at what a person would see, as a person would
        await asyncio.sleep(LOOK_EVERY_S)


class Look(QObject):
    """Watches the map being painted; nothing is painted on its account."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._painted = False
        desk.panels.map.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Note that a picture is painted when grids and cases are there to be on it."""
        if event.type() is QEvent.Type.Paint and self._is_there():
            self._painted = True
        return False

    def is_useful(self) -> bool:
        """Return whether grids and cases are there, painted whole, and a key is taken."""
        return self._painted and self._is_there() and self._desk.panels.map.settled and takes_a_key(self._desk)

    def _is_there(self) -> bool:
        models = self._desk.map_feed.models
        return bool(self._desk.window.on_desk and models.grids.shapes.grids and len(models.cases.open))


def takes_a_key(desk: Desk) -> bool:
    """Press the down arrow in the case list and look whether a case was chosen."""
    desk.panels.case_list.focus_list()
    target = QApplication.focusWidget()
    if target is None:
        return False
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier))
    return desk.selection.case_no is not None
