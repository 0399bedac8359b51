"""Orders on standard input, one a line, handed to the Qt thread."""

import sys
import threading

from PySide6.QtCore import QObject, Signal


class Listener(QObject):
    """Emits ``ordered`` for each line read; an empty text once the input has ended."""

    ordered = Signal(str)

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.ordered.emit(line.strip())
        self.ordered.emit("")


def say(*words: object) -> None:
    """Answer with a line."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()
