"""The floor of every start: a bare Qt window of the same size, painted once. Prints when that was (monotonic s)."""

import sys
import time

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget


class Bare(QWidget):
    """A widget that ends the program after its first paint."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Say that it has been painted."""
        sys.stdout.write(f"useful {time.monotonic()}\n")
        sys.stdout.flush()
        QApplication.exit(0)


app = QApplication([])
window = Bare()
window.resize(1920, 1080)
window.show()
app.exec()
