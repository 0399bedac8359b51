"""What it takes for a console's window to be of use, looked at as a person would."""

import asyncio
import sys
import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from console.desk import Desk

LOOK_EVERY_S = 0.002


async def useful(desk: Desk) -> int:
    """Wait until the window is of use, say when, and let the program end."""
    while not is_useful(desk):  # noqa: ASYNC110 - looks at what a person would see, as a person would
        await asyncio.sleep(LOOK_EVERY_S)
    sys.stdout.write(f"useful {time.monotonic()}\n")
    sys.stdout.flush()
    return 0


def is_useful(desk: Desk) -> bool:
    """Return whether grids and cases are there, painted whole, and a key is taken."""
    models = desk.map_feed.models
    if not (desk.window.on_desk and models.grids.shapes.grids and len(models.cases.open)):
        return False
    desk.panels.map.repaint()
    return desk.panels.map.settled and takes_a_key(desk)


def takes_a_key(desk: Desk) -> bool:
    """Press the down arrow in the case list and look whether a case was chosen."""
    desk.panels.case_list.focus_list()
    target = QApplication.focusWidget()
    if target is None:
        return False
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier))
    return desk.selection.case_no is not None
